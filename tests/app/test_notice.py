"""What hangs beside the installation: every language, every fact, and a code that leads on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from click.testing import CliRunner

from installation.__main__ import uglynet
from installation.app.notice import as_pdf, notices, second_layer
from installation.door.privacy import Privacy
from installation.door.words import LANGUAGES, DoorWords, own_texts
from installation.settings import Settings, changed
from installation.source.codes import codes_in
from installation.vocabulary import as_frame

FILLED = changed(
    Settings(), "privacy",
    operator="Museum für Medienkunst, Seestraße 1", contact="post@museum.example",
    authority="Landesbeauftragte", officer="Dr. Kim",
)  # fmt: skip
LINK = "https://museum.example/net/privacy"


def texts_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    return [" ".join(page.split()) for page in pages]


def test_the_notice_tells_every_fact_in_every_language():
    pages = texts_of(as_pdf(notices(FILLED, LINK)["privacy"]))
    assert len(pages) == 4
    for page in pages:
        for fact in ("Museum für Medienkunst, Seestraße 1", "post@museum.example",
                     "Landesbeauftragte", "Dr. Kim", "30", LINK):  # fmt: skip
            assert fact in page


def test_its_code_is_read_back_from_the_page():
    document = pypdfium2.PdfDocument(as_pdf(notices(FILLED, LINK)["privacy"]))
    for number in range(len(document)):
        drawn = np.asarray(document[number].render(scale=2).to_pil().convert("RGB"), np.uint8)
        assert codes_in(as_frame(drawn)) == (LINK.encode(),)


@pytest.mark.parametrize("name", ["privacy", "flashes", "wall"])
def test_no_words_stand_outside_the_page_or_on_each_other(name: str):
    long = changed(
        Settings(), "privacy", operator="Haus der " + "sehr langen Namen " * 9, contact="x" * 150,
        authority="y" * 190, officer="z" * 190, purpose="Wozu das alles gut ist. " * 12,
    )  # fmt: skip
    for settings in (FILLED, long, Settings()):
        document = pypdfium2.PdfDocument(as_pdf(notices(settings, LINK)[name]))
        for number in range(len(document)):
            page = document[number]
            width, height = page.get_size()
            boxes = [each.get_bounds() for each in page.get_objects()]
            assert all(
                left >= -1 and right <= width + 1 and low >= -1 and high <= height + 1
                for left, low, right, high in boxes
            )


def test_a_school_group_reads_that_nothing_is_kept():
    school = changed(FILLED, "privacy", keeps=False)
    (english, *_) = texts_of(as_pdf(notices(school, LINK)["privacy"]))
    assert "Nothing at all" in english
    assert "30 days" not in english


def test_visitors_of_a_booth_in_a_fleet_read_that_takes_travel(tmp_path: Path):
    fleet = changed(FILLED, "fleet", folder=tmp_path, name="kassel")
    (english, *_) = texts_of(as_pdf(notices(fleet, LINK)["privacy"]))
    assert "other booths" in " ".join(english.split())
    (alone, *_) = texts_of(as_pdf(notices(FILLED, LINK)["privacy"]))
    assert "other booths" not in " ".join(alone.split())
    words = DoorWords("en", own_texts("en"))
    where = dict(Privacy(fleet=True).second(words))[words("privacy.where")]
    assert "On this machine alone" not in where


def test_what_is_not_filled_in_is_named_and_a_blank(tmp_path: Path):
    done = CliRunner().invoke(uglynet, ["notice", "-o", str(tmp_path / "papers")])
    assert done.exit_code == 0, done.output
    for key in ("operator", "contact", "authority"):
        assert f"privacy.{key} is not set" in done.output
    (english, *_) = texts_of((tmp_path / "papers" / "privacy.pdf").read_bytes())
    assert "____" in english
    (tmp_path / "file").write_text("")
    done = CliRunner().invoke(uglynet, ["notice", "-o", str(tmp_path / "file" / "x")])
    assert done.exit_code == 1


def test_the_second_layer_is_the_museums_own_page_where_there_is_one():
    assert second_layer(Settings(), "http://10.0.0.2:8080") == "http://10.0.0.2:8080/privacy"
    own = replace(Settings(), privacy=replace(Settings().privacy, page="https://m.example/p"))
    assert second_layer(own, "http://10.0.0.2:8080") == "https://m.example/p"
    assert second_layer(Settings(), "") == ""


def test_who_lets_another_machine_compute_does_not_say_that_nothing_is_sent():
    words = DoorWords("en", own_texts("en"))
    for driver, said in (("unet", "On this machine alone"), ("remote", "a second machine")):
        settings = {"model": {"driver": driver}}
        where = dict(Privacy.of(settings).second(words))["Where, and who sees it"]
        assert said in where
        assert ("machine alone" in where) is (driver == "unet")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_both_layers(language: str):
    words = DoorWords(language, own_texts(language))
    others = (
        Privacy(officer="x", keeps=False, no_camera=False),
        Privacy(fleet=True),
        Privacy(computed_elsewhere=True, asks_for_clip=True),
        Privacy(computed_elsewhere=True, fleet=True),
    )
    for privacy in (Privacy(), *others):
        told = (privacy.lead(words), *map(" ".join, privacy.first(words) + privacy.second(words)))
        assert all("{" not in text for text in told)

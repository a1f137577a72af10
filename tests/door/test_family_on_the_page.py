"""The family on a take's page: by the real site over a real gallery."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from doors import DAY_S, NOW_S, kept, parts, visitor, write_take

from installation.door.words import LANGUAGES, own_texts
from installation.gallery.changes import change_take, withdraw
from installation.gallery.store import Gallery, Terms, new_token
from installation.gallery.trusted_time import Stamp
from installation.vocabulary import Carve, Cut, Net, Operation

NET = Net("c" * 64, Carve.of([Cut("flow/enc1", Operation.ADD, 0.8)]), name="Zibo <i>")


def child_of(folder: Path, *parents: str, name: str = "Kid") -> tuple[str, str]:
    """A take that grew from others: its id and its token."""
    token, gallery = new_token(), Gallery(folder)
    net = replace(NET, name=name)
    try:
        terms = Terms(Stamp(NOW_S), 30 * DAY_S, True, token, parents=parents)
        return gallery.keep(net, lambda own: write_take(own, net, 3), terms).id, token
    finally:
        gallery.close()


def test_parents_and_children_are_shown_and_vanish_when_withdrawn(tmp_path: Path):
    mother = kept(tmp_path, net=NET)
    own, token = child_of(tmp_path, mother.take_id)
    child, _ = child_of(tmp_path, own, name="Grandkid")
    made = parts(tmp_path)
    phone = visitor(made)
    page = phone.get(f"/t/{token}?lang=en").text
    assert "Its family" in page
    assert "Zibo &lt;i&gt;" in page, "and nothing of it is markup"
    assert "Grandkid" in page
    picture = phone.get(f"/t/{token}/family/{mother.take_id}.png")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert mother.token not in page, "nobody else's link is told"
    change_take(tmp_path, child, lambda held: replace(held, show=False))
    withdraw(tmp_path, mother.take_id)
    page = phone.get(f"/t/{token}?lang=en").text
    assert "Its family" not in page
    assert phone.get(f"/t/{token}/family/{mother.take_id}.png").status_code == 404
    assert phone.get(f"/t/{token}/family/{child}.png").status_code == 404
    made.close()


def test_nobody_sees_a_portrait_of_who_is_no_family(tmp_path: Path):
    stranger, home = kept(tmp_path), kept(tmp_path)
    made = parts(tmp_path)
    phone = visitor(made)
    assert phone.get(f"/t/{home.token}/family/{stranger.take_id}.png").status_code == 404
    assert phone.get(f"/t/{'x' * 22}/family/{stranger.take_id}.png").status_code == 404
    made.close()


def test_the_second_layer_is_a_page_in_every_language(tmp_path: Path):
    kept(tmp_path)
    made = parts(tmp_path)
    phone = visitor(made)
    for language in LANGUAGES:
        page = phone.get(f"/privacy?lang={language}")
        assert page.status_code == 200
        texts = own_texts(language)
        for key in ("page", "rights", "basis", "where", "technical", "children"):
            assert texts[f"privacy.{key}"].split("{")[0] in page.text
        assert f'href="/privacy?lang={language}"' in phone.get(f"/?lang={language}").text
    made.close()

"""The languages: complete, plain, and mendable by an operator."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from moments import MOMENTS

from installation.carve.panel_layout import ANSWERS
from installation.experience import Phase
from installation.noise.tools import TOOLS
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.attract_demo import DEMO_SITES
from installation.show.scenes.carving import duty
from installation.show.scenes.panel_picture import target_name
from installation.show.words import OWN, Words, languages
from installation.vocabulary import Button, Health, Operation, UglyError


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_four_languages_ship_with_the_same_keys_and_names(tongues: dict[str, Words]) -> None:
    assert {"en", "de", "fr", "ko"} <= set(tongues)
    for words in tongues.values():
        assert words.untranslated == ()
        assert set(words.texts) == set(tongues["en"].texts)
        for key, text in words.texts.items():
            assert text.strip() == text, key
            assert text, key
            assert names(text) == names(tongues["en"].texts[key]), key


def test_no_language_was_left_in_english(tongues: dict[str, Words]) -> None:
    for language in ("de", "fr", "ko"):
        same = [
            key
            for key, text in tongues[language].texts.items()
            if text == tongues["en"].texts[key] and not key.startswith("form.")
        ]
        assert len(same) <= 4, same  # "Solo", "Page", "Surprise" are French too


def test_everything_of_the_vocabulary_has_its_word(tongues: dict[str, Words]) -> None:
    for words in tongues.values():
        for member in (*Button, *Operation, *Health):
            kind = {Button: "button", Operation: "operation", Health: "service"}[type(member)]
            assert words(f"{kind}.{member.value}")
        for target in (*DEMO_SITES, "noise/blur", "tone/r"):
            assert words(duty(target))


def test_tools_colours_and_manners_are_named_in_every_language(tongues: dict[str, Words]) -> None:
    for words in tongues.values():
        for tool in TOOLS:
            assert f"tool.{tool}" in words.texts
            assert target_name(f"noise/{tool}", words) == words(f"tool.{tool}")
        assert len({target_name(f"tone/{c}", words) for c in "rgb"}) == 3
        assert target_name("flow/enc1", words) == target_name("", words) == ""
        for manner in ("Tear", "Blocks", "Rows", "Bleed", "Cut off"):
            named = words.named(manner, "manner", "operation")
            assert (named == manner) == (words.language == "en")
        assert words.named("Grandma's", "manner", "operation") == "Grandma's"


def test_what_a_layer_and_a_cut_do_is_told_in_about_five_words(tongues: dict[str, Words]) -> None:
    for language in ("en", "de", "fr"):
        for site in DEMO_SITES:
            assert 3 <= len(tongues[language](duty(site)).split()) <= 6
        for operation in set(Operation) - {Operation.PRESERVE}:
            assert 3 <= len(tongues[language](f"does.{operation.value}").split()) <= 6


def test_every_layer_has_a_voice_of_its_own_in_five_words(tongues: dict[str, Words]) -> None:
    for language in ("en", "de", "fr", "ko"):
        voices = {tongues[language](duty(site)) for site in DEMO_SITES}
        assert len(voices) == len(DEMO_SITES) == 32
        assert all(len(voice.split()) <= 5 for voice in voices)
    # Of a model with other layers, too, something is told.
    for site in ("interp/enc7", "interp/skip0", "interp/neck", "flow/enc7", "flow/neck"):
        assert tongues["en"](duty(site))


def test_the_fonts_hold_every_letter(letters: TextLayout, tongues: dict[str, Words]) -> None:
    for words in tongues.values():
        for key, text in words.texts.items():
            assert letters.missing(text) == "", (words.language, key)
            assert letters.missing(text.upper()) == "", (words.language, key)


def test_buttons_are_named_as_on_the_panel(tongues: dict[str, Words]) -> None:
    assert "RECORD" in tongues["en"]("invite.call")
    assert "AUFNAHME" in tongues["de"]("invite.call")
    assert tongues["ko"]("button.record") in tongues["ko"]("invite.call")


def test_words_name_only_buttons_that_every_panel_has(tongues: dict[str, Words]) -> None:
    every = {button.value for button in ANSWERS}
    for words in tongues.values():
        for key, text in words.texts.items():
            if key in (
                "attract.take_up",
                "carve.breed",
            ):  # said only where there is the button: see test_scenes
                continue
            assert names(text) & {button.value for button in Button} <= every, key


def test_an_operator_adds_a_language_and_changes_ours(tmp_path: Path) -> None:
    (tmp_path / "it.toml").write_text('name = "Italiano"\n[attract]\ncall = "Gira!"\n')
    (tmp_path / "en.toml").write_text('[attract]\ncall = "Twist me!"\n')
    found = languages([tmp_path])
    assert found["it"]("attract.call") == "Gira!"
    assert found["it"].name == "Italiano"
    assert found["it"]("invite.call") == "Press RECORD"
    assert "invite.call" in found["it"].untranslated
    assert found["en"]("attract.call") == "Twist me!"
    assert found["en"]("decide.keep") == "Keep it?"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[attract]\ncal = "x"', "attract.cal "),
        ("[attract]\ncall = 3", "attract.call"),
        ('[attract]\ncall = "{nobody}"', "{nobody}"),
        ('[attract]\ncall = "{"', "attract.call"),
        ('[attract\ncall = "x"', "xx.toml"),
    ],
)
def test_a_mistake_in_a_language_file_is_told_in_one_line(
    tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "xx.toml").write_text(text)
    with pytest.raises(UglyError) as error:
        languages([tmp_path])
    assert told in str(error.value)
    assert "xx.toml" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "xx.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UglyError, match=r"xx\.toml"):
        languages([tmp_path])


def test_the_languages_lie_where_they_are_packaged() -> None:
    assert {file.stem for file in OWN.glob("*.toml")} >= {"en", "de", "fr", "ko"}
    assert {view.experience.phase for view in MOMENTS.values()} == set(Phase)

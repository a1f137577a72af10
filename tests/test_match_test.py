"""The matching test: shuffled by a seed, scored by it, and an answer that is none is one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_commands import uglynet

from installation.interpolator.model import load_model
from installation.reports.match_test import answers, matched, shuffled
from installation.settings import Settings
from installation.vocabulary import UglyError

SITES = [f"flow/{name}" for name in ("enc1", "enc2", "latent", "dec2", "dec1")]


def text_of(pairs: dict[str, str]) -> str:
    return "flow: " + " ".join(f"{plate}={letter}" for plate, letter in pairs.items())


@given(st.integers(0, 2**31 - 1), st.permutations(range(len(SITES))))
def test_every_pair_is_right_where_plate_and_phrase_are_of_one_layer(seed: int, order: list[int]):
    key = shuffled(SITES, seed)
    assert key == shuffled(SITES, seed)
    assert sorted(key.plates.values()) == sorted(key.phrases.values()) == sorted(SITES)
    letters, plates = list(key.phrases), list(key.plates)
    given_ = {plate: letters[at] for plate, at in zip(plates, order, strict=True)}
    found = matched(key, answers(text_of(given_), "here")["flow"], "here")
    assert [pair.is_right for pair in found] == [
        key.plates[plate] == key.phrases[letter] for plate, letter in given_.items()
    ]
    letter_of = {site: letter for letter, site in key.phrases.items()}
    best = {plate: letter_of[site] for plate, site in key.plates.items()}
    assert all(pair.is_right for pair in matched(key, best, "here"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "flow:",
        "flow: 01",
        "flow: 01= 02=B",
        "flow: 01=A 01=B",
        "flow: 01=A\nflow: 01=A",
        "01=A",
    ],
)
def test_what_is_no_answer_is_one_line(text: str):
    with pytest.raises(UglyError) as said:
        answers(text, "answer.txt")
    assert str(said.value).startswith("answer.txt: ")
    assert "\n" not in str(said.value)


def test_an_answer_pairs_every_plate_with_a_phrase_of_its_own():
    key = shuffled(SITES, 3)
    for letters in (
        {"01": "A"},
        dict.fromkeys(key.plates, "A"),
        {**dict(zip(key.plates, key.phrases, strict=True)), "99": "Z"},
    ):
        with pytest.raises(UglyError, match="not one to one"):
            matched(key, letters, "answer.txt")


@pytest.mark.parametrize("many", [0, 1, 27])
def test_more_layers_than_letters_or_none_is_one_line(many: int):
    with pytest.raises(UglyError, match=f"^{many} layers cannot be matched"):
        shuffled([f"flow/enc{n}" for n in range(many)], 1)


def test_plates_and_phrases_are_written_and_an_answer_is_scored(tmp_path: Path):
    out = tmp_path / "plates"
    uglynet("match", "make", "-o", out, "--size", "32x32", "--seed", 5, "--language", "de")
    sites = load_model(Settings().model.path).manifest.sites
    assert len(list(out.glob("*.png"))) == len(sites) == 32
    phrases = (out / "phrases.txt").read_text(encoding="utf-8")
    assert "Fremde teilen sich dein Gesicht" in phrases
    lines = []
    for part in ("flow", "interp"):
        key = shuffled([site.name for site in sites if site.part == part], 5)
        letter_of = {site: letter for letter, site in key.phrases.items()}
        best = {plate: letter_of[site] for plate, site in key.plates.items()}
        best["01"], best["02"] = best["02"], best["01"]
        lines.append(text_of(best).replace("flow", part))
    answer = tmp_path / "answer.txt"
    answer.write_text("\n".join(lines))
    told = uglynet("match", "score", answer, "--seed", 5).stdout
    assert "flow: 14 of 16 right" in told
    assert "interp: 14 of 16 right" in told
    assert told.count("taken for") == 4
    answer.write_text("neck: 01=A")
    said = uglynet("match", "score", answer, ok=False).stderr
    assert "there is no neck" in said
    said = uglynet("match", "make", "-o", out, "--language", "la", ok=False).stderr
    assert "--language la" in said

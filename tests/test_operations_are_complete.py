"""Every operation has all that belongs to one: effect, odds, look, words."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from installation.carve.operations import NOTHING, REACH, ROWS, SURPRISE_ODDS, effect
from installation.carve.random_nets import roll
from installation.show.net_picture.looks import LOOKS
from installation.show.words import languages
from installation.vocabulary import Operation, Site

PANELS = Path(__file__).parents[1] / "kiosk_config" / "panels"
ACTIVE = [operation for operation in Operation if operation is not Operation.PRESERVE]


@pytest.mark.parametrize("operation", ACTIVE)
def test_it_does_something_at_full_turn_wherever_it_reaches(operation: Operation):
    for reach in REACH:
        assert effect(operation, 0.0, reach) == NOTHING
        assert effect(operation, 1.0, reach) != NOTHING


@pytest.mark.parametrize("operation", ACTIVE)
def test_surprise_rolls_it_now_and_then(operation: Operation):
    assert SURPRISE_ODDS[operation] > 0
    site = Site("interp/enc1", "AB", (1.0, 1.0), 1)
    rolled = itertools.chain.from_iterable(
        roll([site], "m", seed, extreme=True).carve.cuts for seed in range(400)
    )
    assert any(cut.operation is operation for cut in rolled)


def test_every_operation_has_a_look_of_its_own():
    assert set(LOOKS) == set(Operation)
    assert len({look.sign for look in LOOKS.values()}) == len(Operation)
    assert len({look.fill for look in LOOKS.values()}) == len(Operation)
    assert len({look.outline for look in LOOKS.values()}) == len(Operation)
    assert len({LOOKS[operation].growth for operation in ACTIVE}) == len(ACTIVE)


def test_every_operation_has_a_sign_of_its_own_in_text():
    assert set(ROWS) == set(ACTIVE)
    assert len({row.sign for row in ROWS.values()}) == len(ROWS)


def test_every_operation_has_words_of_its_own_in_every_language():
    for words in languages([]).values():
        for operation in ACTIVE:
            for key in (f"operation.{operation.value}", f"does.{operation.value}"):
                assert words.texts.get(key), (words.name, key)
                assert key not in words.untranslated, (words.name, key)


def test_panels_that_tell_what_an_operation_may_be_tell_all():
    told = 0
    for path in sorted(PANELS.glob("*.toml")):
        text = " ".join(path.read_text(encoding="utf-8").replace("#", " ").split())
        if "operation: " not in text:
            continue
        told += 1
        listed = text.partition("operation: ")[2].partition(".")[0].split(", ")
        assert listed == [operation.value for operation in Operation], path.name
    assert told

"""How many looks an atlas has, on made-up plates."""

from __future__ import annotations

import numpy as np

from installation.interpolator.difference import change
from installation.reports.atlas import Plate
from installation.reports.variety import variety
from installation.vocabulary import Frame, as_frame

GREY = as_frame(np.full((36, 64, 3), 100, np.uint8))


def lit(rows: slice, columns: slice, by: int = 60) -> Frame:
    frame = GREY.copy()
    frame[rows, columns] += np.uint8(by)
    return as_frame(frame)


def plate(site: str, way: str, frame: Frame) -> Plate:
    return Plate(site, way, frame, change(frame, GREY), 0.0)


ALL, LEFT, RIGHT = slice(None), slice(0, 32), slice(32, 64)


def test_one_effect_in_two_layers_is_one_look_however_strong():
    made = [
        plate("", "untouched", GREY),
        plate("interp/enc1", "add", lit(ALL, LEFT)),
        plate("interp/enc2", "add", lit(ALL, LEFT, 120)),
        plate("interp/enc3", "add", lit(ALL, RIGHT)),
        plate("interp/enc3", "invert", GREY),
    ]
    found = variety(made)["interp"]
    assert (found.plates, found.live, found.looks) == (4, 3, 2)
    # Of three pairs under "add" one is the same and two have nothing in common.
    assert found.same == round(1 / 3, 3)
    assert found.median == 0
    assert found.ways == {"add": 0.0}


def test_pairs_are_of_sites_under_one_way_alone():
    made = [
        plate("", "untouched", GREY),
        plate("flow/enc1", "add", lit(ALL, LEFT)),
        plate("flow/enc1", "invert", lit(ALL, LEFT)),
        plate("interp/enc1", "add", lit(ALL, LEFT)),
    ]
    found = variety(made)
    assert list(found) == ["flow", "interp"]
    assert (found["flow"].looks, found["flow"].same, found["flow"].ways) == (1, 0, {})


def test_an_atlas_of_nothing_visible_has_no_look():
    made = [plate("", "untouched", GREY), plate("flow/enc1", "add", GREY)]
    found = variety(made)["flow"]
    assert (found.live, found.looks, found.median, found.same) == (0, 0, 0, 0)

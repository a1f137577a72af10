"""Nets in pictures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import gradient

from installation.carve.nets import net_text
from installation.carve.stills import KEYWORD, is_png, net_of_png, with_net
from installation.video import png_bytes
from installation.vocabulary import Carve, Cut, Net, NoiseStep, Operation, UglyError

PNG = png_bytes(gradient(31, 17))
NET = Net(
    "a" * 64,
    Carve.of([Cut("flow/enc1", Operation.ADD, 0.5)]),
    (1.0, 0.5, 2.0),
    (NoiseStep("sort up", 0.25),),
    "Größe 네트",
    7,
)


def test_a_still_carries_its_net_and_stays_the_picture():
    still = with_net(PNG, NET)
    assert is_png(still)
    assert net_of_png(still, "still.png") == NET
    shown = cv2.imdecode(np.frombuffer(still, np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(shown[..., ::-1], gradient(31, 17))


def test_the_newest_net_replaces_the_one_before():
    other = Net("b" * 64)
    still = with_net(with_net(PNG, NET), other)
    assert net_of_png(still, "x") == other
    assert still.count(b"iTXt" + KEYWORD) == 1


def test_a_picture_without_a_net_is_told():
    with pytest.raises(UglyError, match="without a net"):
        net_of_png(PNG, "plain.png")


@given(st.integers(8, 1200), st.integers(1, 255))
def test_damage_is_one_line_and_never_another_net(at: int, change: int):
    still = bytearray(with_net(PNG, NET))
    at %= len(still)
    still[at] ^= change
    try:
        found = net_of_png(bytes(still), "still.png")
    except UglyError as error:
        told = str(error)
    else:
        told = "still.png: "
        assert found == NET
    assert told.startswith("still.png: ")
    assert "\n" not in told


@given(st.integers(0, 1200))
def test_a_still_cut_short_is_told(length: int):
    still = with_net(PNG, NET)
    with pytest.raises(UglyError):
        net_of_png(still[: min(length, len(still) - 13)], "still.png")


def test_what_is_no_png_cannot_be_given_a_net():
    with pytest.raises(ValueError, match="PNG"):
        with_net(net_text(NET).encode(), NET)
    with pytest.raises(ValueError, match="PNG"):
        with_net(PNG[:-12], NET)

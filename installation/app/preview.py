"""Finds the largest preview this machine makes at the wanted rate."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import islice

from installation.carve.random_nets import roll
from installation.interpolator.driver import Interpolator
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, fitted
from installation.vocabulary import Clip

LADDER = (1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
"""Times the least size, tried in this order until one is too slow."""

SHARE = 0.7
"""Of a frame's time the net may take in the trial; the screen wants the rest."""


def leaving_one_core(threads: int) -> int:
    """How many threads a run of the preview has: one core is left to the screen where there are
    two. A run on both is no faster, since each half of it waits for the one that gave way. (The
    motion of the pair to come may be found on that core beside it, and gives way as a whole.)"""
    return max(1, min(threads, (os.cpu_count() or 1) - 1))


def trial_frame_ms(
    interpolator: Interpolator, size_px: tuple[int, int], clock: Callable[[], float]
) -> float:
    """How long one carved frame between two takes, its motion included, in milliseconds."""
    with VideoReader(BUNDLED_CLIP) as reader:
        clip = Clip(tuple(fitted(f, size_px) for f in islice(reader.frames(), 3)), reader.fps)
    net = roll(interpolator.sites, interpolator.model, 1)
    interpolator.frame_at(clip, 0.5, net)
    began_s = clock()
    for position in (1.25, 1.5, 1.75):
        interpolator.frame_at(clip, position, net)
    return (clock() - began_s) / 3 * 1000


def sizes(least_px: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Sizes of the same shape above `least_px` (width, height), in even pixels."""
    for times in LADDER:
        width, height = (2 * round(side * times / 2) for side in least_px)
        yield width, height


def largest_px(
    interpolator: Interpolator,
    least_px: tuple[int, int],
    fps: float,
    clock: Callable[[], float],
) -> tuple[int, int]:
    """The largest size tried that leaves time to spare at `fps`; `least_px` if none does.

    Without sites (a plain crossfade) nothing is slow, and the largest is taken.
    """
    found = least_px
    for size_px in (least_px, *sizes(least_px)):
        if trial_frame_ms(interpolator, size_px, clock) > SHARE * 1000 / fps:
            break
        found = size_px
    return found

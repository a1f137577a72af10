"""Offline slow motion of any number of frames, two in memory at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from installation.interpolator.driver import Interpolator
from installation.interpolator.player import Finish
from installation.interpolator.timeline import position_of
from installation.vocabulary import Clip, Frame, Net


def rendered(
    frames: Iterable[Frame],
    fps: float,
    slow: int,
    net: Net,
    interpolator: Interpolator,
    finish: Finish,
) -> Iterator[Frame]:
    """Yield (F - 1) slow + 1 frames of F: every source frame, with slow - 1 new ones between.

    With a carve, the source frames pass through the carved net too.
    """
    source = iter(frames)
    before = next(source, None)
    if before is None:
        return
    pair = Clip((before,), fps)
    for after in source:
        pair = Clip((pair.frames[-1], after), fps)
        for index in range(slow):
            yield finish(interpolator.frame_at(pair, position_of(index, slow), net), net)
    yield finish(interpolator.frame_at(pair, len(pair.frames) - 1, net), net)

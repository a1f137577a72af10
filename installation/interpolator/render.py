"""Offline slow motion of any number of frames, a few pairs in memory at a time.

Several interpolators share the pairs out among threads of their own. Each runs on one thread
inside, so a frame's bits depend neither on how many there are nor on how busy the machine is
(a session with two threads adds its sums up in another order now and then).
"""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from installation.carve.operations import feeds_back
from installation.interpolator.driver import Interpolator
from installation.interpolator.feedback import REMEMBERED
from installation.interpolator.player import Finish
from installation.interpolator.timeline import position_of
from installation.vocabulary import Clip, Frame, FrameContext, Net

Frames = list[Frame]


def rendered(
    frames: Iterable[Frame],
    fps: float,
    slow: int,
    net: Net,
    interpolators: Sequence[Interpolator],
    finish: Finish,
) -> Iterator[Frame]:
    """Yield (F - 1) slow + 1 frames of F: every source frame, with slow - 1 new ones between.

    With a carve, the source frames pass through the carved net too. Where it feeds back, every
    pair is given with those before it that are remembered.
    """
    free: queue.Queue[Interpolator] = queue.Queue()
    for interpolator in interpolators:
        free.put(interpolator)

    def make(clip: Clip, positions: Sequence[float], since_s: float) -> Frames:
        interpolator = free.get()
        before = len(clip.frames) - 2 if len(clip.frames) > 2 else 0
        pair = Clip(clip.frames[before:], clip.fps)
        try:
            return [
                finish(
                    interpolator.frame_at(clip, before + p, net),
                    net,
                    FrameContext.of(pair, p, since_s),
                )
                for p in positions
            ]
        finally:
            free.put(interpolator)

    within = tuple(position_of(index, slow) for index in range(slow))
    waiting: deque[Future[Frames]] = deque()
    with ThreadPoolExecutor(len(interpolators), "render") as pool:
        try:
            before = REMEMBERED if feeds_back(net.carve) else 0
            for number, (clip, positions) in enumerate(_pairs(frames, fps, within, before)):
                waiting.append(pool.submit(make, clip, positions, number / fps))
                if len(waiting) > 2 * len(interpolators):
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:  # whoever reads on no longer: what has not begun is not begun
            pool.shutdown(wait=True, cancel_futures=True)


def _pairs(
    frames: Iterable[Frame], fps: float, within: tuple[float, ...], before: int
) -> Iterator[tuple[Clip, tuple[float, ...]]]:
    """Every pair, at the end of a clip with up to `before` pairs before it, and the positions in
    it; the last pair has the last frame's too."""
    source = iter(frames)
    held = deque(islice(source, 1), before + 2)
    if not held:
        return
    for after in source:
        if len(held) > 1:
            yield Clip(tuple(held), fps), within
        held.append(after)
    yield Clip(tuple(held), fps), (*within, 1.0) if len(held) > 1 else (0.0,)

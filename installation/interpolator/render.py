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

from installation.interpolator.driver import Interpolator
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

    With a carve, the source frames pass through the carved net too.
    """
    free: queue.Queue[Interpolator] = queue.Queue()
    for interpolator in interpolators:
        free.put(interpolator)

    def make(clip: Clip, positions: Sequence[float], since_s: float) -> Frames:
        interpolator = free.get()
        try:
            return [
                finish(interpolator.frame_at(clip, p, net), net, FrameContext.of(clip, p, since_s))
                for p in positions
            ]
        finally:
            free.put(interpolator)

    within = tuple(position_of(index, slow) for index in range(slow))
    waiting: deque[Future[Frames]] = deque()
    with ThreadPoolExecutor(len(interpolators), "render") as pool:
        try:
            for number, (clip, positions) in enumerate(_pairs(frames, fps, within)):
                waiting.append(pool.submit(make, clip, positions, number / fps))
                if len(waiting) > 2 * len(interpolators):
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:  # whoever reads on no longer: what has not begun is not begun
            pool.shutdown(wait=True, cancel_futures=True)


def _pairs(
    frames: Iterable[Frame], fps: float, within: tuple[float, ...]
) -> Iterator[tuple[Clip, tuple[float, ...]]]:
    """Every pair with its positions; the last pair has the last frame's too."""
    source = iter(frames)
    before = next(source, None)
    if before is None:
        return
    clip = Clip((before,), fps)
    for after in source:
        if len(clip.frames) == 2:
            yield clip, within
        clip = Clip((clip.frames[-1], after), fps)
    yield clip, (*within, 1.0) if len(clip.frames) == 2 else (0.0,)

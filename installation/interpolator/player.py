"""The player: a thread that loops a clip in slow motion and follows the newest carve.

Orders come in by one overwriting slot, frames go out by another; neither side waits. A frame
once made is kept for the next time round, until the net or the clip changes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from installation.interpolator.driver import Interpolator
from installation.interpolator.timeline import frame_count, playing_index, position_of
from installation.video import fitted
from installation.vocabulary import Clip, Frame, Net, Scene
from installation.worker import Latest, Worker

Finish = Callable[[Frame, Net, Scene], Frame]
"""What happens to a carved frame before it is shown: the noise rack and the tone."""

KEPT_BYTES = 192 * 2**20


@dataclass(frozen=True, slots=True)
class Playing:
    """What to play: a clip, scaled to `size_px` (width, height), a net, how many times slower.

    `number` grows with every order, so that a picture can be traced to the turn that made it.
    """

    clip: Clip
    net: Net
    slow: int
    size_px: tuple[int, int]
    visit: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Played:
    """A frame made, what it was made for, and its place in the loop."""

    frame: Frame
    untouched: Frame
    playing: Playing
    index: int
    made_at_s: float


class Player:
    """Plays `Playing` orders at `fps` frames a second, or as fast as the interpolator can."""

    def __init__(
        self,
        interpolator: Interpolator,
        finish: Finish,
        fps: float = 24.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interpolator, self._finish, self._fps, self._clock = interpolator, finish, fps, clock
        self._wanted = Latest[Playing | None](None)
        self._played = Latest[Played | None](None)
        self.made = 0  # frames generated so far, for the bench and the service page
        self._worker = Worker("player", self._play)

    def play(self, playing: Playing | None) -> None:
        """Play this from now on, or nothing; returns at once and the newest order wins."""
        self._wanted.put(playing)

    def latest(self) -> Played | None:
        """The newest frame; at once, from memory."""
        return self._played.get()

    @property
    def failure(self) -> str:
        """What last went wrong, empty if nothing did."""
        return self._worker.failure.get()

    def close(self) -> None:
        self._worker.close()
        self._interpolator.close()

    def _play(self, stop: threading.Event) -> None:
        kept: dict[int, Frame] = {}
        asked: Clip | None = None
        clip: Clip | None = None
        net: Net | None = None
        began_s, last_index = 0.0, -1
        while not stop.is_set():
            version, playing = self._wanted.versioned()
            if playing is None:
                kept, asked, clip, net = {}, None, None, None
                self._played.put(None)
                self._wanted.wait_newer(version, 0.1)
                continue
            if clip is None or playing.clip is not asked or clip.size_px != playing.size_px:
                asked, clip = playing.clip, _scaled(playing.clip, playing.size_px)
                kept, began_s, last_index = {}, self._clock(), -1
            if playing.net != net:
                kept, net, last_index = {}, playing.net, -1
            count = frame_count(len(clip.frames), playing.slow)
            index = playing_index(self._clock() - began_s, self._fps, count)
            if index == last_index:
                self._wanted.wait_newer(version, 0.25 / self._fps)
                continue
            frame = kept.get(index)
            position = position_of(index, playing.slow)
            if frame is None:
                made = self._interpolator.frame_at(clip, position, playing.net)
                frame = self._finish(made, playing.net, Scene.of(clip, position))
                self.made += 1
                if (len(kept) + 1) * frame.nbytes <= KEPT_BYTES:
                    kept[index] = frame
            last_index = index
            untouched = clip.frames[min(round(position), len(clip.frames) - 1)]
            self._played.put(Played(frame, untouched, playing, index, self._clock()))


def _scaled(clip: Clip, size_px: tuple[int, int]) -> Clip:
    return Clip(tuple(fitted(frame, size_px) for frame in clip.frames), clip.fps)

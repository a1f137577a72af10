"""The player: a thread that loops a clip in slow motion and follows the newest carve.

Orders come in by one overwriting slot, frames go out by another; neither side waits. A frame
once made is kept for the next time round, until the net or the clip changes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping

from installation.interpolator.ablation import ranking
from installation.interpolator.driver import (
    NO_XRAYS,
    Ablated,
    Interpolator,
    Played,
    Playing,
    Ranking,
    RunCancelledError,
)
from installation.interpolator.timeline import (
    frame_count,
    pair_after,
    pair_and_time,
    playing_index,
    position_of,
)
from installation.video import fitted
from installation.vocabulary import Clip, Frame, FrameContext, Net
from installation.worker import Latest, Worker

Finish = Callable[[Frame, Net, FrameContext], Frame]
"""What happens to a carved frame before it is shown: the noise rack and the tone."""

KEPT_BYTES = 192 * 2**20
HANGS_AFTER_S = 15.0
"""A frame takes a fraction of a second. Longer, and the net hangs. (Loading a graph may take
longer, and says so: `worker.taking_up_to`.)"""


class FrameMaker:
    """Makes the frames of a loop, carved and finished.

    Every `xray_every`th pair is X-rayed, by its first frame: the flow net has to run for that
    anyway, and would have to run again for any other. With 0 none is.
    """

    def __init__(self, interpolator: Interpolator, finish: Finish, xray_every: int = 0) -> None:
        self._interpolator, self._finish, self._xray_every = interpolator, finish, xray_every
        self._pair: tuple[Clip, int] | None = None
        self.made = 0  # frames so far, for the bench and the service page

    def frame(
        self, clip: Clip, position: float, net: Net
    ) -> tuple[Frame, Mapping[str, Frame] | None]:
        """The frame at a position (0 is the first of the clip), and its X-rays if it has any."""
        seen: Mapping[str, Frame] | None = None
        first, _, _ = pair_and_time(position, len(clip.frames))
        pair, self._pair = self._pair, (clip, first)
        anew = pair is None or pair[0] is not clip or pair[1] != first
        if anew and self._is_xrayed(first):
            made, seen = self._interpolator.xrayed_frame_at(clip, position, net)
        else:
            made = self._interpolator.frame_at(clip, position, net)
        self.made += 1
        return self._finish(made, net, FrameContext.of(clip, position)), seen

    def expect(self, clip: Clip, pair: int, net: Net) -> None:
        """That pair of frames comes next, when those of the present one are made."""
        self._interpolator.expect(clip, pair, net, xrayed=self._is_xrayed(pair))

    def _is_xrayed(self, pair: int) -> bool:
        return self._xray_every > 0 and pair % self._xray_every == 0


class Player:
    """Plays `Playing` orders at `fps` frames a second, or as fast as the interpolator can."""

    def __init__(
        self,
        interpolator: Interpolator,
        finish: Finish,
        fps: float = 24.0,
        clock: Callable[[], float] = time.monotonic,
        xray_every: int = 0,
    ) -> None:
        self._interpolator, self._fps, self._clock = interpolator, fps, clock
        self._maker = FrameMaker(interpolator, finish, xray_every)
        self._wanted = Latest[Playing | None](None)
        self._played = Latest[Played | None](None)
        self._blamed = Latest[Ablated | None](None)
        self._going_on: Playing | None = None  # what a frame is made of that was seen already
        self._worker = Worker("player", self._play, device="net", within_s=HANGS_AFTER_S)

    def play(self, playing: Playing | None) -> None:
        """Play this from now on, or nothing; returns at once and the newest order wins.

        A frame that only goes on with what is seen is broken off for it. The first of another net
        never is: a knob that is turned without rest would see none.
        """
        going_on = self._going_on
        self._wanted.put(playing)
        if going_on is not None and not _same(playing, going_on):
            self._interpolator.break_off()

    def latest(self) -> Played | None:
        """The newest frame; at once, from memory."""
        return self._played.get()

    def blamed(self) -> Ablated | None:
        """Which sites did most in the newest net that was asked about; at once, from memory."""
        return self._blamed.get()

    @property
    def made(self) -> int:
        """How many frames were generated so far."""
        return self._maker.made

    def close(self) -> None:
        """Stop, breaking off the frame under way."""
        self._worker.ask_to_stop()
        self._interpolator.cancel()
        if self._worker.close():  # else the net still uses what it would let go of
            self._interpolator.close()

    def _play(self, stop: threading.Event) -> None:
        kept: dict[int, tuple[Frame, Mapping[str, Frame] | None]] = {}
        kept_bytes, xrays = 0, NO_XRAYS
        blaming: Iterator[Ranking | None] | None = None
        asked: Clip | None = None
        clip: Clip | None = None
        net: Net | None = None
        told: Playing | None = None
        began_s, last_index = 0.0, -1
        while not stop.is_set():
            version, playing = self._wanted.versioned()
            if playing is None:
                kept, kept_bytes, asked, clip, net, blaming = {}, 0, None, None, None, None
                self._played.put(None)
                self._wanted.wait_newer(version, 0.1)
                continue
            if clip is None or playing.clip is not asked or clip.size_px != playing.size_px:
                asked, clip = playing.clip, scaled(playing.clip, playing.size_px)
                kept, kept_bytes, began_s, last_index, blaming = {}, 0, self._clock(), -1, None
            if playing.net != net:
                kept, kept_bytes, net, last_index, blaming = {}, 0, playing.net, -1, None
            if not playing.blame:
                blaming = None
            elif blaming is None:
                blaming = ranking(self._interpolator, clip, playing.net)
            if blaming is not None:
                blaming = self._blame(blaming, playing)
            count = frame_count(len(clip.frames), playing.slow)
            index = playing_index(self._clock() - began_s, self._fps, count)
            if index == last_index and playing is told:
                self._wanted.wait_newer(version, 0.25 / self._fps)
                continue
            position = position_of(index, playing.slow)
            held, going_on = kept.get(index), last_index >= 0
            after = pair_after(position, len(clip.frames))
            moves = playing.slow > 1 or bool(playing.net.carve)  # else filmed frames are shown
            if going_on and moves and blaming is None and after * playing.slow not in kept:
                self._maker.expect(clip, after, playing.net)
            if held is None:
                held = self._made(clip, position, playing, going_on)
                if held is None:
                    self._wanted.wait_newer(version, 0.25 / self._fps)
                    continue
                size = held[0].nbytes + sum(xray.nbytes for xray in (held[1] or {}).values())
                if kept_bytes + size <= KEPT_BYTES:
                    kept[index], kept_bytes = held, kept_bytes + size
            frame, seen = held
            xrays = xrays if seen is None else seen
            last_index, told = index, playing
            untouched = filmed_at(clip, position)
            self._played.put(Played(frame, untouched, playing, index, xrays))

    def _made(
        self, clip: Clip, position: float, playing: Playing, going_on: bool
    ) -> tuple[Frame, Mapping[str, Frame] | None] | None:
        """A frame and its X-rays; None if it was broken off."""
        self._going_on = playing if going_on else None
        try:
            return self._maker.frame(clip, position, playing.net)
        except RunCancelledError:
            return None
        finally:
            self._going_on = None

    def _blame(
        self, blaming: Iterator[Ranking | None], playing: Playing
    ) -> Iterator[Ranking | None] | None:
        """Find out a step more; what is left to do, if it was not broken off."""
        try:
            ranked = next(blaming, None)
        except RunCancelledError:
            return None
        if ranked is not None:
            self._blamed.put(Ablated(playing.clip, playing.net, ranked))
        return blaming


def _same(one: Playing | None, other: Playing) -> bool:
    """Whether both give the same frames."""
    if one is None or one.clip is not other.clip:
        return False
    return (one.net, one.slow, one.size_px) == (other.net, other.slow, other.size_px)


def filmed_at(clip: Clip, position: float) -> Frame:
    """The clip's own frame nearest to a position."""
    return clip.frames[min(round(position), len(clip.frames) - 1)]


def scaled(clip: Clip, size_px: tuple[int, int]) -> Clip:
    """The clip at another size (width, height), cropped to fill it."""
    return Clip(tuple(fitted(frame, size_px) for frame in clip.frames), clip.fps)

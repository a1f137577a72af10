"""A film, read frame by frame, each with its own time."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
from av.video.stream import VideoStream

from installation.video.account import Account
from installation.video.container import film_of, opened, reason
from installation.video.timing import Clock, steady, steady_fps
from installation.video.upright import upright
from installation.vocabulary import Frame, UglyError

_ERRORS = (av.FFmpegError, OSError, ValueError)

_TELL_DURATION = ("matroska,webm", "flv")
"""Containers whose head tells the duration; of others it is a guess."""

_EVEN = ("avi",)
"""Containers that tell no picture's time: they come evenly, in order."""

_REORDERED_S = 1.0
"""Pictures may lie in the file this much before or after their turn."""


class VideoReader:
    """An open video file: its frames once through, upright, in square pixels.

    `fps` is its average rate, frames a second.

    Raises:
        UglyError: if the file is missing, empty, damaged or holds no video.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._container = opened(path)
        stream = film_of(self._container.streams.video)
        if stream is None:
            only = "no video"
            if self._container.streams.video:
                only = "only a cover picture, or video of a kind that is not known here"
            self._container.close()
            raise UglyError(f"{path}: holds {only}; try another file")
        self._stream = stream
        self._stream.thread_type = "AUTO"
        self.fps = _sane(stream.average_rate or stream.guessed_rate)
        self.count = 0
        """How many frames were read."""
        self.last_s = 1 / self.fps
        """How long the newest frame stands, seconds."""
        self.shortened_s = 0.0
        """How much of pictures that stand still for very long was left out, seconds."""
        self._account = Account()
        self._at_s = 0.0
        self._end_s: float | None = None
        self._promised_s = _promised_s(stream, self._container)  # a closed file tells nothing

    def frames(self) -> Iterator[Frame]:
        """Yield the frames in order.

        Raises:
            UglyError: if not even one can be read.
        """
        return (frame for _, frame in self.timed())

    def timed(self) -> Iterator[tuple[float, Frame]]:
        """Yield the frames in order, each with the time at which it is to be shown, in seconds
        after the first. What is damaged is passed over: see `left_out`.

        Raises:
            UglyError: if not even one can be read.
        """
        clock, base = Clock(1 / self.fps), self._stream.time_base or Fraction(1, 1000)
        begun, began_s = False, 0.0
        for picture in self._pictures():
            untold = picture.pts is None or self._container.format.name in _EVEN
            told_s = None if untold else float((picture.pts or 0) * base)
            self._at_s, self.shortened_s = clock.at(told_s), clock.shortened_s
            if picture.pts is not None:
                self._account.shown.add(picture.pts)
            if picture.is_corrupt and (begun or picture.key_frame):
                self._account.damage("", self._at_s)
            if not begun:
                begun, began_s = True, told_s or 0.0
            self.last_s = float(picture.duration * base) if picture.duration else 1 / self.fps
            self.count += 1
            yield self._at_s, upright(picture, self._stream.sample_aspect_ratio)
        if not begun:
            trouble = self._account.trouble
            why = f"damaged, no frame can be read ({trouble})" if trouble else "holds no frame"
            raise UglyError(f"{self.path}: {why}; try another file")
        self._end_s = began_s + self._at_s + self.shortened_s + self.last_s

    def _pictures(self) -> Iterator[av.VideoFrame]:
        """What the decoder makes of the packets; it is given every one, after damage too."""
        packets = self._container.demux(self._stream)
        packet: av.Packet[VideoStream] | None
        while True:
            try:
                packet = next(packets, None)
            except _ERRORS as error:
                self._account.damage(reason(error), self._at_s)
                packet = None
            if packet is not None:
                if not packet.size:  # the end, or a picture that simply stays
                    continue
                self._note(packet)
            try:
                # None lets go of what the decoder still holds.
                pictures = self._stream.codec_context.decode(packet)
            except _ERRORS as error:
                self._account.damage(reason(error), self._at_s)
                pictures = []
            yield from pictures
            if packet is None:
                return

    def _note(self, packet: av.Packet[VideoStream]) -> None:
        if packet.pts is not None and not packet.is_discard:
            self._account.packets.append(packet.pts)
        if packet.is_corrupt:
            self._account.damage("cut off", self._at_s)

    def steady_fps(self, most: float, until_s: float = float("inf")) -> float:
        """The rate at which each frame of the first `until_s` seconds has a step of its own; where
        some are very close, `most` at least. The file is looked through for it, undecoded."""
        usual = _sane(self._stream.guessed_rate or self._stream.average_rate)
        return steady_fps(self._times(until_s), self.fps, usual, most)

    def steady(self, fps: float) -> Iterator[Frame]:
        """Yield the frames at `fps`, as a player shows them: those that stand longer again and
        again, and none left out."""
        return steady(self.timed(), fps, lambda: self.last_s)

    def left_out(self) -> tuple[str, ...]:
        """What of the file could not be read, a line each; () if all of it was. To be asked when
        the frames are through; before that it tells of no missing end."""
        end_s = float("inf") if self._end_s is None else self._end_s
        return self._account.told(end_s, self._promised_s, 1 / self.fps, self._end_s is not None)

    def _times(self, until_s: float) -> list[float]:
        """When each picture is shown, in the file's own time, sorted; [] if the file cannot be
        read twice or tells of none."""
        if not self.path.is_file():
            return []
        if self._container.format.name in _EVEN:
            return []
        base, times = self._stream.time_base or Fraction(1, 1000), list[float]()
        with opened(self.path) as container:
            packets = container.demux(container.streams[self._stream.index])
            with contextlib.suppress(*_ERRORS):
                for packet in packets:
                    if packet.pts is None or packet.is_discard:
                        continue
                    times.append(float(packet.pts * base))
                    if times[-1] - times[0] > until_s + _REORDERED_S:
                        break
        return sorted(times)

    def estimated_frames(self) -> int | None:
        """How many frames there may be, as the file says; None if it doesn't."""
        if self._stream.frames:
            return int(self._stream.frames)
        if self._container.duration:
            return max(1, round(self._container.duration / av.time_base * self.fps))
        return None

    def estimated_s(self) -> float | None:
        """How long it may last, as the file says; None if it doesn't."""
        if self._container.duration:
            return self._container.duration / av.time_base
        return None

    def close(self) -> None:
        self._container.close()

    def __enter__(self) -> VideoReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _sane(rate: Fraction | None) -> float:
    """A rate that a film may have; 25 where the file tells none."""
    return float(rate) if rate and 1 / 60 <= rate <= 1000 else 25.0


def _promised_s(stream: VideoStream, container: av.container.InputContainer) -> float | None:
    """When the film ends, in the file's own time, as it says; None if it doesn't."""
    if stream.duration:
        base = stream.time_base or Fraction(1, 1000)
        return float(((stream.start_time or 0) + stream.duration) * base)
    found = re.fullmatch(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)", stream.metadata.get("DURATION", ""))
    if found:
        return 3600 * int(found[1]) + 60 * int(found[2]) + float(found[3])
    alone = len(container.streams.video) + len(container.streams.audio) == 1
    if alone and container.duration and container.format.name in _TELL_DURATION:
        return container.duration / av.time_base
    return None

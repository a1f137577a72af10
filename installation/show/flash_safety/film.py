"""A film made safe, also for whoever lets it run in a loop. Pure.

A file that is kept is played again and again: by phones, by the attract loop, by others. So each
is governed as if it followed itself: what its beginning does is kept free at its end, and a
little is kept free at both for the cut from the last picture to the first.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from typing import Protocol

import cv2
import numpy as np

from installation.show.flash_safety.flash_tracker import (
    FLASHES,
    LONG_S,
    OFTEN_S,
    SECOND_S,
    SUSTAINED,
    Reserve,
    Reserves,
    Turns,
)
from installation.show.flash_safety.governor import Governor
from installation.vocabulary import Frame, as_frame

PLAIN_BYTES = 256 << 20
"""Frames that wait for the film's end are packed, without loss, where they would need more."""


def governed(
    frames: Iterator[Frame],
    fps: float,
    *,
    calm: bool = False,
    looped: bool = True,
    count: int | None = None,
) -> Iterator[Frame]:
    """A film's frames, made safe one by one; also where it is played in a loop, if `looped`.

    `fps` in frames a second, above 0. `count` is how many frames there are, where that is
    known; else, of a looped film, five seconds are read ahead, so that its end does not come
    unawares.
    """
    governor = Governor(fps, calm=calm)
    if not looped:
        for number, frame in enumerate(frames):
            yield governor.pass_on(frame, number / fps)
        return
    seam = _Seam(fps, calm)
    read = _counted(frames, count) if count else _ahead(frames, round(LONG_S * fps) + 1)
    for number, (frame, left) in enumerate(read):
        governor.reserves = seam.reserves(number, left)
        yield governor.pass_on(frame, number / fps)
        seam.note(number / fps, governor)


def _counted(frames: Iterator[Frame], count: int) -> Iterator[tuple[Frame, int | None]]:
    """Each frame, and how many are left with it."""
    for number, frame in enumerate(frames):
        yield frame, max(1, count - number)


def _ahead(frames: Iterator[Frame], most: int) -> Iterator[tuple[Frame, int | None]]:
    """Each frame, and how many are left with it; None while more than `most` are."""
    waiting: deque[_Waiting] = deque()
    for frame in frames:
        waiting.append(_Packed(frame) if frame.nbytes * most > PLAIN_BYTES else _Plain(frame))
        if len(waiting) > most:
            yield waiting.popleft().frame(), None
    while waiting:
        yield waiting.popleft().frame(), len(waiting) + 1


class _Waiting(Protocol):
    def frame(self) -> Frame: ...


class _Plain:
    """A frame that waits as it is."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def frame(self) -> Frame:
        return self._frame


class _Packed:
    """A frame that waits as PNG."""

    def __init__(self, frame: Frame) -> None:
        _, self._bytes = cv2.imencode(".png", frame, [cv2.IMWRITE_PNG_COMPRESSION, 1])

    def frame(self) -> Frame:
        return as_frame(np.asarray(cv2.imdecode(self._bytes, cv2.IMREAD_COLOR)))


class _Head:
    """What the first `span_s` of a film did, added up to ever later times."""

    def __init__(self, span_s: float) -> None:
        self._span_s = span_s
        self._noted: list[tuple[float, float, Turns]] = []
        self._added = 0
        self.cells_s: np.ndarray[tuple[int, ...], np.dtype[np.float32]] | float = 0.0
        self.events_s: np.ndarray[tuple[int, ...], np.dtype[np.float32]] | float = 0.0

    def note(self, at_s: float, weight: float, turns: Turns) -> None:
        if at_s < self._span_s:
            self._noted.append((at_s, weight, turns))

    def until(self, at_s: float) -> None:
        """Add up to `at_s`, which never runs back."""
        while self._added < len(self._noted) and self._noted[self._added][0] < at_s:
            _, weight, turns = self._noted[self._added]
            self.cells_s = self.cells_s + np.float32(weight) * turns.cells
            self.events_s = self.events_s + np.float32(weight) * turns.events
            self._added += 1

    def reserve(self, more: int) -> Reserve:
        """What was added, of turns, and `more`."""
        return Reserve(
            np.asarray(self.cells_s, np.int16) + np.int16(more),
            np.asarray(self.events_s, np.int16) + np.int16(more),
        )


class _Seam:
    """What a looped film keeps free at every frame, for what follows its end: itself."""

    def __init__(self, fps: float, calm: bool) -> None:
        self._fps = fps
        self._turns = {
            SECOND_S: 2 * (FLASHES // 2 if calm else FLASHES),
            LONG_S: 2 * (SUSTAINED // 2 if calm else SUSTAINED),
        }
        self._cut = 1 if calm else 2  # turns that the cut itself may make, for either reader
        self._heads = {span_s: _Head(span_s) for span_s in self._turns}
        self._often = _Head(LONG_S)

    def note(self, at_s: float, governor: Governor) -> None:
        """Remember what the frame at `at_s` did, should it belong to the beginning."""
        if governor.turns is not None:
            for head in self._heads.values():
                head.note(at_s, 1.0, governor.turns)
        if governor.often is not None:
            self._often.note(at_s, 1 / self._fps, governor.often)

    def reserves(self, number: int, left: int | None) -> Reserves:
        """What frame `number` is to keep free; it and what follows it are `left` frames."""
        second, long = (self._reserve(span_s, number, left) for span_s in (SECOND_S, LONG_S))
        if left is not None and (number + left) / self._fps < LONG_S:
            laps = math.ceil(LONG_S * self._fps / (number + left))
            often_s = OFTEN_S - OFTEN_S / laps
            return Reserves(second, long, often_s, often_s)
        if left is not None and left / self._fps < LONG_S:
            self._often.until(LONG_S - left / self._fps)
            often = self._often
            return Reserves(second, long, often.cells_s + SECOND_S, often.events_s + SECOND_S)
        often_s = SECOND_S if number / self._fps < LONG_S else 0.0
        return Reserves(second, long, often_s, often_s)

    def _reserve(self, span_s: float, number: int, left: int | None) -> Reserve:
        if left is not None and (number + left) / self._fps < span_s:
            # Shorter than the window, so that several rounds fall into it: each its share.
            laps = math.ceil(span_s * self._fps / (number + left))
            kept = self._turns[span_s] - max(0, self._turns[span_s] // laps - 1)
            return Reserve(kept, kept)
        if left is not None and left / self._fps < span_s:
            head = self._heads[span_s]
            head.until(span_s - left / self._fps)
            return head.reserve(self._cut)
        kept = self._cut if number / self._fps < span_s else 0
        return Reserve(kept, kept)

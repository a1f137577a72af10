"""Sources made here rather than filmed: dreams and raw networks, as a camera would show them."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from installation.source.dreams import DREAMS, Dream
from installation.source.driver import Asked, ClipForm
from installation.source.live import LiveSource, Treatment, paced
from installation.source.networks import Networks
from installation.vocabulary import Frame, SourceKind, UglyError

NETWORKS = "networks"
MADE = (NETWORKS, *DREAMS)
"""What `made` can make, by name."""


class Maker(Protocol):
    """Something that makes a picture for any time."""

    name: str

    def at(self, seconds: float, size_px: tuple[int, int]) -> Frame:
        """The picture after so many seconds (>= 0), of (width, height)."""


def made(name: str, seed: int = 0, cell: int = 0) -> Maker:
    """The maker of that name.

    Raises:
        UglyError: if there is none of that name, or what it needs is missing or damaged.
    """
    if name == NETWORKS:
        return Networks(seed, cell)
    if name not in DREAMS:
        raise UglyError(f'no source is called "{name}"; there are: {", ".join(MADE)}')
    return Dream(name, seed)


def frames_of(maker: Maker, fps: float, size_px: tuple[int, int]) -> Iterator[Frame]:
    """A maker's frames from its beginning, without end."""
    return (maker.at(number / fps, size_px) for number in itertools.count())


class MadeSource(LiveSource):
    """A maker as a camera: a picture that goes on of itself, filmed when asked."""

    def __init__(
        self,
        maker: Maker,
        form: ClipForm,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        def frames(stop: threading.Event) -> Iterator[Frame]:
            return paced(frames_of(maker, form.fps, form.size_px), form.fps, clock, stop)

        super().__init__(maker.name, frames, form, Treatment(SourceKind.MADE), clock=clock)
        self._maker = maker

    def steer(self, knobs: tuple[float, ...]) -> None:
        """Raw networks bend their weights by them, from the next picture on."""
        if isinstance(self._maker, Networks):
            self._maker.steer(knobs)


def open_source(asked: Asked) -> MadeSource:
    """The settings' dream, or networks, as a camera.

    Raises:
        UglyError: if what it needs is missing or damaged.
    """
    meant = asked.settings
    maker = made(meant.driver, meant.seed, meant.cell)
    return MadeSource(maker, asked.form, clock=asked.clock)

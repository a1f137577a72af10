"""A video file as a camera: it loops, every frame at its own time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from installation.source.driver import Asked, ClipForm
from installation.source.live import LiveSource, Treatment
from installation.video import VideoReader
from installation.vocabulary import Frame

BUNDLED_CLIP = Path(__file__).parent / "clips" / "hello.mp4"

STANDS_S = 0.5
"""A picture that stands is given again this often, as a camera before a still scene would."""

LOOKED_THROUGH_S = 60.0
"""How much of a film is looked through for its rate."""


class FilmTime:
    """How far a film has played in its own seconds, round after round, however late a busy
    machine is with its frames: so it is filmed whole."""

    def __init__(self) -> None:
        self._before_s = self._now_s = 0.0

    def __call__(self) -> float:
        return self._now_s

    def begins_anew(self) -> None:
        """A round begins, also after one that broke off."""
        self._before_s = max(self._before_s, self._now_s)

    def is_at(self, film_s: float) -> None:
        """The next frame comes, `film_s` after the round's first."""
        self._now_s = self._before_s + film_s

    def round_is_over(self, lasted_s: float) -> None:
        self._before_s += lasted_s


def at_their_times(
    timed: Iterable[tuple[float, Frame]],
    last_s: Callable[[], float],
    clock: Callable[[], float],
    stop: threading.Event,
    film_time: FilmTime | None = None,
) -> Iterator[Frame]:
    """The frames, each at its own time (seconds after the first) on `clock`, the last one for what
    `last_s` then says. Where they fall behind by a second, the rest comes that much later.
    `film_time` is told where the film is."""
    film_time = film_time or FilmTime()
    film_time.begins_anew()
    began_s, due_s = clock(), 0.0
    held: Frame | None = None

    def standing(until_s: float) -> Iterator[Frame]:
        again_s = clock() + STANDS_S
        # In short naps, so that it keeps to the clock it was given.
        while (left_s := until_s - clock()) > 0 and not stop.wait(min(0.01, left_s)):
            if held is not None and clock() >= again_s:
                film_time.is_at(clock() - began_s)
                yield held
                again_s += STANDS_S

    for at_s, frame in timed:
        due_s = at_s
        began_s = max(began_s, clock() - 1.0 - due_s)
        yield from standing(began_s + due_s)
        held = frame
        film_time.is_at(at_s)
        yield frame
    due_s += last_s()
    yield from standing(began_s + due_s)
    film_time.round_is_over(due_s)


class FileSource(LiveSource):
    """Plays a video file round and round.

    Raises:
        UglyError: at once if the file cannot be read, since no waiting will mend that.
    """

    def __init__(
        self,
        path: Path,
        form: ClipForm,
        *,
        stands_in: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        with VideoReader(path) as reader:
            next(reader.frames())
            # A slower film is filmed at its own rate; one a second at least, so that it moves.
            fps = min(form.fps, max(1.0, reader.steady_fps(form.fps, LOOKED_THROUGH_S)))

        film_time = FilmTime()

        def frames(stop: threading.Event) -> Iterator[Frame]:
            with VideoReader(path) as reader:
                yield from at_their_times(
                    reader.timed(), lambda: reader.last_s, clock, stop, film_time
                )

        super().__init__(
            path.name, frames, replace(form, fps=fps), Treatment(stands_in=stands_in),
            clock=clock, times=film_time,
        )  # fmt: skip


def open_source(asked: Asked, stands_in: str = "") -> FileSource:
    """The settings' film, or the bundled one; `stands_in` is as in `Treatment`."""
    path = asked.settings.file or BUNDLED_CLIP
    return FileSource(path, asked.form, stands_in=stands_in, clock=asked.clock)

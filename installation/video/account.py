"""Frames a video file declares and frames that could be read, so that a loss is reported. Pure."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

_RUN = 3
"""So many pictures in a row that were there and never came are a hole. Fewer are not: some codecs
have packets that show nothing by themselves."""


@dataclass
class Account:
    """Kept while a film is read. Times are the file's own, in its own units."""

    packets: list[int] = field(default_factory=list)
    shown: set[int] = field(default_factory=set)
    damaged: int = 0
    """Packets that could not be read, and pictures that came out damaged."""
    trouble: str = ""
    """What the library said first."""
    first_trouble_s: float | None = None

    def damage(self, why: str, at_s: float) -> None:
        self.damaged += 1
        self.trouble = self.trouble or why
        if self.first_trouble_s is None:
            self.first_trouble_s = at_s

    def missing(self) -> int:
        """Pictures that the file holds and that never came, where several in a row did not."""
        if not self.shown:
            return len(self.packets)
        promised = sorted(set(self.packets))
        missing = run = 0
        # What comes before the first picture is never shown: a recording that begins midway.
        for time in promised[bisect_left(promised, min(self.shown)) :]:
            run = 0 if time in self.shown else run + 1
            missing += _RUN if run == _RUN else run > _RUN
        return missing

    def told(
        self, end_s: float, promised_s: float | None, step_s: float, whole: bool
    ) -> tuple[str, ...]:
        """What could not be read, a line each, of a film that ended at `end_s`; `whole` says that
        it was read up to there.

        `promised_s` is the end that the file tells of, None if it tells of none; `step_s` is how
        long a frame usually stands.
        """
        lines = []
        if self.damaged:
            why = f" ({self.trouble})" if self.trouble else ""
            since = f", the first after {self.first_trouble_s or 0.0:.2f} s"
            places = "place is" if self.damaged == 1 else "places are"
            lines.append(f"{self.damaged} {places} damaged{since}{why}")
        if whole and (missing := self.missing()):
            lines.append(f"{missing} of {len(set(self.packets))} pictures cannot be read")
        if promised_s is not None and promised_s - end_s > max(0.1, 2.5 * step_s):
            lines.append(f"it ends after {end_s:.2f} s of {promised_s:.2f} s")
        return tuple(lines)

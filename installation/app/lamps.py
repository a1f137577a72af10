"""Which lamps are lit: the buttons that do something now. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from installation.experience import Experience, Phase
from installation.show.view_model import ScanPicture
from installation.vocabulary import Button

LIVELY: Mapping[Phase, frozenset[Button]] = {
    Phase.ATTRACT: frozenset({Button.SURPRISE}),  # takes up the net on show
    Phase.INVITE: frozenset(),
    Phase.RECORD: frozenset({Button.DISCARD}),
    Phase.CARVE: frozenset(Button) - {Button.CALM},
    Phase.DECIDE: frozenset({Button.KEEP, Button.DISCARD}),
    Phase.GALLERY: frozenset({Button.RECORD}),
}
"""The buttons that do something in a phase."""

WANTED: Mapping[Phase, frozenset[Button]] = {
    Phase.ATTRACT: frozenset({Button.RECORD}),
    Phase.INVITE: frozenset({Button.RECORD}),
}
"""The buttons that a phase waits for: they blink."""


class Lamps(NamedTuple):
    """Button numbers: lit, and blinking."""

    lit: frozenset[int]
    blinking: frozenset[int]

    def drawn(self, now_s: float) -> frozenset[int]:
        """Those that the screen draws lit at `now_s`: it blinks more slowly than a panel."""
        return self.lit if now_s % 2 >= 1 else self.lit | self.blinking


def lamps(
    experience: Experience, buttons: Sequence[Button | None], scan: ScanPicture | None = None
) -> Lamps:
    """The lamps of a panel whose button numbers mean `buttons`; what is pointed at, for who plays
    by one button, blinks alone."""
    wanted = WANTED.get(experience.phase, frozenset())
    if scan is not None:
        wanted = frozenset({scan.pointed} if scan.pointed is not None else ())
    lively = LIVELY[experience.phase] - wanted
    if experience.may_dream and experience.phase is Phase.INVITE:
        lively |= {Button.DISCARD}
    if experience.may_print:
        lively |= {Button.KEEP}
    if experience.calm:
        lively |= {Button.CALM}
    numbered = tuple(enumerate(buttons))
    return Lamps(
        frozenset(number for number, button in numbered if button in lively),
        frozenset(number for number, button in numbered if button in wanted),
    )

"""The time as far as it can be trusted: a lower bound that no wrong clock pushes up. Pure.

A machine's clock jumps: a dead battery says 1970, a slip of the hand says next year. What has
been kept must not be deleted for that. So the time is counted here from what cannot be wrong, the
seconds the program has run, and the clock is asked for nothing but the gaps in between: how far it
is ahead of that count. A gap is believed once every look within a long stretch of running time
(`window_s`) has said at least as much. Hence:

    The floor is never later than the true time, as long as in every such stretch at least one
    look found a clock that was not ahead.

A clock that leaps forward while the program runs was wrong before (a board without a battery until
a time server answers, a hand that sets it). Once such a leap is believed, what was kept before it,
and by no server's time, was kept that much later than was written down: `restamped` mends that. One
that falls back and returns has not leapt: so the leaps that are not believed yet are added up with
their signs. And whatever was kept was kept by now: a time still to come is none.

`floor_s` and walls are seconds since the epoch; `steady_s` seconds of a clock that only runs
forwards, within one run of the program.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

EARLIEST_S = 1_700_000_000.0
"""14 November 2023: the program is younger, so every clock that says less is wrong."""

SYNCED_WINDOW_S = 3600.0
"""How long looks must agree while the system says its clock is set by a time server."""

WINDOW_S = 6 * 3600.0
"""... while it doesn't: most of a museum's day, so that a night's gap is known by the next."""

LONG_WINDOW_S = 42 * 3600.0
"""... and the gap is longer than `LONG_GAP_S`: a museum's week."""

LONG_GAP_S = 2 * 86400.0
BEHIND_S = 600.0
"""A clock this far behind what is known is wrong."""


@dataclass(frozen=True, slots=True)
class Window:
    """The looks since the last gap was believed.

    `agreed_s` is the running time they span; `least_s` and `most_s` how far the clock was ahead
    of the floor in them (below 0: behind); `synced` whether a time server set it in all of them.
    """

    least_s: float
    most_s: float
    synced: bool
    agreed_s: float = 0.0


@dataclass(frozen=True, slots=True)
class TrustedTime:
    """What is known of the time.

    It is `settled` once a window has closed that agreed; `leaps_s` are the leaps within runs that
    were believed, added up, `leaping_s` those that are not believed yet (below 0: it fell back).
    """

    floor_s: float = EARLIEST_S
    window: Window | None = None
    settled: bool = False
    wall_s: float = EARLIEST_S
    leaps_s: float = 0.0
    leaping_s: float = 0.0
    steady_s: float | None = None

    @property
    def ahead_s(self) -> float:
        """How far the clock was ahead of the floor at the last look; below 0 it was behind."""
        return self.wall_s - self.floor_s

    @property
    def doubted(self) -> bool:
        """Whether the clock says what cannot be, or cannot be believed yet."""
        return self.ahead_s < -BEHIND_S or (self.settled and self.ahead_s > LONG_GAP_S)

    @property
    def now_s(self) -> float:
        """The best guess at the time of the last look: the clock, but never below the floor."""
        return max(self.wall_s, self.floor_s)


def window_s(window: Window, settled: bool) -> float:
    """How much running time the looks of a window must span before they are believed."""
    if window.synced:
        return SYNCED_WINDOW_S
    return LONG_WINDOW_S if settled and window.least_s > LONG_GAP_S else WINDOW_S


def look(known: TrustedTime, wall_s: float, steady_s: float, synced: bool) -> TrustedTime:
    """What is known after a look at the clocks; `synced`: a time server sets the wall clock."""
    elapsed_s = leapt_s = 0.0
    if known.steady_s is not None:
        elapsed_s = max(0.0, steady_s - known.steady_s)
        leapt_s = wall_s - known.wall_s - elapsed_s
    leaping_s = known.leaping_s
    if abs(leapt_s) > BEHIND_S:
        leaping_s += leapt_s
    floor_s = known.floor_s + elapsed_s
    ahead_s = wall_s - floor_s
    window = known.window
    if window is None or window.synced != synced:
        window = Window(ahead_s, ahead_s, synced)
    else:
        window = Window(
            min(window.least_s, ahead_s),
            max(window.most_s, ahead_s),
            synced,
            window.agreed_s + elapsed_s,
        )
    settled, leaps_s = known.settled, known.leaps_s
    if window.agreed_s >= window_s(window, settled):
        if window.least_s >= -BEHIND_S:
            leaping_s = max(0.0, leaping_s)  # a clock that fell back and stays there is right
        if window.least_s > 0:
            floor_s += window.least_s
            believed_s = min(leaping_s, window.least_s)
            leaps_s, leaping_s = round(leaps_s + believed_s, 3), leaping_s - believed_s
        elif synced and window.most_s < 0:
            # The floor itself was wrong (set while a clock was ahead for days). Lowering it can
            # only delay a deletion.
            floor_s = max(EARLIEST_S, floor_s + window.most_s)
        # Looks at a clock that says what cannot be settle nothing.
        settled, ahead_s = settled or window.least_s >= -BEHIND_S, wall_s - floor_s
        window = Window(ahead_s, ahead_s, synced)
    return TrustedTime(floor_s, window, settled, wall_s, leaps_s, leaping_s, steady_s)


def resumed(known: TrustedTime) -> TrustedTime:
    """What a fresh run of the program knows, whose steady clock began anew."""
    return replace(known, steady_s=None)


Told: TypeAlias = Literal["synced", "free", "doubted"]
"""Who told a time: a clock that a time server sets; one that nobody sets; one that is wrong, or
that was not watched for long enough yet."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """When something was kept, and how sure that is.

    `kept_at_s` is what the clock said, but surely not before `not_before_s`; `leaps_s` are the
    leaps it has been corrected by.
    """

    kept_at_s: float
    told: Told = "synced"
    not_before_s: float = 0.0
    leaps_s: float = 0.0


def stamp(known: TrustedTime) -> Stamp:
    """What to write down of something kept now."""
    told: Told = "free"
    if known.doubted or not known.settled:
        told = "doubted"
    elif known.window is not None and known.window.synced:
        told = "synced"
    # Of a clock that fell back, later rather than earlier; of one that leapt, it has leapt already.
    kept_at_s = known.now_s + max(0.0, -known.leaping_s)
    leapt_s = min(max(0.0, known.leaping_s), max(0.0, known.ahead_s))
    return Stamp(kept_at_s, told, known.floor_s, known.leaps_s + leapt_s)


def restamped(held: Stamp, known: TrustedTime) -> Stamp:
    """The stamp as it should read by what is known now; where that is uncertain, later rather than
    earlier, so that a take stays rather too long than too short."""
    later_s = held.kept_at_s + max(0.0, known.leaps_s - held.leaps_s)
    if held.told == "doubted":
        if known.doubted or not known.settled:
            return held
        # A clock that had to be held up by the floor told nothing.
        told_it = held.not_before_s + BEHIND_S < held.kept_at_s <= known.now_s
        kept_at_s = min(later_s, known.now_s) if told_it else known.now_s
        return Stamp(kept_at_s, "free", held.not_before_s, known.leaps_s)
    if held.told == "free" and held.leaps_s < known.leaps_s:
        held = replace(held, kept_at_s=later_s, leaps_s=known.leaps_s)
    if held.kept_at_s > known.now_s + BEHIND_S and known.settled and not known.doubted:
        return replace(held, kept_at_s=known.now_s)
    return held


def is_over(held: Stamp, lasts_s: float, known: TrustedTime) -> bool:
    """Whether what was kept for `lasts_s` seconds has surely expired."""
    if held.told == "doubted" or restamped(held, known) != held:
        return False
    return held.kept_at_s + lasts_s <= known.floor_s

"""No wrong clock deletes a take; a right one does, in the end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from installation.gallery.trusted_time import (
    BEHIND_S,
    EARLIEST_S,
    SYNCED_WINDOW_S,
    WINDOW_S,
    Stamp,
    TrustedTime,
    is_over,
    look,
    restamped,
    resumed,
    stamp,
)

HOUR_S, DAY_S = 3600.0, 86400.0
TRUE_S = 1.8e9
KEEP_S = 30 * DAY_S
STEP_S = 600.0


@dataclass
class World:
    """A booth in true time, with a clock that is `off_s` wrong."""

    known: TrustedTime = field(default_factory=TrustedTime)
    true_s: float = TRUE_S
    off_s: float = 0.0
    synced: bool = False
    steady_s: float = 0.0

    def run(self, seconds: float) -> None:
        """Run on, with a look every ten minutes."""
        end_s = self.true_s + seconds
        self.look()
        while self.true_s < end_s:
            step_s = min(STEP_S, end_s - self.true_s)
            self.true_s, self.steady_s = self.true_s + step_s, self.steady_s + step_s
            self.look()

    def look(self) -> None:
        self.known = look(self.known, self.true_s + self.off_s, self.steady_s, self.synced)

    def rest(self, seconds: float) -> None:
        """Switched off; the clock goes on."""
        self.true_s += seconds
        self.known, self.steady_s = resumed(self.known), 0.0


def settled_world(synced: bool = False) -> World:
    world = World(synced=synced)
    world.run(2 * WINDOW_S)
    assert world.known.settled
    assert abs(world.known.ahead_s) < 1
    return world


off = st.one_of(
    st.floats(-60 * 365 * DAY_S, 60 * 365 * DAY_S),
    st.sampled_from([40 * DAY_S, -TRUE_S, 1577836800.0 - TRUE_S, DAY_S, HOUR_S]),
)
stretch = st.floats(0, 20 * HOUR_S)


@settings(max_examples=150, deadline=None)
@given(
    plan=st.lists(st.tuples(st.sampled_from(["run", "rest"]), stretch), max_size=6),
    off_s=off,
    lasts_s=st.floats(0, 2 * HOUR_S),
    after=st.lists(st.tuples(st.sampled_from(["run", "rest"]), stretch), max_size=6),
    synced=st.booleans(),
)
def test_no_single_excursion_ever_pushes_the_floor_past_the_true_time(
    plan, off_s, lasts_s, after, synced
):
    """Whatever the clock says for a while, shorter than looks must agree, is not believed."""
    lasts_s = min(lasts_s, (SYNCED_WINDOW_S if synced else WINDOW_S) - 2 * STEP_S)
    world = World(synced=synced)
    for kind, seconds in plan:
        getattr(world, kind)(seconds)
        assert world.known.floor_s <= world.true_s + 1e-3
    world.look()
    world.off_s = off_s
    world.run(lasts_s)
    world.off_s = 0.0
    world.look()
    assert world.known.floor_s <= world.true_s + 1e-3
    for kind, seconds in after:
        getattr(world, kind)(seconds)
        assert world.known.floor_s <= world.true_s + 1e-3


@settings(max_examples=150, deadline=None)
@given(
    behind_s=st.floats(HOUR_S, 60 * 365 * DAY_S),
    closed_s=st.floats(0, 300 * DAY_S),
    before_s=st.floats(0, 3 * DAY_S),
    comes=st.sampled_from(["by a server", "by hand"]),
    later=st.lists(st.tuples(st.sampled_from(["run", "rest"]), stretch), max_size=5),
)
@example(2_526_600.0, 2_699_401.0, 0.0, "by a server", [])  # two days ahead of the floor: doubted
def test_what_is_kept_by_a_clock_left_behind_keeps_its_days(
    behind_s, closed_s, before_s, comes, later
):
    """A board without a battery: it wakes in 1970, in 2020, or when it was switched off; somebody
    keeps a take; then the clock is set while the program runs."""
    world = settled_world()
    world.rest(closed_s)
    world.off_s = -min(behind_s, closed_s + 50 * 365 * DAY_S)
    world.run(before_s)
    held, kept_s = stamp(world.known), world.true_s
    world.run(STEP_S)
    world.off_s, world.synced = 0.0, comes == "by a server"
    for kind, seconds in (("run", 3 * WINDOW_S), *later):
        getattr(world, kind)(seconds)
        held = restamped(held, world.known)
        if is_over(held, KEEP_S, world.known):
            assert world.true_s >= kept_s + KEEP_S - BEHIND_S


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(1 * HOUR_S, 11 * HOUR_S)), min_size=1, max_size=80))
def test_a_right_clock_lets_takes_go_soon_after_their_days(days):
    """Open by day, switched off by night, no network: retention ends days, not months late."""
    world = settled_world()
    held, kept_s = stamp(world.known), world.true_s
    for (open_s,) in days:
        world.run(open_s)
        world.rest(DAY_S - open_s)
        held = restamped(held, world.known)
    run_s = sum(open_s for (open_s,) in days[-14:])
    if run_s >= 4 * WINDOW_S and world.true_s > kept_s + KEEP_S + 15 * DAY_S:
        assert is_over(held, KEEP_S, world.known)


@settings(max_examples=100, deadline=None)
@given(
    off_s=st.floats(HOUR_S, 400 * DAY_S),
    before_s=st.floats(0, 5 * HOUR_S),
    lasts_s=st.floats(0, HOUR_S),
    synced=st.booleans(),
    known=st.booleans(),
)
@example(400 * DAY_S, 1800.0, 30.0, True, False)  # as a soak of 300 visits had it
def test_a_clock_that_falls_back_and_returns_moves_no_take(off_s, before_s, lasts_s, synced, known):
    """Also in a gallery's first hours, when nothing is known of the time yet."""
    world = settled_world(synced) if known else World(synced=synced)
    world.run(before_s)
    before, before_kept_s = stamp(world.known), world.true_s
    world.off_s = -off_s
    world.run(lasts_s)
    meanwhile, meanwhile_kept_s = stamp(world.known), world.true_s
    world.off_s = 0.0
    world.run(STEP_S)
    after, after_kept_s = stamp(world.known), world.true_s
    world.run(3 * WINDOW_S)
    for held, kept_s in (
        (before, before_kept_s), (meanwhile, meanwhile_kept_s), (after, after_kept_s),
    ):  # fmt: skip
        told = restamped(held, world.known)
        assert told.kept_at_s >= kept_s - BEHIND_S, "never too old"
        assert told.kept_at_s <= world.true_s + BEHIND_S, "and nothing is kept in times to come"
    assert restamped(before, world.known).kept_at_s <= before_kept_s + BEHIND_S
    assert restamped(after, world.known).kept_at_s <= after_kept_s + BEHIND_S


@given(st.floats(HOUR_S, 60 * 365 * DAY_S))
def test_what_is_kept_after_a_clock_was_set_is_not_moved_with_what_was_kept_before(behind_s):
    """A board without a battery in its first hour with a time server."""
    world = World(off_s=-min(behind_s, TRUE_S - EARLIEST_S - DAY_S))
    world.run(STEP_S)
    before, before_kept_s = stamp(world.known), world.true_s
    world.off_s, world.synced = 0.0, True
    world.run(STEP_S)
    after, after_kept_s = stamp(world.known), world.true_s
    world.run(3 * WINDOW_S)
    for held, kept_s in ((before, before_kept_s), (after, after_kept_s)):
        assert abs(restamped(held, world.known).kept_at_s - kept_s) <= BEHIND_S


@given(
    plan=st.lists(st.tuples(st.floats(-400 * DAY_S, 400 * DAY_S), stretch), max_size=6),
    synced=st.booleans(),
)
def test_nothing_was_kept_in_times_to_come(plan, synced):
    """Whatever the clock said: where it is believed now, a take is no younger than now. (It would
    outlive its days, and crowd out those that are kept from now on.)"""
    world, kept = World(synced=synced), []
    for off_s, seconds in plan:
        world.off_s = off_s
        world.run(seconds)
        kept.append(stamp(world.known))
    world.off_s = 0.0
    world.run(50 * HOUR_S)
    if world.known.settled and not world.known.doubted:
        for held in kept:
            assert restamped(held, world.known).kept_at_s <= world.known.now_s + BEHIND_S


def test_one_second_forty_days_ahead_deletes_nothing():
    world = settled_world(synced=True)
    held = stamp(world.known)
    assert held.told == "synced"
    world.off_s = 40 * DAY_S
    world.look()
    assert world.known.doubted
    assert not is_over(held, KEEP_S, world.known)
    world.run(SYNCED_WINDOW_S / 2)
    assert not is_over(held, KEEP_S, world.known)
    world.off_s = 0
    world.run(3 * SYNCED_WINDOW_S)
    assert not world.known.doubted
    assert not is_over(held, KEEP_S, world.known)
    world.rest(KEEP_S)
    world.look()
    assert not is_over(held, KEEP_S, world.known), "not on one look"
    world.run(3 * SYNCED_WINDOW_S)
    assert is_over(held, KEEP_S, world.known), "looks far apart agree"


def test_a_clock_of_1970_or_2020_is_doubted_and_what_it_stamped_is_told_anew():
    for off_s in (-TRUE_S, 1577836800.0 - TRUE_S):
        world = World(off_s=off_s)
        world.run(HOUR_S)
        held = stamp(world.known)
        assert world.known.doubted
        assert held.told == "doubted"
        assert held.kept_at_s >= EARLIEST_S
        world.off_s = 0.0
        world.run(3 * WINDOW_S)
        told = restamped(held, world.known)
        assert told.told == "free"
        assert abs(told.kept_at_s - world.true_s) < DAY_S
        assert not is_over(told, KEEP_S, world.known)


def test_a_floor_that_went_too_high_is_lowered_only_by_a_server():
    world = settled_world()
    world.off_s = 40 * DAY_S
    world.run(100 * HOUR_S)
    assert world.known.floor_s > world.true_s
    world.off_s = 0.0
    world.run(10 * HOUR_S)
    assert world.known.doubted
    assert world.known.floor_s > world.true_s
    world.synced = True
    world.run(3 * HOUR_S)
    assert not world.known.doubted
    assert world.known.floor_s <= world.true_s + 1


@given(st.floats(EARLIEST_S, 2e9), off)
def test_the_floor_never_falls_without_a_server(floor_s: float, off_s: float):
    known = TrustedTime(floor_s, settled=True)
    for number in range(60):
        before = known.floor_s
        known = look(known, TRUE_S + off_s + number * STEP_S, number * STEP_S, False)
        assert known.floor_s >= before


@given(st.floats(EARLIEST_S + 2 * BEHIND_S, 2e9), st.floats(0, 1e7))
def test_what_is_doubted_stays_until_the_clock_is_known(kept_s: float, ahead_s: float):
    held = Stamp(kept_s, "doubted", EARLIEST_S)
    known = TrustedTime(kept_s + ahead_s, settled=True, wall_s=kept_s + ahead_s)
    assert not is_over(held, 1.0, known)
    assert restamped(held, replace(known, settled=False)) == held
    assert restamped(held, known).kept_at_s == kept_s
    assume(ahead_s > 0)
    assert restamped(replace(held, kept_at_s=kept_s + 2 * ahead_s + 1), known).kept_at_s == (
        kept_s + ahead_s
    )

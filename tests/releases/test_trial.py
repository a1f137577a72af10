"""Whether a new release may stay: looks at a service, on a clock of our own."""

from __future__ import annotations

import itertools
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from installation.releases.trial import (
    GAP_S,
    GIVE_UP_S,
    HEALTHY_S,
    MOST_BOOTS,
    MOST_RUNS,
    Look,
    Trial,
    Verdict,
    looked,
)

steps = st.lists(
    st.tuples(
        st.floats(0.1, 90), st.sampled_from(["", "a", "b", "c", "d", "e"]), st.booleans(),
        st.integers(0, 40).map(lambda n: n == 0),
    ),
    max_size=400,
)  # fmt: skip


def looks(told: list[tuple[float, str, bool, bool]]) -> list[Look]:
    seen, at_s = [], 0.0
    for after_s, run, up, failed in told:
        at_s += after_s
        seen.append(Look(at_s, run, up and bool(run) and not failed, failed))
    return seen


def of(seen: list[Look], **how: int) -> Trial:
    return reduce(looked, seen, Trial(0.0, **how))


def steady(seconds: float, every_s: float = 5.0, run: str = "a") -> list[Look]:
    return [Look(n * every_s, run, True) for n in range(int(seconds / every_s) + 1)]


@given(steps)
def test_it_stays_only_after_ten_minutes_of_one_run_that_was_looked_at_all_the_while(told):
    seen = looks(told)
    trial = of(seen)
    if trial.verdict is not Verdict.STAYS:
        return
    (last,) = [n for n in range(len(seen)) if of(seen[: n + 1]).verdict is Verdict.STAYS][:1]
    good = [look for look in seen[: last + 1] if look.at_s >= seen[last].at_s - HEALTHY_S]
    assert all(look.up and look.run == seen[last].run for look in good)
    assert all(b.at_s - a.at_s <= GAP_S for a, b in itertools.pairwise(good))


@given(steps)
def test_it_never_takes_longer_than_it_may(told):
    seen = looks(told)
    ended = next((n for n in range(len(seen)) if of(seen[: n + 1]).why), None)
    before = seen[:ended] if ended is not None else seen
    assert all(look.at_s < GIVE_UP_S for look in before)


@given(steps, steps)
def test_what_was_judged_stays_judged(first, then):
    seen = looks(first)
    trial = of(seen)
    if trial.verdict is not Verdict.WAIT:
        assert reduce(looked, looks(then), trial) == trial
        assert trial.why


@given(st.integers(1, MOST_BOOTS), st.floats(0, GIVE_UP_S - HEALTHY_S - 60))
def test_one_that_comes_up_and_stays_up_stays(boots, slow_s):
    loading = [Look(s, "a", False) for s in range(0, int(slow_s), 5)]
    begins = loading[-1].at_s + 5 if loading else 0.0
    up = [Look(begins + look.at_s, "a", True) for look in steady(HEALTHY_S)]
    assert of([*loading, *up[:-1]], boots=boots).verdict is Verdict.WAIT
    assert of([*loading, *up], boots=boots).verdict is Verdict.STAYS


def test_one_that_is_given_up_goes_at_once():
    assert of([Look(1, "a", True), Look(2, "", False, failed=True)]).verdict is Verdict.GOES


def test_one_that_is_started_again_and_again_goes():
    runs = [Look(n * 60.0, f"run {n}", True) for n in range(MOST_RUNS + 1)]
    assert of(runs[:-1]).verdict is Verdict.WAIT
    assert of(runs).verdict is Verdict.GOES


def test_one_that_takes_the_machine_down_goes():
    trial = of(steady(5), boots=MOST_BOOTS + 1)
    assert trial.verdict is Verdict.GOES
    assert "started" in trial.why


def test_a_restart_begins_the_ten_minutes_anew():
    half = steady(HEALTHY_S - 5)
    after = half[-1].at_s + 5
    rest = [Look(after + look.at_s, "b", True) for look in steady(HEALTHY_S - 5)]
    assert of([*half, *rest]).verdict is Verdict.WAIT

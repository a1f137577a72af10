"""What stays wrong is told once; what comes and goes counts as wrong; what is over is told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from installation.alerts.watchman import SETTLED_S, Change, Watchman
from installation.vocabulary import DeviceHealth, Health

WELL = DeviceHealth("camera", Health.FINE)
ILL = DeviceHealth("camera", Health.MISSING, "unplugged")


def told(
    watchman: Watchman, script: list[tuple[float, DeviceHealth]]
) -> list[tuple[float, Change]]:
    return [(at, change) for at, health in script for change in watchman.look((health,), at)]


def test_what_is_over_soon_is_not_told():
    script = [(float(s), ILL if s < 500 else WELL) for s in range(0, 1000, 10)]
    assert told(Watchman(600.0), script) == []


def test_what_stays_wrong_is_told_once_and_then_that_it_is_over():
    script = [(float(s), ILL if s < 5000 else WELL) for s in range(0, 6000, 10)]
    (first, wrong), (second, well) = told(Watchman(600.0), script)
    assert (first, wrong.well, wrong.since_s) == (600.0, False, 600.0)
    assert (second, well.well) == (4990.0 + SETTLED_S, True)


def test_a_device_that_comes_and_goes_stays_wrong():
    script = [(float(s), ILL if s % 40 < 20 else WELL) for s in range(0, 3000, 10)]
    assert [change.well for _, change in told(Watchman(600.0), script)] == [False]


def test_one_does_not_hide_another():
    watchman = Watchman(60.0)
    door = DeviceHealth("door", Health.FAILING)
    for s in range(0, 100, 10):
        changes = watchman.look((ILL if s > 20 else WELL, door), float(s))
        if s == 60:
            assert [change.health.device for change in changes] == ["door"]
        elif s == 90:
            assert [change.health.device for change in changes] == ["camera"]
        else:
            assert changes == ()
    assert {health.device for health in watchman.still_ill()} == {"camera", "door"}


@given(st.lists(st.tuples(st.floats(0, 200), st.booleans()), max_size=80))
def test_wrong_and_well_take_turns_and_wrong_comes_first(script: list[tuple[float, bool]]):
    watchman, now_s, said = Watchman(300.0), 0.0, []
    for wait_s, well in script:
        now_s += wait_s
        said += [c.well for c in watchman.look((WELL if well else ILL,), now_s)]
    assert all(well == bool(number % 2) for number, well in enumerate(said))

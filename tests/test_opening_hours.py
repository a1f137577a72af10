"""Opening hours: over midnight, over the changes of the clocks, and read from what people write."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.opening_hours import (
    DAY_MIN,
    DAYS,
    EARLIEST_S,
    OpeningHours,
    Span,
    clock,
    hours_of,
    read_line,
    told,
)

ZURICH = "Europe/Zurich"
ZONES = (ZURICH, "Asia/Seoul", "America/New_York", "Australia/Lord_Howe", "America/Havana", "UTC")


def at(text: str, zone: str = ZURICH) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def open_at(line: str, when: str, *closed: str) -> bool:
    return hours_of([line], closed, ZURICH).is_open(at(when))


spans = st.builds(
    lambda begin, length: Span(begin, begin + length),
    st.integers(0, DAY_MIN - 1), st.integers(1, DAY_MIN - 1),
)  # fmt: skip
hours = st.builds(
    lambda week, closed, zone: OpeningHours(week, frozenset(closed), ZoneInfo(zone)),
    st.dictionaries(st.integers(0, 6), spans.map(lambda span: (span,)), min_size=1),
    st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=3),
    st.sampled_from(ZONES),
)
times = st.integers(int(EARLIEST_S), int(EARLIEST_S) + 2 * 365 * 86400).map(float)
times |= st.sampled_from(ZONES).flatmap(
    lambda zone: st.integers(-180, 180).map(
        lambda minutes: at("2026-03-29T02:30", zone) + 60.0 * minutes
    )
)


def test_a_museums_week():
    line = "Tue-Sun 10:00-18:00"
    assert open_at(line, "2026-11-24T10:00")
    assert open_at(line, "2026-11-24T17:59")
    assert not open_at(line, "2026-11-24T18:00")
    assert not open_at(line, "2026-11-24T09:59")
    assert not open_at(line, "2026-11-23T12:00"), "a Monday"


def test_the_later_line_is_the_days():
    told_so = hours_of(["Tue-Sun 10:00-18:00", "Thu 10:00-21:00", "Sun closed"], (), ZURICH)
    assert told_so.is_open(at("2026-11-26T20:00"))
    assert not told_so.is_open(at("2026-11-29T12:00"))


def test_over_midnight_a_night_belongs_to_the_day_it_began_on():
    line = "Fri 20:00-02:00"
    assert open_at(line, "2026-11-27T23:59")
    assert open_at(line, "2026-11-28T01:59")
    assert not open_at(line, "2026-11-28T02:00")
    assert not open_at(line, "2026-11-27T01:00"), "Thursday's night"
    assert open_at(line, "2026-11-28T01:00", "2026-11-28"), "Friday's night goes on"
    assert not open_at(line, "2026-11-28T01:00", "2026-11-27")


def test_a_whole_day_and_the_week_round_sunday():
    assert open_at("daily 0:00-24:00", "2026-11-27T23:59")
    assert open_at("daily 0:00-24:00", "2026-11-28T00:00")
    assert read_line("sat-mon 9:00-10:00")[0] == (5, 6, 0)
    assert read_line("Mon,Wed, fri-sat 9:00-12:00, 13:00-17:30") == (
        (0, 2, 4, 5), (Span(540, 720), Span(780, 1050)),
    )  # fmt: skip


def test_when_the_clocks_change_it_opens_and_closes_by_them_once():
    night = hours_of(["daily 02:30-05:00"], (), ZURICH)
    spring = datetime(2026, 3, 29, 0, 59, tzinfo=timezone.utc)
    assert not night.is_open(spring.timestamp())
    assert night.is_open((spring + timedelta(minutes=1)).timestamp()), "2:30 is skipped: from 3:00"
    autumn = datetime(2026, 10, 25, 0, 30, tzinfo=timezone.utc)  # 2:30 for the first time
    assert not night.is_open((autumn - timedelta(minutes=1)).timestamp())
    for minutes in range(0, 210, 10):  # until 5:00, which is 4:00 of UTC
        assert night.is_open((autumn + timedelta(minutes=minutes)).timestamp())
    assert not night.is_open((autumn + timedelta(minutes=210)).timestamp())


@given(hours, times)
def test_it_opens_when_it_says_and_not_before(week: OpeningHours, now_s: float):
    opens_s = week.opens_next(now_s)
    if opens_s is None:
        return
    assert opens_s > now_s
    assert week.is_open(opens_s)
    if not week.is_open(now_s):
        steps = [now_s + (opens_s - now_s) * n / 50 for n in range(50)]
        assert not any(week.is_open(step) for step in steps)
        assert not week.is_open(opens_s - 1)


@given(hours, times)
def test_it_is_open_for_as_long_as_the_clock_on_the_wall_says(week: OpeningHours, now_s: float):
    """Away from changes of the clocks, by a reckoning of its own: minute by minute of a week."""
    there = datetime.fromtimestamp(now_s, week.zone)
    offsets = {
        datetime.fromtimestamp(now_s + hour * 3600, week.zone).utcoffset()
        for hour in range(-49, 49)
    }
    if len(offsets) > 1:
        return
    minute = there.hour * 60 + there.minute
    days = (there.date(), there.date() - timedelta(days=1))
    expected = any(
        span.begins_min <= minute + ago * DAY_MIN < span.ends_min
        for ago, day in enumerate(days)
        if day not in week.closed
        for span in week.spans.get(day.weekday(), ())
    )
    assert week.is_open(now_s) == expected


@given(hours, st.sampled_from(ZONES), st.integers(0, 700))
def test_a_day_has_no_more_openings_than_lines(week: OpeningHours, zone: str, ahead: int):
    """Also where an hour comes twice: nothing opens, closes and opens again."""
    day = datetime.fromtimestamp(EARLIEST_S + ahead * 86400, week.zone).date()
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=week.zone).timestamp()
    seen = [week.is_open(noon + minutes * 60) for minutes in range(0, DAY_MIN, 10)]
    openings = sum(not a and b for a, b in itertools.pairwise(seen))
    assert openings <= 2, "from noon to noon two days may begin one each"


def test_without_hours_or_with_a_lost_clock_it_is_open():
    assert hours_of(()).always
    assert hours_of(()).is_open(at("2026-11-27T03:00"))
    assert hours_of(()).opens_next(0) is None
    assert hours_of(["Mon 10:00-11:00"]).is_open(0.0), "1970: the battery of the clock is empty"


def test_days_that_never_come_are_no_opening():
    days = [(date(2026, 1, 1) + timedelta(days=n)).isoformat() for n in range(900)]
    assert hours_of(["daily 10:00-11:00"], days, "UTC").opens_next(EARLIEST_S) is None


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("10-18", "days and hours, such as"),
        ("Tue 10-18", 'hours such as "10:00-18:00"'),
        ("Tue 10:00-25:00", "times from 0:00 to 24:00"),
        ("Tue 10:70-18:00", "times from 0:00 to 24:00"),
        ("Die 10:00-18:00", "days are Mon, Tue"),
        ("", "days and hours"),
    ],
)
def test_what_is_no_line_is_told_in_words(line: str, says: str):
    with pytest.raises(ValueError, match=says):
        read_line(line)


def test_dates_and_zones_are_told_too():
    with pytest.raises(ValueError, match="a date such as"):
        hours_of((), ["24.12.2026"])
    for zone in ("Zurich", "../etc/passwd", "Europe"):
        with pytest.raises(ValueError, match="a time zone such as"):
            hours_of((), (), zone)


@given(st.text(max_size=30) | st.from_regex(r"[a-zA-Z]{3} [0-9:,\n -]{1,20}"))
def test_any_text_is_hours_or_one_line(text: str):
    said = ""
    try:
        read_line(text)
    except ValueError as error:
        said = str(error)
    assert "\n" not in said


def test_the_week_in_a_line():
    week = hours_of(["Tue-Sun 10:00-18:00", "Thu 10:00-21:00", "Fri 20:00-02:00"])
    names = [day.title() for day in DAYS]
    assert told(week, names) == (
        "Tue-Wed 10:00-18:00, Thu 10:00-21:00, Fri 20:00-2:00, Sat-Sun 10:00-18:00"
    )
    assert clock(DAY_MIN) == "24:00"

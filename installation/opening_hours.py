"""When the house is open: lines such as "Tue-Sun 10:00-18:00", read and asked. Pure.

Times are of the clock on the wall, in the time zone of the house: on a day on which the clocks
change it opens and closes by them, too, and once. A line may run over midnight, as does
"Fri 20:00-02:00"; the rest of it then belongs to the day it began on. Where two lines name a day,
the later one is that day's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MIN = 24 * 60
AHEAD_DAYS = 400
"""How far ahead the next opening is looked for."""

EARLIEST_S = datetime(2026, 1, 1, tzinfo=timezone.utc).timestamp()
"""A clock before this has been lost; by such a one nothing is closed."""

_LINE = re.compile(r"([a-z]{3}(?:\s*[-–,]\s*[a-z]{3})*|daily)\s+(.+)", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Span:
    """From a minute of a day (0 to 1439) to a later one; past 1440 it is of the next day."""

    begins_min: int
    ends_min: int


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The spans of every weekday (0 is Monday), and the dates on which nothing opens. Without any
    span it is always open."""

    spans: Mapping[int, tuple[Span, ...]]
    closed: frozenset[date] = frozenset()
    zone: ZoneInfo | None = None

    @property
    def always(self) -> bool:
        """Whether no hours were set."""
        return not any(self.spans.values())

    def is_open(self, now_s: float) -> bool:
        """Whether it is open at a time, in seconds since the epoch."""
        if self.always or now_s < EARLIEST_S:
            return True
        today = self.on_the_wall(now_s).date()
        near = (today + timedelta(days=ahead) for ahead in (-1, 0, 1))
        return any(begin <= now_s < end for day in near for begin, end in self._sessions(day))

    def opens_next(self, now_s: float) -> float | None:
        """When it opens after `now_s`, in seconds since the epoch; None if never, or always."""
        if self.always:
            return None
        today = self.on_the_wall(now_s).date()
        for ahead in range(AHEAD_DAYS):
            for begin, _ in self._sessions(today + timedelta(days=ahead)):
                if begin > now_s:
                    return begin
        return None

    def of(self, day: date) -> tuple[Span, ...]:
        """What begins on a day, in order."""
        return () if day in self.closed else self.spans.get(day.weekday(), ())

    def on_the_wall(self, now_s: float) -> datetime:
        """What the clock on the wall shows."""
        return datetime.fromtimestamp(now_s, self.zone)

    def _sessions(self, day: date) -> Iterator[tuple[float, float]]:
        """From when to when it is open for what begins on a day."""
        for span in self.of(day):
            begin = self._moment(day, span.begins_min, last=False)
            end = self._moment(day, span.ends_min, last=True)
            if begin < end:  # not wholly within an hour that the clocks skip
                yield begin, end

    def _moment(self, day: date, minute: int, *, last: bool) -> float:
        """When the clock on the wall shows a minute counted from a day's midnight: the first or the
        last time, where it does so twice; where it skips it, when it goes on behind it."""
        wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
        before, after = (wall.replace(tzinfo=self.zone, fold=fold).timestamp() for fold in (0, 1))
        if before <= after:
            return after if last else before
        while self.on_the_wall(after).replace(tzinfo=None) < wall:
            after += 60
        return after


def hours_of(lines: Iterable[str], closed: Iterable[str] = (), zone: str = "") -> OpeningHours:
    """The hours that lines such as "Tue-Sun 10:00-18:00" and dates such as "2026-12-24" say; `zone`
    is a name such as "Europe/Zurich", or "" for the machine's own.

    Raises:
        ValueError: in words for whoever wrote it.
    """
    spans: dict[int, tuple[Span, ...]] = {}
    for line in lines:
        days, told = read_line(line)
        spans |= dict.fromkeys(days, told)
    return OpeningHours(spans, frozenset(map(read_date, closed)), read_zone(zone))


def read_line(line: str) -> tuple[tuple[int, ...], tuple[Span, ...]]:
    """A line's weekdays, and their spans ("closed" for none).

    Raises:
        ValueError: if it is none.
    """
    found = _LINE.fullmatch(" ".join(line.split()))
    if found is None:
        raise ValueError('days and hours, such as "Tue-Sun 10:00-18:00"')
    days = _days(found[1].lower())
    if found[2].strip().lower() == "closed":
        return days, ()
    spans = []
    for part in found[2].split(","):
        times = _SPAN.fullmatch(part.strip())
        if times is None:
            raise ValueError('hours such as "10:00-18:00"')
        hour, minute, to_hour, to_minute = map(int, times.groups())
        begins, ends = hour * 60 + minute, to_hour * 60 + to_minute
        if minute > 59 or to_minute > 59 or begins >= DAY_MIN or ends > DAY_MIN:
            raise ValueError("times from 0:00 to 24:00")
        spans.append(Span(begins, ends if ends > begins else ends + DAY_MIN))
    return days, tuple(sorted(spans, key=lambda span: span.begins_min))


def _days(text: str) -> tuple[int, ...]:
    if text == "daily":
        return tuple(range(7))
    days: list[int] = []
    for part in text.split(","):
        ends = [word.strip() for word in re.split("[-–]", part)]
        unknown = next((word for word in ends if word not in DAYS), None)
        if unknown is not None or len(ends) > 2:
            raise ValueError(f"days are {', '.join(day.title() for day in DAYS)}, or daily")
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        days += [(first + n) % 7 for n in range((last - first) % 7 + 1)]
    return tuple(days)


def read_date(text: str) -> date:
    """A date such as "2026-12-24".

    Raises:
        ValueError: if it is none.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError('a date such as "2026-12-24"') from None


def read_zone(name: str) -> ZoneInfo | None:
    """A time zone by its name; None, for "", is the machine's own.

    Raises:
        ValueError: if there is none of that name.
    """
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError('a time zone such as "Europe/Zurich", or "" for the machine\'s') from None


def told(hours: OpeningHours, days: Sequence[str]) -> str:
    """The week in one line, with these names of its days: "Tue-Sun 10:00-18:00, Thu 10-21"."""
    rows: list[tuple[int, int, tuple[Span, ...]]] = []
    for day in range(7):
        spans = hours.spans.get(day, ())
        if not spans:
            continue
        if rows and rows[-1][1] == day - 1 and rows[-1][2] == spans:
            rows[-1] = (rows[-1][0], day, spans)
        else:
            rows.append((day, day, spans))
    return ", ".join(
        f"{days[first]}{f'-{days[last]}' if last > first else ''} "
        + " ".join(f"{clock(s.begins_min)}-{clock(s.ends_min)}" for s in spans)
        for first, last, spans in rows
    )


def clock(minute: int) -> str:
    """A minute of the day as a clock shows it: "9:30"; the day's end is 24:00."""
    if minute > DAY_MIN:
        minute -= DAY_MIN
    return f"{minute // 60}:{minute % 60:02}"

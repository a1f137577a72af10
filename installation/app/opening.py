"""Whether the house is closed: the settings' hours against the clock on the wall."""

from __future__ import annotations

from collections.abc import Callable

from installation.app.in_use import InUse
from installation.app.journal import house_closes, house_opens
from installation.opening_hours import OpeningHours, hours_of
from installation.settings import HoursSettings
from installation.show.view_model import Closed


class House:
    """Follows the hours of the settings in use. `wall_clock` is in seconds since the epoch."""

    def __init__(self, in_use: InUse, wall_clock: Callable[[], float]) -> None:
        self._in_use, self._wall_clock = in_use, wall_clock
        self._read: tuple[HoursSettings, OpeningHours] | None = None
        self._looked: tuple[int, OpeningHours, bool] | None = None
        self._closed: Closed | None = None

    def closed(self, *, idle: bool) -> Closed | None:
        """What there is to say while it is closed; None while it is open. It closes once nobody
        is at a visit (`idle`), and looks at the clock once a second."""
        now_s = self._wall_clock()
        hours = self._hours()
        looked = (int(now_s), hours, idle)
        if looked == self._looked:
            return self._closed
        self._looked = looked
        before = self._closed
        if hours.is_open(now_s):
            self._closed = None
        elif idle or before is not None:
            self._closed = self._said(hours, now_s)
        if self._closed is not None and before is None:
            house_closes(self._closed.opens)
        elif self._closed is None and before is not None:
            house_opens()
        return self._closed

    def _hours(self) -> OpeningHours:
        asked = self._in_use.now.hours
        if self._read is None or self._read[0] is not asked:
            self._read = (asked, hours_of(asked.open, asked.closed, asked.zone))
        return self._read[1]

    @staticmethod
    def _said(hours: OpeningHours, now_s: float) -> Closed:
        opens_s = hours.opens_next(now_s)
        if opens_s is None:
            return Closed(hours)
        opens = hours.on_the_wall(opens_s)
        return Closed(hours, opens, (opens.date() - hours.on_the_wall(now_s).date()).days)

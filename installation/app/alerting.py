"""What the show tells whoever looks after it from elsewhere: what stays wrong, that it is over, and
how the day was, in the words of the operator's page. Nothing of a visitor, and no take's name."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from installation.alert_settings import AlertSettings
from installation.alerts.driver import Alert, Kind
from installation.alerts.post import Post
from installation.alerts.watchman import Change, Day, Watchman
from installation.experience import Notice
from installation.show.scenes.service import said
from installation.show.view_model import View
from installation.show.words import Words
from installation.vocabulary import DeviceHealth

LOOK_S = 1.0


def plainly(health: DeviceHealth, words: Words) -> str:
    """How a device is, in words of ours alone: a note may name a file, and so a take."""
    return said(replace(health, note="", about=""), words)


class Alerting:
    """Follows the views and gives the post what there is to tell. `clock` is steady, `wall_clock`
    in seconds since the epoch."""

    def __init__(
        self,
        settings: AlertSettings,
        post: Post,
        words: Words,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings, self._post, self._words = settings, post, words
        self._clock, self._wall_clock = clock, wall_clock
        self._watchman = Watchman(settings.after_min * 60)
        self._next_s = clock()
        self._day, self._day_since_s = Day(), wall_clock()
        self._summed_up = self._newest_evening()
        self._visit, self._notice = 0, Notice.NONE

    def follow(self, view: View) -> View:
        """See how the show is, and tell what there is to tell; the view with the post's health."""
        self._count(view)
        now_s = self._clock()
        if now_s >= self._next_s:
            self._next_s = now_s + LOOK_S
            for change in self._watchman.look(view.health, now_s):
                self._day.troubles += 0 if change.well else 1
                self._post.give(self._told(change))
            evening = self._newest_evening()
            if evening > self._summed_up:
                self._post.give(self._summary())
                self._day, self._day_since_s = Day(), self._wall_clock()
            self._summed_up = evening
        return replace(view, health=(*view.health, self._post.health()))

    def close(self) -> None:
        """Tell nothing more."""
        self._post.close()

    def _count(self, view: View) -> None:
        e, day = view.experience, self._day
        day.visits += max(0, e.visit - self._visit)
        if e.notice is not self._notice:
            day.kept += e.notice in (Notice.SAVED, Notice.SAVED_WITHOUT_STILL)
            day.lost += e.notice is Notice.SAVE_FAILED
        self._visit, self._notice = e.visit, e.notice

    def _newest_evening(self) -> str:
        """The newest date whose hour to be summed up has come; "" where no day is summed up."""
        at, now = self._settings.summary_at, datetime.fromtimestamp(self._wall_clock())
        if not at:
            return ""
        day = now.date() - timedelta(days=f"{now:%H:%M}" < at)
        return day.isoformat()

    @staticmethod
    def _time(at_s: float) -> str:
        return time.strftime("%H:%M", time.localtime(at_s))

    def _told(self, change: Change) -> Alert:
        words, name, at_s = self._words, self._settings.name, self._wall_clock()
        device = words.named(change.health.device, "device")
        minutes = f"{change.since_s / 60:.0f}"
        if change.well:
            title = words("alert.well", name=name, device=device)
            text = words("alert.well_line", device=device, minutes=minutes)
            return Alert(Kind.WELL, title, text, change.health.device, at_s)
        since = self._time(at_s - change.since_s)
        line = words("alert.stays_line", minutes=minutes, time=since)
        text = f"{plainly(change.health, words)}\n{line}"
        title = words("alert.stays", name=name, device=device)
        return Alert(Kind.TROUBLE, title, text, change.health.device, at_s)

    def _summary(self) -> Alert:
        words, day, at_s = self._words, self._day, self._wall_clock()
        lines = [
            words(
                "alert.day_line",
                time=time.strftime("%Y-%m-%d %H:%M", time.localtime(self._day_since_s)),
                visits=str(day.visits),
                kept=str(day.kept),
                lost=str(day.lost),
                troubles=str(day.troubles),
            )
        ]
        ill = self._watchman.still_ill()
        lines += [words("alert.day_ill", said=plainly(health, words)) for health in ill]
        if not ill:
            lines.append(words("alert.day_well"))
        title = words("alert.day", name=self._settings.name)
        return Alert(Kind.SUMMARY, title, "\n".join(lines), at_s=at_s)

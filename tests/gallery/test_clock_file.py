"""What is known of the time outlives the program; who sets the clock is asked of the system."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest
from kept_takes import DAY_S, Time

from installation.gallery.clock_file import CLOCK, GalleryClock
from installation.gallery.time_sync import MOST_ERROR_US, synchronized
from installation.gallery.trusted_time import EARLIEST_S, TrustedTime


def opened(folder: Path, time: Time) -> GalleryClock:
    clocks = time.clocks()
    return GalleryClock(folder, clocks.wall, clocks.steady, clocks.synced)


def test_what_is_known_outlives_the_program(tmp_path: Path):
    time = Time()
    clock = opened(tmp_path, time)
    for _ in range(4):
        time.true_s += 1800
        clock.look()
    clock.write()
    assert clock.known.settled
    time.true_s += DAY_S
    time.off_s = -50 * 365 * DAY_S  # the battery died over night
    again = opened(tmp_path, time)
    assert again.known.floor_s == clock.known.floor_s
    assert again.known.doubted
    assert "it is 2027-01-15 at least: set it" in again.doubt


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": "uglynet-clock", "version": 1}', "[" * 9999]
)
def test_a_damaged_file_makes_it_watch_the_clock_anew(tmp_path: Path, text: str):
    (tmp_path / CLOCK).write_text(text)
    known = opened(tmp_path, Time()).known
    assert not known.settled
    assert known.floor_s == TrustedTime().floor_s == EARLIEST_S


def test_a_power_cut_costs_minutes_of_what_is_known_at_most(tmp_path: Path):
    time = Time()
    clock = opened(tmp_path, time)
    for _ in range(100):
        time.true_s += 60
        clock.look()
    assert clock.known.floor_s - opened(tmp_path, time).known.floor_s <= 360


def test_the_system_says_whether_a_server_sets_the_clock(tmp_path: Path, monkeypatch):
    (tmp_path / "synchronized").touch()
    assert synchronized(tmp_path / "synchronized")
    for error_us, answer, said in ((5000, 0, True), (MOST_ERROR_US, 5, False), (5000, -1, False)):

        class Library:
            def __init__(self, error_us: int = error_us, answer: int = answer) -> None:
                self.error_us, self.answer = error_us, answer

            def adjtimex(self, told) -> int:
                told._obj.maxerror = self.error_us
                return self.answer

        monkeypatch.setattr(ctypes, "CDLL", lambda _, made=Library: made())
        monkeypatch.setattr("sys.platform", "linux")
        assert synchronized(tmp_path / "absent") is said

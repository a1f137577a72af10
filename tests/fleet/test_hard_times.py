"""Full disks, mad clocks, galleries and lists that are not there."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest
from booths import DAY_S, carry, fleet_of, meet
from kept_takes import NET_, Time, write

from installation.fleet import memory
from installation.fleet.memory import LINGER_S, Imported, Tombstones
from installation.fleet.notes import Note
from installation.fleet.safe_folder import SafeFolder
from installation.gallery.changes import withdraw
from installation.gallery.store import Terms
from installation.gallery.trusted_time import Stamp


def full(*given, **more):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_takes_nothing_up_by_half_and_all_of_it_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    hub, home = fleet_of(tmp_path, "hub", "kassel")
    takes = {home.keep(), home.keep()}
    home.look()
    carry(home, hub)
    with monkeypatch.context() as patch:
        patch.setattr(SafeFolder, "give", full)
        looked = hub.look()
        assert len(looked.trouble) == 2
        assert "No space left" in looked.trouble[0]
        assert hub.takes() == set()
        assert not list(hub.gallery.glob("arriving/*"))
    assert hub.look().trouble == []
    assert hub.shown() == takes


def test_on_a_full_disk_what_is_withdrawn_goes_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    hub, home = fleet_of(tmp_path, "hub", "kassel")
    take = home.keep()
    meet((hub, home))
    withdraw(home.gallery, take)
    home.look()
    carry(home, hub)
    with monkeypatch.context() as patch:
        patch.setattr(memory, "appended", full)
        looked = hub.look()
        assert looked.removed == [take]
        assert looked.trouble != []
        assert hub.traces(take) == []
    assert hub.look().trouble == []
    assert Tombstones(hub.place.root / "tombstones").takes() == {take}


def test_a_take_that_no_clock_has_dated_waits_until_one_has(tmp_path: Path):
    hub, home = fleet_of(tmp_path, "hub", "kassel")
    home.look()
    gallery = home.opened()
    floor_s = gallery.clock.known.floor_s
    stamp = Stamp(floor_s, "doubted", floor_s, gallery.clock.known.leaps_s)
    take = gallery.keep(NET_, write, Terms(stamp, 30 * DAY_S, True)).id
    gallery.close()
    assert home.look().waiting == 1
    assert home.look().sent == 0
    gallery = home.opened()
    gallery.sweep(100)  # its time is put right
    gallery.close()
    looked = home.look()
    assert (looked.waiting, looked.sent) == (0, 1)
    carry(home, hub)
    hub.look()
    assert hub.shown() == {take}


@pytest.mark.parametrize("off_days", [-700.0, 700.0])
def test_a_booth_with_a_mad_clock_has_what_the_others_have(tmp_path: Path, off_days: float):
    hub, home = fleet_of(tmp_path, "hub", "kassel")
    hub.time = Time(hub.time.true_s, off_days * DAY_S, synced=False)
    takes = {home.keep() for _ in range(3)}
    meet((hub, home))
    gone = takes.pop()
    withdraw(home.gallery, gone)
    meet((hub, home))
    assert hub.takes() == takes
    gallery = hub.opened()
    gallery.sweep(100)
    gallery.close()
    assert hub.takes() == takes


def test_the_hubs_list_may_be_lost_and_nothing_goes_for_that(tmp_path: Path):
    hub, home = booths = fleet_of(tmp_path, "hub", "kassel")
    take = home.keep()
    meet(booths)
    (hub.place.out / "booths.json").unlink()
    (home.place.inboxes / "hub" / "booths.json").unlink()
    for booth in booths:
        booth.restart()
        booth.look()
        assert take in booth.takes()
    (hub.place.root / "booths.json").unlink()  # its own copy, too
    hub.restart()
    hub.look()
    assert take in hub.takes()
    assert (hub.place.inboxes / "kassel").is_dir()


def test_a_hub_without_a_gallery_passes_on_and_forgets_what_is_withdrawn(tmp_path: Path):
    hub, home = fleet_of(tmp_path, "hub", "kassel")
    for path in (hub.gallery / "gallery.db", hub.gallery / "booth"):
        path.unlink()
    (hub.gallery / "takes").rmdir()
    take, other = home.keep(), home.keep()
    home.look()
    carry(home, hub)
    looked = hub.look()
    assert looked.offered == {"kassel": 2}
    assert looked.trouble == []
    hub.fleet.say(take, "withdraw")
    assert {path.name for path in (hub.place.inboxes / "kassel/takes").iterdir()} == {other}
    carry(hub, home)
    home.look()
    assert home.takes() == {other}


def test_a_tombstone_outlives_its_takes_end_by_ninety_days(tmp_path: Path):
    path = tmp_path / "tombstones"
    held = Tombstones(path)
    held.remember([Note("a" * 43, 1, "take", "withdraw", 1000.0)], "kassel")
    held.forget_before(1000.0 + LINGER_S - 1)
    assert Tombstones(path).of("take", ("a" * 43,))
    assert not Tombstones(path).of("take", ("b" * 43,)), "another's word"
    held.forget_before(1000.0 + LINGER_S)
    assert len(Tombstones(path)) == 0


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe\n", b"a b", b"x" * 40, b"by take nan?\n"])
def test_half_a_line_of_memory_costs_no_other(tmp_path: Path, damage: bytes):
    path = tmp_path / "tombstones"
    Tombstones(path).remember([Note("a" * 43, 1, "one", "withdraw", 5.0)], "kassel")
    with path.open("ab") as file:
        file.write(damage)
    held = Tombstones(path)
    held.remember([Note("a" * 43, 2, "two", "withdraw", 5.0)], "kassel")
    assert Tombstones(path).takes() >= {"one", "two"}


def test_what_was_taken_up_is_remembered_for_one_gallery(tmp_path: Path):
    path = tmp_path / "imported"
    Imported(path, "a").add({"one": 5.0, "two": 6.0})
    Imported(path, "a").forget(["one"])
    assert "two" in Imported(path, "a")
    assert "one" not in Imported(path, "a")
    assert "two" not in Imported(path, "b")


def test_pinned_by_hand_stays_so_whatever_the_fleet_says_of_others(tmp_path: Path):
    from installation.gallery.changes import change_take

    hub, home = booths = fleet_of(tmp_path, "hub", "kassel")
    take, other = home.keep(), home.keep()
    meet(booths)
    change_take(hub.gallery, take, lambda held: replace(held, pinned=True))
    change_take(home.gallery, other, lambda held: replace(held, pinned=True))
    meet(booths)
    change_take(home.gallery, other, lambda held: replace(held, pinned=False))
    meet(booths)
    assert hub.record(take).pinned
    assert not home.record(take).pinned
    assert not hub.record(other).pinned

"""Takes travel between booths: whole, shown, and gone where they were withdrawn."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from booths import DAY_S, Booth, carry, fleet_of, meet

from installation.fleet.joining import admit, dismiss, found_fleet, join_fleet
from installation.fleet.look import Fleet
from installation.fleet.place import Place
from installation.gallery.changes import change_take, withdraw
from installation.gallery.deletion import delete_take
from installation.gallery.reading import GalleryReader
from installation.gallery.record import CLIP
from installation.gallery.take_folder import sums
from installation.gallery.verify import disagreements
from installation.vocabulary import UglyError


def standing(booth: Booth, take: str) -> tuple[bool, bool]:
    """Whether a take is shown and pinned there; neither, where it is not."""
    if take not in booth.takes():
        return False, False
    record = booth.record(take)
    return record.shown, record.pinned


def test_every_booth_shows_the_fleets_takes(tmp_path: Path):
    booths = fleet_of(tmp_path, "hub", "kassel", "lyon")
    taken = {booth.keep() for booth in booths}
    private = booths[1].keep(show=False)
    meet(booths)
    for booth in booths:
        assert booth.attract() == taken
        reader = GalleryReader(booth.gallery)
        assert list(disagreements(reader)) == []
        reader.close()
    assert private not in booths[0].takes() | booths[2].takes()
    assert booths[1].place.joined().hub == "hub"


def test_a_traveller_says_whose_it_is_and_leaves_its_link_at_home(tmp_path: Path):
    hub, booth = fleet_of(tmp_path, "hub", "kassel")
    take = booth.keep()
    change_take(booth.gallery, take, lambda held: replace(held, token="t" * 22, likes=4))
    meet((hub, booth))
    record = hub.record(take)
    assert (record.whose, record.token, record.likes) == ("kassel", "", 0)
    assert "t" * 22 not in "".join(
        path.read_text(errors="replace") for path in hub.root.rglob("*") if path.is_file()
    )


def test_the_film_itself_stays_at_home(tmp_path: Path):
    hub, booth = fleet_of(tmp_path, "hub", "kassel")
    take = booth.keep()
    folder = booth.gallery / "takes" / take
    (folder / CLIP).write_bytes(b"film")
    change_take(booth.gallery, take, lambda held: replace(held, clip=True, files=sums(folder)))
    meet((hub, booth))
    assert not hub.record(take).clip
    assert CLIP not in hub.record(take).files
    everywhere = [path.parent for path in tmp_path.rglob(CLIP)]
    assert everywhere == [folder]


@pytest.mark.parametrize("how", ["visitor", "operator", "by hand", "half"])
def test_however_a_take_goes_at_home_it_goes_everywhere(tmp_path: Path, how: str):
    booths = fleet_of(tmp_path, "hub", "kassel", "lyon")
    _, home, away = booths
    take, stays = home.keep(), home.keep()
    meet(booths)
    assert take in away.takes()
    if how == "visitor":
        withdraw(home.gallery, take)
    elif how == "operator":
        delete_take(home.gallery, take)
    elif how == "by hand":
        shutil.rmtree(home.gallery / "takes" / take)
        home.attract()  # the show opens its gallery
    else:  # the power failed while it was deleted
        (home.gallery / "takes" / take).rename(home.gallery / "takes" / f".deleting-{take}")
        home.restart()
        home.attract()
    meet(booths)
    for booth in booths:
        assert booth.traces(take) == []
        assert booth.takes() == {stays}


def test_a_booth_that_was_away_brings_nothing_back(tmp_path: Path):
    hub, home, away = booths = fleet_of(tmp_path, "hub", "kassel", "lyon")
    take = home.keep()
    meet(booths)
    late = tmp_path / "late"
    shutil.copytree(home.place.out, late)  # a device that was off holds the old outbox
    withdraw(home.gallery, take)
    meet((hub, home))
    shutil.rmtree(hub.place.inboxes / "kassel")
    shutil.copytree(late, hub.place.inboxes / "kassel")  # ... and brings it, without the tombstone
    hub.restart()
    hub.look()
    assert take not in hub.takes()
    assert hub.traces(take) == []
    away.look()
    meet(booths)
    assert all(take not in booth.takes() for booth in booths)


def test_a_tombstone_before_its_take(tmp_path: Path):
    hub, home = fleet_of(tmp_path, "hub", "kassel")
    take = home.keep()
    home.look()
    whole = tmp_path / "whole"
    shutil.copytree(home.place.out, whole)
    withdraw(home.gallery, take)
    meet((hub, home))
    shutil.copytree(whole / "takes" / take, hub.place.inboxes / "kassel/takes" / take)
    hub.look()
    assert hub.traces(take) == []


def test_hidden_and_pinned_at_home_is_so_everywhere_and_back(tmp_path: Path):
    booths = fleet_of(tmp_path, "hub", "kassel", "lyon")
    home = booths[1]
    take = home.keep()
    meet(booths)

    def is_so(**how):
        change_take(home.gallery, take, lambda held: replace(held, **how))
        meet(booths)
        return [standing(booth, take) for booth in booths]

    assert is_so(moderation="hidden") == [(False, False)] * 3
    assert is_so(moderation="approved", pinned=True) == [(True, True)] * 3
    assert is_so(show=False, pinned=False) == [(False, False)] * 3
    assert is_so(show=True) == [(True, False)] * 3
    assert len(list((home.place.out / "notes").iterdir())) == 2, "what is outdated is removed"


def test_the_hub_hides_and_pins_and_withdraws_any_take(tmp_path: Path):
    booths = fleet_of(tmp_path, "hub", "kassel", "lyon")
    hub, home, away = booths
    take, own = home.keep(), hub.keep()
    meet(booths)
    for what, name in (("kassel's", take), ("the hub's own", own)):
        for says, holds in (
            ("hide", (False, False)), ("unhide", (True, False)),
            ("pin", (True, True)), ("unpin", (True, False)),
        ):  # fmt: skip
            hub.fleet.say(name, says)
            meet(booths)
            found = [standing(booth, name) for booth in booths]
            assert found == [holds] * 3, (what, says)
        hub.fleet.say(name, "withdraw")
        meet(booths)
        assert [booth.traces(name) for booth in booths] == [[], [], []]
    with pytest.raises(UglyError, match="only the hub"):
        away.fleet.say(take, "hide")


def test_what_the_hub_unhides_stays_hidden_where_its_own_operator_hid_it(tmp_path: Path):
    hub, home = booths = fleet_of(tmp_path, "hub", "kassel")
    take = home.keep()
    meet(booths)
    change_take(home.gallery, take, lambda held: replace(held, moderation="hidden"))
    meet(booths)
    hub.fleet.say(take, "hide")
    meet(booths)
    hub.fleet.say(take, "unhide")
    meet(booths)
    assert not home.record(take).shown
    assert take not in hub.takes()


def test_what_an_operator_does_to_a_guest_stays_here(tmp_path: Path):
    hub, home, away = booths = fleet_of(tmp_path, "hub", "kassel", "lyon")
    take, other = home.keep(), home.keep()
    meet(booths)
    delete_take(away.gallery, take)
    change_take(away.gallery, other, lambda held: replace(held, moderation="hidden"))
    meet(booths)
    away.restart()
    meet(booths)
    assert away.takes() == {other}
    assert not away.record(other).shown
    assert home.shown() == hub.shown() == {take, other}


def test_what_waits_for_approval_travels_once_it_has_it(tmp_path: Path):
    hub, home = booths = fleet_of(tmp_path, "hub", "kassel")
    take = home.keep()
    change_take(home.gallery, take, lambda held: replace(held, moderation="waiting"))
    meet(booths)
    assert hub.takes() == set()
    change_take(home.gallery, take, lambda held: replace(held, moderation="approved"))
    meet(booths)
    assert hub.shown() == {take}


def test_a_guests_days_end_here_too_and_without_a_tombstone(tmp_path: Path):
    hub, home = booths = fleet_of(tmp_path, "hub", "kassel")
    take = home.keep(days=2)
    meet(booths)
    assert hub.takes() == {take}
    for booth in booths:
        booth.time.true_s += 3 * DAY_S
        gallery = booth.opened()
        gallery.clock.look()
        for _ in range(60):
            booth.time.true_s += 3600
            gallery.clock.look()
        gallery.sweep(100)
        gallery.close()
    meet(booths)
    assert [booth.traces(take) for booth in booths] == [[], []]
    assert not any((home.place.out / "notes").iterdir())


def test_guests_do_not_crowd_out_the_booths_own(tmp_path: Path):
    hub, home = booths = fleet_of(tmp_path, "hub", "kassel")
    own = [hub.keep(at_s=hub.time.true_s - 100 - number) for number in range(3)]
    guests = [home.keep(at_s=home.time.true_s - number) for number in range(6)]
    hub.most = 4
    meet(booths)
    assert hub.takes() == {*own, *guests[:4]}
    gallery = hub.opened()
    gallery.sweep(2)
    gallery.close()
    assert hub.takes() == {*own[:2], *guests[:4]}
    newer = home.keep(at_s=home.time.true_s + 10)
    meet(booths)
    assert hub.takes() == {*own[:2], newer, *guests[:3]}


def test_another_disk_in_the_place_of_the_gallery_withdraws_nothing(tmp_path: Path):
    hub, home = booths = fleet_of(tmp_path, "hub", "kassel")
    take = home.keep()
    meet(booths)
    home.gallery.rename(tmp_path / "elsewhere")
    home.look()  # no disk at all: nothing is said
    home.begin()
    with pytest.raises(UglyError, match="another gallery"):
        home.look()
    assert (home.place.out / "takes" / take).is_dir()
    Fleet(home.place, home.gallery, 10, new_gallery=True).look()
    meet(booths)
    assert take not in hub.takes()


def test_who_is_dismissed_is_forgotten_and_may_come_back(tmp_path: Path):
    hub, home, away = booths = fleet_of(tmp_path, "hub", "kassel", "lyon")
    take = home.keep()
    meet(booths)
    dismiss(hub.place, "kassel")
    carry(hub, away)
    for booth in (hub, away):
        booth.look()
        assert booth.takes() == set()
        assert not (booth.place.inboxes / "kassel").exists()
    admit(hub.place, join_fleet(home.place, "kassel", found_fleet(hub.place, "hub").text).text)
    meet(booths)
    assert away.shown() == {take}


def test_nobody_joins_with_anothers_name_or_a_line_of_the_wrong_end(tmp_path: Path):
    hub, home = fleet_of(tmp_path, "hub", "kassel")
    line = found_fleet(hub.place, "hub").text
    stranger = Place(tmp_path / "stranger")
    answer = join_fleet(stranger, "kassel", line).text
    with pytest.raises(UglyError, match="another key"):
        admit(hub.place, answer)
    with pytest.raises(UglyError, match="that is the other one"):
        admit(hub.place, line)
    with pytest.raises(UglyError, match="not copied whole"):
        admit(hub.place, answer[:-9] + "AAAAAAAAA")
    with pytest.raises(UglyError, match="the hub's own name"):
        join_fleet(Place(tmp_path / "other"), "hub", line)
    with pytest.raises(UglyError, match="no hub"):
        admit(home.place, answer)
    with pytest.raises(UglyError, match="already"):
        join_fleet(home.place, "other", line)
    assert admit(hub.place, f"  {join_fleet(home.place, 'kassel', line).text[:50]}\n"
                 f"{join_fleet(home.place, 'kassel', line).text[50:]}") == "kassel"  # fmt: skip


def test_after_another_programs_look_everything_is_read_anew(tmp_path: Path):
    hub, home = booths = fleet_of(tmp_path, "hub", "kassel")
    first = home.keep()
    home.look()
    withdraw(home.gallery, first)
    Fleet(home.place, home.gallery, 100).look()  # by hand, beside the show
    second = home.keep()
    home.look()
    withdraw(home.gallery, second)
    home.look()
    notes = sorted(path.name for path in (home.place.out / "notes").iterdir())
    assert [name.split("-")[0].lstrip("0") for name in notes] == ["1", "2"]
    meet(booths)
    assert hub.takes() == set()


def test_a_folder_on_another_disk_gets_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def no_links(*args, **more):
        raise OSError(18, "Invalid cross-device link")

    booths = fleet_of(tmp_path, "hub", "kassel")
    monkeypatch.setattr(os, "link", no_links)
    take = booths[1].keep()
    meet(booths)
    assert booths[0].shown() == {take}


def test_links_cost_no_room(tmp_path: Path):
    hub, home = fleet_of(tmp_path, "hub", "kassel")
    take = home.keep()
    home.look()
    carry(home, hub)
    carry(hub, home)
    hub.look()
    for booth, way in ((home, home.place.out), (hub, hub.place.inboxes / "kassel")):
        one, other = (
            booth.gallery / "takes" / take / "video.mp4",
            way / "takes" / take / "video.mp4",
        )
        assert other.samefile(one)
    assert json.loads((hub.place.root / "fleet.json").read_text())["role"] == "hub"


def test_what_is_hidden_at_home_lies_nowhere_else(tmp_path: Path):
    """A visitor's no to showing: the film is in no outbox, no inbox and no other gallery."""
    hub, home, away = booths = fleet_of(tmp_path, "hub", "kassel", "lyon")
    take = home.keep()
    meet(booths)
    hub.fleet.say(take, "pin")
    meet(booths)
    change_take(home.gallery, take, lambda held: replace(held, show=False))
    meet(booths)
    assert hub.traces(take) == away.traces(take) == []
    assert not (home.place.out / "takes" / take).exists()
    assert home.takes() == {take}
    away.restart()
    meet(booths)
    change_take(home.gallery, take, lambda held: replace(held, show=True))
    meet(booths)
    assert take in hub.shown() & away.shown()
    change_take(home.gallery, take, lambda held: replace(held, show=False))
    meet(booths)
    whole = tmp_path / "old-stick"
    shutil.copytree(home.gallery / "takes" / take, whole)
    withdraw(home.gallery, take)
    meet(booths)
    for booth in booths:
        assert booth.fleet.withdrawn == {take}, "whoever has it still hears that it is gone"


def test_what_was_withdrawn_by_an_old_key_stays_withdrawn_under_a_new_one(tmp_path: Path):
    """A booth's disk dies; a backup from before comes back, and the hub admits it anew."""
    hub, home, away = booths = fleet_of(tmp_path, "hub", "kassel", "lyon")
    take, other = home.keep(), home.keep()
    meet(booths)
    backup = tmp_path / "backup"
    shutil.copytree(home.gallery, backup)
    withdraw(home.gallery, take)
    meet(booths)
    shutil.rmtree(home.root)
    shutil.copytree(backup, home.gallery)
    home.restart()
    dismiss(hub.place, "kassel")
    meet((hub, away))
    line = join_fleet(home.place, "kassel", found_fleet(hub.place, "hub", "", "").text, "")
    admit(hub.place, line.text)
    meet(booths)
    assert take not in hub.takes() | away.takes()
    assert other in away.takes()


def test_who_leaves_while_it_is_looked_at_makes_no_folder_anew(tmp_path: Path):
    _, home = booths = fleet_of(tmp_path, "hub", "kassel")
    home.keep()
    meet(booths)
    shutil.rmtree(home.place.root)
    with pytest.raises(UglyError, match="in no fleet"):
        home.look()
    assert not home.place.root.exists()


def test_who_was_dismissed_before_a_start_may_come_back(tmp_path: Path):
    hub, home = booths = fleet_of(tmp_path, "hub", "kassel")
    take = home.keep()
    meet(booths)
    line = join_fleet(home.place, "kassel", found_fleet(hub.place, "hub", "", "").text, "")
    dismiss(hub.place, "kassel")
    hub.restart()
    hub.look()
    assert take not in hub.takes()
    admit(hub.place, line.text)
    meet(booths)
    assert take in hub.takes()

"""What the folders say is true: an index is lost, damaged, emptied or old, and no take is."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from kept_takes import (
    DAY_S,
    NET_,
    NOON_S,
    Time,
    first_version,
    first_version_files,
    keep,
    on_disk,
    settle,
    write,
)
from pictures import gradient

from installation.carve.stills import with_net
from installation.gallery.reading import GalleryReader
from installation.gallery.record import TAKE, VIDEO, parse_record
from installation.gallery.store import Gallery
from installation.gallery.verify import disagreements
from installation.video import png_bytes
from installation.vocabulary import UglyError


@pytest.fixture
def time() -> Time:
    return Time()


def agrees(folder: Path) -> bool:
    reader = GalleryReader(folder)
    try:
        return list(disagreements(reader)) == []
    finally:
        reader.close()


def lose(folder: Path) -> None:
    (folder / "gallery.db").unlink()


def empty(folder: Path) -> None:
    (folder / "gallery.db").write_bytes(b"")


def not_a_database(folder: Path) -> None:
    (folder / "gallery.db").write_bytes(b"no database at all, but long enough" * 100)


def damage_pages(folder: Path) -> None:
    data = bytearray((folder / "gallery.db").read_bytes())
    for at in range(4096, len(data), 512):
        data[at : at + 256] = os.urandom(256)
    (folder / "gallery.db").write_bytes(data)


def empty_table(folder: Path) -> None:
    with sqlite3.connect(folder / "gallery.db") as db:
        db.execute("delete from records")
    db.close()


def absurd_rows(folder: Path) -> None:
    with sqlite3.connect(folder / "gallery.db") as db:
        db.execute("update records set record = x'ff00', kept_at_s = 'when', shown = 'maybe'")
    db.close()


def drop_table(folder: Path) -> None:
    with sqlite3.connect(folder / "gallery.db") as db:
        db.execute("drop table records")
    db.close()


HARM = [lose, empty, not_a_database, damage_pages, empty_table, absurd_rows, drop_table]


@pytest.mark.parametrize("harm", HARM, ids=lambda harm: harm.__name__)
def test_a_lost_or_damaged_index_costs_no_take(tmp_path: Path, harm):
    gallery = Gallery(tmp_path)
    takes = {keep(gallery, NOON_S + n, show=n % 2 == 0) for n in range(8)}
    gallery.close()
    harm(tmp_path)
    reader = GalleryReader(tmp_path)
    assert set(reader.takes()) == takes, "reading goes by the folders"
    reader.close()
    gallery = Gallery(tmp_path)
    gallery.sweep(most=100)
    assert set(gallery.takes()) == takes
    assert on_disk(tmp_path) == {take.id for take in takes}
    gallery.close()
    assert agrees(tmp_path)
    if harm in (not_a_database, damage_pages):
        (aside,) = (tmp_path / "quarantine").glob("*/gallery.db")
        assert aside.stat().st_size > 0, "set aside, not removed"


@pytest.mark.parametrize("harm", HARM, ids=lambda harm: harm.__name__)
def test_it_is_noticed_while_the_show_runs(tmp_path: Path, harm):
    gallery = Gallery(tmp_path)
    takes = {keep(gallery, NOON_S + n) for n in range(40)}
    if harm is damage_pages:
        gallery.index._connection.execute("pragma cache_size = 0")
    harm(tmp_path)
    gallery.refresh()
    gallery.sweep(most=100)
    another = keep(gallery, NOON_S + 50)
    gallery.refresh()
    assert set(gallery.takes()) == {*takes, another}
    gallery.close()
    assert agrees(tmp_path)


def test_a_gallery_of_the_first_version_is_taken_over(tmp_path: Path, time: Time):
    first_version(
        tmp_path,
        ("public", NOON_S - DAY_S, NOON_S + 29 * DAY_S, True),
        ("private", NOON_S - 2 * DAY_S, NOON_S + 28 * DAY_S, False),
    )
    reader = GalleryReader(tmp_path)
    assert [(t.id, t.in_gallery) for t in reader.takes()] == [("public", True), ("private", False)]
    reader.close()
    assert not (tmp_path / "takes" / "public" / TAKE).exists(), "reading writes nothing"
    gallery = Gallery(tmp_path, clocks=time.clocks())
    assert [(t.id, t.in_gallery, t.net) for t in gallery.takes()] == [
        ("public", True, NET_),
        ("private", False, NET_),
    ]
    record = parse_record((tmp_path / "takes" / "public" / TAKE).read_bytes(), "take")
    assert (record.kept_at_s, record.expires_at_s) == (NOON_S - DAY_S, NOON_S + 29 * DAY_S)
    settle(gallery, time)
    gallery.sweep(most=10)
    assert len(gallery.takes()) == 2
    time.true_s += 28 * DAY_S
    settle(gallery, time)
    assert gallery.sweep(most=10) == 1, "as long as it was promised, and no longer"
    assert [t.id for t in gallery.takes()] == ["public"]
    gallery.close()
    assert agrees(tmp_path)


def test_the_first_version_s_takes_survive_their_database(tmp_path: Path):
    first_version(tmp_path, *((f"t{n}", NOON_S, NOON_S + DAY_S, True) for n in range(3)))
    not_a_database(tmp_path)
    gallery = Gallery(tmp_path)
    assert {take.id for take in gallery.takes()} == {"t0", "t1", "t2"}
    assert not any(take.in_gallery for take in gallery.takes()), "silence is no"
    gallery.close()
    assert agrees(tmp_path)


def test_absurd_rows_of_the_first_version_are_no_end(tmp_path: Path):
    first_version(tmp_path, ("good", NOON_S, NOON_S + DAY_S, True), ("odd", 1e300, -1e300, True))
    with sqlite3.connect(tmp_path / "gallery.db") as db:
        db.execute("update takes set net = x'ff', in_gallery = 'perhaps' where id = 'odd'")
    db.close()
    gallery = Gallery(tmp_path)
    assert {take.id: take.in_gallery for take in gallery.takes()} == {"good": True, "odd": False}
    gallery.close()


def test_folders_without_a_record_are_imported_if_whole_else_set_aside(tmp_path: Path):
    Gallery(tmp_path).close()
    first_version_files(tmp_path, "whole")
    cut = first_version_files(tmp_path, "cut")
    (cut / VIDEO).write_bytes((cut / VIDEO).read_bytes()[:100])
    (first_version_files(tmp_path, "lacking") / "poster.png").unlink()
    (tmp_path / "takes" / "strange").mkdir()
    (tmp_path / "takes" / "strange" / "letter.txt").write_text("do not lose me")
    gallery = Gallery(tmp_path)
    assert [take.id for take in gallery.takes()] == ["whole"]
    gallery.sweep(most=10)
    gallery.close()
    aside = {path.name: path for path in (tmp_path / "quarantine").glob("*/*")}
    assert set(aside) == {"cut", "lacking", "strange"}
    assert (aside["strange"] / "letter.txt").read_text() == "do not lose me"
    assert agrees(tmp_path)


def test_damaged_records_are_set_aside_and_newer_ones_left(tmp_path: Path):
    gallery = Gallery(tmp_path)
    takes = [keep(gallery, NOON_S + n) for n in range(5)]
    gallery.close()
    lose(tmp_path)
    folders = [tmp_path / "takes" / take.id for take in takes]
    (folders[0] / TAKE).write_text('{"format": ')
    (folders[1] / VIDEO).unlink()
    document = json.loads((folders[2] / TAKE).read_text())
    (folders[2] / TAKE).write_text(json.dumps({**document, "version": 2}))
    (folders[3] / TAKE).write_text(json.dumps({**document, "expires": "soon"}))
    gallery = Gallery(tmp_path)
    assert [take.id for take in gallery.takes()] == [takes[4].id]
    assert ["newer version" in line for line in gallery.recovered.left] == [True]
    gallery.close()
    assert on_disk(tmp_path) == {takes[2].id, takes[4].id}
    aside = {path.name for path in (tmp_path / "quarantine").glob("*/*")}
    assert aside == {takes[0].id, takes[1].id, takes[3].id}


def test_quarantine_goes_when_its_days_are_over_and_not_before(tmp_path: Path, time: Time):
    (tmp_path / "takes" / "odd").mkdir(parents=True)
    (tmp_path / "takes" / "odd" / "face.png").write_bytes(b"somebody")
    gallery = Gallery(tmp_path, keep_s=30 * DAY_S, clocks=time.clocks())
    time.true_s += 90 * DAY_S  # before the clock was ever watched for long enough
    gallery.clock.look()
    gallery.sweep(most=10)
    assert len(list(tmp_path.glob("quarantine/*/odd/face.png"))) == 1
    settle(gallery, time)
    gallery.sweep(most=10)
    assert gallery.quarantined() == 1
    time.true_s += 32 * DAY_S
    settle(gallery, time)
    gallery.sweep(most=10)
    assert gallery.quarantined() == 0
    gallery.close()


def test_old_stills_become_private_takes_of_their_own(tmp_path: Path, time: Time):
    (tmp_path / "stills").mkdir()
    still = tmp_path / "stills" / "20260102-101112-Soft-Moth.png"
    still.write_bytes(with_net(png_bytes(gradient(16, 12)), NET_))
    os.utime(still, (NOON_S, NOON_S))
    odd = tmp_path / "stills" / "holiday.png"
    odd.write_bytes(png_bytes(gradient(16, 12)))
    gallery = Gallery(tmp_path, clocks=time.clocks())
    (take,) = gallery.takes()
    assert take.stills == (f"takes/{take.id}/{still.name}",)
    assert (take.in_gallery, take.net) == (False, NET_)
    assert not list((tmp_path / "takes" / take.id).glob(VIDEO))
    assert take.kept_at_s == NOON_S
    assert not list((tmp_path / "stills").iterdir())
    assert [path.name for path in tmp_path.glob("quarantine/*/*")] == ["holiday.png"]
    settle(gallery, time)
    time.true_s += 31 * DAY_S
    settle(gallery, time)
    assert gallery.sweep(most=10) == 1
    gallery.close()
    assert agrees(tmp_path)


def test_a_take_put_back_by_hand_while_the_show_runs_is_taken_up(tmp_path: Path):
    gallery = Gallery(tmp_path)
    take = keep(gallery)
    shutil.move(tmp_path / "takes" / take.id, tmp_path / "elsewhere")
    gallery.refresh()
    assert len(gallery.takes()) == 0
    shutil.move(tmp_path / "elsewhere", tmp_path / "takes" / take.id)
    gallery.refresh()
    assert tuple(gallery.takes()) == (take,)
    gallery.close()


def test_a_gallery_that_goes_while_the_show_runs_is_said_and_not_made_anew(tmp_path: Path):
    folder = tmp_path / "stick"
    gallery = Gallery(folder)
    shutil.move(folder, tmp_path / "unplugged")
    folder.mkdir()
    with pytest.raises(UglyError, match="cannot be read"):
        gallery.refresh()
    with pytest.raises(UglyError, match="could not be kept"):
        gallery.keep(NET_, write, _terms())
    gallery.close()
    assert [path.name for path in folder.iterdir()] in ([], ["clock.json"])


def _terms():
    from installation.gallery.store import Terms
    from installation.gallery.trusted_time import Stamp

    return Terms(Stamp(NOON_S), DAY_S, True)

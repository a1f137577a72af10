"""What visitors and operators change in a take, and what is proven of a deletion."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from kept_takes import DAY_S, NOON_S, Time, keep, on_disk, settle

from installation.gallery.attract_order import Entry, Takes
from installation.gallery.changes import (
    change_take,
    changing,
    left_of,
    was_withdrawn,
    withdraw,
)
from installation.gallery.index import Index
from installation.gallery.lookup import Lookup, room_for
from installation.gallery.reading import GalleryReader
from installation.gallery.store import Gallery, Terms, new_token
from installation.gallery.take_folder import read_record
from installation.gallery.trusted_time import Stamp
from installation.gallery.verify import KINDS, disagreements
from installation.vocabulary import Net, UglyError

from kept_takes import NET_, write  # isort: skip


@pytest.fixture
def gallery(tmp_path: Path):
    opened = Gallery(tmp_path)
    yield opened
    opened.close()


def wrong(folder: Path) -> dict[str, int]:
    reader = GalleryReader(folder)
    found = list(disagreements(reader))
    reader.close()
    return {kind: sum(one.kind == kind for one in found) for kind in KINDS}


WELL = {"missing": 0, "orphans": 0, "damaged": 0}


def test_a_change_is_in_record_and_index_and_the_show_takes_it_up(gallery: Gallery, tmp_path: Path):
    take = keep(gallery)
    assert gallery.takes().next(0, NOON_S) is not None
    change_take(tmp_path, take.id, lambda record: replace(record, moderation="hidden"))
    assert wrong(tmp_path) == WELL
    assert gallery.refresh()
    assert gallery.takes().next(0, NOON_S) is None
    change_take(tmp_path, take.id, lambda record: replace(record, moderation="approved"))
    assert gallery.refresh()
    assert gallery.takes().next(0, NOON_S) is not None


def test_changes_by_many_at_once_are_all_made(gallery: Gallery, tmp_path: Path):
    take = keep(gallery)
    likes = [
        threading.Thread(
            target=change_take,
            args=(tmp_path, take.id, lambda record: replace(record, likes=record.likes + 1)),
        )
        for _ in range(12)
    ]
    for each in likes:
        each.start()
    for each in likes:
        each.join()
    assert read_record(tmp_path / "takes" / take.id).likes == 12
    assert wrong(tmp_path) == WELL


def test_a_take_that_is_gone_cannot_be_changed_back_into_being(gallery: Gallery, tmp_path: Path):
    take = keep(gallery)
    gallery.delete(take.id)
    with pytest.raises(UglyError, match=take.id):
        change_take(tmp_path, take.id, lambda record: replace(record, pinned=True))
    assert on_disk(tmp_path) == set()


def test_a_receipt_tells_what_went_and_that_nothing_is_left(gallery: Gallery, tmp_path: Path):
    take = keep(gallery)
    sums = read_record(tmp_path / "takes" / take.id).files
    receipt = withdraw(tmp_path, take.id, lambda: 7.0)
    assert receipt.left == left_of(tmp_path, take.id) == ()
    assert {name: receipt.files[name] for name in sums} == dict(sums)
    assert receipt.at_s == 7.0
    assert was_withdrawn(tmp_path, take.id)
    assert take.id not in (tmp_path / "withdrawn").read_text()
    assert wrong(tmp_path) == WELL


def test_mending_times_does_not_undo_what_was_changed_meanwhile(tmp_path: Path):
    time = Time(synced=False)
    gallery = Gallery(tmp_path, clocks=time.clocks())
    take = gallery.keep(NET_, write, Terms(Stamp(NOON_S, "doubted", NOON_S - 9), 30 * DAY_S, True))
    change_take(tmp_path, take.id, lambda record: replace(record, moderation="hidden"))
    time.synced = True
    settle(gallery, time)
    gallery.sweep(10)
    record = read_record(tmp_path / "takes" / take.id)
    assert (record.told, record.moderation) == ("free", "hidden")
    gallery.close()


def test_looking_up_by_token_finds_that_take_alone(gallery: Gallery, tmp_path: Path):
    token = new_token()
    take = gallery.keep(NET_, write, Terms(Stamp(NOON_S), DAY_S, True, token))
    keep(gallery)
    lookup = Lookup(tmp_path)
    found = lookup.with_token(token)
    assert found is not None
    assert (found.id, found.take_home) == (take.id, True)
    for other in ("", token[:-1], token + "x", new_token(), "é" * 22):
        assert lookup.with_token(other) is None
    gallery.delete(take.id)
    assert lookup.with_token(token) is None
    lookup.close()
    assert token.encode() not in (tmp_path / "gallery.db").read_bytes()


def test_a_page_is_searched_and_told_how_many_there_are(gallery: Gallery, tmp_path: Path):
    for number in range(7):
        keep(gallery, NOON_S + number, net=Net("b" * 64, name=f"Momo {number}"))
    keep(gallery, NOON_S + 9, net=Net("b" * 64, name="100 %_\\"))
    for text, count in (
        ("", 8),
        ("momo", 7),
        ("mo 3", 1),
        ("%", 1),
        ("_", 1),
        ("\\", 1),
        ("no one", 0),
    ):
        for indexed in (True, False):
            lookup = Lookup(tmp_path)
            if not indexed:
                lookup._asked = lambda ask, scan: scan()  # type: ignore[method-assign]
            found, records = lookup.page(3, 1, text)
            assert (found, len(records)) == (count, max(0, min(3, count - 1))), (text, indexed)
            lookup.close()
    assert room_for(tmp_path, 10**9) > 0


def test_an_index_from_before_the_door_is_brought_up_to_it(tmp_path: Path):
    gallery = Gallery(tmp_path)
    take = keep(gallery, net=Net("b" * 64, name="Momo"))
    gallery.close()
    index = Index(tmp_path)
    for made in ("records_by_door", "records_to_page"):
        index._connection.execute(f"drop index {made}")
    for column in ("door", "name", "pinned", "likes", "moderation"):
        index._connection.execute(f"alter table records drop column {column}")
    later = "('add_door', 'index_to_page')"
    index._connection.execute(f"delete from _sqlite_migrations where name in {later}")
    index._connection.commit()
    index.close()
    lookup = Lookup(tmp_path)
    assert lookup.page(5, 0, "momo")[0] == 1, "the records are read where the index cannot tell"
    lookup.close()
    Gallery(tmp_path).close()
    index = Index(tmp_path, read_only=True)
    assert index.page(5, 0, "momo", "unseen")[1][0].id == take.id
    index.close()


def test_what_is_pinned_comes_often_and_outlives_the_most(gallery: Gallery, tmp_path: Path):
    takes = [keep(gallery, NOON_S + number) for number in range(20)]
    change_take(tmp_path, takes[0].id, lambda record: replace(record, pinned=True))
    gallery.refresh()
    turns = [gallery.takes().next(turn, NOON_S + 99) for turn in range(12)]
    assert sum(take is not None and take.id == takes[0].id for take in turns) >= 1
    gallery.sweep(5)
    assert takes[0].id in on_disk(tmp_path)
    assert len(on_disk(tmp_path)) == 5


def test_what_is_liked_comes_twice_as_often():
    def entry(number: int, likes: int = 0) -> Entry:
        def load():
            return f"take {number}"

        return Entry(f"t{number}", float(number), 1e12, True, load, likes=likes)  # type: ignore[arg-type]

    takes = Takes([entry(number, int(number == 0)) for number in range(30)])
    turns = [takes.next(turn, 0.0) for turn in range(1, 2 * 26 * 10, 2)]
    assert turns.count("take 0") == 2 * turns.count("take 1")  # type: ignore[arg-type]


def test_what_waits_for_approval_is_seen_by_nobody_else(gallery: Gallery, tmp_path: Path):
    terms = Terms(Stamp(NOON_S), DAY_S, True, approved_first=True)
    take = gallery.keep(NET_, write, terms)
    assert gallery.takes().next(0, NOON_S) is None
    change_take(tmp_path, take.id, lambda record: replace(record, moderation="approved"))
    gallery.refresh()
    assert gallery.takes().next(0, NOON_S) is not None


def test_only_one_changes_at_a_time(tmp_path: Path):
    inside, entered = threading.Event(), threading.Event()

    def second() -> None:
        inside.wait()
        with changing(tmp_path):
            entered.set()

    thread = threading.Thread(target=second)
    thread.start()
    with changing(tmp_path):
        inside.set()
        assert not entered.is_set()
    thread.join()
    assert entered.is_set()

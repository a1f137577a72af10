"""Deleting on a full disk: files first, and a reserve to give up."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest
from kept_takes import keep, on_disk

from installation.gallery import deletion
from installation.gallery.deletion import RESERVE, RESERVE_BYTES, delete_take
from installation.gallery.faults import reason, retried
from installation.gallery.store import Gallery
from installation.vocabulary import UglyError


@pytest.fixture
def gallery(tmp_path: Path):
    opened = Gallery(tmp_path)
    yield opened
    opened.close()


def fill_index(gallery: Gallery) -> None:
    """The index may not grow by a page: what SQLite itself calls a full disk."""
    pages = gallery.index._connection.execute("pragma page_count").fetchone()[0]
    gallery.index._connection.execute(f"pragma max_page_count = {pages}")


def test_a_full_index_keeps_no_take_from_being_kept_or_deleted(gallery: Gallery):
    fill_index(gallery)
    kept = [keep(gallery) for _ in range(12)]
    assert on_disk(gallery.folder) == {take.id for take in kept}
    for take in kept:
        gallery.delete(take.id)
    assert on_disk(gallery.folder) == set()


def test_on_a_full_disk_the_reserve_is_given_up(gallery: Gallery, monkeypatch):
    take = keep(gallery)
    reserve = gallery.folder / RESERVE
    assert reserve.stat().st_size == RESERVE_BYTES
    real = deletion.remove

    def no_room(takes: Path, name: str) -> None:
        if reserve.exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(takes, name)

    monkeypatch.setattr("installation.gallery.deletion.remove", no_room)
    gallery.delete(take.id)
    assert on_disk(gallery.folder) == set()
    assert not reserve.exists()
    gallery.sweep(most=10)
    assert reserve.stat().st_size == RESERVE_BYTES, "and taken back when there is room again"


def test_a_row_that_cannot_be_deleted_is_said_and_gone_with_the_next_look(gallery, monkeypatch):
    monkeypatch.setattr("installation.gallery.faults.PAUSES_S", ())
    monkeypatch.setattr("installation.gallery.index.BUSY_S", 0.0)
    take = keep(gallery)
    holder = sqlite3.connect(gallery.folder / "gallery.db")
    holder.execute("begin exclusive")
    with pytest.raises(UglyError, match=f"take {take.id}: its files are deleted, but gallery.db"):
        delete_take(gallery.folder, take.id)
    holder.rollback()
    holder.close()
    gallery.refresh()
    assert len(gallery.takes()) == 0
    assert gallery.index.ids() == set()


def test_faults_are_told_in_plain_words():
    assert reason(OSError(errno.ENOSPC, "No space left on device")) == "No space left on device"
    assert reason(sqlite3.OperationalError("database is locked")) == (
        "another program holds the database"
    )
    assert "no space" in reason(sqlite3.OperationalError("database or disk is full"))
    assert "damaged" in reason(sqlite3.DatabaseError("malformed"))


def test_what_does_not_pass_is_not_tried_again():
    tries = []

    def work() -> None:
        tries.append(1)
        raise sqlite3.DatabaseError("malformed")

    with pytest.raises(sqlite3.DatabaseError):
        retried(work)
    assert len(tries) == 1

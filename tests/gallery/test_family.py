"""A take's family: who is told of, and who has vanished."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from kept_takes import NOON_S, kept_record

from installation.gallery.changes import change_take, withdraw
from installation.gallery.family import family
from installation.gallery.lookup import Lookup
from installation.gallery.record import Record


def told(folder: Path, own: Record) -> list[tuple[int, str]]:
    lookup = Lookup(folder)
    try:
        return [(one.generation, one.record.id) for one in family(lookup, own, NOON_S)]
    finally:
        lookup.close()


@pytest.fixture
def generations(tmp_path: Path) -> tuple[Path, list[Record]]:
    """Grandmother, mother, father, own, child."""
    first = kept_record(tmp_path)
    mother = kept_record(tmp_path, parents=(first.id,))
    father = kept_record(tmp_path)
    own = kept_record(tmp_path, parents=(mother.id, father.id))
    child = kept_record(tmp_path, parents=(own.id,))
    return tmp_path, [first, mother, father, own, child]


def test_ancestors_come_first_and_children_last(generations):
    folder, (first, mother, father, own, child) = generations
    assert told(folder, own) == [(2, first.id), (1, mother.id), (1, father.id), (-1, child.id)]
    assert told(folder, first) == [(-1, mother.id)]


def test_who_was_withdrawn_hidden_or_is_over_vanishes(generations):
    folder, (first, mother, father, own, child) = generations
    change_take(folder, father.id, lambda held: replace(held, show=False))
    change_take(folder, child.id, lambda held: replace(held, moderation="hidden"))
    assert told(folder, own) == [(2, first.id), (1, mother.id)]
    change_take(folder, first.id, lambda held: replace(held, expires_at_s=NOON_S - 1))
    assert told(folder, own) == [(1, mother.id)]
    withdraw(folder, mother.id, lambda: NOON_S)
    assert told(folder, own) == []


def test_without_an_index_the_folders_tell_the_same(generations):
    folder, (_, _, _, own, _) = generations
    before = told(folder, own)
    (folder / "gallery.db").write_bytes(b"no database")
    assert told(folder, own) == before


def test_an_index_of_before_knows_children_after_it_was_opened(generations):
    folder, (_, _, _, own, child) = generations
    with sqlite3.connect(folder / "gallery.db") as database:
        database.execute("drop table kin")
        database.execute("drop index records_to_page")
        database.execute(
            "delete from _sqlite_migrations where name in ('add_kin', 'index_to_page')"
        )
    database.close()
    assert (-1, child.id) in told(folder, own), "read-only it is found by looking through all"
    kept_record(folder)  # opened to be written: brought up to date
    with sqlite3.connect(folder / "gallery.db") as database:
        rows = database.execute("select child from kin where parent = ?", (own.id,)).fetchall()
    database.close()
    assert rows == [(child.id,)]


def test_who_is_its_own_ancestor_ends_somewhere(tmp_path: Path):
    one = kept_record(tmp_path)
    other = kept_record(tmp_path, parents=(one.id,))
    change_take(tmp_path, one.id, lambda held: replace(held, parents=(other.id,)))
    found = told(tmp_path, change_take(tmp_path, one.id, lambda held: held))
    assert found == [(1, other.id), (-1, other.id)]

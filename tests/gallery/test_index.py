"""The index is read as it is: also with a transaction half done, and without being changed."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

from kept_takes import NOON_S, first_version, keep

from installation.gallery.index import Index
from installation.gallery.reading import GalleryReader
from installation.gallery.store import Gallery


def test_a_transaction_that_a_power_cut_left_half_done_is_read_as_undone(tmp_path: Path):
    gallery = Gallery(tmp_path)
    takes = {keep(gallery, NOON_S + n) for n in range(30)}
    gallery.close()
    script = textwrap.dedent(
        """
        import os, signal, sqlite3, sys
        db = sqlite3.connect(sys.argv[1])
        db.execute("pragma cache_size = 1")
        db.execute("delete from records where kept_at_s > 0")
        db.execute("update sqlite_sequence set seq = 0")
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    subprocess.run([sys.executable, "-c", script, tmp_path / "gallery.db"], check=False)
    journal = tmp_path / "gallery.db-journal"
    assert journal.stat().st_size > 0
    before = {path: path.read_bytes() for path in tmp_path.glob("gallery.db*")}
    reader = GalleryReader(tmp_path)
    assert reader.indexed == {take.id for take in takes}
    assert set(reader.takes()) == takes
    reader.close()
    assert {path: path.read_bytes() for path in tmp_path.glob("gallery.db*")} == before
    gallery = Gallery(tmp_path)
    assert set(gallery.takes()) == takes
    gallery.close()


def test_what_changed_is_read_and_nothing_else(tmp_path: Path):
    gallery = Gallery(tmp_path)
    takes = [keep(gallery, NOON_S + n) for n in range(5)]
    index = Index(tmp_path)
    seq, entries = index.since(0)
    assert [entry.id for entry in entries] == [take.id for take in takes]
    assert index.since(seq) == (seq, ())
    another = keep(gallery, NOON_S + 9)
    assert index.changed()
    assert not index.changed()
    seq, (entry,) = index.since(seq)
    assert (entry.id, entry.load()) == (another.id, another)
    gallery.delete(another.id)
    again = keep(gallery, NOON_S + 10)
    assert [entry.id for entry in index.since(seq)[1]] == [again.id], "no number is used twice"
    assert [record.id for record in index.newest(2, 1)] == [takes[4].id, takes[3].id]
    index.close()
    gallery.close()


def test_looking_again_costs_no_more_where_there_is_more(tmp_path: Path, monkeypatch):
    """Nothing periodic reads rows, folders or records while nothing has changed."""
    gallery = Gallery(tmp_path)
    for n in range(20):
        keep(gallery, NOON_S + n)
    gallery.refresh()
    monkeypatch.setattr("installation.gallery.known_takes.TICK_NS", 0)
    gallery.refresh()
    gallery.refresh()
    asked: list[str] = []
    gallery.index._connection.set_trace_callback(asked.append)
    monkeypatch.setattr("installation.gallery.recovery.names", None)
    assert not gallery.refresh()
    assert [sql for sql in asked if "records" in sql] == []
    known = gallery.takes()
    gallery.sweep(most=100)
    assert gallery.takes() is known
    for sql in asked:
        if "records" in sql:
            plan = gallery.index._connection.execute(f"explain query plan {sql}").fetchall()
            assert not [row for row in plan if row[3].startswith("SCAN")], (sql, plan)
    gallery.close()


def test_the_first_version_s_log_is_read_too(tmp_path: Path):
    """Its database logged ahead: what was not folded in yet is in the log alone."""
    first_version(tmp_path, ("one", NOON_S, NOON_S + 1e6, True))
    script = textwrap.dedent(
        """
        import os, signal, sqlite3, sys
        db = sqlite3.connect(sys.argv[1])
        db.execute("pragma wal_autocheckpoint = 0")
        with db:
            db.execute("update takes set in_gallery = 0")
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    subprocess.run([sys.executable, "-c", script, tmp_path / "gallery.db"], check=False)
    assert (tmp_path / "gallery.db-wal").stat().st_size > 0
    reader = GalleryReader(tmp_path)
    assert [take.in_gallery for take in reader.takes()] == [False], "the visitor's last word"
    reader.close()
    gallery = Gallery(tmp_path)
    assert [take.in_gallery for take in gallery.takes()] == [False]
    gallery.close()


def test_a_page_of_takes_is_chosen_without_reading_records(tmp_path: Path):
    """Ten thousand records are some twenty megabytes; what chooses among them is an index."""
    gallery = Gallery(tmp_path)
    keep(gallery)
    gallery.close()
    asked: list[str] = []
    index = Index(tmp_path, read_only=True)
    try:
        index._connection.set_trace_callback(asked.append)
        for text, moderation in (("", ""), ("bobo", ""), ("", "unseen"), ("bo", "unseen")):
            assert index.page(50, 0, text, moderation)[0] == 1
        index._connection.set_trace_callback(None)
        for sql in asked:
            plan = [row[3] for row in index._connection.execute(f"explain query plan {sql}")]
            for step in plan:
                whole = step.startswith("SCAN") and "COVERING INDEX" not in step
                assert not whole, (sql, plan)
    finally:
        index.close()

"""Takes on disk: whole or not at all, and deleted means deleted."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from installation.gallery.store import VIDEO, Gallery
from installation.vocabulary import Net, Take, UglyError

NET = Net("b" * 64, name="Bobo")


@pytest.fixture
def gallery(tmp_path: Path):
    opened = Gallery(tmp_path, exclusive=True)
    yield opened
    opened.close()


def write(folder: Path) -> None:
    (folder / VIDEO).write_bytes(b"film" * 1000)


def kept(gallery: Gallery, at_s: float = 1000.0, days: float = 1.0, **more: bool) -> Take:
    return gallery.keep(
        NET,
        write,
        kept_at_s=at_s,
        expires_at_s=at_s + days * 86400,
        in_gallery=more.get("in_gallery", True),
    )


def on_disk(gallery: Gallery) -> set[str]:
    return {folder.name for folder in (gallery.folder / "takes").iterdir()}


def test_what_is_kept_is_found_again_also_by_the_next_program(tmp_path: Path):
    first = Gallery(tmp_path, exclusive=True)
    takes = [kept(first, at_s) for at_s in (10.0, 30.0, 20.0)]
    first.close()
    second = Gallery(tmp_path)
    assert [take.kept_at_s for take in second.takes()] == [30, 20, 10]
    assert set(second.takes()) == set(takes)
    assert second.find(takes[0].id[:8]) == takes[0]
    assert second.path_of(takes[0], VIDEO).read_bytes() == b"film" * 1000
    with pytest.raises(UglyError, match="no take"):
        second.find("nothing")
    with pytest.raises(UglyError, match="3 takes"):
        second.find("")
    second.close()


def test_ids_cannot_be_guessed_from_each_other(gallery: Gallery):
    names = {kept(gallery).id for _ in range(50)}
    assert len(names) == 50
    assert all(len(name) >= 20 and name.isalnum() for name in names)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_a_failing_disk_leaves_nothing(gallery: Gallery, number: int):
    def fails(folder: Path) -> None:
        write(folder)
        raise OSError(number, os.strerror(number))

    with pytest.raises(UglyError, match=os.strerror(number)):
        gallery.keep(NET, fails, kept_at_s=1, expires_at_s=2, in_gallery=True)
    assert gallery.takes() == ()
    assert on_disk(gallery) == set()
    kept(gallery)  # and the gallery lives on
    assert len(gallery.takes()) == 1


def test_a_record_that_cannot_be_written_takes_its_files_along(gallery: Gallery, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("sqlite_utils.db.Table.insert", full)
    with pytest.raises(UglyError, match="disk is full"):
        kept(gallery)
    assert on_disk(gallery) == set()


def test_deleted_means_deleted(gallery: Gallery):
    secret = Net("b" * 64, name="Geheimniskraemer")
    take = gallery.keep(secret, write, kept_at_s=1, expires_at_s=9e9, in_gallery=True)
    other = kept(gallery)
    gallery.delete(take.id)
    assert gallery.takes() == (other,)
    assert on_disk(gallery) == {other.id}
    left = b"".join(p.read_bytes() for p in gallery.folder.glob("gallery.db*"))
    assert b"Geheimniskraemer" not in left


def test_takes_expire_and_the_oldest_leave_first(gallery: Gallery):
    takes = [kept(gallery, at_s=day * 86400.0, days=10) for day in range(6)]
    assert gallery.sweep(now_s=11 * 86400.0, most=3) == 3
    assert [take.id for take in gallery.takes()] == [t.id for t in reversed(takes[3:])]
    assert on_disk(gallery) == {take.id for take in takes[3:]}


def test_orphans_are_swept_both_ways(gallery: Gallery):
    stays, loses = kept(gallery, 5.0), kept(gallery, 6.0)
    shutil.rmtree(gallery.folder / "takes" / loses.id)
    (gallery.folder / "takes" / ".partial-abc").mkdir()
    write(gallery.folder / "takes" / ".partial-abc")
    (gallery.folder / "takes" / "unrecorded").mkdir()
    assert gallery.sweep(now_s=7.0, most=10) == 3
    assert gallery.takes() == (stays,)
    assert on_disk(gallery) == {stays.id}


def test_kill_9_while_a_take_is_written(tmp_path: Path):
    """A real process, killed at every stage of keeping: the next start finds a sound gallery."""
    script = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from installation.gallery import store
        from installation.vocabulary import Net

        stage, folder = sys.argv[1], Path(sys.argv[2])
        gallery = store.Gallery(folder, exclusive=True)

        def die(*_, **__):
            os.kill(os.getpid(), signal.SIGKILL)

        def write(into):
            (into / store.VIDEO).write_bytes(b"film")
            if stage == "writing":
                die()

        gallery.keep(Net("b" * 64), write, kept_at_s=1, expires_at_s=9e9, in_gallery=True)
        if stage == "flushing":
            store.os.fsync = die
        elif stage == "recording":
            gallery._db.table("takes").__class__.insert = die
        elif stage == "done":
            die()
        gallery.keep(Net("c" * 64), write, kept_at_s=2, expires_at_s=9e9, in_gallery=True)
        """
    )
    for stage, left in (("writing", 0), ("flushing", 1), ("recording", 1), ("done", 1)):
        folder = tmp_path / stage
        run = subprocess.run([sys.executable, "-c", script, stage, str(folder)], check=False)
        assert run.returncode == -9, stage
        gallery = Gallery(folder, exclusive=True)  # the lock went with the process
        gallery.sweep(now_s=3, most=10)
        assert len(gallery.takes()) == left, stage
        assert on_disk(gallery) == {take.id for take in gallery.takes()}
        gallery.close()


def test_two_shows_do_not_share_a_gallery(gallery: Gallery):
    with pytest.raises(UglyError, match="another UGly-Net"):
        Gallery(gallery.folder, exclusive=True)
    Gallery(gallery.folder).close()  # to read is allowed


def test_a_damaged_or_newer_database_is_told(tmp_path: Path):
    (tmp_path / "gallery.db").write_bytes(b"no database at all, but long enough" * 100)
    with pytest.raises(UglyError, match=r"gallery\.db"):
        Gallery(tmp_path)
    (tmp_path / "gallery.db").unlink()
    Gallery(tmp_path).close()
    with sqlite3.connect(tmp_path / "gallery.db") as db:
        db.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) "
            "values ('uglynet-gallery', 'add_smell', '2031-01-01')"
        )
    db.close()
    with pytest.raises(UglyError, match="newer version"):
        Gallery(tmp_path)


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UglyError, match="cannot be used"):
        Gallery(tmp_path / "file" / "gallery")

"""Takes on disk: whole or not at all, and deleted means deleted."""

from __future__ import annotations

import errno
import os
import resource
import sqlite3
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from kept_takes import DAY_S, NET_, NOON_S, Time, keep, on_disk, settle, write

from installation.gallery.reading import GalleryReader
from installation.gallery.record import TAKE, VIDEO, parse_record
from installation.gallery.store import Gallery
from installation.gallery.verify import disagreements
from installation.vocabulary import Net, UglyError


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def gallery(tmp_path: Path, time: Time):
    opened = Gallery(tmp_path, clocks=time.clocks())
    yield opened
    opened.close()


def test_what_is_kept_is_found_again_also_by_the_next_program(tmp_path: Path):
    first = Gallery(tmp_path)
    takes = [keep(first, NOON_S + at_s) for at_s in (10.0, 30.0, 20.0)]
    first.close()
    for opened in (Gallery(tmp_path), GalleryReader(tmp_path)):
        found = tuple(opened.takes())
        assert [take.kept_at_s - NOON_S for take in found] == [30, 20, 10]
        assert set(found) == set(takes)
        opened.close()
    reader = GalleryReader(tmp_path)
    record = reader.find(takes[0].id[:8])
    assert record.take() == takes[0]
    assert reader.path_of(record, VIDEO).read_bytes() == VIDEO.encode() * 100
    with pytest.raises(UglyError, match="no take"):
        reader.find("nothing")
    with pytest.raises(UglyError, match="3 takes"):
        reader.find("")
    reader.close()


def test_ids_cannot_be_guessed_from_each_other(gallery: Gallery):
    names = {keep(gallery).id for _ in range(50)}
    assert len(names) == 50
    assert all(len(name) >= 20 and name.isalnum() for name in names)


def test_a_take_is_whole_in_itself(gallery: Gallery):
    take = keep(gallery, days=2, show=False)
    record = parse_record((gallery.folder / "takes" / take.id / TAKE).read_bytes(), "take")
    assert (record.id, record.show, record.take_home) == (take.id, False, False)
    assert (record.kept_at_s, record.expires_at_s) == (NOON_S, NOON_S + 2 * DAY_S)
    assert record.moderation == "unseen"
    assert record.net["model"] == NET_.model
    assert record.parsed_net() == NET_
    assert record.booth
    assert set(record.files) == on_disk_of(gallery, take.id) - {TAKE}
    assert list(disagreements(GalleryReader(gallery.folder))) == []


def on_disk_of(gallery: Gallery, take_id: str) -> set[str]:
    return {path.name for path in (gallery.folder / "takes" / take_id).iterdir()}


def test_nobody_else_may_look_at_what_visitors_kept(gallery: Gallery):
    keep(gallery)
    for path in (gallery.folder / "takes", *(gallery.folder / "takes").rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path
    for path in gallery.folder.glob("gallery.db*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_a_failing_disk_leaves_nothing(gallery: Gallery, number: int):
    def fails(folder: Path) -> tuple[str, ...]:
        write(folder)
        raise OSError(number, os.strerror(number))

    with pytest.raises(UglyError, match=os.strerror(number)):
        keep(gallery, write=fails)
    assert len(gallery.takes()) == 0
    assert on_disk(gallery.folder) == set()
    keep(gallery)  # and the gallery lives on
    assert len(gallery.takes()) == 1


def test_a_disk_that_takes_no_more_leaves_nothing(gallery: Gallery):
    """The kernel's own refusal, at a real file: nothing longer than a few bytes may be written."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150, before[1]))
    try:
        with pytest.raises(UglyError, match="could not be kept: File too large"):
            keep(gallery)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert on_disk(gallery.folder) == set()


def test_a_take_is_kept_even_where_the_index_cannot_be_told(gallery: Gallery, monkeypatch):
    """The folder is what is true; the index catches up."""
    monkeypatch.setattr("installation.gallery.faults.PAUSES_S", ())
    gallery.index._connection.execute("pragma busy_timeout = 0")
    holder = sqlite3.connect(gallery.folder / "gallery.db")
    holder.execute("begin exclusive")
    take = keep(gallery)
    assert on_disk(gallery.folder) == {take.id}
    assert len(gallery.takes()) == 0
    holder.rollback()
    holder.close()
    assert gallery.refresh()
    assert tuple(gallery.takes()) == (take,)


def test_a_lock_that_passes_is_waited_for(gallery: Gallery, monkeypatch):
    holder = sqlite3.connect(gallery.folder / "gallery.db")
    holder.execute("begin exclusive")
    monkeypatch.setattr("installation.gallery.faults.PAUSES_S", (0.0,))
    monkeypatch.setattr("time.sleep", lambda _: holder.rollback())
    gallery.index._connection.execute("pragma busy_timeout = 0")
    take = keep(gallery)
    holder.close()
    assert gallery.index.ids() == {take.id}


def test_deleted_means_deleted(gallery: Gallery):
    secret = Net("b" * 64, name="Geheimniskraemer")
    take = keep(gallery, net=secret)
    other = keep(gallery)
    gallery.delete(take.id)
    assert tuple(gallery.takes()) == (other,)
    assert on_disk(gallery.folder) == {other.id}
    for path in gallery.folder.rglob("*"):
        assert take.id not in path.name
        if path.is_file():
            data = path.read_bytes()
            assert b"Geheimniskraemer" not in data, path
            assert take.id.encode() not in data, path


def test_the_oldest_leave_first(gallery: Gallery):
    takes = [keep(gallery, NOON_S + day * DAY_S) for day in range(6)]
    assert gallery.sweep(most=3) == 3
    assert [take.id for take in gallery.takes()] == [t.id for t in reversed(takes[3:])]
    assert on_disk(gallery.folder) == {take.id for take in takes[3:]}


def test_takes_of_times_to_come_do_not_crowd_out_those_that_are_kept_now(
    gallery: Gallery, time: Time
):
    """A clock was a year ahead, and is right again."""
    settle(gallery, time)
    ahead = [keep(gallery, time.true_s + 400 * DAY_S) for _ in range(4)]
    gallery.sweep(most=4)
    time.true_s += 60
    gallery.clock.look()
    take = keep(gallery, time.true_s, days=2)
    assert gallery.sweep(most=4) == 1
    assert take.id in on_disk(gallery.folder)
    assert len(on_disk(gallery.folder) & {each.id for each in ahead}) == 3
    time.true_s += 40 * DAY_S
    settle_away(gallery, time)
    gallery.sweep(most=10)
    assert on_disk(gallery.folder) == set(), "and they are gone when their days are over"


def test_takes_expire_once_the_time_is_sure(gallery: Gallery, time: Time):
    settle(gallery, time)
    take = keep(gallery, time.true_s, days=2)
    stays = keep(gallery, time.true_s, days=3)
    time.true_s += 2 * DAY_S - 60
    settle_away(gallery, time)
    assert gallery.sweep(most=10) == 1
    assert on_disk(gallery.folder) == {stays.id}
    assert take.id not in on_disk(gallery.folder)


def settle_away(gallery: Gallery, time: Time) -> None:
    for _ in range(4):
        time.true_s += 3600
        gallery.clock.look()


def test_kill_9_at_every_stage(tmp_path: Path):
    """A real process, killed at every stage of keeping and deleting: the next start finds a sound
    gallery."""
    script = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from installation.gallery import deletion, store, take_folder
        from installation.gallery.index import Index
        from installation.gallery.store import Gallery, Terms
        from installation.gallery.trusted_time import Stamp
        from installation.vocabulary import Net

        stage, folder = sys.argv[1], Path(sys.argv[2])
        gallery = Gallery(folder)

        def die(*_, **__):
            os.kill(os.getpid(), signal.SIGKILL)

        def write(into):
            (into / "video.mp4").write_bytes(b"film")
            (into / "poster.png").write_bytes(b"poster")
            if stage == "writing" and list(gallery.takes()):
                die()
            return ()

        def keep(model):
            terms = Terms(Stamp(1.8e9), 9e9, True)
            return gallery.keep(Net(model * 64), write, terms)

        first = keep("b")
        if stage == "flushing":
            take_folder.os.fsync = die
        elif stage == "summing":
            store.sums = die
        elif stage == "naming":
            write_record = store.write_record
            def write_and_die(*args):
                write_record(*args)
                die()
            store.write_record = write_and_die
        elif stage == "recording":
            Index.put = die
        elif stage == "before deleting":
            deletion.remove = die
        elif stage == "deleting":
            take_folder.emptied = die
        elif stage == "half deleted":
            real, done = Path.unlink, []
            def unlink(path, **more):
                real(path, **more)
                if path.name == "video.mp4":
                    die()
            Path.unlink = unlink
        elif stage == "forgetting":
            Index.drop = die
        if "delet" in stage or stage == "forgetting":
            gallery.delete(first.id)
        keep("c")
        die()
        """
    )
    stages = {
        "writing": 1,
        "flushing": 1,
        "summing": 1,
        "naming": 2,  # all of it was on the disk but its name: it is a take
        "recording": 2,
        "done": 2,
        "before deleting": 1,
        "deleting": 0,
        "half deleted": 0,
        "forgetting": 0,
    }
    for stage, left in stages.items():
        folder = tmp_path / stage
        run = subprocess.run([sys.executable, "-c", script, stage, str(folder)], check=False)
        assert run.returncode == -9, stage
        gallery = Gallery(folder)  # the lock went with the process
        gallery.sweep(most=10)
        assert len(gallery.takes()) == left, stage
        assert on_disk(folder) == {take.id for take in gallery.takes()}, stage
        gallery.close()
        reader = GalleryReader(folder)
        assert list(disagreements(reader)) == [], stage
        assert reader.quarantine() == (), stage
        reader.close()


def test_two_shows_do_not_share_a_gallery(gallery: Gallery):
    with pytest.raises(UglyError, match="another UGly-Net"):
        Gallery(gallery.folder)
    GalleryReader(gallery.folder).close()  # to read is allowed


def test_an_index_from_a_newer_version_is_told(tmp_path: Path):
    Gallery(tmp_path).close()
    with sqlite3.connect(tmp_path / "gallery.db") as db:
        db.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) "
            "values ('uglynet-gallery', 'add_smell', '2031-01-01')"
        )
    db.close()
    with pytest.raises(UglyError, match="newer version"):
        Gallery(tmp_path)
    with pytest.raises(UglyError, match="newer version"):
        GalleryReader(tmp_path)


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UglyError, match="cannot be used"):
        Gallery(tmp_path / "file" / "gallery")
    with pytest.raises(UglyError, match="cannot be read"):
        GalleryReader(tmp_path / "file" / "gallery")

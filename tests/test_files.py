"""Files written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from installation.files import PartialFile, remove_unfinished, write_whole, written_whole


def test_the_file_has_its_name_only_when_whole(tmp_path: Path):
    path = tmp_path / "net.json"
    with written_whole(path) as partial:
        partial.write_bytes(b"half")
        assert not path.exists()
        partial.write_bytes(b"whole")
    assert path.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), ValueError(), KeyboardInterrupt()]
)
def test_an_error_leaves_nothing_and_keeps_what_was_there(tmp_path: Path, error: BaseException):
    path = tmp_path / "net.json"
    path.write_bytes(b"before")

    def fail_halfway() -> None:
        with written_whole(path) as partial:
            partial.write_bytes(b"half")
            raise error

    with pytest.raises(type(error)):
        fail_halfway()
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_found_full_when_flushing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"), written_whole(tmp_path / "net.json") as partial:
        partial.write_bytes(b"whole")
    assert list(tmp_path.iterdir()) == []


def test_no_such_folder(tmp_path: Path):
    with pytest.raises(FileNotFoundError), written_whole(tmp_path / "none" / "a") as partial:
        partial.write_bytes(b"")
    assert list(tmp_path.iterdir()) == []


def test_of_two_writers_the_last_to_finish_wins_whole(tmp_path: Path):
    path = tmp_path / "a.mp4"
    with written_whole(path) as slow:
        slow.write_bytes(b"slow" * 9)
        with written_whole(path) as quick:
            quick.write_bytes(b"quick")
        assert path.read_bytes() == b"quick"
    assert path.read_bytes() == b"slow" * 9
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path: Path):
    link, target = tmp_path / "link", tmp_path / "below" / "target"
    target.parent.mkdir()
    link.symlink_to(target)
    for data in (b"one", b"two"):
        write_whole(link, data)
        assert link.is_symlink()
        assert target.read_bytes() == data
    assert len(list(target.parent.iterdir())) == 1


def test_a_pipe_is_given_the_bytes_and_stays(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, b"through")
        assert os.read(reading, 100) == b"through"
    finally:
        os.close(reading)
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_rights_stay_and_long_names_have_room(tmp_path: Path):
    path = tmp_path / ("n" * 250)
    write_whole(path, b"one")
    path.chmod(0o640)
    write_whole(path, b"two")
    assert path.stat().st_mode & 0o777 == 0o640
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path, b"")


def test_what_was_never_finished_is_removed_at_the_end(tmp_path: Path):
    PartialFile(tmp_path / "a").partial.write_bytes(b"half")
    assert len(list(tmp_path.iterdir())) == 1
    remove_unfinished()
    assert list(tmp_path.iterdir()) == []


def test_what_is_private_is_for_its_owner_alone_whatever_was_there(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    old_mask = os.umask(0)
    try:
        for _ in range(2):
            write_whole(path, b"mine", private=True)
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            path.chmod(0o644)
    finally:
        os.umask(old_mask)
    assert path.read_bytes() == b"mine"

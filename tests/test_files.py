"""Files written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from installation.files import written_whole


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

"""A gallery is never made where a disk should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from installation.gallery.mounts import check_mounted, mount_points
from installation.vocabulary import UglyError


def test_mount_points_are_read_from_fstab_and_from_units(tmp_path: Path):
    (tmp_path / "fstab").write_text(
        "# a comment\nUUID=1 / ext4 defaults 0 1\nUUID=2\t/media/my\\040stick vfat nofail 0 0\n"
        "UUID=3 none swap sw 0 0\nnonsense\n"
    )
    (tmp_path / "srv-takes.mount").write_text("[Mount]\nWhat=/dev/sdb1\nWhere=/srv/takes\n")
    found = mount_points(tmp_path / "fstab", tmp_path)
    assert found == (Path("/media/my stick"), Path("/srv/takes"))
    assert mount_points(tmp_path / "absent", tmp_path / "absent") == ()


def test_below_a_mount_point_without_a_mount_nothing_may_be_made(tmp_path: Path):
    stick = tmp_path / "stick"
    stick.mkdir()
    for folder in (stick, stick / "gallery", stick / "a" / "b"):
        with pytest.raises(UglyError, match=f"nothing is mounted on {stick}"):
            check_mounted(folder, (stick,), ())
    check_mounted(tmp_path / "beside", (stick,), ())
    check_mounted(Path("/proc/self"), (Path("/proc"),), ())


def test_where_sticks_are_mounted_only_a_folder_that_is_there_is_taken(tmp_path: Path):
    with pytest.raises(UglyError, match="no disk is mounted there"):
        check_mounted(tmp_path / "user" / "stick" / "gallery", (), (tmp_path,))
    (tmp_path / "user" / "data").mkdir(parents=True)
    check_mounted(tmp_path / "user" / "data", (), (tmp_path,))
    check_mounted(Path("/proc/self/gone"), (), (Path("/"),))

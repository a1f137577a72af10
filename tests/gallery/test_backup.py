"""A gallery put away and brought back, with what must not come back."""

from __future__ import annotations

from pathlib import Path

import pytest
from kept_takes import DAY_S, NOON_S, keep, on_disk

from installation.gallery.backup import back_up, restore
from installation.gallery.changes import withdraw
from installation.gallery.index import Index
from installation.gallery.reading import GalleryReader
from installation.gallery.store import Gallery
from installation.gallery.verify import disagreements
from installation.vocabulary import UglyError

KEEP_S = 30 * DAY_S


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    gallery = Gallery(tmp_path / "g")
    for number in range(4):
        keep(gallery, NOON_S + number, days=10 + number)
    gallery.close()
    (tmp_path / "g" / "door").mkdir()
    (tmp_path / "g" / "door" / "password").write_text("hash")
    return tmp_path / "g"


def content(folder: Path) -> dict[str, bytes]:
    takes = folder / "takes"
    return {str(p.relative_to(takes)): p.read_bytes() for p in takes.rglob("*") if p.is_file()}


def well(folder: Path) -> bool:
    reader = GalleryReader(folder)
    found = list(disagreements(reader))
    reader.close()
    return found == []


def test_what_is_brought_back_is_what_was_put_away(folder: Path, tmp_path: Path):
    where, moved = back_up(folder, tmp_path / "b", KEEP_S, NOON_S)
    assert (moved.takes, moved.problems) == (4, [])
    assert where.stat().st_mode & 0o077 == 0
    index = Index(where, read_only=True)
    assert len(index.ids()) == 4
    index.close()
    done = restore(where, tmp_path / "new", NOON_S)
    assert (done.takes, done.left_out, done.problems) == (4, 0, [])
    assert content(tmp_path / "new") == content(folder)
    assert (tmp_path / "new" / "door" / "password").read_text() == "hash"
    assert (tmp_path / "new" / "booth").read_text() == (folder / "booth").read_text()
    assert well(tmp_path / "new")


def test_it_is_made_beside_a_running_show(folder: Path, tmp_path: Path):
    gallery = Gallery(folder)
    _, moved = back_up(folder, tmp_path / "b", KEEP_S, NOON_S)
    assert moved.takes == 4
    gallery.close()


def test_what_has_expired_or_was_withdrawn_stays_away(folder: Path, tmp_path: Path):
    where, _ = back_up(folder, tmp_path / "b", KEEP_S, NOON_S)
    gone = sorted(on_disk(folder))
    for name in gone:
        withdraw(folder, name)
    done = restore(where, folder, NOON_S)
    assert (done.takes, done.left_out) == (0, 4)
    assert on_disk(folder) == set()
    done = restore(where, tmp_path / "new", NOON_S + 11.5 * DAY_S)
    assert (done.takes, done.left_out) == (2, 2)


def test_a_damaged_take_is_told_and_left_out_and_the_others_come(folder: Path, tmp_path: Path):
    where, _ = back_up(folder, tmp_path / "b", KEEP_S, NOON_S)
    name = sorted(on_disk(where))[0]
    (where / "takes" / name / "video.mp4").write_bytes(b"rot")
    done = restore(where, tmp_path / "new", NOON_S)
    assert done.takes == 3
    assert [name in line for line in done.problems] == [True]
    assert well(tmp_path / "new")


def test_old_backups_go_and_other_folders_stay(folder: Path, tmp_path: Path):
    (tmp_path / "b" / "uglynet-mine").mkdir(parents=True)
    first, _ = back_up(folder, tmp_path / "b", KEEP_S, NOON_S)
    second, _ = back_up(folder, tmp_path / "b", KEEP_S, NOON_S + KEEP_S - 10)
    assert first.is_dir()
    third, _ = back_up(folder, tmp_path / "b", KEEP_S, NOON_S + KEEP_S + 10)
    assert not first.exists()
    assert {path.name for path in (tmp_path / "b").iterdir()} == {
        "uglynet-mine", second.name, third.name,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["none", "held", "full"])
def test_nothing_is_restored_where_it_must_not(folder: Path, tmp_path: Path, kind: str):
    where, _ = back_up(folder, tmp_path / "b", KEEP_S, NOON_S)
    goal = tmp_path / "new"
    held = Gallery(goal) if kind == "held" else None
    with pytest.raises(UglyError):
        restore(folder if kind == "none" else where, folder if kind == "full" else goal, NOON_S)
    if held is not None:
        held.close()
    assert len(on_disk(folder)) == 4

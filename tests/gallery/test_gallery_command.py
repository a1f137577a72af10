"""`uglynet gallery` as an operator types it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from kept_takes import NET_, NOON_S, first_version, keep, on_disk, write
from pictures import gradient

from installation.__main__ import uglynet
from installation.carve.stills import with_net
from installation.gallery.reading import GalleryReader
from installation.gallery.record import TAKE, VIDEO, parse_record
from installation.gallery.stills import write_still
from installation.gallery.store import Gallery
from installation.gallery.verify import disagreements
from installation.video import png_bytes
from installation.vocabulary import Take, UglyError


def with_still(folder: Path) -> tuple[str, ...]:
    write(folder)
    return (write_still(folder, gradient(16, 12), NET_, NOON_S),)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "gallery"


@pytest.fixture
def takes(folder: Path) -> list[Take]:
    """A public one, a private one with a still, and another public one; the oldest first."""
    gallery = Gallery(folder)
    found = [
        keep(gallery, NOON_S),
        keep(gallery, NOON_S + 60, show=False, write=with_still),
        keep(gallery, NOON_S + 120),
    ]
    gallery.close()
    return found


def typed(folder: Path, *words: object) -> Result:
    config = folder.parent / "settings.toml"
    config.write_text(f'[gallery]\nfolder = "{folder}"\n')
    return CliRunner().invoke(
        uglynet, ["--config", str(config), "gallery", *map(str, words)], catch_exceptions=True
    )


def refused(ran: Result) -> str:
    """The one line that says why."""
    assert ran.exit_code != 0
    if isinstance(ran.exception, UglyError):
        return str(ran.exception)
    lines = ran.stderr.splitlines()
    assert len(lines) == 1, ran.output
    return lines[0]


def shot(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Everything about a folder that writing into it would change."""
    found = {}
    for path in (folder, *folder.rglob("*")):
        status = path.stat()
        found[str(path)] = (status.st_mtime_ns, status.st_size, status.st_mode)
    return found


@contextmanager
def write_protected(folder: Path) -> Iterator[None]:
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def test_list_tells_takes_and_stills_a_page_at_a_time(folder: Path, takes: list[Take]):
    old, private, new = takes
    lines = typed(folder, "list").stdout.splitlines()
    assert [line.split()[0] for line in lines[:2]] == [new.id, private.id]
    assert lines[2].endswith(f"still of {private.id}")
    assert "private" in lines[1]
    ran = typed(folder, "list", "--most", 1, "--skip", 1)
    assert private.id in ran.stdout
    assert new.id not in ran.stdout
    assert "2 to 2 of 3; go on with --skip 2" in ran.stdout
    documents = json.loads(typed(folder, "list", "--json").stdout)
    still = private.stills[0].rsplit("/", 1)[1]
    assert [entry["id"] for entry in documents] == [new.id, private.id, old.id, still]


def test_reading_writes_nothing_and_makes_nothing(folder: Path, takes: list[Take], tmp_path: Path):
    still = takes[1].stills[0].rsplit("/", 1)[1]
    before = shot(folder)
    with write_protected(folder):
        for words in (
            ("list",),
            ("list", "--json"),
            ("show", takes[0].id[:6]),
            ("show", still),
            ("verify",),
            ("export", "-o", tmp_path / "out", "--private"),
        ):
            ran = typed(folder, *words)
            assert ran.exit_code == 0, (words, ran.output, ran.exception)
    assert shot(folder) == before
    nowhere = tmp_path / "nowhere"
    assert "no takes" in typed(nowhere, "list").stdout
    assert json.loads(typed(nowhere, "list", "--json").stdout) == []
    assert "no take with an id" in refused(typed(nowhere, "delete", "abc", "--yes"))
    assert "no gallery there" in refused(typed(nowhere, "rebuild"))
    assert not nowhere.exists(), "only the installation makes a gallery"


def test_a_gallery_of_the_first_version_is_read_from_a_write_protected_disk(
    tmp_path: Path, folder: Path
):
    folder.mkdir()
    first_version(folder, ("one", NOON_S, NOON_S + 9e5, True), ("two", NOON_S - 1, NOON_S, False))
    (folder / "stills").mkdir()
    still = folder / "stills" / "20270115-080000-Bobo.png"
    still.write_bytes(with_net(png_bytes(gradient(16, 12)), NET_))
    before = shot(folder)
    with write_protected(folder):
        listed = typed(folder, "list").stdout
        assert [line.split()[0] for line in listed.splitlines()] == ["one", "two", still.name]
        assert typed(folder, "show", still.name[:10]).exit_code == 0
        ran = typed(folder, "export", "-o", tmp_path / "out")
        assert ran.exit_code == 0, ran.output
        assert "1 takes exported; 1 private" in ran.stdout
    assert shot(folder) == before


def test_export_leaves_out_what_was_not_to_be_shown(folder: Path, takes: list[Take], tmp_path):
    out = tmp_path / "out"
    ran = typed(folder, "export", "-o", out)
    assert "2 takes exported; 1 private" in ran.stdout
    names = sorted(path.name for path in out.iterdir())
    assert len(names) == 2
    assert all("Bobo" in name and name.startswith("2027-01-1") for name in names)
    found = {parse_record((path / TAKE).read_bytes(), "x").id for path in out.iterdir()}
    assert found == {takes[0].id, takes[2].id}
    for path in out.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    assert typed(folder, "export", "-o", out).exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == names, "the same folders again"
    assert "said no to showing" in refused(typed(folder, "export", takes[1].id, "-o", out))
    still = takes[1].stills[0].rsplit("/", 1)[1]
    assert "said no to showing" in refused(typed(folder, "export", still, "-o", out))
    assert typed(folder, "export", still, "--private", "-o", out).exit_code == 0
    assert (out / still).exists()
    assert typed(folder, "export", "--private", "-o", tmp_path / "all").exit_code == 0
    assert len(list((tmp_path / "all").iterdir())) == 3
    document = json.loads(next((tmp_path / "all").glob(f"*/{TAKE}")).read_text())
    assert set(document["consent"]) == {"show", "take_home"}


def test_one_missing_file_does_not_stop_an_export(folder: Path, takes: list[Take], tmp_path: Path):
    (folder / "takes" / takes[2].id / VIDEO).unlink()
    ran = typed(folder, "export", "-o", tmp_path / "out")
    assert ran.exit_code == 1
    assert ran.stderr == (
        f"uglynet: take {takes[2].id}: {VIDEO} cannot be read (No such file or directory)\n"
    )
    assert len(list((tmp_path / "out").iterdir())) == 2
    assert len(list((tmp_path / "out").glob(f"*/{VIDEO}"))) == 1


def test_an_export_that_cannot_be_written_names_its_target(folder, takes, tmp_path):
    (tmp_path / "out").write_text("in the way")
    assert str(tmp_path / "out") in refused(typed(folder, "export", "-o", tmp_path / "out/x"))


def test_verify_proves_it_both_ways(folder: Path, takes: list[Take]):
    assert "3 takes, all as they were kept" in typed(folder, "verify").stdout
    old, private, new = (folder / "takes" / take.id for take in takes)
    data = (old / VIDEO).read_bytes()
    (old / VIDEO).write_bytes(data[:-1] + b"?")
    (private / "poster.png").unlink()
    (private / "letter.txt").write_text("who put me here?")
    (new / TAKE).write_text("{")
    (folder / "takes" / "strange").mkdir()
    ran = typed(folder, "verify", "--json")
    assert ran.exit_code == 1
    told = {(one["take"], one["what"]) for one in json.loads(ran.stdout)["wrong"]}
    assert (takes[0].id, f"{VIDEO}: its SHA-256 is another") in told
    assert (takes[1].id, "poster.png is missing") in told
    assert (takes[1].id, "letter.txt is not in its record") in told
    assert any(take == takes[2].id and "not JSON" in what for take, what in told)
    assert any(take == "strange" for take, _ in told)


def test_verify_tells_of_an_index_that_knows_more_or_less(folder: Path, takes: list[Take]):
    (folder / "takes" / takes[0].id).rename(folder / "elsewhere")
    ran = typed(folder, "verify")
    assert f"take {takes[0].id}: in the index, but it has no folder" in ran.stderr
    assert typed(folder, "rebuild").exit_code == 0
    (folder / "elsewhere").rename(folder / "takes" / takes[0].id)
    assert f"take {takes[0].id}: not in the index" in typed(folder, "verify").stderr
    assert "3 takes in the index" in typed(folder, "rebuild").stdout
    assert typed(folder, "verify").exit_code == 0


def test_delete_takes_stills_by_the_name_that_list_prints(folder: Path, takes: list[Take]):
    private = takes[1]
    still = private.stills[0].rsplit("/", 1)[1]
    assert f"{still} deleted" in typed(folder, "delete", still, "--yes").stdout
    assert not (folder / private.stills[0]).exists()
    assert still not in typed(folder, "list").stdout
    assert typed(folder, "verify").exit_code == 0, "the record knows"
    assert typed(folder, "delete", takes[0].id[:8], private.id, "--yes").exit_code == 0
    assert on_disk(folder) == {takes[2].id}
    assert typed(folder, "verify").exit_code == 0
    for path in folder.rglob("*"):
        assert not path.is_file() or private.id.encode() not in path.read_bytes(), path


def test_a_names_beginning_must_mean_one(folder: Path, takes: list[Take]):
    gallery = Gallery(folder)
    keep(gallery, NOON_S, write=with_still)
    gallery.close()
    still = takes[1].stills[0].rsplit("/", 1)[1]
    assert "2 takes and stills start" in refused(typed(folder, "delete", still, "--yes"))
    assert "no take with an id" in refused(typed(folder, "delete", f"../stills/{still}", "--yes"))
    assert typed(folder, "delete", f"{takes[1].id}/{still}", "--yes").exit_code == 0


def test_what_could_not_be_deleted_is_said_and_stays_on_record(
    folder: Path, takes: list[Take], monkeypatch: pytest.MonkeyPatch
):
    real = Path.unlink

    def unlink(path: Path, missing_ok: bool = False) -> None:
        if path.name == VIDEO and takes[0].id in str(path):
            raise PermissionError(1, "Operation not permitted")
        real(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    ran = typed(folder, "delete", takes[0].id, takes[2].id, "--yes")
    assert ran.exit_code == 1
    assert f"take {takes[0].id}: not deleted (Operation not permitted)" in ran.stderr
    assert f"{takes[2].id} deleted" in ran.stdout, "the other one went"
    assert f"{takes[0].id} deleted" not in ran.stdout
    monkeypatch.undo()
    assert takes[0].id in typed(folder, "list").stdout
    assert typed(folder, "delete", takes[0].id, "--yes").exit_code == 0
    assert on_disk(folder) == {takes[1].id}


def test_what_was_set_aside_is_listed_and_deleted(folder: Path, takes: list[Take]):
    (folder / "gallery.db").write_bytes(b"not a database" * 500 + takes[0].id.encode())
    (folder / "takes" / "strange").mkdir()
    ran = typed(folder, "rebuild")
    assert "3 takes in the index" in ran.stdout
    names = [
        line.split()[0] for line in typed(folder, "list").stdout.splitlines() if "aside" in line
    ]
    assert [name.rsplit("/", 1)[1] for name in names] == ["gallery.db", "strange"]
    ran = typed(folder, "delete", takes[0].id, "--yes")
    assert ran.exit_code == 1
    assert f"still named in {names[0]}" in ran.stderr, "deleted means deleted, or it is said"
    assert typed(folder, "delete", *names, "--yes").exit_code == 0
    assert "set aside" not in typed(folder, "list").stdout
    assert typed(folder, "verify").exit_code == 0


def test_a_damaged_record_can_still_be_deleted(folder: Path, takes: list[Take]):
    (folder / "takes" / takes[0].id / TAKE).write_text("{")
    assert typed(folder, "delete", takes[0].id, "--yes").exit_code == 0
    assert takes[0].id not in on_disk(folder)


def test_the_show_and_a_deletion_at_once(folder: Path, takes: list[Take]):
    gallery = Gallery(folder)
    assert len(gallery.takes()) == 3
    assert "another UGly-Net" in refused(typed(folder, "rebuild"))
    assert typed(folder, "delete", takes[0].id, "--yes").exit_code == 0
    gallery.refresh()
    assert {take.id for take in gallery.takes()} == {takes[1].id, takes[2].id}
    gallery.close()
    reader = GalleryReader(folder)
    assert list(disagreements(reader)) == []
    reader.close()


def test_the_real_command_says_one_line_and_no_more(folder: Path, takes: list[Take]):
    config = folder.parent / "settings.toml"
    config.write_text(f'[gallery]\nfolder = "{folder}"\n')
    (folder / "takes" / takes[0].id / VIDEO).unlink()
    command = [Path(sys.executable).with_name("uglynet"), "--config", config, "gallery", "verify"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert ran.returncode == 1
    assert ran.stderr == f"uglynet: take {takes[0].id}: {VIDEO} is missing\n"

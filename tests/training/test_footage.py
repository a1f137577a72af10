"""Archives from elsewhere come out alike on every Python, and only where they should."""

from __future__ import annotations

import ast
import io
import tarfile
from pathlib import Path

import pytest

from installation.settings import HOUSE
from models.training.footage import unpack

NEWER_THAN_THE_FIRST = {
    "filter",  # tarfile's and shutil's: 3.10.12, 3.11.4
    "set_int_max_str_digits",  # 3.10.7
    "get_int_max_str_digits",
    "data_filter",
    "tar_filter",
    "fully_trusted_filter",
    "extraction_filter",
}
"""What a patch release brought: keywords of unpacking, and names of `sys` and `tarfile`."""

UNPACKING = {"extract", "extractall", "unpack_archive"}


def ball(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def file(name: str, content: bytes = b"x", mode: int = 0o644) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.mode = mode
    return info, content


def link(name: str, to: str, kind: bytes) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, to
    return info, b""


def test_files_come_out_and_nothing_else_does(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"mine")
    archive = ball(
        tmp_path / "a.tgz",
        file("package/media/clip.mp4", b"film", 0o4777),
        link("package/away", str(tmp_path), tarfile.SYMTYPE),
        link("package/same", "../../secret", tarfile.LNKTYPE),
        link("package/pipe", "", tarfile.FIFOTYPE),
    )
    unpack(archive, tmp_path / "out")
    (found,) = [path for path in (tmp_path / "out").rglob("*") if not path.is_dir()]
    assert found == tmp_path / "out/package/media/clip.mp4"
    assert found.read_bytes() == b"film"
    assert not found.stat().st_mode & 0o7111
    assert secret.read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["../out-of-it", "a/../../out-of-it", "/tmp/out-of-it", "."])
def test_a_file_for_elsewhere_is_refused(name: str, tmp_path: Path):
    archive = ball(tmp_path / "a.tgz", file(name))
    with pytest.raises(SystemExit, match="outside"):
        unpack(archive, tmp_path / "out")
    assert not (tmp_path / "out-of-it").exists()
    assert not Path("/tmp/out-of-it").exists()


def test_a_file_behind_a_link_stays_inside(tmp_path: Path):
    archive = ball(
        tmp_path / "a.tgz", link("way", str(tmp_path), tarfile.SYMTYPE), file("way/in", b"2")
    )
    unpack(archive, tmp_path / "out")
    assert (tmp_path / "out/way/in").read_bytes() == b"2"
    assert not (tmp_path / "in").exists()


def test_nothing_asks_for_what_came_with_a_patch_release():
    """Debian and Ubuntu keep the first patch releases for years: 3.10.12, 3.11.2."""
    for room in ("installation", "models", "kiosk_config", "tests"):
        for path in (HOUSE / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute):
                    assert node.attr not in NEWER_THAN_THE_FIRST - {"filter"}, (
                        f"{path}:{node.lineno}"
                    )
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    words = {word.arg for word in node.keywords if node.func.attr in UNPACKING}
                    assert not words & NEWER_THAN_THE_FIRST, f"{path}:{node.lineno}"

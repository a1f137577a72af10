"""The gallery as plain files: what is in it, what is not, and what goes when it is written anew."""

from __future__ import annotations

import json
import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from doors import MADE, NOW_S, Home, kept

from installation.app.site_writer import FOLDER, SiteWriter
from installation.app.web_gallery import write_web_gallery
from installation.door.operator_tools import mounted
from installation.gallery.changes import change_take, withdraw
from installation.settings import Settings
from installation.vocabulary import UglyError


@pytest.fixture
def shown(tmp_path: Path) -> tuple[Settings, list[Home]]:
    """A gallery with a public take, a private one, one that waits, and one whose time is over."""
    folder = tmp_path / "gallery"
    homes = [kept(folder), kept(folder, show=False), kept(folder), kept(folder, at_s=NOW_S - 4e6)]
    change_take(folder, homes[2].take_id, lambda held: replace(held, moderation="waiting"))
    settings = replace(Settings(), gallery=replace(Settings().gallery, folder=folder))
    return settings, homes


def every_file(out: Path) -> dict[str, bytes]:
    return {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}


def test_only_public_takes_are_in_it_and_nothing_that_lets_anybody_delete(shown, tmp_path: Path):
    settings, homes = shown
    out = tmp_path / "web"
    count, problems = write_web_gallery(settings, out, NOW_S)
    assert (count, problems) == (1, ())
    files = every_file(out)
    (video,) = [name for name in files if name.endswith("video.mp4")]
    own = str(Path(video).parent)
    assert files[video] == (homes[0].own / "video.mp4").read_bytes()
    everything = b"".join(files.values())
    for home in homes:
        assert home.token.encode() not in everything
        assert home.take_id.encode() not in everything
    assert "take.json" not in {Path(name).name for name in files}
    for language in ("en", "de", "fr", "ko"):
        assert (
            MADE.name.replace("<", "&lt;").replace(">", "&gt;")
            in files[f"{own}/{language}.html"].decode()
        )
    assert files["index.html"] == files["en.html"]


def test_every_link_leads_to_a_file_and_none_outside(shown, tmp_path: Path):
    settings, _ = shown
    out = tmp_path / "web"
    write_web_gallery(settings, out, NOW_S)
    pages = [path for path in out.rglob("*.html") if "play" not in path.parts]
    assert pages
    for page in pages:
        text = page.read_text()
        assert "<script" not in text
        for target in re.findall(r'(?:href|src|poster)="([^"]+)"', text):
            assert "://" not in target
            assert not target.startswith("/")
            assert (page.parent / target.partition("#")[0]).is_file(), (page, target)


def test_the_net_is_in_the_fragment_of_the_link_to_play_at_home(shown, tmp_path: Path):
    settings, _ = shown
    out = tmp_path / "web"
    write_web_gallery(settings, out, NOW_S)
    (page,) = out.glob("takes/*/en.html")
    assert re.search(r'href="\.\./\.\./play/index\.html#[A-Za-z0-9_-]{20,}"', page.read_text())
    assert (out / "play" / "made" / "ort" / "ort-wasm-simd-threaded.wasm.gz").is_file()


def test_written_anew_it_loses_what_was_withdrawn(shown, tmp_path: Path):
    settings, homes = shown
    out = tmp_path / "web"
    write_web_gallery(settings, out, NOW_S)
    withdraw(homes[0].folder, homes[0].take_id)
    assert write_web_gallery(settings, out, NOW_S)[0] == 0
    assert not list((out / "takes").iterdir())
    assert MADE.name.split()[0] not in (out / "index.html").read_text()


def test_a_folder_with_something_else_in_it_is_left_alone(shown, tmp_path: Path):
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "thesis.txt").write_text("years of work")
    with pytest.raises(UglyError, match="something else"):
        write_web_gallery(shown[0], tmp_path / "web", NOW_S)
    assert [each.name for each in (tmp_path / "web").iterdir()] == ["thesis.txt"]


def test_a_web_servers_user_may_read_it(shown, tmp_path: Path):
    out = tmp_path / "web"
    write_web_gallery(shown[0], out, NOW_S)
    for path in out.rglob("*"):
        if path.is_file() and "play" not in path.parts:
            assert stat.S_IMODE(path.stat().st_mode) & 0o044 == 0o044, path


def test_sticks_are_what_is_mounted_where_sticks_are():
    text = (
        "/dev/sda1 / ext4 rw,relatime 0 0\n/dev/sdb1 /media/My\\040Stick vfat rw,nosuid 0 0\n"
        "/dev/sdc1 /media/locked vfat ro 0 0\ntmpfs /run tmpfs rw 0 0\nbroken\n"
    )
    assert mounted(text, lambda place: place.startswith("/media/")) == (Path("/media/My Stick"),)


async def _written(writer: SiteWriter, place: Path):
    return await writer.write(place)


def test_the_door_has_it_written_by_a_process_of_its_own(shown, tmp_path: Path):
    import asyncio

    from pydantic import TypeAdapter

    settings, _ = shown
    document = json.loads(TypeAdapter(Settings).dump_json(settings))
    outcome = asyncio.run(_written(SiteWriter(document), tmp_path))
    assert outcome.well, outcome.line
    assert (tmp_path / FOLDER / "index.html").is_file()
    (tmp_path / "file").write_text("")
    outcome = asyncio.run(_written(SiteWriter(document), tmp_path / "file"))
    assert not outcome.well

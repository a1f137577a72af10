"""The same outboxes by way of rclone: a folder, as of a stick, and a WebDAV share."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from booths import Booth, fleet_of, meet

from installation.fleet.joining import dismiss
from installation.fleet.rclone import pull, push, rclone
from installation.gallery.changes import change_take, withdraw
from installation.vocabulary import UglyError


@pytest.fixture(params=["folder", "webdav"])
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    shared = tmp_path / "shared"
    shared.mkdir()
    if request.param == "folder":
        yield str(shared)
        return
    words = ["rclone", "serve", "webdav", str(shared), "--addr", "127.0.0.1:0"]
    server = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        for line in server.stderr:
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/", line):
                break
        yield f":webdav,url='http://127.0.0.1:{found[1]}/':fleet"
    finally:
        server.terminate()
        server.wait()
        server.stderr.close()


def pushed(booth: Booth, remote: str) -> None:
    booth.look()
    push(booth.place, booth.place.joined(), remote)


def pulled(booth: Booth, remote: str) -> list[str]:
    def look() -> frozenset[str]:
        booth.look()
        return booth.fleet.withdrawn

    names = pull(booth.place, booth.place.joined(), remote, look)
    booth.look()
    return names


def test_takes_and_withdrawals_travel_by_a_share(tmp_path: Path, remote: str):
    hub, home, away = booths = fleet_of(tmp_path, "hub", "kassel", "lyon")
    taken = {booth.keep() for booth in booths}
    first = home.keep()
    for booth in booths:
        pushed(booth, remote)
    for booth in booths:
        pulled(booth, remote)
        assert booth.shown() == {*taken, first}
    withdraw(home.gallery, first)
    hidden = next(take for take in taken if not home.record(take).whose)
    change_take(home.gallery, hidden, lambda held: replace(held, moderation="hidden"))
    pushed(home, remote)
    for booth in (hub, away):
        pulled(booth, remote)
        assert booth.traces(first) == []
        assert booth.shown() == taken - {hidden}
    assert first not in rclone(["lsf", "-R", f"{remote}/kassel/takes"])


def test_what_is_withdrawn_is_not_even_fetched(tmp_path: Path):
    remote = str(tmp_path / "stick")
    hub, home = fleet_of(tmp_path, "hub", "kassel")
    pushed(hub, remote)
    take, other = home.keep(), home.keep()
    pushed(home, remote)
    stale = tmp_path / "stale"
    rclone(["copy", f"{remote}/kassel/takes/{take}", str(stale)])
    withdraw(home.gallery, take)
    pushed(home, remote)
    rclone(["copy", str(stale), f"{remote}/kassel/takes/{take}"])  # somebody brings it back
    fetched: list[list[str]] = []

    def run(words: list[str]) -> str:
        fetched.append(words)
        return rclone(words)

    def look() -> frozenset[str]:
        hub.look()
        return hub.fleet.withdrawn

    pull(hub.place, hub.place.joined(), remote, look, run)
    assert not (hub.place.inboxes / "kassel/takes" / take).exists()
    hub.look()
    assert hub.takes() == {other}
    pushed(home, remote)
    assert take not in rclone(["lsf", "-R", f"{remote}/kassel/takes"])


def test_an_old_stick_takes_nothing_back_and_half_a_take_is_fetched_anew(tmp_path: Path):
    hub, home = fleet_of(tmp_path, "hub", "kassel")
    remote, old = tmp_path / "stick", tmp_path / "old"
    pushed(hub, str(remote))
    take, other = home.keep(), home.keep()
    pushed(home, str(remote))
    shutil.copytree(remote, old)
    change_take(home.gallery, take, lambda held: replace(held, moderation="hidden"))
    pushed(home, str(remote))
    pulled(hub, str(remote))
    assert hub.shown() == {other}
    pulled(hub, str(old))
    assert hub.shown() == {other}, "what an old stick does not know still holds"
    video = hub.place.inboxes / "kassel/takes" / other / "video.mp4"
    whole = video.read_bytes()
    video.unlink()
    video.write_bytes(whole[:5])  # the stick was pulled out
    pulled(hub, str(remote))
    assert video.read_bytes() == whole


def test_an_outbox_that_was_lost_empties_no_share(tmp_path: Path):
    _, home = fleet_of(tmp_path, "hub", "kassel")
    remote = tmp_path / "share"
    take = home.keep()
    pushed(home, str(remote))
    shutil.rmtree(home.place.out)
    home.place.made()
    push(home.place, home.place.joined(), str(remote))
    assert (remote / "kassel/takes" / take / "video.mp4").exists()


def test_what_rclone_refuses_is_one_line(tmp_path: Path):
    hub, _ = fleet_of(tmp_path, "hub", "kassel")
    with pytest.raises(UglyError, match="directory not found"):
        pulled(hub, str(tmp_path / "nowhere"))
    with pytest.raises(UglyError, match="no remote"):
        pulled(hub, "--config=x")
    with pytest.raises(UglyError, match=r"nobody|didn't find"):
        pushed(hub, "nobody:bucket")


def test_a_hub_takes_off_the_share_what_others_have_withdrawn(tmp_path: Path):
    """Booths that Syncthing carries, and a hub that pushes everything to a bucket."""
    hub, home = booths = fleet_of(tmp_path, "hub", "kassel")
    take, other = home.keep(), home.keep()
    meet(booths)
    remote = tmp_path / "bucket"
    push(hub.place, hub.place.joined(), str(remote))
    assert (remote / "kassel/takes" / take).is_dir()
    withdraw(home.gallery, take)
    meet(booths)
    push(hub.place, hub.place.joined(), str(remote), hub.fleet.withdrawn)
    assert [path.name for path in (remote / "kassel/takes").iterdir()] == [other]


def test_a_dismissed_booths_takes_go_from_the_share_too_and_nothing_else_does(
    tmp_path: Path, remote: str
):
    hub, *_ = booths = fleet_of(tmp_path, "hub", "kassel", "lyon")
    for booth in booths:
        booth.keep()
        pushed(booth, remote)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/hall.jpg").write_bytes(b"hall")
    rclone(["copy", str(tmp_path / "photos"), f"{remote}/photos"])
    dismiss(hub.place, "lyon")
    hub.look()
    push(hub.place, hub.place.joined(), remote, members=hub.fleet.members)
    left = set(rclone(["lsf", remote]).split())
    assert left == {"hub/", "kassel/", "photos/"}
    assert rclone(["lsf", f"{remote}/kassel/takes"]).split() != []

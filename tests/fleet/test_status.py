"""What `uglynet fleet` says, line by line, and how it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from carriers import network
from click.testing import CliRunner

from installation.__main__ import uglynet
from installation.fleet.looked import Looked, note_look
from installation.fleet.place import Place
from installation.fleet.status import lines, status_of


def said(tmp: Path, *words: str) -> tuple[int, str]:
    settings = tmp / "u.toml"
    if not settings.exists():
        settings.write_text(f'[gallery]\nfolder = "{tmp}/gallery" # here\n')
    done = CliRunner().invoke(uglynet, ["--config", str(settings), "fleet", *words])
    line = f"{done.exception}" if done.exception and done.exit_code == 1 else ""
    return done.exit_code, done.output + line


def test_a_technicians_way_by_two_lines(tmp_path: Path):
    hub, booth = tmp_path / "hub", tmp_path / "booth"
    hub.mkdir()
    booth.mkdir()
    ways = ("--without-syncthing",)
    _, told = said(hub, "status")
    assert "in no fleet" in told
    status, told = said(hub, "hub", "--name", "zkm", "--address", "tcp://h:22000", *ways)
    assert status == 0
    line = re.search(r"uglynet-hub\.\S+", told)[0]
    assert "# here" in (hub / "u.toml").read_text(), "comments stay"
    assert 'name = "zkm"' in (hub / "u.toml").read_text()
    status, told = said(booth, "join", "--name", "kassel", line, *ways)
    assert status == 0
    answer = re.search(r"uglynet-booth\.\S+", told)[0]
    assert "not admitted yet" in said(booth, "status")[1]
    assert said(hub, "admit", answer) == (0, "kassel belongs now\n")
    status, told = said(hub, "status")
    assert (status, "2 belong: kassel, zkm" in told) == (0, True)
    assert said(booth, "join", "--name", "Kassel!", line, *ways)[0] == 1
    assert not Place(booth / "gallery/fleet").joined().hub_device
    status, told = said(booth, "leave", "--yes")
    assert (status, "kassel has left" in told) == (0, True)
    assert "kassel" not in (booth / "u.toml").read_text()
    assert "in no fleet" in said(booth, "sync")[1]


def test_status_tells_what_is_to_be_known(tmp_path: Path):
    hub = tmp_path / "hub"
    hub.mkdir()
    said(hub, "hub", "--name", "zkm", "--address", "tcp://h:22000", "--without-syncthing")
    place = Place(hub / "gallery/fleet")
    looked = Looked(
        sent=3, waiting=1, held={"kassel": 2}, offered={"kassel": 4}, pending={"kassel": 5},
        refused={"lyon/takes/x": "signed by a stranger"}, withdrawn=6, trouble=["disk full"],
    )  # fmt: skip
    note_look(place.last_look, looked, 1000.0)
    told = list(lines(status_of(place), 1090.0))
    assert told == [
        "zkm: the hub",
        "1 belong: zkm",
        "without Syncthing",
        "last look 90 seconds ago",
        "  3 of this booth's takes travel; 1 wait until a clock can be trusted",
        "  2 of kassel's are here (4 came, 5 on their way)",
        "  withdrawn: 6",
        "  refused lyon/takes/x: signed by a stranger",
        "  trouble: disk full",
    ]
    status, told = said(hub, "status", "--json")
    assert status == 1, "somebody has to see to the disk"
    assert json.loads(told.split("\n}")[0] + "\n}")["look"]["withdrawn"] == 6


def test_status_asks_syncthing(tmp_path: Path):
    with network(tmp_path, "hub", "kassel") as net:
        home = net.carriers["kassel"]
        take = home.booth.keep()
        net.until("there", lambda: net.all_show({take}))
        place = home.booth.place

        def told() -> str:
            return "\n".join(lines(status_of(place), 0.0))

        net.until("all there", lambda: "connected; has all of kassel's" in told())
        assert "Syncthing runs" in told()
        home.wire.is_cut = True
        net.until("apart", lambda: "not connected, last seen 20" in told())
        assert not status_of(place).is_well
        home.stop()
        assert "Syncthing does not run" in told()


@pytest.mark.parametrize("text", ["{", "[]", ""])
def test_a_damaged_note_of_the_last_look_is_none(tmp_path: Path, text: str):
    hub = tmp_path / "hub"
    hub.mkdir()
    said(hub, "hub", "--name", "zkm", "--address", "tcp://h:22000", "--without-syncthing")
    place = Place(hub / "gallery/fleet")
    place.last_look.write_text(text)
    assert "nothing has looked yet" in "\n".join(lines(status_of(place), 0.0))

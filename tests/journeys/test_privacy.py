"""Nothing leaves the machine, and nothing is written but where the docs say: watched, not asked."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from brokers import mosquitto
from display import display
from network_cameras import rtsp_camera
from staging import COMMAND, PATIENCE_S, eventually, stage
from watched import Seen, begin, end, waits_for_phones

from installation.__main__ import uglynet
from installation.fleet_watch.watching import Commander
from installation.settings import HOUSE

NET = "net.json"
VERBS = {
    "run": ["run --headless"],
    "carve": ["carve clip.mp4 -o carved.mp4 --max-seconds 0.3 --threads 1",
              "carve --source books -o frames/ --size 48x32 --max-seconds 0.2 --threads 1"],
    "net randomise": [f"net randomise --seed 3 -o {NET}", "net randomise --seed 4 -o other.json"],
    "net make": ['net make --cut "flow/enc1 add 1" -o made.json'],
    "net show": [f"net show {NET}"],
    "net validate": [f"net validate {NET}"],
    "net portrait": [f"net portrait {NET}"],
    "net mix": [f"net mix {NET} other.json -o mixed.json"],
    "net breed": [f"net breed {NET} other.json --seed 1 -o child.json"],
    "net mutate": [f"net mutate {NET} --seed 1 -o mutant.json"],
    "net who": [f"!net who {NET}"],
    "net card": [f"net card {NET} -o card.png", f"net card {NET} -o card.pdf"],
    "net read": ["net read card.png -o read.json"],
    "play-page": ["play-page -o page"],
    "gallery list": ["gallery list"],
    "gallery verify": ["gallery verify"],
    "gallery rebuild": ["gallery rebuild"],
    "gallery show": ["gallery show {take}"],
    "gallery export": ["gallery export -o exported"],
    "gallery backup": ["gallery backup -o backups"],
    "gallery web": ["gallery web -o web"],
    "door serve": [],  # it waits for phones: see the test below
    "door link": ["door link {take}"],
    "door password": ["door password --off"],
    "door metrics": ["door metrics --off"],
    "fleet hub": ["fleet hub --name zkm --address tcp://10.0.0.1:22000 --without-syncthing"],
    "fleet join": ["!--config other.toml fleet join --name kassel uglynet-hub.x"],
    "fleet admit": ["!fleet admit uglynet-booth.x"],
    "fleet dismiss": ["!fleet dismiss kassel --yes"],
    "fleet run": ["!fleet run"],  # Syncthing's own doings: see tests/fleet/test_syncthing.py
    "fleet sync": ["fleet sync"],
    "fleet status": ["fleet status"],
    "fleet say": ["fleet say hide {take}"],
    "fleet push": ["fleet push pushed"],
    "fleet pull": ["fleet pull pushed"],
    "fleet leave": ["fleet leave --yes"],
    "gallery delete": ["gallery delete {take} --yes"],
    "gallery restore": ["!gallery restore backups"],
    "source list": ["source list"],
    "noise list": ["noise list"],
    "noise atlas": ["noise atlas -o noises"],
    "panel simulate": ["panel simulate --seconds 0.2 --json"],
    "panel monitor": ["panel monitor --seconds 0.2"],
    "panel record": ["panel record panel.jsonl --panel simulated --seconds 0.5"],
    "panel replay": ["panel replay panel.jsonl --speed 10"],
    "panel wiring": ["panel wiring"],
    "panel name": ["!panel name 7"],
    "notice": ["notice -o papers"],
    "fleet commander": ["fleet commander"],
    "fleet tell": ["!fleet tell halle-1 restart"],  # no broker is set: see the test below
    "fleet watch": ["!fleet watch"],
    "alerts": ["!alerts"],  # nothing is set, so nothing is sent: see the test below
    "doctor": ["doctor"],
    "bench show": ["!bench show --seconds 1"],
    "bench noise": ["!bench noise"],
    "bench panel": ["!bench panel"],
    "bench flashes": [],  # the same net and governor as `bench show`, for minutes
    "bench door": [],  # its door waits for phones, and its phones come: on this machine alone
    "bench gallery": [],
    "bench render": [],  # `render` itself, for minutes
    "bench fleet": [],  # the same galleries, and folders beside them: for a minute or two
    "bench restart": ["!bench restart --times 1"],  # no screen there: the show itself is `run`'s
    "bench net": [],  # the training room in a process of its own: see the test below
    "net repository": ["net repository -o served"],
    "render": ["render -o rendered"],  # with workers, on this machine alone: tests/rerender
    "check": ["check clip.mp4 --plot plot.png"],
    "tour": ["!tour -o tour.mp4 --size 640x360"],
    "atlas": ["!atlas -o atlas --size 32x32"],
    "match make": ["match make -o plates --size 32x32"],
    "match score": ["!match score answer.txt"],
    "curves": ["curves -o curves.svg"],
    "soak": ["soak --visits 1 --faults 1"],
    "popup": ["popup --card card-to-start.pdf"],  # the show itself is `run`'s
    "setup": ["--config mine.toml setup --defaults"],
    "update": ["!update --status"],  # fetching is what an operator asks of it, by an address
    "out-of-service": [],  # it ends when it is told to: see the test below
}  # fmt: skip


def verbs(group: click.Group, *before: str) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from verbs(command, *before, name)
        else:
            yield " ".join((*before, name))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder to work in, with a home and a folder for passing things of its own."""
    for name in ("home", "tmp", "work"):
        (tmp_path / name).mkdir()
    return tmp_path / "work"


def bare(place: Path, **more: str) -> dict[str, str]:
    """An environment that hides nothing: of our own only the path. (With CI set, ONNX Runtime
    would keep still by itself.)"""
    home, passing = place.with_name("home"), place.with_name("tmp")
    return {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(passing), **more}


def test_no_verb_speaks_beyond_the_machine_or_writes_where_nobody_asked(place: Path):
    settings = stage(place)
    settings.write_text(settings.read_text().replace('"gallery"', '"out/gallery"'))
    there = set(verbs(uglynet))
    assert there <= set(VERBS), "what a new verb does is watched, too"
    lines = [line for verb, lines in VERBS.items() if verb in there for line in lines]
    lines = [f"--config {settings} {line}" for line in lines]
    lines = [f"!{line.replace('!', '')}" if "!" in line else line for line in lines]
    script = Path(__file__).with_name("every_verb.py")
    watched = begin(place, sys.executable, script, *lines, environment=bare(place))
    seen = end(place, watched)
    ended = json.loads(seen.said.splitlines()[-1])
    for line, (status, told) in ended.items():
        may_fail = line.startswith("!") or line.endswith(("doctor", "monitor --seconds 0.2"))
        assert status == 0 or may_fail, (line, told)
    assert seen.calls_outside == set()
    assert seen.strays(place, place.with_name("tmp")) == set()
    assert list(place.with_name("tmp").iterdir()) == [], "what was only passed on is gone"
    assert list(place.with_name("home").iterdir()) == []


def test_the_show_on_a_screen_with_its_drone_and_door_speaks_to_nobody(place: Path):
    settings = stage(place)
    settings.write_text(
        settings.read_text().replace('folder = "gallery"\n', "") + "[sound]\ndrone = true\n"
    )
    gallery = place.with_name("home") / ".local/share/uglynet"
    with display(place.parent) as screen:
        words = (COMMAND, "--verbose", "--config", settings, "run")
        # A sound server's client, where one is installed, keeps a cookie of its own (HANDBOOK).
        surroundings = bare(place, DISPLAY=screen.name, SDL_AUDIODRIVER="alsa")
        watched = begin(place, *words, environment=surroundings)
        try:  # a splash hears no key: the gallery is opened last
            eventually(lambda: watched.poll() is not None or (gallery / "gallery.db").is_file())
            eventually(lambda: watched.poll() is not None or screen.shows())
            eventually(lambda: watched.poll() is not None or waits_for_phones(place))
            screen.key("Escape")
            watched.wait(PATIENCE_S)
        finally:
            watched.kill()
        seen = end(place, watched)  # how well it ends is test_keyboard's subject
    only_waits_for_phones(seen)
    assert seen.strays(gallery, *gallery.parents[:2]) == set()
    assert (gallery / "gallery.db").is_file(), "where the handbook says"


def only_waits_for_phones(seen: Seen) -> None:
    """The door's port is all there is: nothing was asked of anybody. (Where another program has
    the port, the door makes a second socket for the next one.)"""
    assert set(seen.outward) == {"SOCK_STREAM"}
    assert seen.listening == 1
    assert not seen.connects


def test_the_door_alone_waits_for_phones_and_asks_nobody(place: Path):
    (place / "gallery" / "takes").mkdir(parents=True)
    words = (COMMAND, "door", "serve", "--gallery", place / "gallery", "--port", "0")
    watched = begin(place, *words, environment=bare(place))
    assert watched.stdout is not None
    assert "http://" in watched.stdout.readline()
    for pid in children_of(watched.pid):
        os.kill(pid, signal.SIGTERM)
    seen = end(place, watched)
    only_waits_for_phones(seen)
    assert seen.strays(place, place.with_name("tmp")) == set()
    # What it notes of how the machine is, if it was there for long enough, and nothing else.
    assert {path.name for path in (place / "gallery").iterdir()} <= {"takes", "door"}


def test_an_alert_goes_where_it_is_set_to_and_nowhere_else(place: Path):
    with socket.create_server(("127.0.0.1", 0)) as hook:
        port = hook.getsockname()[1]
        settings = place / "mine.toml"
        settings.write_text(f'[alerts]\nwebhook = "http://127.0.0.1:{port}/uglynet"\n')
        words = (COMMAND, "--config", settings, "alerts")
        watched = begin(place, *words, environment=bare(place))
        hook.settimeout(PATIENCE_S)
        phone, _ = hook.accept()
        with phone:
            heard = phone.recv(1 << 16)
            phone.sendall(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
            seen = end(place, watched)
    assert heard.startswith(b"POST /uglynet HTTP/1.1")
    assert seen.status == 0, seen.said
    assert seen.outward == ("SOCK_STREAM",), "one connection, and no name was asked for"
    assert seen.strays(place) == set()


def test_a_network_camera_is_asked_where_it_is_set_to_and_nowhere_else(place: Path):
    with rtsp_camera() as (_, address):
        settings = place / "mine.toml"
        settings.write_text(
            '[model]\ndriver = "crossfade"\n[source]\ndriver = "network_camera"\n'
            f'[network_camera]\naddress = "{address}"\n'
        )
        words = (COMMAND, "--config", settings, "doctor")
        seen = end(place, begin(place, *words, environment=bare(place)))
    assert f"{address}, 448 x 256" in seen.said
    assert set(seen.outward) == {"SOCK_STREAM"}, "no name was asked for"
    assert seen.strays(place) == set()


def test_a_hub_speaks_to_its_broker_and_nobody_else(place: Path):
    with mosquitto(place.with_name("tmp")) as there:
        settings = place / "hub.toml"
        settings.write_text(
            f'[fleet]\nbroker = "{there.url}"\n[gallery]\nfolder = "{place / "hub"}"\n'
        )
        Commander.at(place / "hub" / "beats" / "commander.key")
        words = (COMMAND, "--config", settings, "fleet", "tell", "halle-9", "restart")
        words += ("--within", "1")
        seen = end(place, begin(place, *words, environment=bare(place)))
    assert "nobody of that name" in seen.said
    # One to the broker; paho wakes its own thread by another, on the loopback.
    assert set(seen.outward) == {"SOCK_STREAM"}, "no name was asked for"
    assert seen.strays(place) == set()


def test_the_out_of_service_screen_speaks_to_nobody(place: Path):
    with display(place.parent) as screen:
        surroundings = bare(place, DISPLAY=screen.name)
        watched = begin(place, COMMAND, "out-of-service", environment=surroundings)
        try:
            eventually(lambda: watched.poll() is not None or screen.shows(20))
            for pid in children_of(watched.pid):
                os.kill(pid, signal.SIGTERM)
            seen = end(place, watched)
        finally:
            watched.kill()
    assert seen.status == 0, seen.said
    assert seen.calls_outside == set()
    assert seen.strays(place) == set()


def children_of(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


@pytest.mark.parametrize(
    "module", ["installation", "models.training.speed", "models.training.half"]
)
def test_whatever_is_imported_first_no_library_keeps_a_number_of_the_machine(
    place: Path, module: str
):
    # Telemetry is the library's, whatever the graph: the smallest that ships, planned in a moment.
    program = (
        f"import {module}, onnxruntime as o, installation.settings as s\n"
        "given = o.SessionOptions()\n"
        "given.enable_mem_reuse = False\n"
        "o.InferenceSession(str(s.HOUSE / 'models/small/interp.onnx'), given)"
    )
    environment = bare(place, PYTHONPATH=str(HOUSE), ORT_DISABLE_TELEMETRY="0")
    seen = end(place, begin(place, sys.executable, "-c", program, environment=environment))
    assert seen.status == 0, seen.said
    assert seen.calls_outside == set()
    assert seen.strays(place) == set()


def test_the_watch_would_see_it(place: Path):
    program = (
        "import pathlib, socket; pathlib.Path.home().joinpath('number').write_text('7');"
        "socket.socket().close()"
    )
    seen = end(place, begin(place, sys.executable, "-c", program, environment=bare(place)))
    assert seen.calls_outside == {"AF_INET"}
    assert seen.strays(place) == {str(place.with_name("home") / "number")}

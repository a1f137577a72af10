"""The door as a process: it loads only what it needs, and comes back when it is killed."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from doors import NOW_S, Home, kept, opened
from waiting import PATIENCE_S, eventually

from installation.app.door_link import Door
from installation.app.door_spec import Spec
from installation.door.messages import Open
from installation.door.talk import Talk
from installation.gallery.archive import Archive, Making
from installation.settings import Settings, parse_settings
from installation.vocabulary import Health, Net

NET = Net("d" * 64, name="Bobo")


def settings_for(folder: Path) -> Settings:
    text = f'[gallery]\nfolder = "{folder}"\n[door]\nport = {free_port()}\n'
    return parse_settings(text, "test", folder)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def home(tmp_path: Path) -> Home:
    # Far in the future by the machine's own clock, which the door's process goes by.
    return kept(tmp_path / "g", at_s=NOW_S + 20 * 365 * 86400)


@pytest.fixture
def archive(home: Home):
    found = Archive(home.folder, Making(lambda c, n: iter(()), lambda n: ("", b"")),
                    keep_days=30, most=100)  # fmt: skip
    yield found
    found.close()


def get(url: str) -> tuple[int, bytes]:
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
        return answer.status, answer.read()


def test_it_loads_neither_window_nor_net():
    program = (
        "import sys, installation.app.door_process;"
        "print([name for name in ('pygame', 'onnxruntime', 'serial') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_alone_it_serves_a_gallery_until_it_is_stopped_and_ends_well(home: Home):
    with opened(home.folder) as door:
        status, page = get(f"{door.url}/t/{home.token}")
        assert status == 200
        assert b"Wofi" in page
        status, video = get(f"{door.url}/t/{home.token}/video.mp4")
        assert video == (home.own / "video.mp4").read_bytes()
        door.process.send_signal(signal.SIGTERM)
        assert door.process.wait(PATIENCE_S) == 0


def test_the_card_is_made_and_gone_with_its_take(home: Home):
    with opened(home.folder) as door:
        status, card = get(f"{door.url}/t/{home.token}/card.pdf")
        assert status == 200
        assert card.startswith(b"%PDF")
        assert get(f"{door.url}/t/{home.token}/card.pdf")[1] == card
        asked = urllib.request.Request(f"{door.url}/t/{home.token}/delete", b"sure=yes")
        urllib.request.urlopen(asked, timeout=PATIENCE_S).close()
        with pytest.raises(urllib.error.HTTPError):
            get(f"{door.url}/t/{home.token}/card.pdf")


def test_a_taken_port_is_told_in_one_line_when_it_was_asked_for(home: Home):
    with opened(home.folder) as door:
        spec = Spec(str(home.folder), door.port, "127.0.0.1", exact=True)
        second = subprocess.run(spec.command(), capture_output=True, text=True)
        assert second.returncode == 1
        (line,) = second.stderr.splitlines()
        assert str(door.port) in line


def test_beside_the_show_it_comes_back_when_it_is_killed_and_the_offer_is_still_known(
    home: Home, archive: Archive
):
    door = Door(settings_for(home.folder), archive)
    try:
        eventually(lambda: door.health().health is Health.FINE)
        offer = door.offer(1, NET)
        port = door.port
        base = f"http://127.0.0.1:{port}"
        eventually(lambda: _state(base, offer.token) == "baking")
        first = door.pid
        os.kill(first, signal.SIGKILL)
        eventually(lambda: door.pid not in (0, first) and door.health().health is Health.FINE)
        base = f"http://127.0.0.1:{door.port}"
        eventually(lambda: _state(base, offer.token) == "baking")
        assert get(f"{base}/t/{home.token}")[0] == 200
    finally:
        door.close()
    assert door.pid == 0


def _state(base: str, token: str) -> str:
    try:
        return str(json.loads(get(f"{base}/t/{token}/state")[1])["state"])
    except OSError:
        return ""


def test_a_visitor_deletes_by_the_show_and_the_wall_forgets_at_once(home: Home, archive: Archive):
    forgotten: list[str] = []
    eventually(lambda: len(archive.takes()) == 1)
    door = Door(settings_for(home.folder), archive, forgotten.append)
    try:
        eventually(lambda: door.health().health is Health.FINE)
        base = f"http://127.0.0.1:{door.port}"
        asked = urllib.request.Request(f"{base}/t/{home.token}/delete", b"sure=yes", method="POST")
        with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:
            assert b"SHA-256" in answer.read()
        assert len(archive.takes()) == 0
        assert forgotten == [home.take_id]
        assert not home.own.exists()
    finally:
        door.close()


def test_it_leaves_when_the_show_dies(home: Home, tmp_path: Path):
    program = (
        "import sys, time; from pathlib import Path;"
        "from installation.app.door_link import Door;"
        "from installation.settings import load_settings\n"
        "class A:\n progress = staticmethod(lambda: None)\n"
        "d = Door(load_settings(Path(sys.argv[1])), A())\n"
        "while not d.address and not d.why_not.startswith('this'): time.sleep(0.05)\n"
        "print(d.pid, flush=True); time.sleep(600)"
    )
    (tmp_path / "s.toml").write_text(
        f'[gallery]\nfolder = "{home.folder}"\n[door]\nport = {free_port()}\n'
    )
    show = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path / "s.toml"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert show.stdout is not None
    pid = int(show.stdout.readline())
    show.kill()
    _, said = show.communicate()  # the door's own words, too, until it has left
    eventually(lambda: not _lives(pid))
    assert "Traceback" not in said


def test_the_shows_death_is_no_error_of_the_doors(caplog: pytest.LogCaptureFixture):
    """Killed with words of the door's still unread, the line is reset and not only closed."""
    ours, theirs = socket.socketpair()
    left: list[bool] = []

    async def talks() -> None:
        talk = Talk(
            ours, where=lambda: Open(8080), watched=lambda: False,
            on_baking=lambda baking: None, on_counted=lambda counted: None,
        )  # fmt: skip
        talking = asyncio.ensure_future(talk.run(lambda: left.append(True)))
        await asyncio.to_thread(select.select, [theirs], [], [], PATIENCE_S)
        theirs.close()
        await talking

    with caplog.at_level("INFO"):
        asyncio.run(talks())
    assert left
    assert [record.levelname for record in caplog.records if "show" in record.message] == [
        "WARNING"
    ]


def _lives(pid: int) -> bool:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] != "Z"


def test_a_door_that_talks_garbage_is_started_anew_and_costs_nothing_else(
    home: Home, archive: Archive, monkeypatch: pytest.MonkeyPatch
):
    program = "import os, sys, time; os.write(int(sys.argv[1]), b'GARBAGE' * 9); time.sleep(600)"

    def command(spec: Spec) -> list[str]:
        return [sys.executable, "-c", program, str(spec.talk)]

    monkeypatch.setattr(Spec, "command", command)
    door = Door(settings_for(home.folder), archive)
    try:
        eventually(lambda: "cannot be understood" in door.health().note)
        assert door.health().health is Health.FAILING
    finally:
        door.close()

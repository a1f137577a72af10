"""The broker's settings that the handbook gives out, in a real mosquitto: TLS, passwords, and who
may say what."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from brokers import MOSQUITTO, free_port
from certificates import certify
from waiting import eventually

from installation.fleet_watch.home_assistant import config_topic
from installation.fleet_watch.line import Heard, Line
from installation.fleet_watch.topics import Said, Topics
from installation.login import Login
from installation.mqtt import Broker
from installation.settings import HOUSE

CONFIG = HOUSE / "kiosk_config" / "mosquitto"
USERS = ("halle-1", "halle-2", "hub", "homeassistant")


class Place:
    """A running broker with the handbook's settings, and lines to it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.lines: list[Line] = []

    def line(self, user: str, *subjects: str, ca: bool = True) -> tuple[Line, list[Heard]]:
        heard: list[Heard] = []
        broker = Broker(
            f"mqtts://127.0.0.1:{self.port}",
            Login(user, self.folder / f"{user}.secret"),
            self.folder / "broker.crt" if ca else None,
        )
        made = Line(broker, user, subjects=subjects, hear=heard.append)
        made.begin()
        self.lines.append(made)
        return made, heard


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    port = free_port()
    certify(tmp_path, "broker")
    for user in USERS:
        (tmp_path / f"{user}.secret").write_text(f"the password of {user}\n")
        flags = ["-b"] if (tmp_path / "passwords").exists() else ["-c", "-b"]
        words = ["mosquitto_passwd", *flags, "passwords", user, f"the password of {user}"]
        subprocess.run(words, cwd=tmp_path, check=True)
    text = (CONFIG / "uglynet.conf").read_text()
    assert "allow_anonymous false" in text
    text = text.replace("/etc/mosquitto/uglynet", str(tmp_path))
    text = text.replace("listener 8883", f"listener {port} 127.0.0.1")
    (tmp_path / "uglynet.acl").write_text((CONFIG / "uglynet.acl").read_text())
    (tmp_path / "mosquitto.conf").write_text(f"user root\npersistence false\n{text}")
    for name in ("passwords", "uglynet.acl", "broker.key"):
        (tmp_path / name).chmod(0o600)
    process = subprocess.Popen([MOSQUITTO, "-c", str(tmp_path / "mosquitto.conf")])
    made = Place(tmp_path, port)
    try:
        eventually(lambda: process.poll() is not None or _answers(port))
        assert process.poll() is None, "mosquitto takes the settings"
        yield made
    finally:
        for line in made.lines:
            line.close()
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port)):
            return True
    except OSError:
        return False


def test_a_booth_speaks_for_itself_alone_and_the_hub_hears_all(place: Place):
    hub, heard = place.line("hub", "uglynet/#", "homeassistant/#")
    one, commands = place.line("halle-1", Topics("halle-1").command, Topics("halle-2").command)
    assistant, introductions = place.line("homeassistant", "homeassistant/#", "uglynet/#")
    eventually(lambda: hub.connected and one.connected and assistant.connected)
    own, other = Topics("halle-1"), Topics("halle-2")
    for topic in (other.state, other.health("camera"), config_topic("halle-2"), own.command):
        one.say(Said(topic, b"no"))
    for topic in (own.state, own.beat, own.event, own.health("camera"), own.challenge, own.answer,
                  config_topic("halle-1")):  # fmt: skip
        one.say(Said(topic, b"yes"))
    eventually(lambda: len(introductions) == 7 and len(heard) == 6)
    assert {each.payload for each in (*heard, *introductions)} == {b"yes"}
    assert sum(each.topic.startswith("homeassistant") for each in heard) == 0
    assistant.say(Said(own.command, b"no"))
    hub.say(Said(own.state, b"no"))
    hub.say(Said(other.command, b"another's"))
    hub.say(Said(own.command, b"yes"))
    eventually(lambda: commands)
    assert [each.payload for each in commands] == [b"yes"]
    assert {each.payload for each in heard} == {b"yes"}


def test_who_cannot_vouch_for_himself_is_not_spoken_to(place: Place):
    line, _ = place.line("halle-1", ca=False)
    eventually(lambda: "certificate" in line.trouble.lower())
    assert not line.connected


def test_a_wrong_password_is_refused(place: Place):
    (place.folder / "halle-1.secret").write_text("a guess\n")
    line, _ = place.line("halle-1")
    eventually(lambda: "refuses" in line.trouble)

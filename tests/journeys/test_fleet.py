"""A booth of a fleet, whole: the program itself, a real broker, and a hub that commands it."""

from __future__ import annotations

import json
import signal
from pathlib import Path

from brokers import Mosquitto, mosquitto
from display import display
from staging import stage, started, surroundings
from waiting import eventually

from installation.door.audit import Audit
from installation.fleet.signing import key_at
from installation.fleet_watch.commands import RESTART, Wanted, command_payload
from installation.fleet_watch.told import LOST
from installation.fleet_watch.topics import Topics

TOPICS = Topics("halle-2")


def joined(folder: Path, there: Mosquitto, more: str = "") -> Path:
    """Settings of a booth that tells this broker how it is."""
    settings = stage(folder, net=False)
    told = f'[fleet]\nname = "halle-2"\nbroker = "{there.url}"\nevery_s = 1.0\n{more}'
    settings.write_text(settings.read_text() + told + "\n[door]\non = false\n")
    return settings


def test_a_simulated_visit_is_told_and_of_its_take_nothing(tmp_path: Path):
    with mosquitto(tmp_path) as there:
        eye = there.eye("#")
        settings = joined(tmp_path, there, "home_assistant = true")
        words = ("--config", settings, "run", "--headless", "--out", tmp_path / "out", "--json")
        with started(tmp_path, *words, environment=surroundings()) as program:
            assert program.status() == 0, program.told()
            (take,) = map(Path, json.loads("".join(program.out))["takes"])
        eventually(lambda: (eye.last(TOPICS.state) or {}).get("state") == "stopped")
    (kept,) = (tmp_path / "out" / "gallery" / "takes").iterdir()
    record = json.loads((kept / "take.json").read_text())
    states = [told["state"] for told in eye.documents(TOPICS.state)]
    assert states == ["open", "stopped"]
    events = [told["event"] for told in eye.documents(TOPICS.event)]
    assert events[0] == "visit began"
    assert {"visit began", "visit ended"} <= set(events)
    beat = eye.documents(TOPICS.beat)[-1]
    assert max(told.get("fps", 0) for told in eye.documents(TOPICS.beat)) > 0
    assert beat["disk_free_gb"] > 0
    assert beat["visits_today"] == 1
    devices = {name.rsplit("/", 1)[1] for name, _, _ in eye.seen if "/health/" in name}
    assert {"panel", "camera", "net", "gallery", "broker"} <= devices
    introduction = eye.last("homeassistant/device/uglynet/halle-2/config")
    assert set(introduction["components"]) >= {"state", "running", "health_camera", "fps"}
    secrets = [kept.name, record["net"]["name"], record.get("token") or kept.name, take.name]
    for name, body, _ in eye.seen:
        told = f"{name} {body.decode()}"
        assert not [each for each in secrets if each in told], told
        assert str(tmp_path) not in told
    assert not any(body[:4] in (b"\xff\xd8\xff\xe0", b"\x89PNG") for _, body, _ in eye.seen)


def hub(tmp_path: Path, there: Mosquitto, *words: object) -> tuple[int, str]:
    """A hub's own command line: its exit status, and what it said."""
    folder = tmp_path / "hub"
    folder.mkdir(exist_ok=True)
    settings = folder / "hub.toml"
    settings.write_text(f'[fleet]\nbroker = "{there.url}"\n[gallery]\nfolder = "{folder}"\n')
    with started(
        folder, "--config", settings, "fleet", *words, environment=surroundings()
    ) as program:
        status = program.status()
        return status, ("".join(program.out) + program.told()).strip()


def test_a_booth_is_commanded_refuses_strangers_and_is_lost_when_it_is_killed(tmp_path: Path):
    with mosquitto(tmp_path) as there, display(tmp_path, "640x360x24") as screen:
        status, public = hub(tmp_path, there, "commander")
        assert status == 0
        settings = joined(
            tmp_path, there, f'commanders = ["{public}"]\nallow = ["out_of_service", "restart"]'
        )
        eye = there.eye()
        environment = surroundings(DISPLAY=screen.name)
        with started(tmp_path, "--config", settings, "run", environment=environment) as program:
            eventually(lambda: eye.last(TOPICS.challenge), program.told)
            told = hub(tmp_path, there, "tell", "halle-2", "out-of-service", "on")
            assert told == (0, "halle-2: out of service on")
            eventually(lambda: eye.last(TOPICS.state)["state"] == "out of service")
            commands = [body for name, body, _ in eye.seen if name == TOPICS.command]
            before = len(eye.documents(TOPICS.answer))
            eye.says(TOPICS.command, commands[0])  # heard on the way, and said again
            eventually(lambda: len(eye.documents(TOPICS.answer)) > before)
            assert "given before" in eye.last(TOPICS.answer)["line"]
            stranger = key_at(tmp_path / "stranger.key")
            challenge = eye.last(TOPICS.challenge)["challenge"]
            eye.says(
                TOPICS.command,
                command_payload(Wanted("halle-2", RESTART), stranger, 1, challenge),
            )
            eventually(lambda: "stranger" in eye.last(TOPICS.answer)["line"])
            status, told = hub(tmp_path, there, "tell", "halle-2", "restart")
            assert (status, told) == (0, "halle-2: restart")
            eventually(lambda: "stopped" in [each["state"] for each in eye.documents(TOPICS.state)])
            eventually(lambda: eye.last(TOPICS.state)["state"] == "open", program.told)
            program.signal(signal.SIGKILL)
            eventually(lambda: eye.last(TOPICS.state) == LOST)
        lines = [str(line["what"]) for line in Audit(tmp_path / "gallery" / "door").newest()]
        assert f"fleet out of service on (by {public[:8]})" in lines
        assert f"fleet restart (by {public[:8]})" in lines
        assert sum("refused" in line for line in lines) == 2


def test_what_a_hub_needs_is_told_in_one_line(tmp_path: Path):
    with mosquitto(tmp_path) as there:
        for words, told in (
            (("tell", "halle-2", "restart"), "no key there yet"),
            (("tell", "halle-2", "out-of-service"), "on, or off"),
            (("tell", "halle-2", "restart", "on"), "restart, alone"),
            (("tell", "Halle 2", "restart"), "small letters"),
            (("watch",), "no password"),
            (("watch", "--key", tmp_path / "none"), "no password"),
        ):
            status, said = hub(tmp_path, there, *words)
            assert status == 1
            assert told in said
            assert said.count("\n") == 0
        assert hub(tmp_path, there, "commander")[0] == 0
        status, said = hub(tmp_path, there, "tell", "halle-9", "restart", "--within", 1)
        assert (status, "nobody of that name" in said) == (1, True)

"""A real mosquitto on a port of this machine alone, and an eye and a mouth beside ours on it."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from waiting import eventually

from installation.login import Login
from installation.mqtt import Broker

USER, PASSWORD = "halle-1", "four words in a row"
MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as there:
        return int(there.getsockname()[1])


@dataclass
class Mosquitto:
    """A broker that may be killed and begun anew, at the same port."""

    folder: Path
    port: int
    guarded: bool = False
    process: subprocess.Popen[bytes] | None = None
    eyes: list[Eye] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def broker(self) -> Broker:
        login = Login(USER, self.secret) if self.guarded else Login()
        return Broker(self.url, login)

    @property
    def secret(self) -> Path:
        return self.folder / "broker.secret"

    def begin(self) -> None:
        conf = self.folder / "mosquitto.conf"
        lines = [f"listener {self.port} 127.0.0.1", "persistence false", "log_dest none"]
        lines.append(f"allow_anonymous {'false' if self.guarded else 'true'}")
        if self.guarded:
            self.secret.write_text(PASSWORD + "\n")
            words = self.folder / "passwords"
            subprocess.run(["mosquitto_passwd", "-c", "-b", words, USER, PASSWORD], check=True)
            words.chmod(0o644)  # as root, mosquitto becomes another user
            lines.append(f"password_file {words}")
            lines.append("user root")
        conf.write_text("\n".join(lines) + "\n")
        self.process = subprocess.Popen([MOSQUITTO, "-c", str(conf)])
        eventually(self._answers)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def eye(self, subject: str = "uglynet/#") -> Eye:
        self.eyes.append(Eye(self, subject))
        return self.eyes[-1]

    def close(self) -> None:
        for eye in self.eyes:
            eye.close()
        self.kill()


class Eye:
    """Sees everything that is said under `subject`, retained or not."""

    def __init__(self, at: Mosquitto, subject: str) -> None:
        self.seen: list[tuple[str, bytes, bool]] = []
        self.client = Client(CallbackAPIVersion.VERSION2)
        if at.guarded:
            self.client.username_pw_set(USER, PASSWORD)
        listening: list[int] = []
        self.client.on_connect = lambda *_: self.client.subscribe(subject, 1)
        self.client.on_subscribe = lambda *_: listening.append(1)
        self.client.on_message = lambda _, __, m: self.seen.append(
            (m.topic, bytes(m.payload), bool(m.retain))
        )
        self.client.connect("127.0.0.1", at.port)
        self.client.loop_start()
        eventually(lambda: listening)

    def documents(self, topic: str) -> list[Any]:
        return [json.loads(body) for name, body, _ in list(self.seen) if name == topic and body]

    def last(self, topic: str) -> Any:
        found = [body for name, body, _ in list(self.seen) if name == topic]
        return json.loads(found[-1]) if found and found[-1] else None

    def says(self, topic: str, body: bytes, retain: bool = False) -> None:
        self.client.publish(topic, body, 1, retain).wait_for_publish(60)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@contextlib.contextmanager
def mosquitto(folder: Path, *, guarded: bool = False) -> Iterator[Mosquitto]:
    made = Mosquitto(folder, free_port(), guarded)
    made.begin()
    try:
        yield made
    finally:
        made.close()

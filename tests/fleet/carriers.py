"""Real Syncthings for tests, each behind a wire that can be cut."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from booths import Booth

from installation.fleet.carriage import arrange, hurry
from installation.fleet.joining import admit, found_fleet, join_fleet
from installation.fleet.looked import Looked
from installation.fleet.syncthing_home import Home, home_at
from installation.fleet.syncthing_rest import NotRunningError, Syncthing

PATIENCE_S = 90.0


class Wire:
    """A port of this machine that leads to another, until it is cut; and again, once mended."""

    def __init__(self, to: tuple[str, int]) -> None:
        self._to = to
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self.is_cut = self._over = False
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(self._listener, selectors.EVENT_READ)
            while not self._over:
                if self.is_cut:
                    for end in tuple(self._pairs):
                        self._end(ready, end)
                for key, _ in ready.select(0.05):
                    if key.fileobj is self._listener:
                        self._accept(ready)
                    else:
                        self._pass(ready, key.fileobj)  # type: ignore[arg-type]
            for end in tuple(self._pairs):
                self._end(ready, end)
            self._listener.close()

    def _accept(self, ready: selectors.BaseSelector) -> None:
        near, _ = self._listener.accept()
        if self.is_cut:
            near.close()
            return
        try:
            far = socket.create_connection(self._to, 5)
        except OSError:
            near.close()
            return
        for one, other in ((near, far), (far, near)):
            self._pairs[one] = other
            ready.register(one, selectors.EVENT_READ)

    def _pass(self, ready: selectors.BaseSelector, end: socket.socket) -> None:
        if end not in self._pairs:
            return
        try:
            data = end.recv(1 << 16)
            if data:
                self._pairs[end].sendall(data)
                return
        except OSError:
            pass
        self._end(ready, end)

    def _end(self, ready: selectors.BaseSelector, end: socket.socket) -> None:
        other = self._pairs.pop(end, None)
        for each in (end, other):
            if each is not None:
                self._pairs.pop(each, None)
                with contextlib.suppress(KeyError, ValueError):
                    ready.unregister(each)
                each.close()

    def close(self) -> None:
        self._over = True
        self._thread.join()


@dataclass
class Carrier:
    """A booth with its Syncthing."""

    booth: Booth
    home: Home
    wire: Wire | None = None
    process: subprocess.Popen[bytes] | None = None
    looked: Looked = field(default_factory=Looked)

    def start(self) -> None:
        log = (self.booth.root / "syncthing.log").open("ab")
        self.process = subprocess.Popen(self.home.words(), stdout=log, stderr=log)
        log.close()

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def kill(self) -> None:
        """As when the power fails. Syncthing runs as two: one looks after the other."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    @property
    def talk(self) -> Syncthing:
        return self.home.talk()

    def step(self) -> None:
        """What the show does now and then."""
        self.looked = self.booth.look()
        with contextlib.suppress(NotRunningError):
            joined, members = self.booth.place.joined(), self.booth.fleet.members
            arrange(self.talk, self.home.device, self.booth.place, joined, members)
            hurry(self.talk, joined, self.looked.touched)
            if self.talk.get("config/options")["reconnectionIntervalS"] != 5:
                self.talk.patch("config/options", {"reconnectionIntervalS": 5})


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Network:
    """A hub and its booths, joined as a technician joins them."""

    def __init__(self, tmp: Path, *names: str) -> None:
        self._tmp, self._port = tmp, free_port()
        self.hub = self._made(names[0], f"tcp://127.0.0.1:{self._port}")
        self.carriers = {names[0]: self.hub}
        found_fleet(self.hub.booth.place, names[0], self.hub.home.device)
        self.hub.start()
        for name in names[1:]:
            self.join(name)

    def _made(self, name: str, listen: str = "tcp://127.0.0.1:0") -> Carrier:
        booth = Booth(name, self._tmp / name)
        booth.begin()
        booth.place.made()
        return Carrier(booth, home_at(booth.place.syncthing, name, listen))

    def join(self, name: str) -> Carrier:
        carrier = self._made(name)
        carrier.wire = Wire(("127.0.0.1", self._port))
        hub = self.hub
        line = found_fleet(hub.booth.place, hub.booth.name, hub.home.device, carrier.wire.address)
        answer = join_fleet(carrier.booth.place, name, line.text, carrier.home.device)
        admit(hub.booth.place, answer.text)
        carrier.start()
        self.carriers[name] = carrier
        return carrier

    def until(self, what: str, condition: Callable[[], object], without: tuple[str, ...] = ()):
        """Let everything run until the condition holds."""
        end_s = time.monotonic() + PATIENCE_S
        while True:
            for name, carrier in self.carriers.items():
                if name not in without:
                    carrier.step()
            if condition():
                return
            if time.monotonic() > end_s:
                said = {name: each.looked for name, each in self.carriers.items()}
                raise AssertionError(f"never {what}: {said}")
            time.sleep(0.2)

    def all_show(self, takes: set[str], *but: str) -> bool:
        return all(
            carrier.booth.shown() == takes
            for name, carrier in self.carriers.items()
            if name not in but
        )

    def all_carry(self) -> bool:
        """Whether every Syncthing knows of every booth's folder."""
        try:
            folders = [each.talk.get("config/folders") for each in self.carriers.values()]
        except NotRunningError:
            return False
        return all(len(each) == len(self.carriers) for each in folders)

    def close(self) -> None:
        for carrier in self.carriers.values():
            carrier.stop()
            if carrier.wire is not None:
                carrier.wire.close()


@contextlib.contextmanager
def network(tmp: Path, *names: str) -> Iterator[Network]:
    made = Network(tmp, *names)
    try:
        yield made
    finally:
        made.close()

"""The show's end of the door: a thread that starts the door's process, starts it anew when it dies,
and carries words to and fro. Nobody else ever waits for it.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from installation.app.door_gallery import done_to
from installation.app.door_sight import DoorSight
from installation.app.door_spec import Spec
from installation.carve.nets import net_document
from installation.door.messages import (
    Alive,
    Baking,
    Change,
    Counted,
    Done,
    GarbledError,
    Message,
    Open,
    Order,
    Restart,
    Splitter,
    encoded,
)
from installation.door.offers import new_code
from installation.gallery.archive import Archive
from installation.gallery.store import new_token
from installation.live_settings.change import Refused, SettingsChanged
from installation.settings import Settings
from installation.vocabulary import DeviceHealth, Health, Net, Reason, UglyError
from installation.worker import Latest, Worker

_log = logging.getLogger(__name__)

SILENT_S = 20.0
"""A door that says nothing for so long hangs, and is started anew; at its start it may take
`BEGINS_WITHIN_S`."""

BEGINS_WITHIN_S = 60.0
CODE_LASTS_S = 600.0
LEAVES_WITHIN_S = 5.0
LOOK_S = 0.1
TELL_EVERY_S = 1.0
WAITING = 256
LARGEST_BACKLOG = 1 << 24


@dataclass(frozen=True, slots=True)
class Offer:
    """How a visitor takes a take home: by the link's token, or, until `until_s` (seconds since the
    epoch), by eight letters."""

    token: str
    code: str
    until_s: float


class Door:
    """The door beside the show. `archive` is told what is deleted or hidden; methods return at
    once, and may be called by any thread."""

    def __init__(
        self,
        settings: Settings,
        archive: Archive,
        forget: Callable[[str], None] = lambda take_id: None,
        *,
        sight: DoorSight | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings, self._archive, self._forget = settings, archive, forget
        self._folder = settings.gallery.folder
        self._clock, self._wall_clock = clock, wall_clock
        self.change: Callable[[Mapping[str, object]], SettingsChanged | Refused] | None = None
        """How the show's settings are changed; set by who runs the show."""
        self.restart: Callable[[], None] | None = None
        """How the show ends and begins anew; set by who runs it."""
        self.sight = sight or DoorSight(settings.gallery.folder, wall_clock)
        self._outbox: queue.Queue[Message] = queue.Queue(WAITING)
        self._open = Latest[Open | None](None)
        self._lock = threading.Lock()
        self._offers: dict[int, Baking] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._worker = Worker("door", self._run, device="door", within_s=30.0, clock=clock)

    # For the booth.

    def offer(self, visit: int, net: Net) -> Offer:
        """A take of this visit is about to be kept: how its visitor will find it."""
        until_s = self._wall_clock() + CODE_LASTS_S
        offer = Offer(new_token(), new_code(), until_s)
        baking = Baking(offer.token, offer.code, until_s, 0.0, net_document(net))
        with self._lock:
            self._offers[visit] = baking
            for old in sorted(self._offers)[:-8]:
                del self._offers[old]
        self._say(baking)
        return offer

    def answered(self, visit: int, kept: bool) -> None:
        """The archive has answered for this visit."""
        self._offered(visit, state="kept" if kept else "failed", progress=1.0)

    def offered(self, visit: int) -> Offer | None:
        """How the take of this visit is taken home, if it is offered and was not refused."""
        with self._lock:
            found = self._offers.get(visit)
        if found is None or found.state == "failed":
            return None
        return Offer(found.token, found.code, found.until_s)

    def count(self, what: str, much: float = 1.0) -> None:
        """Something happened that the statistics count."""
        self._say(Counted(what, much))

    @property
    def address(self) -> str:
        """Where phones find the door, such as "http://192.168.0.7:8080"; "" while nowhere."""
        found = self._open.get()
        return found.address if found is not None else ""

    @property
    def why_not(self) -> str:
        """Why there is no address, in English; "" where there is one."""
        found = self._open.get()
        return "the door is just opening" if found is None else found.why_not

    @property
    def port(self) -> int:
        """The port that the door is open at; 0 while it is not."""
        found = self._open.get()
        return found.port if found is not None else 0

    @property
    def pid(self) -> int:
        """The number of the door's process; 0 while there is none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else 0

    def health(self) -> DeviceHealth:
        """The door's health."""
        found = self._open.get()
        if found is None:
            why = self._worker.failure
            if why:
                return DeviceHealth("door", Health.FAILING, why, Reason.FAULT, why)
            return DeviceHealth("door", Health.MISSING, "it is just opening", Reason.OPENING)
        if not found.address:
            return DeviceHealth("door", Health.FINE, found.why_not, Reason.NO_NETWORK)
        other = f" ({self._settings.door.port} is taken)"
        note = found.address + (other if found.port != self._settings.door.port else "")
        return DeviceHealth("door", Health.FINE, note, Reason.DOOR, found.address)

    def close(self) -> None:
        """Close the door."""
        self._worker.close(LEAVES_WITHIN_S + 5)

    # The thread.

    def _say(self, message: Message) -> None:
        with contextlib.suppress(queue.Full):  # who does not listen misses it
            self._outbox.put_nowait(message)

    def _offered(self, visit: int, **changes: Any) -> None:
        with self._lock:
            found = self._offers.get(visit)
            if found is None or found.state != "baking":
                return
            found = self._offers[visit] = replace(found, **changes)
        self._say(replace(found, net={}))

    def _run(self, stop: threading.Event) -> None:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                spec = replace(Spec.of(self._settings), talk=theirs.fileno())
                self._process = process = subprocess.Popen(
                    spec.command(),
                    pass_fds=(theirs.fileno(),),
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,  # a Ctrl-C in a terminal is for the show alone
                )
            ours.setblocking(False)
            try:
                _Conversation(self, ours, process).hold(stop)
            finally:
                self._open.put(None)
                _end(process)
        finally:
            ours.close()

    def adopt(self, change: Change) -> Done:
        """Change the show's settings as the door orders."""
        if self.change is None:
            return Done(change.number, False, "the show is just starting")
        line = _refused(self.change(change.changes))
        return Done(change.number, not line, line[:2000])

    def begin_anew(self, order: Restart) -> Done:
        """End the show so that it begins anew, as the door orders."""
        if self.restart is None:
            return Done(order.number, False, "this show cannot be restarted from here")
        self.restart()
        return Done(order.number, True)

    def obey(self, order: Order) -> Done:
        """Carry out what the door orders, and tell the show."""
        outcome = done_to(self._folder, order.act, order.take_id, self._wall_clock)
        gone = order.act == "delete" or (outcome.well and not outcome.facts.get("shown", True))
        if gone:
            self._archive.unshow(order.take_id)
            self._forget(order.take_id)
        else:
            self._archive.changed(order.take_id)
        return Done(order.number, outcome.well, outcome.line[:2000], dict(outcome.facts))


def _refused(outcome: SettingsChanged | Refused) -> str:
    if isinstance(outcome, SettingsChanged):
        return ""
    return "; ".join(f"{key}: {said}" for key, said in outcome.errors.items())


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the process to leave, and see to it."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(LEAVES_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class _Conversation:
    """One life of the door's process, over its socket."""

    def __init__(self, door: Door, ours: socket.socket, process: subprocess.Popen[bytes]) -> None:
        self._door, self._socket, self._process = door, ours, process
        self._splitter, self._out = Splitter(), bytearray()
        self._clock = door._clock
        self._heard_s = self._clock() + BEGINS_WITHIN_S - SILENT_S
        self._told_s = float("-inf")
        self._watched = False

    def hold(self, stop: threading.Event) -> None:
        """Talk until asked to stop. Raises UglyError if the door dies, hangs or cannot be
        understood."""
        door = self._door
        with door._lock:
            for baking in door._offers.values():
                self._out += encoded(baking)
        while not stop.is_set():
            readable, writable, _ = select.select(
                [self._socket], [self._socket] if self._out else [], [], LOOK_S
            )
            if readable:
                self._hear()
            self._collect()
            if writable:
                self._send()
            if self._clock() - self._heard_s > SILENT_S:
                raise UglyError("the door hangs; it is started anew")

    def _hear(self) -> None:
        try:
            data = self._socket.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            status = self._process.wait(LEAVES_WITHIN_S)
            raise UglyError(f"the door's process ended ({_ended(status)}); it is started anew")
        try:
            for message in self._splitter.feed(data):
                self._heard_s = self._clock()
                if isinstance(message, Open):
                    self._door._open.put(message)
                elif isinstance(message, Alive):
                    self._watched = message.watched
                elif isinstance(message, Order):
                    self._out += encoded(self._door.obey(message))
                elif isinstance(message, Change):
                    self._out += encoded(self._door.adopt(message))
                elif isinstance(message, Restart):
                    self._out += encoded(self._door.begin_anew(message))
                    self._send()
        except GarbledError as error:
            raise UglyError(f"the door cannot be understood ({error})") from None

    def _collect(self) -> None:
        """What there is to be said now."""
        door = self._door
        with contextlib.suppress(queue.Empty):
            while True:
                self._out += encoded(door._outbox.get_nowait())
        now_s = self._clock()
        door.sight.watched = self._watched
        if now_s - self._told_s >= TELL_EVERY_S:
            self._told_s = now_s
            progress = door._archive.progress()
            if progress is not None:
                with door._lock:
                    baking = [v for v, held in door._offers.items() if held.state == "baking"]
                for visit in baking[:1]:  # the archive takes one after the other
                    door._offered(visit, progress=min(1.0, max(0.0, progress)))
            if (live := door.sight.live()) is not None:
                self._out += encoded(live)
            if self._watched and (picture := door.sight.picture()) is not None:
                self._out += encoded(picture)
        if len(self._out) > LARGEST_BACKLOG:
            raise UglyError("the door does not listen; it is started anew")

    def _send(self) -> None:
        try:
            sent = self._socket.send(self._out)
        except BlockingIOError:
            return
        except OSError:
            return  # it died: heard of at the next look
        del self._out[:sent]


def _ended(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"status {status}"

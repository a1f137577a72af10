"""What systemd is told of the show: that it is up, how it is, and, as long as that is true, that it
lives.

The protocol is sd_notify(3)'s: datagrams of `NAME=value` to the AF_UNIX socket whose name is in
`$NOTIFY_SOCKET`. `$WATCHDOG_USEC` says after how many microseconds without a WATCHDOG=1 the
service is restarted. `$WATCHDOG_PID` is not looked at: it is the compositor's, whose child the
show is.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from installation.supervision import hangs, states
from installation.vocabulary import DeviceHealth, Health
from installation.worker import WorkerState

_log = logging.getLogger(__name__)

HANGS_S = 20.0
"""How much longer than it may a worker stands still before the show asks to be restarted."""

ASIDE = frozenset({"alerts", "broker", "printer"})
"""Devices whose threads may hang without a visitor noticing, on somebody else's server or paper:
their health says so, and that is all."""

LOOK_S = 1.0
"""How often, at most, the workers are looked at and something is sent."""


class Notifier:
    """Sends to the service manager; to nobody where there is none. Never waits, never raises."""

    def __init__(self, address: str) -> None:
        self._socket: socket.socket | None = None
        # A leading @ stands for the zero byte of a name that is in no folder.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._told = False
        if address[:1] in ("/", "@"):
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._socket.setblocking(False)

    def send(self, *lines: str) -> None:
        """Tell it these `NAME=value` lines, as one message."""
        if self._socket is None:
            return
        try:
            self._socket.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            if not self._told:
                _log.warning("the service manager cannot be told anything: %s", error)
            self._told = True

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def stale(seen: Iterable[WorkerState], by_s: float = 0.0) -> WorkerState | None:
    """A worker whose beat is older than it may be, by more than `by_s` seconds, if there is one."""
    return next((state for state in seen if hangs(state, by_s)), None)


def status_of(healths: Iterable[DeviceHealth]) -> str:
    """How the show is, in one line, for `systemctl status`."""
    bad = [health for health in healths if health.health is not Health.FINE]
    told = "; ".join(f"{each.device} {each.health.value}: {each.note}" for each in bad)
    return " ".join((told or "every device is fine").split())


class Watchdog:
    """Tells the service manager that the show lives, after every picture that reached the screen.

    `every_s` is after how long without a word it acts, 0 for never; `look` gives the workers'
    states; `on_hang` hears, in one line, which worker hangs, before the restart is asked for.
    """

    def __init__(
        self,
        notifier: Notifier,
        every_s: float = 0.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        look: Callable[[], Sequence[WorkerState]] = states,
        on_hang: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._notifier, self._clock, self._look, self._on_hang = notifier, clock, look, on_hang
        self._asks = every_s > 0
        self._each_s = min(LOOK_S, every_s / 4) if every_s > 0 else LOOK_S
        self._next_s = clock()
        self._up = self._triggered = False
        self._status = ""

    @classmethod
    def of(
        cls, environment: Mapping[str, str] = os.environ, on_hang: Callable[[str], None] = print
    ) -> Watchdog:
        """As the service manager that started this process asks for it."""
        asked = environment.get("WATCHDOG_USEC", "")
        every_s = int(asked) / 1e6 if asked.isdecimal() else 0.0
        return cls(Notifier(environment.get("NOTIFY_SOCKET", "")), every_s, on_hang=on_hang)

    def begins(self, status: str) -> None:
        """The show is being opened: not up yet."""
        self._tell(f"STATUS={status}")

    def shown(self, healths: Iterable[DeviceHealth]) -> None:
        """A picture of the show has reached the screen; at once, called every tick."""
        if not self._up:
            self._up = True
            self._tell("READY=1")
        now_s = self._clock()
        if now_s < self._next_s:
            return
        self._next_s = now_s + self._each_s
        seen = [state for state in self._look() if state.device not in ASIDE]
        late = stale(seen)
        status = f"STATUS={status_of(healths)}"
        if late is None:
            self._tell("WATCHDOG=1", *((status,) if status != self._status else ()))
        elif status != self._status:
            self._tell(status)
        self._status = status
        if self._asks and not self._triggered and (hung := stale(seen, HANGS_S)) is not None:
            self._triggered = True
            line = f"{hung.name} has not moved for {hung.age_s:.0f} s: asking to be restarted"
            _log.error("%s", line)
            self._on_hang(line)
            self._tell("WATCHDOG=trigger", f"STATUS={line}")

    def ends(self) -> None:
        """The show was asked to end: what it does now may take as long as it takes."""
        self._tell("STOPPING=1", "STATUS=ending; takes are finished first")
        self._notifier.close()

    def _tell(self, *lines: str) -> None:
        self._notifier.send(*lines)

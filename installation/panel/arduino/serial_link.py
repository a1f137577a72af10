"""The line to a panel: finds its port, talks, loses it, finds it again. No thread, no waiting.

`poll` does what there is to do now and returns. ArduinoPanel calls it from its thread; the
tests call it in step with the simulator's clock, so that what is promised in seconds is
tested in simulated ones.
"""

from __future__ import annotations

import contextlib
import termios
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import serial

from installation.panel.arduino.protocol import BAUD, Identity
from installation.panel.arduino.session import Session
from installation.panel.driver import PanelShape
from installation.panel.simulated.pins import board_with_id
from installation.panel.tap_latch import TapLatch
from installation.vocabulary import DeviceHealth, Health, Reason

_LOST = (OSError, serial.SerialException, termios.error)
"""What a pulled plug may raise, whichever call meets it."""

RETRY_S = 0.25
"""How often a missing panel is looked for."""


@dataclass(frozen=True, slots=True)
class LineStats:
    """How the line does: counts since contact, and who is on it.

    `errors` are damaged frames received, `board_errors` those the board received, `lost`
    frames that never came, `strange` good frames that made no sense; `contacts` counts how
    often the panel was found.
    """

    port: str = ""
    identity: Identity | None = None
    frames: int = 0
    errors: int = 0
    lost: int = 0
    strange: int = 0
    board_errors: int = 0
    contacts: int = 0


class SerialLink:
    """One panel's line. `ports` are the paths to try; `sought` says so in words.

    `lamps` are those to be lit, `blinking` those the board is to let blink. With
    `serial_number` only that panel will do.
    """

    def __init__(
        self,
        shape: PanelShape,
        memory: TapLatch,
        ports: Callable[[], Sequence[str]],
        clock: Callable[[], float],
        *,
        sought: str = "on any USB port",
        serial_number: int | None = None,
    ) -> None:
        self.lamps: frozenset[int] = frozenset()
        self.blinking: frozenset[int] = frozenset()
        self.health = DeviceHealth(
            "panel", Health.MISSING, f"looking for it {sought}", Reason.SOUGHT
        )
        self.stats = LineStats()
        self._shape = shape
        self._memory = memory
        self._ports = ports
        self._clock = clock
        self._sought = sought
        self._serial_number = serial_number
        self._untried: list[str] = []
        self._next_try_s: float | None = None
        self._port: serial.Serial | None = None
        self._contact: Session | None = None
        self._found = False
        self._orders: list[tuple[int, bytes]] = []

    def fileno(self) -> int | None:
        """The descriptor to wait for, while a port is open."""
        return self._port.fileno() if self._port else None

    def order(self, kind: int, payload: bytes) -> None:
        """Send this once, as soon as the panel is there."""
        self._orders.append((kind, payload))

    def poll(self) -> None:
        """Do what there is to do now."""
        if self._port is None:
            self._open_next()
        if self._port is None or self._contact is None:
            return
        try:
            self._talk(self._port, self._contact)
        except _LOST as error:
            self._let_go(plainly(error), reason=reason_of(error))

    def fail(self, reason: str) -> None:
        """Let go of the port because of a fault of our own, and say so."""
        self._let_go(reason)
        self._missing(reason, Health.FAILING, Reason.FAULT)

    def close(self) -> None:
        """Leave dark lamps behind and let go of the port."""
        if self._port and self._contact:
            self._contact.lamps = self._contact.blinking = frozenset()
            # If it is gone already, it is dark within three seconds.
            with contextlib.suppress(*_LOST):
                self._port.write(self._contact.say(self._clock()))
                self._port.flush()
        self._let_go("closed")

    def _open_next(self) -> None:
        now_s = self._clock()
        if not self._untried:
            if self._next_try_s is not None and now_s < self._next_try_s:
                return
            self._next_try_s = now_s + RETRY_S
            self._untried = list(self._ports())
            if not self._untried:
                self._missing("nothing is plugged in", reason=Reason.UNPLUGGED)
                return
        path = self._untried.pop(0)
        try:
            self._port = serial.Serial(path, BAUD, timeout=0, write_timeout=1.0, exclusive=True)
        except _LOST as error:
            self._missing(f"{path}: {plainly(error)}", reason=reason_of(error), about=path)
            return
        self._contact = Session(self._shape, self._memory, now_s)
        self._found = False

    def _talk(self, port: serial.Serial, contact: Session) -> None:
        contact.hear(port.read(4096), self._clock())
        who = contact.identity
        if who and self._serial_number and who.serial != self._serial_number:
            self._let_go(f"another panel, serial number {who.serial}", reason=Reason.OTHER_PANEL)
            return
        if contact.refusal:
            self._let_go(contact.refusal, Health.FAILING, Reason.OTHER_PANEL)
            return
        contact.lamps, contact.blinking = self.lamps, self.blinking
        if who:
            while self._orders:
                contact.order(*self._orders.pop(0))
        if said := contact.say(self._clock()):
            port.write(said)
        if contact.is_lost(self._clock()):
            self._let_go("silent", reason=Reason.SILENT)
        elif contact.settled and who:
            self._report(str(port.port), contact, who)

    def _report(self, path: str, contact: Session, who: Identity) -> None:
        contacts = self.stats.contacts + (not self._found)
        self._found = True
        heard = contact.receiver
        self.stats = LineStats(
            path,
            who,
            heard.frames,
            heard.errors,
            heard.lost,
            heard.strange,
            contact.board_errors,
            contacts,
        )
        board = board_with_id(who.board)
        name = board.name if board else f"board {who.board}"
        number = f", serial number {who.serial}" if who.serial else ""
        note = f"{name} on {path}{number}, firmware {who.firmware[0]}.{who.firmware[1]}"
        self.health = DeviceHealth("panel", Health.FINE, note)

    def _let_go(
        self, why: str, health: Health = Health.MISSING, reason: Reason = Reason.LOST
    ) -> None:
        if self._port is None:
            return
        path = self._port.port
        with contextlib.suppress(*_LOST):  # it was pulled out
            self._port.close()
        self._port = self._contact = None
        self._missing(f"{path}: {why}", health, reason, str(path))

    def _missing(
        self,
        why: str,
        health: Health = Health.MISSING,
        reason: Reason = Reason.LOST,
        about: str = "",
    ) -> None:
        note = f"no panel {self._sought}: {why}"
        self.health = DeviceHealth("panel", health, note, reason, about)


def plainly(error: Exception) -> str:
    """An operating system's complaint in an operator's words."""
    number = getattr(error, "errno", None) or (error.args[0] if error.args else None)
    known = {
        2: "not plugged in",
        5: "unplugged",
        11: "in use by another program",
        13: "no permission: is the udev rule installed?",
        16: "in use by another program",
    }
    if isinstance(number, int) and number in known:
        return known[number]
    return "unplugged" if "readiness" in str(error) else (str(error).splitlines() or ["lost"])[0]


def reason_of(error: Exception) -> Reason:
    """The same complaint as one of the house's reasons."""
    number = getattr(error, "errno", None) or (error.args[0] if error.args else None)
    known = {
        2: Reason.UNPLUGGED,
        11: Reason.BUSY,
        13: Reason.FORBIDDEN,
        16: Reason.BUSY,
    }
    return known.get(number, Reason.LOST) if isinstance(number, int) else Reason.LOST

"""A panel without hardware that is yet the real firmware: the shipped program in a simulated
chip (firmware/sim), spoken to through the same driver as a real board."""

from __future__ import annotations

import fcntl
import queue
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from installation.installed import checkout_hint
from installation.panel.arduino.arduino import ArduinoPanel
from installation.panel.arduino.serial_link import LineStats
from installation.panel.driver import Asked, PanelShape
from installation.panel.simulated.pins import BOARDS, MEGA, Board, Pin
from installation.settings import HOUSE
from installation.vocabulary import DeviceHealth, PanelState, UglyError

FIRMWARE = HOUSE / "firmware"
VOLTS = 5.0
TAP_S = 0.04
"""A finger's quickest tap, in seconds. A key or a click may be shorter than the time between two
of the board's looks at a contact; no finger is."""
_ANSWER_S = 60.0


def build_firmware(board: Board = MEGA) -> tuple[Path, Path]:
    """Bring the firmware and the simulator up to date; their files: program, simulator.

    Raises:
        UglyError: if they cannot be built.
    """
    if not (FIRMWARE / "Makefile").is_file():
        raise UglyError(f"{FIRMWARE}: no firmware to simulate; {checkout_hint()}")
    if shutil.which("make") is None:
        packages = FIRMWARE / "debian-packages.txt"
        raise UglyError(f"the simulated panel needs make: sudo apt-get install $(cat {packages})")
    with (FIRMWARE / "Makefile").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two programs may start at once
        done = subprocess.run(
            ["make", "-s", "-C", str(FIRMWARE), "sim", board.key], capture_output=True, text=True
        )
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["make failed"])[-1]
        raise UglyError(
            f"cannot build the simulated panel ({why}); see {FIRMWARE}/debian-packages.txt"
        )
    return FIRMWARE / "build" / board.key / "panel.elf", FIRMWARE / "build" / "sim" / "boardsim"


class SimulatedBoard:
    """A board in the simulator, and hands on its knobs, buttons and plug.

    `port` is the path of its serial port while it is plugged in. With `held`, time passes
    only in `step`; otherwise as on the wall.
    """

    def __init__(
        self,
        board: Board = MEGA,
        *,
        port: Path | None = None,
        eeprom: Path | None = None,
        held: bool = False,
        dtr_reset: bool = True,
    ) -> None:
        """Build it if need be, and switch it on.

        Raises:
            UglyError: if it cannot be built or does not start.
        """
        program, simulator = build_firmware(board)
        self.board = board
        self._folder = tempfile.TemporaryDirectory(prefix="uglynet-panel-")
        self.port = port or Path(self._folder.name) / "tty"
        words = [str(simulator), "-m", board.mcu, "-l", str(self.port)]
        words += ["-e", str(eeprom)] if eeprom else []
        words += ["-h"] if held else []
        words += [] if dtr_reset else ["-n"]
        self._process = subprocess.Popen(
            [*words, str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
        )
        self._lock = threading.Lock()
        self._answers: queue.Queue[str] = queue.Queue()
        self._happened: list[tuple[float, str]] = []
        self._news = threading.Condition()
        self._lit: set[int] = set()
        self._reader = threading.Thread(target=self._read, name="simulator", daemon=True)
        self._reader.start()
        while self._answer() != "ready":
            pass
        for pin in board.lamps:
            self.order(f"watch {_bit(pin)}")

    def order(self, text: str) -> str:
        """Give the simulator an order of firmware/sim/main.c; its answer.

        Raises:
            UglyError: if it refuses, or is gone.
        """
        with self._lock:
            try:
                assert self._process.stdin is not None
                self._process.stdin.write(text + "\n")
                self._process.stdin.flush()
            except (OSError, ValueError):
                raise UglyError("the simulated panel has stopped") from None
            answer = self._answer()
        if answer.startswith("err"):
            raise UglyError(f"the simulated panel refuses: {text}")
        return answer

    def turn_to(self, knob: int, value: float, noise_v: float = 0.0) -> None:
        """Put a knob at 0..1, with evenly spread noise of this peak in volts."""
        volts = min(1.0, max(0.0, value)) * VOLTS
        self.order(f"knob {knob} {round(volts * 1000)} {round(noise_v * 1000)}")

    def press(self, button: int, *, bounces: int = 0, gap_us: int = 300) -> None:
        """Close a button's contact; it may bounce first."""
        self._contact(button, "0", bounces, gap_us)

    def release(self, button: int, *, bounces: int = 0, gap_us: int = 300) -> None:
        """Open a button's contact; it may bounce first."""
        self._contact(button, "z", bounces, gap_us)

    def let_go(self, button: int, *, least_s: float = TAP_S) -> None:
        """Open a button's contact once it was closed for so long, in simulated time: at once, or
        later by itself."""
        self.order(f"letgo {_bit(self.board.buttons[button])} {round(least_s * 1e6)}")

    def lamps(self) -> frozenset[int]:
        """The lamps whose pins the program drives high."""
        with self._news:
            return frozenset(self._lit)

    def lamp_news(self, lamp: int, lit: bool) -> str:
        """What `wait_for` is to wait for: this lamp's pin going high or low."""
        return f"= {_bit(self.board.lamps[lamp])} {int(lit)} "

    def unplug(self) -> None:
        """Pull the USB plug: no port, no power."""
        self.order("unplug")

    def plug(self, port: Path | None = None) -> None:
        """Put the plug back, perhaps as another port."""
        self.port = port or self.port
        self.order(f"plug {self.port}")

    def reset(self) -> None:
        """Press the board's reset button."""
        self.order("reset")

    def hang(self) -> None:
        """Let the program get stuck; only its watchdog helps."""
        self.order("hang")

    def noise(self, data: bytes) -> None:
        """Put up to 1024 bytes on the line that the board never sent."""
        if data:
            self.order(f"noise {data[:1024].hex()}")

    def step(self, seconds: float) -> None:
        """Let simulated time pass."""
        self.order(f"step {round(seconds * 1e6)}")

    def now_s(self) -> float:
        """Simulated time since the board was switched on."""
        return int(self.order("time").split()[1]) / 1e6

    def wait_for(self, start: str, timeout_s: float = _ANSWER_S) -> float:
        """Wait until something happened that begins so ("! restart", "= C7 1"); forget what
        happened before it. When it did, on time.monotonic's clock.

        Raises:
            TimeoutError: if it does not happen.
        """
        deadline_s = time.monotonic() + timeout_s
        with self._news:
            while True:
                for place, (at_s, line) in enumerate(self._happened):
                    if line.startswith(start):
                        del self._happened[: place + 1]
                        return at_s
                if not self._news.wait(max(0.0, deadline_s - time.monotonic())):
                    raise TimeoutError(f"the simulated panel never said {start!r}")

    def has_happened(self, start: str) -> bool:
        """True if something that begins so happened since the last `forget` or `wait_for`."""
        with self._news:
            return any(line.startswith(start) for _, line in self._happened)

    def forget(self) -> None:
        """Forget what has happened so far."""
        with self._news:
            self._happened.clear()

    def close(self) -> None:
        """Switch it off; may be called twice."""
        process = self._process
        if process.stdin and not process.stdin.closed:
            process.stdin.close()  # the simulator ends with it
        try:
            process.wait(timeout=10.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._reader.join()
        if process.stdout:
            process.stdout.close()
        self._folder.cleanup()

    def _contact(self, button: int, level: str, bounces: int, gap_us: int) -> None:
        bouncing = f" {bounces} {gap_us}" if bounces else ""
        self.order(f"drive {_bit(self.board.buttons[button])} {level}{bouncing}")

    def _answer(self) -> str:
        try:
            answer = self._answers.get(timeout=_ANSWER_S)
        except queue.Empty:
            raise UglyError("the simulated panel does not answer") from None
        if not answer:
            raise UglyError("the simulated panel has stopped")
        return answer

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(("!", "=")):
                with self._news:
                    self._note_lamps(line.split())
                    self._happened.append((time.monotonic(), line.rstrip() + " "))
                    del self._happened[:-1000]
                    self._news.notify_all()
            else:
                self._answers.put(line.strip() or " ")
        self._answers.put("")

    def _note_lamps(self, words: list[str]) -> None:
        if words[:2] in (["!", "restart"], ["!", "off"]):
            self._lit.clear()
        elif words[0] == "=":
            lamp = [_bit(pin) for pin in self.board.lamps].index(words[1])
            (self._lit.add if words[2] == "1" else self._lit.discard)(lamp)


def _bit(pin: Pin) -> str:
    """The simulator's name of a pin: "PA0" is "A0"."""
    return pin.port[1:]


class SimulatedPanel:
    """A simulated board and the driver that talks to it: a Panel like any other, whose knobs
    and buttons are moved as those of an OnScreenPanel."""

    def __init__(
        self,
        shape: PanelShape = MEGA.shape,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Build and start the board of this shape.

        Raises:
            UglyError: if no board has this shape, or it cannot be built.
        """
        boards = [board for board in BOARDS if board.shape == shape]
        if not boards:
            raise UglyError(f"no board has {shape.knobs} knobs and {shape.buttons} buttons")
        self.board = SimulatedBoard(boards[0])
        self._knobs = [0.0] * shape.knobs
        self._driver = ArduinoPanel(shape, ports=lambda: (str(self.board.port),), clock=clock)
        self._closed = False

    @property
    def shape(self) -> PanelShape:
        return self._driver.shape

    def turn_to(self, knob: int, value: float) -> None:
        """Set a knob to 0..1."""
        if 0 <= knob < self.shape.knobs:
            self._knobs[knob] = min(1.0, max(0.0, value))
            self.board.turn_to(knob, self._knobs[knob])

    def turn_by(self, knob: int, delta: float) -> None:
        """Turn a knob by -1..1; it stops at its ends."""
        if 0 <= knob < self.shape.knobs:
            self.turn_to(knob, self._knobs[knob] + delta)

    def press(self, button: int) -> None:
        """Hold a button down."""
        if 0 <= button < self.shape.buttons:
            self.board.press(button)

    def release(self, button: int) -> None:
        """Let a button go; a press is never shorter than a finger's."""
        if 0 <= button < self.shape.buttons:
            self.board.let_go(button)

    def lamps(self) -> frozenset[int]:
        """The lamps that are lit on the board."""
        return self.board.lamps()

    def latest(self) -> PanelState:
        return self._driver.latest()

    def health(self) -> DeviceHealth:
        return self._driver.health()

    def stats(self) -> LineStats:
        """How the line does."""
        return self._driver.stats()

    def light(self, lamps: frozenset[int], blinking: frozenset[int] = frozenset()) -> None:
        self._driver.light(lamps, blinking)

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._driver.close()
        self.board.close()


def open_panel(asked: Asked) -> SimulatedPanel:
    """The panel that was asked for.

    Raises:
        UglyError: if no board has its shape, or it cannot be built.
    """
    return SimulatedPanel(asked.shape, asked.clock)

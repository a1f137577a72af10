"""A simulated board and the host's line to it, on one simulated clock.

Time passes only in `run`, so what is promised in seconds is tested in simulated ones,
however busy the machine.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Sequence
from pathlib import Path

from installation.panel.arduino.serial_link import SerialLink
from installation.panel.driver import PanelShape
from installation.panel.simulated.pins import MEGA, Board
from installation.panel.simulated.simulated import SimulatedBoard
from installation.panel.tap_latch import TapLatch
from installation.vocabulary import Health, PanelState

STEP_S = 0.005


class Lockstep:
    """`presses` counts, for each button, how often the host saw it go down."""

    def __init__(
        self,
        board: Board = MEGA,
        *,
        shape: PanelShape | None = None,
        eeprom: Path | None = None,
        ports: Callable[[], Sequence[str]] | None = None,
        serial_number: int | None = None,
        dtr_reset: bool = True,
    ) -> None:
        self.board = SimulatedBoard(board, held=True, eeprom=eeprom, dtr_reset=dtr_reset)
        self.shape = shape or board.shape
        self.now_s = 0.0
        self.memory = TapLatch(self.shape)
        self.line = SerialLink(
            self.shape,
            self.memory,
            ports or (lambda: (str(self.board.port),)),
            lambda: self.now_s,
            serial_number=serial_number,
        )
        self.presses = [0] * self.shape.buttons
        self._pressed: frozenset[int] = frozenset()

    def __enter__(self) -> Lockstep:
        return self

    def __exit__(self, *_: object) -> None:
        self.line.close()
        self.board.close()

    @property
    def state(self) -> PanelState:
        return self.memory.peek()

    @property
    def is_fine(self) -> bool:
        return self.line.health.health is Health.FINE

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Let simulated time pass; True as soon as `until` is true, False if it never was."""
        end_s = self.now_s + seconds
        while self.now_s < end_s - 1e-9:
            if until():
                return True
            self.board.step(STEP_S)
            self.now_s += STEP_S
            self._let_the_kernel_carry()
            self.line.poll()
            self._count_presses()
        return until()

    def meet(self) -> None:
        """Run until the host is in contact."""
        assert self.run(3.0, lambda: self.is_fine), self.line.health.note

    def _let_the_kernel_carry(self) -> None:
        """A pseudo-terminal hands its bytes over a little later, in the kernel's own time."""
        port = self.line.fileno()
        if port is not None:
            select.select([port], [], [], 0.0005)

    def _count_presses(self) -> None:
        pressed = self.memory.read().pressed
        for button in pressed - self._pressed:
            self.presses[button] += 1
        self._pressed = pressed

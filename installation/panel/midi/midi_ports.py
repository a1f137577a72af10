"""The computer's MIDI ports, through mido and python-rtmidi (the optional extra "midi")."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import mido
import rtmidi  # noqa: F401  mido asks for it only when a port is opened; tell its lack now


class MidoPorts:
    """All ports of the system's MIDI."""

    def names(self) -> Sequence[str]:
        with _as_os_error():
            names: list[str] = mido.get_input_names()
        return names

    def open(self, name: str) -> MidoPort:
        """Open a controller both ways; without a way out its lamps stay dark."""
        with _as_os_error():
            way_in = mido.open_input(name)
            way_out = mido.open_output(name) if name in mido.get_output_names() else None
        return MidoPort(way_in, way_out)


class MidoPort:
    """One open controller."""

    def __init__(self, way_in: Any, way_out: Any) -> None:
        self._in = way_in
        self._out = way_out

    def receive(self) -> Sequence[mido.Message]:
        with _as_os_error():
            return list(self._in.iter_pending())

    def send(self, message: mido.Message) -> None:
        if self._out is not None:
            with _as_os_error():
                self._out.send(message)

    def close(self) -> None:
        self._in.close()
        if self._out is not None:
            self._out.close()


@contextlib.contextmanager
def _as_os_error() -> Iterator[None]:
    """rtmidi's errors are its own; a driver expects OSError."""
    try:
        yield
    except (RuntimeError, ValueError) as error:
        raise OSError(str(error)) from error

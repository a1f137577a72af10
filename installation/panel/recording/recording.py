"""Recordings of a panel: JSON lines, one a state, the first line a header.

    {"uglynet": "panel recording", "version": 1, "knobs": 16, "buttons": 8}
    {"at_s": 0.25, "knobs": [0.0, ...], "pressed": [3]}

Times are seconds since the recording began and never go back.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, Literal, NoReturn, TextIO

from pydantic import Field, StrictFloat, StrictInt, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from installation.documents import parse_json, read_text
from installation.files import PartialFile
from installation.panel.driver import Panel, PanelShape
from installation.vocabulary import PanelState, UglyError

_VERSION = 1


@checked(frozen=True)
class _Header:
    """The first line. Keys that a later version may add are passed over."""

    uglynet: Literal["panel recording"]
    version: Literal[1]
    knobs: Annotated[StrictInt, Field(ge=1, le=64)]
    buttons: Annotated[StrictInt, Field(ge=0, le=64)]


@checked(frozen=True)
class _State:
    """Every other line."""

    at_s: Annotated[StrictFloat, Field(ge=0, allow_inf_nan=False)]
    knobs: list[Annotated[StrictFloat, Field(ge=0, le=1)]]
    pressed: list[Annotated[StrictInt, Field(ge=0)]]


_HEADER, _STATE = TypeAdapter(_Header), TypeAdapter(_State)
_STATE_KEYS = {"at_s", "knobs", "pressed"}


@dataclass(frozen=True, slots=True)
class Recording:
    """States of one panel, `at_s` counted from the recording's beginning, in order."""

    shape: PanelShape
    states: tuple[PanelState, ...]

    @property
    def duration_s(self) -> float:
        return self.states[-1].at_s if self.states else 0.0


def read_recording(path: Path) -> Recording:
    """Read a recording.

    Raises:
        UglyError: one line naming file and line, if it is none or something in it is wrong.
    """
    return parse_recording(read_text(path).splitlines(), path.name)


def parse_recording(lines: list[str], where: str) -> Recording:
    """As `read_recording`, from lines; `where` names them in errors."""
    entries = list(_entries(lines, where))
    if not entries:
        raise UglyError(f"{where}: empty, expected a panel recording")
    number, header = entries[0]
    shape = _shape(header, where, number)
    states: list[PanelState] = []
    for number, entry in entries[1:]:
        state = _state(entry, shape, where, number)
        if states and state.at_s < states[-1].at_s:
            _fail(where, number, "at_s goes back in time")
        states.append(state)
    return Recording(shape, tuple(states))


def _entries(lines: list[str], where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        entry = parse_json(line, f"{where}: line {number}")
        if not isinstance(entry, dict):
            _fail(where, number, "expected a JSON object")
        yield number, entry


def _shape(header: dict[str, Any], where: str, number: int) -> PanelShape:
    try:
        found = _HEADER.validate_python(header)
    except ValidationError as error:
        key = str(error.errors()[0]["loc"][0])
        if key in ("knobs", "buttons"):
            _fail(where, number, "the header needs knobs, 1..64, and buttons, 0..64: whole numbers")
        _fail(where, number, f"expected the header of a panel recording, version {_VERSION}")
    return PanelShape(found.knobs, found.buttons)


def _state(entry: dict[str, Any], shape: PanelShape, where: str, number: int) -> PanelState:
    try:
        found = _STATE.validate_python(entry)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        if first["type"] in ("missing", "missing_argument"):
            strange = ", ".join(sorted(entry.keys() - _STATE_KEYS))
            there = f" (there is {strange})" if strange and len(strange) < 60 else ""
            _fail(where, number, f"expected at_s, knobs and pressed; {key} is missing{there}")
        _fail(where, number, _wanted(shape)[key])
    if len(found.knobs) != shape.knobs:
        _fail(where, number, f"{_wanted(shape)['knobs']}, not {len(found.knobs)}")
    if not all(button < shape.buttons for button in found.pressed):
        _fail(where, number, _wanted(shape)["pressed"])
    return PanelState(tuple(found.knobs), frozenset(found.pressed), found.at_s)


def _wanted(shape: PanelShape) -> dict[str, str]:
    """What each key of a state is to be."""
    return {
        "at_s": "at_s is seconds since the beginning, 0 or more",
        "knobs": f"expected {shape.knobs} knobs, each 0..1",
        "pressed": f"expected button numbers 0..{shape.buttons - 1}",
    }


def _fail(where: str, number: int, problem: str) -> NoReturn:
    raise UglyError(f"{where}: line {number}: {problem}")


class Recorder:
    """Writes what a panel does to a file, a state whenever it changes; a context manager.

    The file has its name when it is closed. What was there before stays until then; for good if
    nothing was noted, or if it ends by an error (where nothing was there, what was noted is kept).
    """

    def __init__(self, path: Path, shape: PanelShape) -> None:
        """Start the file.

        Raises:
            UglyError: if it cannot be written.
        """
        self._path = path
        try:
            self._whole = PartialFile(path)
        except OSError as error:
            raise UglyError(f"{path}: cannot be written: {error}") from None
        try:
            self._file: TextIO = self._whole.partial.open("w", encoding="utf-8")
        except OSError as error:
            self._whole.drop()
            raise UglyError(f"{path}: cannot be written: {error}") from None
        self._closed = False
        self._failed = False
        self._states = 0
        self._began_s: float | None = None
        self._last: PanelState | None = None
        header = {"uglynet": "panel recording", "version": _VERSION}
        self._write({**header, "knobs": shape.knobs, "buttons": shape.buttons})

    def note(self, state: PanelState) -> bool:
        """Write a state down if it differs from the last; True if it did.

        Raises:
            UglyError: if it cannot be written; what was written before stays.
        """
        last = self._last
        if state.at_s == -math.inf:
            return False
        if last and (state.knobs, state.pressed) == (last.knobs, last.pressed):
            return False
        if self._began_s is None:
            self._began_s = state.at_s
        self._last = state
        self._states += 1
        self._write(
            {
                "at_s": round(max(0.0, state.at_s - self._began_s), 4),
                "knobs": [round(value, 4) for value in state.knobs],
                "pressed": sorted(state.pressed),
            }
        )
        return True

    def watch(self, panel: Panel) -> bool:
        """Note the panel's newest state."""
        return self.note(panel.latest())

    def close(self) -> None:
        """Finish the file; may be called twice.

        Raises:
            UglyError: if it cannot be given its name.
        """
        if self._closed:
            return
        self._closed = True
        try:
            self._file.close()
            if not self._path.exists() or (self._states and not self._failed):
                self._whole.keep()
        except OSError as error:
            raise UglyError(f"{self._path}: cannot be written: {error}") from None
        finally:
            self._whole.drop()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._failed = self._failed or kind is not None
        self.close()

    def _write(self, entry: dict[str, Any]) -> None:
        try:
            self._file.write(json.dumps(entry) + "\n")
            self._file.flush()
        except OSError as error:
            self._failed = True
            with contextlib.suppress(UglyError):
                self.close()
            raise UglyError(f"{self._path}: cannot be written: {error}") from None

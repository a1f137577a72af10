"""The whole visit by keyboard: which key does what. Pure tables and a pure reader.

The same tables make the hints on the on-screen panel, and the tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from installation.vocabulary import Button

QUIT_KEY = "escape"
SERVICE_KEY = "f1"
LANGUAGE_KEY = "f2"
PASSWORD_KEY = "f4"
SCREENSHOT_KEY = "f12"

SELECT_KEYS: Mapping[str, int] = {"left": -1, "right": 1}
"""Keys that choose the knob which the next keys turn."""

SORT_KEYS: Mapping[str, str] = {f"shift {way}": way for way in ("left", "right", "up", "down")}
"""Arrow keys with Shift sort the picture's pixels that way."""

TURN_KEYS: Mapping[str, float] = {
    "up": 0.04,
    "down": -0.04,
    "page up": 0.2,
    "page down": -0.2,
    "home": -1.0,
    "end": 1.0,
}
"""Keys that turn the chosen knob, and by how much of its travel."""

BUTTON_KEYS: Mapping[Button, str] = {
    Button.PAGE: "tab",
    Button.OPERATION: "o",
    Button.RECORD: "r",
    Button.KEEP: "k",
    Button.DISCARD: "backspace",
    Button.SURPRISE: "s",
    Button.SOLO: "space",
    Button.CALM: "c",
}
"""The key of each button; button number n also has the n-th digit, from 1."""

HINTS: Mapping[str, str] = {"tab": "Tab", "backspace": "<--", "space": "Space"}
"""How a key is written on the screen, where its own name will not do."""


@dataclass(frozen=True, slots=True)
class Quit:
    """Somebody closed the window or asked to quit."""


@dataclass(frozen=True, slots=True)
class KnobSelected:
    """A knob was chosen, by key or by pointer."""

    knob: int


@dataclass(frozen=True, slots=True)
class KnobDragged:
    """A knob was turned by `delta` of its travel, -1..1, clockwise up."""

    knob: int
    delta: float


@dataclass(frozen=True, slots=True)
class ButtonDown:
    """A button went down, by its number."""

    button: int


@dataclass(frozen=True, slots=True)
class ButtonUp:
    """A button came up, by its number."""

    button: int


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is neither knob nor button, by its name in lower case."""

    name: str
    down: bool


Input: TypeAlias = Quit | KnobSelected | KnobDragged | ButtonDown | ButtonUp | Key


MOST_WAITING = 60
"""What one hand does within some seconds, and no slow frame leaves more."""


def in_one_tick(waiting: Sequence[Input]) -> int:
    """How many of `waiting`, from the first on, one tick of the show may hear.

    A tick reads where the knobs are and which buttons went down, not in which order: what a slow
    frame left waiting is told apart again. So a button that goes down ends what a tick hears,
    unless it is the first; but for its coming up, which may follow it. Whoever hammers on all keys
    at once has no order to lose: of more than `MOST_WAITING` all are heard.
    """
    if len(waiting) > MOST_WAITING:
        return len(waiting)
    moved = pressed = False
    for number, event in enumerate(waiting):
        if isinstance(event, ButtonDown):
            if moved or pressed:
                return number
            pressed = True
        elif not isinstance(event, ButtonUp):
            if pressed:
                return number
            moved = True
    return len(waiting)


@dataclass(frozen=True, slots=True)
class Keyboard:
    """What the keyboard holds: the chosen knob, and the buttons held down by key."""

    knob: int = 0
    held: frozenset[str] = frozenset()

    def read(
        self, key: str, down: bool, knobs: int, buttons: Sequence[Button | None]
    ) -> tuple[Keyboard, tuple[Input, ...]]:
        """Fold one key going down or up into the keyboard; return it and what it means.

        `knobs` is how many knobs there are, `buttons` what each button number is.
        """
        number = button_of(key, buttons)
        if number is not None:
            return self._button(key, down, number)
        if key == QUIT_KEY:
            return self, (Quit(),) if down else ()
        if key in SELECT_KEYS and knobs:
            if not down:
                return self, ()
            knob = (self.knob + SELECT_KEYS[key]) % knobs
            return Keyboard(knob, self.held), (KnobSelected(knob),)
        if key in TURN_KEYS and knobs:
            return self, (KnobDragged(self.knob, TURN_KEYS[key]),) if down else ()
        return self, (Key(key, down),)

    def _button(self, key: str, down: bool, number: int) -> tuple[Keyboard, tuple[Input, ...]]:
        if down == (key in self.held):  # a key that repeats itself, or one found held
            return self, ()
        if down:
            return Keyboard(self.knob, self.held | {key}), (ButtonDown(number),)
        return Keyboard(self.knob, self.held - {key}), (ButtonUp(number),)


def button_of(key: str, buttons: Sequence[Button | None]) -> int | None:
    """The number of the button a key presses, if any."""
    if len(key) == 1 and key in "123456789" and int(key) <= len(buttons):
        return int(key) - 1
    for number, button in enumerate(buttons):
        if button is not None and BUTTON_KEYS[button] == key:
            return number
    return None


def hint(button: Button) -> str:
    """How a button's key is written on the screen."""
    key = BUTTON_KEYS[button]
    return HINTS.get(key, key.upper())

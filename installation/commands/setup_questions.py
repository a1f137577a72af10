"""What `uglynet setup` asks, in this order."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from installation.drivers import INTERPOLATORS, PANELS, PRINTERS, SOURCES, Driver, names
from installation.live_settings.rows import Row, rows
from installation.panel.layouts import layout_names
from installation.printer_settings import NO_PRINTER
from installation.settings import Settings
from installation.show.audio.voice import ESPEAK
from installation.show.words import languages
from installation.source.cameras import cameras
from installation.vocabulary import Button, UglyError

NONE = "-"
"""What is typed for none."""


def _nothing() -> Sequence[str]:
    return ()


def _always(settings: Settings) -> bool:
    return True


def _text(value: object) -> str:
    return str(value)


@dataclass(frozen=True)
class Question:
    """One setting (`key`), how it is asked for, and how an answer is shown and read.

    `suggested` is proposed for a new settings file, where that is not the default. `about` gives
    lines to be read before; `asked` says whether it is asked at all.
    """

    key: str
    asks: str
    read: Callable[[str], object] = _text
    shown: Callable[[object], str] = _text
    suggested: object = None
    about: Callable[[], Sequence[str]] = _nothing
    asked: Callable[[Settings], bool] = _always


def yes_or_no(text: str) -> bool:
    """Yes or no, by its first letter.

    Raises:
        ValueError: if it is neither.
    """
    if text[:1].lower() in ("y", "j", "o", "t"):
        return True
    if text[:1].lower() in ("n", "f"):
        return False
    raise ValueError("yes or no")


def _shown_yes(value: object) -> str:
    return "yes" if value else "no"


def _numbers(text: str) -> tuple[float, ...] | None:
    if text in ("", NONE):
        return None
    words = text.replace("x", " ").replace("×", " ").replace(",", ".").split()
    try:
        return tuple(map(float, words))
    except ValueError:
        raise ValueError("numbers, such as 1.21 0.68") from None


def _number(text: str) -> float | None:
    numbers = _numbers(text)
    if numbers is not None and len(numbers) != 1:
        raise ValueError("one number")
    return None if numbers is None else numbers[0]


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("a whole number") from None


def _shown_numbers(value: object) -> str:
    if value is None:
        return NONE
    many = value if isinstance(value, tuple) else (value,)
    return " ".join(f"{number:g}" for number in many)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip() not in ("", NONE))


def _shown_lines(value: object) -> str:
    return "; ".join(value) if isinstance(value, tuple) and value else NONE


def _languages(text: str) -> tuple[str, ...]:
    known = languages()
    chosen = tuple(text.replace(",", " ").split())
    for name in chosen:
        if name not in known:
            raise UglyError(f"{name} is none of {', '.join(sorted(known))}")
    return chosen


def _told_languages() -> Sequence[str]:
    return [f"{name}: {words.name}" for name, words in sorted(languages().items())]


def _shown_words(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _told_cameras() -> Sequence[str]:
    found = [camera.told for camera in cameras() if camera.index == 0]
    return [*_told(SOURCES), *(found or ["no camera is plugged in: a film plays until one is"])]


def _told_panels() -> Sequence[str]:
    return _told(PANELS)


def _told_printers() -> Sequence[str]:
    return _told(PRINTERS)


def _prints(settings: Settings) -> bool:
    return settings.printer.driver != NO_PRINTER


def _told(drivers: Sequence[Driver]) -> Sequence[str]:
    return [f"{driver.name}: {driver.what}" for driver in drivers]


def _empty(text: str) -> str:
    return "" if text == NONE else text


def _shown(value: object) -> str:
    return NONE if value in (None, "") else str(value)


def _path(text: str) -> str | None:
    return None if text == NONE else text


def _one_of(kind: type[Enum]) -> Callable[[str], object]:
    """A name of an enumeration's, or none."""
    known = [str(each.value) for each in kind]

    def read(text: str) -> object:
        if text in ("", NONE):
            return None
        if text not in known:
            raise ValueError(f"one of {', '.join(known)}, or {NONE}")
        return text

    return read


def _shown_name(value: object) -> str:
    return _shown(value.value if isinstance(value, Enum) else value)


def _told_buttons() -> Sequence[str]:
    return [f"a button of the layout: {', '.join(each.value for each in Button)}"]


def _told_voice() -> Sequence[str]:
    there = shutil.which(ESPEAK) is not None
    return () if there else [f"{ESPEAK} is not there: sudo apt-get install espeak-ng"]


def _whole_or_none(text: str) -> int | None:
    return None if text in ("", NONE) else _whole(text)


_ASKED: Mapping[str, tuple[Callable[[str], object], Callable[[object], str]]] = {
    "true or false": (yes_or_no, _shown_yes),
    "a whole number": (_whole_or_none, _shown),
    "a number": (_number, _shown_numbers),
    "a path": (_path, _shown),
    "a list: each a text": (_lines, _shown_lines),
}
"""How what a setting may be (`Row.allowed`, up to its bounds) is read and shown."""


def _of_drivers(room: str, drivers: Sequence[Driver]) -> list[Question]:
    """The settings that only one driver of a room has, asked for where it is taken."""

    def question(driver: Driver, row: Row) -> Question:
        read, shown = _ASKED.get(row.allowed.partition(",")[0], (_empty, _shown))
        none = f" ({NONE} none)" if row.default in ("", '""', "[]") else ""
        asks = f"{row.means[:1].upper()}{row.means[1:]}{none}"
        return Question(
            row.key, asks, read, shown,
            asked=lambda settings: getattr(settings, room).driver == driver.name,
        )  # fmt: skip

    return [
        question(driver, row)
        for driver in drivers if driver.settings
        for row in rows() if row.key.startswith(f"{driver.name}.")
    ]  # fmt: skip


def _schools() -> list[Question]:
    """Settings for classes, if there are such."""
    return [
        Question(row.key, row.means.capitalize(), yes_or_no, _shown_yes)
        for row in rows()
        if "school" in row.key and row.allowed == "true or false"
    ]


QUESTIONS: tuple[Question, ...] = (
    Question(
        "screen.languages", "Languages, the first one first", _languages, _shown_words,
        about=_told_languages,
    ),
    Question("screen.title", "The name on the screen"),
    Question("screen.fullscreen", "The whole screen", yes_or_no, _shown_yes, suggested=True),
    Question(
        "screen.size_m", "Width and height of the picture in metres, such as 1.21 0.68 (- unknown)",
        _numbers, _shown_numbers,
    ),
    Question(
        "screen.distance_m", "How near visitors come, in metres (- unknown)",
        _number, _shown_numbers,
    ),
    Question(
        "hours.open", "When it is open, such as Tue-Sun 10:00-18:00; Thu 10:00-21:00 (- always)",
        _lines, _shown_lines,
    ),
    Question(
        "hours.closed", "Dates on which it stays closed, such as 2026-12-24; 2026-12-25 (- none)",
        _lines, _shown_lines, asked=lambda settings: bool(settings.hours.open),
    ),
    Question(
        "hours.screen_off", "Switch the screen off while it is closed", yes_or_no, _shown_yes,
        asked=lambda settings: bool(settings.hours.open),
    ),
    Question(
        "visit.patience", "How patient it is, 1 to 5: how many times as long it waits for a hand",
        _number, _shown_numbers,
    ),
    Question("gallery.keep_days", "Days that a take is kept", _number, _shown_numbers),
    Question("gallery.most", "Takes that are kept at most", _whole),
    *_schools(),
    Question(
        "source.driver", "Where clips come from: auto takes a camera once there is one",
        about=_told_cameras,
    ),
    Question(
        "source.device", "Which camera, by its number", _whole,
        asked=lambda settings: len([c for c in cameras() if c.index == 0]) > 1,
    ),
    *_of_drivers("source", SOURCES),
    Question(
        "panel.driver", f"The panel: {', '.join(names(PANELS))}", about=_told_panels,
    ),
    Question(
        "panel.layout", f"Its layout: {', '.join(layout_names())}, or a .toml file",
    ),
    *_of_drivers("panel", PANELS),
    *_of_drivers("model", INTERPOLATORS),
    Question(
        "printer.driver", f"A printer: {', '.join(names(PRINTERS))}, or {NO_PRINTER}",
        about=_told_printers,
    ),
    Question(
        "printer.address", "Where it is: a device, a host, CUPS' queue, a folder (- none)",
        _empty, _shown, asked=_prints,
    ),
    Question(
        "printer.width_px", "How many dots it prints across", _whole,
        asked=lambda settings: settings.printer.driver == "escpos",
    ),
    Question("printer.prints", "What is kept is printed if asked, or always", asked=_prints),
    *_of_drivers("printer", PRINTERS),
    Question("door.on", "May visitors take things home by phone", yes_or_no, _shown_yes),
    Question(
        "access.one_button", "One button that does for all, for who cannot turn knobs (- none)",
        _one_of(Button), _shown_name, about=_told_buttons,
    ),
    Question(
        "access.scan_s", "How long that points at each possibility, in seconds",
        _number, _shown_numbers, asked=lambda settings: settings.access.one_button is not None,
    ),
    Question(
        "access.voice", "Prompts that are spoken, for a headphone: off, or espeak",
        about=_told_voice,
    ),
    Question("alerts.name", "What this installation is called, where it tells of trouble"),
    Question(
        "alerts.mail_to", "Who gets an e-mail when something stays wrong (- nobody)",
        _empty, _shown,
    ),
    Question(
        "alerts.mail_server", "By which mail server, such as mail.example.org:587", _empty, _shown,
        asked=lambda settings: bool(settings.alerts.mail_to),
    ),
    Question(
        "alerts.mail_user", "Who logs in there (- nobody)", _empty, _shown,
        asked=lambda settings: bool(settings.alerts.mail_to),
    ),
    Question(
        "alerts.mail_password", "A file with the password for that, of one line", _path, _shown,
        asked=lambda settings: bool(settings.alerts.mail_to and settings.alerts.mail_user),
    ),
    Question(
        "alerts.webhook", "An address that trouble is posted to, such as a chat's (- none)",
        _empty, _shown,
    ),
    Question(
        "fleet.broker", "An MQTT broker that hears how this booth is, where there are several "
        "(- none)", _empty, _shown,
    ),
    Question(
        "fleet.name", "What this booth is called there, no two alike", _empty, _shown,
        asked=lambda settings: bool(settings.fleet.broker),
    ),
)  # fmt: skip

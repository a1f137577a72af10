"""What the show needs of its settings and its machine: one list, tried before it is vouched for.

Every look opens with the very function that `run` opens with, waits until the device has said
how it is, and lets it go again. So whatever makes `run` refuse, or fall back, is found here.
"""

from __future__ import annotations

import fcntl
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from installation.app.assemble import demo_clip
from installation.app.fleet_beats import broker_of, checked
from installation.carve.panel_layout import NOISE, PanelLayout
from installation.fleet.place import Place
from installation.fleet.status import not_admitted
from installation.noise.tools import TOOLS
from installation.panel.factory import panel_of
from installation.panel.layouts import load_layout
from installation.printer.choice import open_press
from installation.settings import ScreenSettings, Settings
from installation.show.audio.loudspeaker import Loudspeaker
from installation.show.audio.voice import ESPEAK
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.screen_layout import read_from_m
from installation.show.window.screen import display_trouble
from installation.show.words import Words, languages
from installation.source.cameras import cameras
from installation.source.choice import BUNDLED_CLIP, open_source
from installation.source.driver import Source
from installation.source.watch import JUDGED_AFTER_S
from installation.vocabulary import DeviceHealth, Health, SourceKind, UglyError

PATIENCE_S = 8.0
"""How long a device may take to say that it is well: a board boots, a camera warms up."""

_LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `state` is "fine", "note" (works without) or "missing" (doesn't)."""

    what: str
    state: str
    line: str


class _Device(Protocol):
    def health(self) -> DeviceHealth: ...

    def close(self) -> None: ...


def words_of(screen: ScreenSettings) -> dict[str, Words]:
    """Every language the screen can speak, its own `languages` among them.

    Raises:
        UglyError: if the folder of words is none, a file in it is wrong, or one of `languages`
            has no words.
    """
    if screen.words is not None and not screen.words.is_dir():
        raise UglyError(f"screen.words: {screen.words}: there is no such folder")
    found = languages([screen.words] if screen.words else [])
    for language in screen.languages:
        if language not in found:
            raise UglyError(f"screen.languages: {no_words(language, found)}")
    return found


def no_words(language: str, found: Iterable[str]) -> str:
    """What is said of a language without words; `found` are those that have some."""
    return (
        f'there are no words for "{language}", only for {", ".join(found)}; put a '
        f"{language}.toml into the folder of [screen] words"
    )


def show_is_running(folder: Path) -> bool:
    """Whether a show holds the gallery in `folder`, and so very likely the devices too."""
    try:
        with (folder / "show.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def words(settings: Settings, patience_s: float = PATIENCE_S) -> Iterator[Finding]:
    """The words of every language, and letters to write them with."""
    screen = settings.screen
    try:
        found = words_of(screen)
        letters = TextLayout([screen.words] if screen.words else [])
    except UglyError as error:
        yield Finding("words", "missing", str(error))
        return
    for language in screen.languages:
        lacking = letters.missing("".join(found[language].texts.values()))
        if lacking:
            line = f"{language}: no font holds {lacking[:12]}; put a .ttf beside its words"
            yield Finding("words", "note", line)
    yield Finding("words", "fine", ", ".join(found[each].name for each in screen.languages))


def panel(settings: Settings, patience_s: float = PATIENCE_S) -> Iterator[Finding]:
    """The layout, and the panel itself, until it has spoken."""
    asked = settings.panel
    try:
        layout = load_layout(asked.layout)
        device = panel_of(settings)
    except UglyError as error:
        yield Finding("panel", "missing", str(error))
        return
    health = _how_it_is(device, patience_s)
    counts = f"layout {layout.name}: {layout.knobs} knobs, {len(layout.buttons)} buttons"
    yield _told("panel", health, f"{asked.driver}, {counts}; {health.note}", settings)
    if strange := [target for target in layout.targets if _is_no_tool(target)]:
        line = f"knobs that do nothing: there is no {', '.join(strange)}"
        yield Finding("panel", "note", line)
    held = set(asked.service_buttons) - set(layout.buttons)
    if held:
        line = "the operator's page opens by F1 only: no " + ", ".join(b.value for b in held)
        yield Finding("panel", "note", line)


def camera(settings: Settings, patience_s: float = PATIENCE_S) -> Iterator[Finding]:
    """The source of clips, until its first picture; a camera until it is known to live."""
    driver = settings.source.driver
    there = cameras()
    try:
        source = open_source(settings)
    except UglyError as error:
        yield Finding("camera", "missing", str(error))
        return
    health = _how_it_is(source, patience_s, _shown_for_long(source))
    if driver == "auto" and not there:
        yield Finding("camera", "note", "no video device; a video file takes its place")
        return
    yield _told("camera", health, health.note, settings)


def clip(settings: Settings, patience_s: float = PATIENCE_S) -> Iterator[Finding]:
    """The film that plays while nobody is there."""
    path = settings.source.file or BUNDLED_CLIP
    try:
        demo_clip(path, settings.play.preview_px)
    except UglyError as error:
        yield Finding("clip", "missing", str(error))
        return
    yield Finding("clip", "fine", str(path))


def display(settings: Settings, patience_s: float = PATIENCE_S) -> Iterator[Finding]:
    """The display that is set."""
    trouble = display_trouble()
    yield Finding("screen", "missing" if trouble else "fine", trouble or "a display answers")


def reading_distance(settings: Settings) -> tuple[Finding, ...]:
    """Whether visitors read everything from where they stand, where that is known."""
    screen = settings.screen
    if screen.size_m is None or screen.distance_m is None:
        return ()
    metres = read_from_m(screen.size_m)
    if screen.distance_m <= metres:
        return ()
    line = (
        f"from {screen.distance_m:g} m the smallest letters are hard to read: this picture is for "
        f"{metres:.1f} m at most; take a larger one, or let visitors come nearer"
    )
    return (Finding("screen", "note", line),)


def voice(settings: Settings, patience_s: float = PATIENCE_S) -> Iterator[Finding]:
    """What speaks the prompts, if they are to be spoken."""
    if settings.access.voice != "espeak":
        return
    found = shutil.which(ESPEAK)
    line = found or f"{ESPEAK} is not there: sudo apt-get install espeak-ng"
    # The show goes on in silence.
    yield Finding("voice", "fine" if found else "note", line)


def one_button(settings: Settings, patience_s: float = PATIENCE_S) -> Iterator[Finding]:
    """Whether the one button that is set is on the panel."""
    button = settings.access.one_button
    if button is not None and button not in load_layout(settings.panel.layout).buttons:
        line = f"the panel has no {button.value}: set [access] one_button to one of its buttons"
        yield Finding("access", "note", line)


def sound(settings: Settings, patience_s: float = PATIENCE_S) -> Iterator[Finding]:
    """The loudspeaker, if there is to be a drone."""
    if not settings.sound.drone:
        return
    loudspeaker = Loudspeaker(1, settings.sound.level_db)
    health = loudspeaker.health()
    loudspeaker.close()
    # The show goes on in silence.
    yield Finding("sound", "fine" if health.health is Health.FINE else "note", health.note)


def fleet(settings: Settings, patience_s: float = PATIENCE_S) -> Iterator[Finding]:
    """What a booth of several has joined; `uglynet fleet status` tells what travels."""
    if settings.fleet.folder is None:
        return
    place = Place(settings.fleet.folder)
    try:
        joined = place.joined()
        members = place.members(joined)
    except UglyError as error:  # the show goes on without the others' takes
        yield Finding("fleet", "note", str(error))
        return
    if members is None and joined.role == "booth":
        yield Finding("fleet", "note", f"{joined.name}: {not_admitted(joined)}")
        return
    yield Finding("fleet", "fine", f"{joined.name}, of the fleet of {joined.hub}")


def broker(settings: Settings, patience_s: float = PATIENCE_S) -> Iterator[Finding]:
    """The fleet's broker, if there is one: what it needs; whether it answers shows on F1."""
    if not settings.fleet.broker:
        return
    try:
        checked(settings.fleet)
    except UglyError as error:
        yield Finding("broker", "missing", str(error))
        return
    try:
        broker_of(settings.fleet).client()
    except UglyError as error:  # the show goes on without it
        yield Finding("broker", "note", str(error))
        return
    yield Finding("broker", "fine", f"{settings.fleet.broker} hears of {settings.fleet.name}")


def printer(settings: Settings, patience_s: float = PATIENCE_S) -> Iterator[Finding]:
    """The printer's address, if there is to be one; whether it answers shows when it prints."""
    asked = settings.printer
    try:
        press = open_press(settings)
    except UglyError as error:
        yield Finding("printer", "missing", str(error))
        return
    if press is not None:
        yield Finding("printer", "fine", f"{asked.driver}, {press.told}, prints {asked.prints}")


NEEDS: tuple[Callable[[Settings, float], Iterator[Finding]], ...] = (
    words,
    panel,
    camera,
    clip,
    sound,
    voice,
    one_button,
    printer,
    fleet,
    broker,
)
"""Every look but the model's and the gallery's, and `display`, which needs one to be set."""


def _told(what: str, health: DeviceHealth, line: str, settings: Settings) -> Finding:
    if health.health is Health.FINE:
        return Finding(what, "fine", line)
    if show_is_running(settings.gallery.folder):
        return Finding(what, "note", f"a running show may hold it; see its F1 page. {line}")
    return Finding(what, "missing", line)


def _how_it_is(
    device: _Device, patience_s: float, ready: Callable[[], bool] | None = None
) -> DeviceHealth:
    """A device's health once it is `ready` (fine, where that isn't given), or patience ends; the
    device is closed."""
    end_s = time.monotonic() + patience_s
    try:
        while True:
            health = device.health()
            enough = ready() if ready is not None else health.health is Health.FINE
            if enough or time.monotonic() > end_s:
                return health
            time.sleep(_LOOK_S)
    finally:
        device.close()


def _shown_for_long(source: Source) -> Callable[[], bool]:
    """Whether a source has given pictures for long enough to be judged by them."""
    first_s = 0.0

    def ready() -> bool:
        nonlocal first_s
        if source.latest() is None:
            return False
        first_s = first_s or time.monotonic()
        judged_s = JUDGED_AFTER_S if source.kind is SourceKind.CAMERA else 0.0
        return time.monotonic() - first_s >= judged_s

    return ready


def _is_no_tool(target: str) -> bool:
    return target.startswith(NOISE) and target.removeprefix(NOISE) not in TOOLS


def layout_gaps(layout: PanelLayout, sites: frozenset[str]) -> tuple[str, ...]:
    """The layers on a layout's knobs that the model does not have."""
    return tuple(site for site in layout.sites if site not in sites)

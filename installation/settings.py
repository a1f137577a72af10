"""Settings: frozen, read from one TOML file, checked once. Errors name the key.

Every setting with its default is in kiosk_config/uglynet.toml; a test keeps the two alike.
Paths in the file are relative to it; `~` is the home folder.
"""

from __future__ import annotations

from dataclasses import field, replace
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from installation.access_settings import AccessSettings
from installation.alert_settings import AlertSettings
from installation.documents import home_expanded, parse_toml, read_text
from installation.door_settings import DoorSettings
from installation.drivers import DRIVERS, INTERPOLATORS, PANELS, SOURCES, names
from installation.fleet_settings import FleetSettings
from installation.mistakes import settings_mistake
from installation.opening_hours import read_date, read_line, read_zone
from installation.printer_settings import PrinterSettings
from installation.privacy_settings import PrivacySettings
from installation.setting_kinds import (
    STRICT,
    InWords,
    Like,
    Metres,
    OneOf,
    Seconds,
    SizePx,
    live,
    restart,
)
from installation.vocabulary import Button, UglyError

_PACKAGE = Path(__file__).resolve().parent
HOUSE = _PACKAGE / "house" if (_PACKAGE / "house").is_dir() else _PACKAGE.parent
"""Where models/ and kiosk_config/ lie: the checkout, or, as the wheel is laid out, a folder of the
package (setup.py)."""


@checked(frozen=True, config=STRICT)
class ScreenSettings:
    """The picture. `size_px` is the window's, or 0 x 0 for the whole screen.

    `size_m` is how large it is on the wall, `distance_m` how near the nearest visitor stands:
    with both the governor knows what a 10 degree field of view is.
    """

    fullscreen: Annotated[bool, restart("the whole screen, without a mouse pointer")] = False
    size_px: Annotated[SizePx, restart("of the window, width and height")] = (1280, 720)
    fps: Annotated[int, Field(ge=10, le=240), restart("pictures a second on the screen")] = 60
    languages: Annotated[
        tuple[str, ...],
        Field(min_length=1),
        live("the first is shown first; the attract loop changes them"),
    ] = ("en", "de", "fr", "ko")
    words: Annotated[
        Path | None, restart("a folder with further languages, or words of your own, as TOML")
    ] = None
    title: Annotated[str, Field(max_length=60), live("the name on the screen")] = "UGly-Net"
    credits: Annotated[
        str, Field(max_length=200), live("a line below the name, while nobody is there")
    ] = ""
    out_of_service: Annotated[
        bool, live("back soon on the screen, in every language; nobody can play")
    ] = False
    panel: Annotated[
        bool, live("draw the panel on the screen, where there is none of hardware")
    ] = True
    size_m: Annotated[
        tuple[Metres, Metres] | None,
        restart("width and height of the picture on the wall, in metres"),
    ] = None
    distance_m: Annotated[
        Metres | None, restart("how near the nearest visitor stands, in metres")
    ] = None


@checked(frozen=True, config=STRICT)
class PanelSettings:
    """The knobs. `replay` is a recording for driver = "replay". With `serial_number` only the
    Arduino that was given that number will do; 0 is any.

    `service_buttons`, held together for `service_hold_s`, open and close the operator's page.
    """

    driver: Annotated[
        str, OneOf(names(PANELS)).checked, restart("what the knobs and buttons are")
    ] = "onscreen"
    port: Annotated[
        str,
        restart(
            "serial port, or a word of a MIDI port's name; empty looks for the panel by itself"
        ),
    ] = ""
    serial_number: Annotated[
        int,
        Field(ge=0, lt=2**32),
        restart("only the board given this number by `uglynet panel name`; 0 is any"),
    ] = 0
    layout: Annotated[str, restart("a name from kiosk_config/panels, or a .toml file")] = "mega16"
    replay: Annotated[Path | None, restart('a recording, for driver = "replay"')] = None
    service_buttons: Annotated[
        tuple[Button, ...],
        live("held together they open the operator's page, or close it; [] for none"),
    ] = (Button.PAGE, Button.OPERATION)
    service_hold_s: Annotated[
        float, Field(ge=1, le=60), live("how long they are held, in seconds")
    ] = 3.0


@checked(frozen=True, config=STRICT)
class SourceSettings:
    """Where clips come from. `auto` is the webcam if there is one, else the file.

    `seed` and `cell` are for dreams and networks: which of them, and which network of the
    grid fills the picture (0: the whole grid).
    """

    driver: Annotated[str, OneOf(names(SOURCES)).checked, restart("where clips come from")] = "auto"
    device: Annotated[int, Field(ge=0, le=63), restart("the webcam's number")] = 0
    file: Annotated[Path | None, restart("another film than the bundled one")] = None
    seed: Annotated[
        int, Field(ge=0, lt=2**31), restart("which networks, or which way a dream goes")
    ] = 0
    cell: Annotated[
        int,
        Field(ge=0, le=12),
        restart("one network of the grid's 12 over the whole picture; 0 is all"),
    ] = 0
    size_px: Annotated[SizePx, restart("what is filmed, width and height")] = (448, 256)
    fps: Annotated[float, Field(ge=1, le=120), restart("pictures a second that are filmed")] = 25.0
    seconds: Annotated[float, Field(gt=0, le=10), restart("how long a clip is")] = 2.0
    mirror: Annotated[bool, restart("the webcam's picture as in a mirror")] = True
    cards: Annotated[
        bool, restart("a net's card that is held up to the webcam is played; needs 1280 x 720")
    ] = True


@checked(frozen=True, config=STRICT)
class ModelSettings:
    """The net. Threads are ONNX Runtime's for the preview; it never takes more than the cores.

    With `cuda_graph`, and provider cuda, the plain graphs run as captured CUDA graphs.
    """

    driver: Annotated[
        str, OneOf(names(INTERPOLATORS)).checked, restart("what makes the frames between frames")
    ] = "unet"
    path: Annotated[Path, restart("the folder with manifest.json")] = HOUSE / "models" / "small"
    provider: Annotated[
        Literal["auto", "cpu", "cuda", "tensorrt"],
        restart("what runs the net; by name it is that or an error"),
    ] = "auto"
    cuda_graph: Annotated[bool, restart("with cuda: frames as one recorded CUDA graph")] = False
    server: Annotated[
        str,
        Field(max_length=200),
        Like(
            r"((http|grpc)s?://[^\s/?#]+(/[^\s?#]*)?)?", 'an address such as "http://gpu:8000"'
        ).checked,
        restart('for driver = "remote": who computes it, such as http://gpu:8000'),
    ] = ""
    deadline_ms: Annotated[
        float, Field(ge=10, le=5000), restart("how long it may take before this machine does")
    ] = 150.0
    threads: Annotated[
        int,
        Field(ge=1, le=64),
        restart("for a run of the preview, which leaves a core to the screen"),
    ] = 2


@checked(frozen=True, config=STRICT)
class PlaySettings:
    """The live preview: its size, its frames a second, how many times slower it plays.

    With `grow` it is as large as the machine can make at that rate, found out at the start,
    and `preview_px` at least. With `xray` every layer shows what it sees.
    """

    preview_px: Annotated[SizePx, restart("the live preview, at least; width and height")] = (
        256,
        144,
    )
    grow: Annotated[
        bool, restart("larger where the machine makes it at fps; tried at the start")
    ] = True
    fps: Annotated[
        float, Field(ge=5, le=60), restart("frames a second of the preview, at most")
    ] = 30.0
    slow: Annotated[int, Field(ge=1, le=16), live("how many times slower the clip plays")] = 4
    xray: Annotated[bool, restart("every layer on the screen shows what it sees")] = True


@checked(frozen=True, config=STRICT)
class VisitSettings:
    """How long each phase may last."""

    invite_s: Annotated[
        Seconds, live("how long an invitation stands without a hand, in seconds")
    ] = 25.0
    countdown_s: Annotated[Seconds, live("before it films, in seconds")] = 3.0
    carve_s: Annotated[Seconds, live("at most, in seconds")] = 180.0
    idle_s: Annotated[Seconds, live("while carving, without a hand on the panel, in seconds")] = (
        45.0
    )
    decide_s: Annotated[Seconds, live("for each question, in seconds")] = 25.0
    gallery_s: Annotated[Seconds, live("how long a visitor sees what was kept, in seconds")] = 20.0
    patience: Annotated[
        float, Field(ge=1, le=5), live("how many times as long everything waits for a hand")
    ] = 1.0


@checked(frozen=True, config=STRICT)
class GallerySettings:
    """What is kept, where and for how long. Takes past `most` leave, the oldest first."""

    folder: Annotated[Path, restart("where takes are kept")] = Path("~/.local/share/uglynet")
    keep_days: Annotated[
        float,
        Field(gt=0, le=3650),
        live("days after which a take is deleted; for takes kept from now on"),
    ] = 30.0
    most: Annotated[
        int, Field(ge=1, le=100_000), live("more takes than these, and the oldest leave")
    ] = 500
    each_s: Annotated[Seconds, live("how long the attract loop shows one, in seconds")] = 12.0
    video_px: Annotated[SizePx, live("of the videos that are kept, width and height")] = (448, 256)


@checked(frozen=True, config=STRICT)
class FlashSettings:
    """The flash governor: nobody is to be hurt, so `off` has to be written out.

    `patterns` softens regular stripes of high contrast, which CALM does anyway.
    """

    governor: Annotated[
        Literal["on", "calm", "off"], live("on, calm (stricter) or off (never in public)")
    ] = "on"
    patterns: Annotated[bool, live("soften regular stripes of high contrast; CALM always does")] = (
        False
    )


@checked(frozen=True, config=STRICT)
class SoundSettings:
    """The drone. `level_db` is its loudest sample in dB of full scale; -18 at most."""

    drone: Annotated[
        bool, restart("a quiet drone that follows what is carved, while a visitor carves")
    ] = False
    level_db: Annotated[
        float, Field(ge=-60, le=-18), live("its loudest sample in dB of full scale")
    ] = -24.0


@checked(frozen=True, config=STRICT)
class HoursSettings:
    """When the house is open. Outside of these hours the screen is dark and says when it opens; no
    visit begins, and none is cut short.
    """

    open: Annotated[
        tuple[Annotated[str, AfterValidator(InWords(read_line))], ...],
        live("days and hours; a later line is that day's; [] is always open"),
    ] = ()
    closed: Annotated[
        tuple[Annotated[str, AfterValidator(InWords(read_date))], ...],
        live("dates on which nothing opens"),
    ] = ()
    zone: Annotated[
        str,
        AfterValidator(InWords(read_zone)),
        live('a time zone such as "Europe/Zurich"; empty is the machine\'s own'),
    ] = ""
    screen_off: Annotated[
        bool, live("switch the screen off while it is closed, by wlr-randr, xset or `command`")
    ] = False
    command: Annotated[
        Path | None, restart("a program that is run with the word on or off, instead of these")
    ] = None


C = TypeVar("C", bound=type)


def _with_sections_of_drivers(settings: C) -> C:
    """The class with a section more for each driver that has settings of its own."""
    for driver in DRIVERS:
        if (kind := driver.own_settings()) is not None:
            settings.__annotations__[driver.name] = kind
            setattr(settings, driver.name, field(default_factory=kind))
    return settings


@checked(frozen=True, config=STRICT)
@_with_sections_of_drivers
class Settings:
    """Everything an operator can set; and a section for each driver that has settings of its own
    (`own`)."""

    screen: ScreenSettings = field(default_factory=ScreenSettings)
    panel: PanelSettings = field(default_factory=PanelSettings)
    source: SourceSettings = field(default_factory=SourceSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    play: PlaySettings = field(default_factory=PlaySettings)
    visit: VisitSettings = field(default_factory=VisitSettings)
    access: AccessSettings = field(default_factory=AccessSettings)
    gallery: GallerySettings = field(default_factory=GallerySettings)
    flash: FlashSettings = field(default_factory=FlashSettings)
    sound: SoundSettings = field(default_factory=SoundSettings)
    hours: HoursSettings = field(default_factory=HoursSettings)
    printer: PrinterSettings = field(default_factory=PrinterSettings)
    door: DoorSettings = field(default_factory=DoorSettings)
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    fleet: FleetSettings = field(default_factory=FleetSettings)

    def own(self, driver: str) -> Any:
        """What is set for this driver alone; None if it has no settings of its own."""
        has_own = any(each.name == driver and each.settings for each in DRIVERS)
        return getattr(self, driver) if has_own else None


def load_settings(path: Path | None) -> Settings:
    """Read settings from a TOML file, or the defaults for None.

    Raises:
        UglyError: one line naming the file and the line or the key that is wrong.
    """
    if path is None:
        return _settled(Settings(), Path.cwd())
    return parse_settings(read_text(path), str(path), path.resolve().parent)


def parse_settings(text: str, where: str, folder: Path) -> Settings:
    """Check the text of a settings file; relative paths start from `folder`.

    Raises:
        UglyError: one line naming `where` and the line or the key that is wrong.
    """
    document = parse_toml(text, where)
    try:
        found = TypeAdapter(Settings).validate_python(document)
    except ValidationError as error:
        raise UglyError(f"{where}: {_told(error, text)}") from None
    return _settled(found, folder)


def changed(settings: Settings, section: str, **values: Any) -> Settings:
    """The settings with some of a section's values changed, checked like the file's.

    Raises:
        UglyError: if a value is not allowed.
    """
    held = getattr(settings, section)
    try:
        return replace(settings, **{section: type(held)(**{**vars(held), **values})})
    except ValidationError as error:
        first = error.errors()[0]
        at_section = {**first, "loc": (section, *first["loc"])}
        defaults = {name: vars(part) for name, part in vars(Settings()).items()}
        raise UglyError(settings_mistake(at_section, defaults)) from None


def _told(error: ValidationError, text: str) -> str:
    """The first mistake in words, and how many more there are."""
    errors = list({each["loc"][:2]: each for each in reversed(error.errors())}.values())[::-1]
    defaults = {name: vars(section) for name, section in vars(Settings()).items()}
    more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
    return settings_mistake({**errors[0]}, defaults, text) + more


def _settled(settings: Settings, folder: Path) -> Settings:
    """Paths made absolute."""

    def absolute(section: Any) -> Any:
        paths = {key: value for key, value in vars(section).items() if isinstance(value, Path)}
        found = {key: folder / home_expanded(path, "settings") for key, path in paths.items()}
        return replace(section, **found) if found else section

    return replace(settings, **{name: absolute(part) for name, part in vars(settings).items()})

"""Settings: frozen, read from one TOML file, checked once. Errors name the key.

Every setting with its default is in kiosk_config/uglynet.toml; a test keeps the two alike.
Paths in the file are relative to it; `~` is the home folder.
"""

from __future__ import annotations

from dataclasses import field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from installation.documents import home_expanded, parse_toml, read_text
from installation.mistakes import settings_mistake
from installation.vocabulary import Button, UglyError

_PACKAGE = Path(__file__).resolve().parent
HOUSE = _PACKAGE / "house" if (_PACKAGE / "house").is_dir() else _PACKAGE.parent
"""Where models/ and kiosk_config/ lie: the checkout, or, as the wheel is laid out, a folder of the
package (setup.py)."""

_STRICT = ConfigDict(extra="forbid")
Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
Metres = Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
Pixels = Annotated[int, Field(ge=16, le=7680)]
SizePx = tuple[Pixels, Pixels]


@checked(frozen=True, config=_STRICT)
class ScreenSettings:
    """The picture. `size_px` is the window's, or 0 x 0 for the whole screen.

    `size_m` is how large it is on the wall, `distance_m` how near the nearest visitor stands:
    with both the governor knows what a 10 degree field of view is.
    """

    fullscreen: bool = False
    size_px: SizePx = (1280, 720)
    fps: Annotated[int, Field(ge=10, le=240)] = 60
    languages: Annotated[tuple[str, ...], Field(min_length=1)] = ("en", "de", "fr", "ko")
    words: Path | None = None
    title: Annotated[str, Field(max_length=60)] = "UGly-Net"
    credits: Annotated[str, Field(max_length=200)] = ""
    panel: bool = True
    size_m: tuple[Metres, Metres] | None = None
    distance_m: Metres | None = None


@checked(frozen=True, config=_STRICT)
class PanelSettings:
    """The knobs. `replay` is a recording for driver = "replay". With `serial_number` only the
    Arduino that was given that number will do; 0 is any.

    `service_buttons`, held together for `service_hold_s`, open and close the operator's page.
    """

    driver: Literal["onscreen", "arduino", "simulated", "midi", "replay"] = "onscreen"
    port: str = ""
    serial_number: Annotated[int, Field(ge=0, lt=2**32)] = 0
    layout: str = "mega16"
    replay: Path | None = None
    service_buttons: tuple[Button, ...] = (Button.PAGE, Button.OPERATION)
    service_hold_s: Annotated[float, Field(ge=1, le=60)] = 3.0


@checked(frozen=True, config=_STRICT)
class SourceSettings:
    """Where clips come from. `auto` is the webcam if there is one, else the file.

    `seed` and `cell` are for dreams and networks: which of them, and which network of the
    grid fills the picture (0: the whole grid).
    """

    driver: Literal["auto", "webcam", "file", "networks", "clouds", "landscapes", "books"] = "auto"
    device: Annotated[int, Field(ge=0, le=63)] = 0
    file: Path | None = None
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    cell: Annotated[int, Field(ge=0, le=12)] = 0
    size_px: SizePx = (448, 256)
    fps: Annotated[float, Field(ge=1, le=120)] = 25.0
    seconds: Annotated[float, Field(gt=0, le=10)] = 2.0
    mirror: bool = True


@checked(frozen=True, config=_STRICT)
class ModelSettings:
    """The net. Threads are ONNX Runtime's for the preview; it never takes more than the cores.

    With `cuda_graph`, and provider cuda, the plain graphs run as captured CUDA graphs.
    """

    path: Path = HOUSE / "models" / "small"
    provider: Literal["auto", "cpu", "cuda", "tensorrt"] = "auto"
    cuda_graph: bool = False
    threads: Annotated[int, Field(ge=1, le=64)] = 2


@checked(frozen=True, config=_STRICT)
class PlaySettings:
    """The live preview: its size, its frames a second, how many times slower it plays.

    With `grow` it is as large as the machine can make at that rate, found out at the start,
    and `preview_px` at least. With `xray` every layer shows what it sees.
    """

    preview_px: SizePx = (256, 144)
    grow: bool = True
    fps: Annotated[float, Field(ge=5, le=60)] = 30.0
    slow: Annotated[int, Field(ge=1, le=16)] = 4
    xray: bool = True


@checked(frozen=True, config=_STRICT)
class VisitSettings:
    """How long each phase may last."""

    invite_s: Seconds = 25.0
    countdown_s: Seconds = 3.0
    carve_s: Seconds = 180.0
    idle_s: Seconds = 45.0
    decide_s: Seconds = 25.0
    gallery_s: Seconds = 20.0


@checked(frozen=True, config=_STRICT)
class GallerySettings:
    """What is kept, where and for how long. Takes past `most` leave, the oldest first."""

    folder: Path = Path("~/.local/share/uglynet")
    keep_days: Annotated[float, Field(gt=0, le=3650)] = 30.0
    most: Annotated[int, Field(ge=1, le=100_000)] = 500
    each_s: Seconds = 12.0
    video_px: SizePx = (448, 256)


@checked(frozen=True, config=_STRICT)
class FlashSettings:
    """The flash governor: nobody is to be hurt, so `off` has to be written out.

    `patterns` softens regular stripes of high contrast, which CALM does anyway.
    """

    governor: Literal["on", "calm", "off"] = "on"
    patterns: bool = False


@checked(frozen=True, config=_STRICT)
class SoundSettings:
    """The drone. `level_db` is its loudest sample in dB of full scale; -18 at most."""

    drone: bool = False
    level_db: Annotated[float, Field(ge=-60, le=-18)] = -24.0


@checked(frozen=True, config=_STRICT)
class DoorSettings:
    """The web side: visitors' take-home pages, and the operators' page once a password is set.

    `address` is what the links begin with, where phones reach the door by another way than the
    machine's own address. With `approve` nobody sees a take before an operator has.
    """

    on: bool = True
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    address: Annotated[
        str, Field(pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$", max_length=200)
    ] = ""
    approve: bool = False


@checked(frozen=True, config=_STRICT)
class Settings:
    """Everything an operator can set."""

    screen: ScreenSettings = field(default_factory=ScreenSettings)
    panel: PanelSettings = field(default_factory=PanelSettings)
    source: SourceSettings = field(default_factory=SourceSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    play: PlaySettings = field(default_factory=PlaySettings)
    visit: VisitSettings = field(default_factory=VisitSettings)
    gallery: GallerySettings = field(default_factory=GallerySettings)
    flash: FlashSettings = field(default_factory=FlashSettings)
    sound: SoundSettings = field(default_factory=SoundSettings)
    door: DoorSettings = field(default_factory=DoorSettings)


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

    def absolute(path: Path | None) -> Any:
        return None if path is None else folder / home_expanded(path, "settings")

    return replace(
        settings,
        screen=replace(settings.screen, words=absolute(settings.screen.words)),
        panel=replace(settings.panel, replay=absolute(settings.panel.replay)),
        source=replace(settings.source, file=absolute(settings.source.file)),
        model=replace(settings.model, path=absolute(settings.model.path)),
        gallery=replace(settings.gallery, folder=absolute(settings.gallery.folder)),
    )

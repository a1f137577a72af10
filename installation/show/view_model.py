"""What a picture of one moment needs, as plain values: the app builds one View each tick."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias

from installation.experience import Experience
from installation.opening_hours import OpeningHours
from installation.vocabulary import Button, DeviceHealth, Frame, Net, Site, SourceKind


@dataclass(frozen=True, slots=True)
class KnobPicture:
    """One knob as the screen shows it. Numbers are 0..1.

    `amount` is where the target is, `reading` where the knob itself stands; `waiting` is
    True while the knob must still be turned to its amount before it speaks.
    """

    target: str = ""
    amount: float = 0.0
    reading: float = 0.0
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class PanelPicture:
    """The panel as the screen shows it.

    `page` is the page's name, `knobs` and `buttons` go by number, `touched` is the target
    last touched ("" for none) and `manner` the name of how it is cut. `selected` is the
    knob that keys would turn, None where nobody uses keys.
    """

    page: str = ""
    knobs: tuple[KnobPicture, ...] = ()
    buttons: tuple[Button | None, ...] = ()
    lamps: frozenset[int] = frozenset()
    pressed: frozenset[int] = frozenset()
    touched: str = ""
    manner: str = ""
    selected: int | None = None


class Hold(str, Enum):
    """What elsewhere takes a button that is held: for who plays by one button it is begun by a
    press, and ended by the next (`LET_GO`); a still is over by itself. `MORE` leads there, and
    `BACK` from there."""

    BREED = "breed"
    SOLO = "solo"
    STILL = "still"
    LET_GO = "let_go"
    MORE = "more"
    BACK = "back"

    @property
    def button(self) -> Button | None:
        """The button that is held elsewhere."""
        held = {"breed": Button.SURPRISE, "solo": Button.SOLO, "still": Button.KEEP}
        return held.get(self.value)


Choice: TypeAlias = Button | Hold | None
"""What one button can do; None is to stay a while longer."""


@dataclass(frozen=True, slots=True)
class ScanPicture:
    """What one button could do now, for who plays by one alone: `offered`, and the number of what
    is pointed at (None: nothing yet)."""

    offered: tuple[Choice, ...] = ()
    at: int | None = None

    @property
    def pointed(self) -> Button | None:
        """The button that is pointed at, if one is."""
        choice = self.offered[self.at] if self.at is not None else None
        return choice.button if isinstance(choice, Hold) else choice


@dataclass(frozen=True, slots=True)
class GalleryPicture:
    """A past take now playing: its picture at this moment, its net, and what to call it ("":
    nothing is said). `is_made`: it is the visitor's own, seen for the first time while it is
    still being made."""

    frame: Frame
    net: Net
    name: str = ""
    is_made: bool = False


@dataclass(frozen=True, slots=True)
class TakeHome:
    """How a take is taken home: `data` is what the QR code says. Typed, it is `address`
    ("192.168.0.7:8080") and `code`; both are "" where there is no network, and `data` is the net
    itself; `alone`: nothing but the net is there, since nothing was kept. `wifi` is what another QR
    code says, by which a phone joins the network first; b"" where there is none of our own."""

    data: bytes
    address: str = ""
    code: str = ""
    alone: bool = False
    wifi: bytes = b""


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the operator's page: the word `fact.KEY`, with `names` put in."""

    key: str
    names: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, key: str, **names: str) -> Fact:
        return cls(key, tuple(names.items()))


@dataclass(frozen=True, slots=True)
class Trouble:
    """The last thing that went wrong: at what time of day ("14:03"), what, and the how-manieth
    since the start."""

    at: str
    device: DeviceHealth
    count: int = 1


@dataclass(frozen=True, slots=True)
class ServicePicture:
    """The operator's page besides the devices' health. `buttons`, held together for `hold_s`,
    close it (none if the panel lacks one of them), and so does the time `closes_s`."""

    facts: tuple[Fact, ...] = ()
    trouble: Trouble | None = None
    buttons: tuple[Button, ...] = ()
    hold_s: float = 3.0
    closes_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Closed:
    """The house is closed: its hours, when it opens next (as the clock on its wall shows it; None
    for never), and in how many days that is."""

    hours: OpeningHours
    opens: datetime | None = None
    ahead_days: int = 0


def _no_xray() -> Mapping[str, Frame]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class View:
    """Everything a picture of one moment needs.

    `source` is what a clip would be made of now: the words go by it.
    `sites` are the model's, in the manifest's order. `frame` is the carved picture now, or
    the live camera while filming; `untouched` the same moment uncarved. `progress` is 0..1
    of rendering or saving, None when nothing is. `xray` holds what a layer sees, by site.
    `top_site` is the layer whose cut did most to the picture, "" while that is not known.
    In ATTRACT, `before` is the net that was shown until `turned_at_s`, out of which the one now
    shown grows; None if there was none.
    In GALLERY the take is first seen whole, large; `seen_at_s` is when it had been, None before.
    `mate` is the name of the net that the visitor's is just being bred with, "" for none;
    `may_breed`: there is one to breed it with. `keep_days` is how long a take would be kept, and
    with `by_link` its visitor could take it back by phone. `home` is how the take that was just
    kept is taken home, None where it cannot be.
    `scan`, if it is there, is what one button could do.
    `service`, if it is there, shows the operator's page over the show, with `health`.
    `closed`, if it is there, takes the place of the show; `out_of_service` an operator took it
    out of service.
    """

    experience: Experience
    now_s: float
    net: Net
    sites: tuple[Site, ...] = ()
    panel: PanelPicture = PanelPicture()
    frame: Frame | None = None
    untouched: Frame | None = None
    gallery: GalleryPicture | None = None
    progress: float | None = None
    source: SourceKind = SourceKind.CAMERA
    language: str = "en"
    title: str = "UGly-Net"
    credits: str = ""
    health: tuple[DeviceHealth, ...] = ()
    service: ServicePicture | None = None
    xray: Mapping[str, Frame] = field(default_factory=_no_xray)
    top_site: str = ""
    before: Net | None = None
    turned_at_s: float = 0.0
    seen_at_s: float | None = None
    home: TakeHome | None = None
    closed: Closed | None = None
    out_of_service: bool = False
    mate: str = ""
    may_breed: bool = False
    scan: ScanPicture | None = None
    keep_days: float = 30.0
    by_link: bool = True

    @property
    def calm(self) -> bool:
        """True when the visitor asked for a calmer show."""
        return self.experience.calm

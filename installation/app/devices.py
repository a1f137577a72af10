"""Everything the booth is wired to."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from installation.app.door_link import Door
from installation.app.in_use import InUse
from installation.app.late_clip import LateClip
from installation.carve.panel_layout import PanelLayout
from installation.gallery.driver import TakeArchive, TakeLoop
from installation.interpolator.driver import Interpolator, PreviewPlayer
from installation.panel.driver import Panel
from installation.printer.driver import Printer
from installation.source.card_reader import CardReader
from installation.source.driver import Source
from installation.supervision import Supervision
from installation.vocabulary import Clip, DeviceHealth

_log = logging.getLogger(__name__)

BROKEN_OFF_S = 10.0
"""How long an archive whose rendering was broken off may take to clear up."""


def _nothing() -> None:
    """Nothing renders that could be broken off."""


@dataclass(frozen=True, slots=True)
class Devices:
    """The devices; the booth is their only user, and whoever made them closes them.

    `demo` is what plays while nobody is there and nothing was kept, `dreams` makes what plays in
    between whatever was kept. `cancel_rendering` breaks off what the archive renders, which
    reads its settings through `in_use`, if that is there. `printer` prints what is kept, `cards`
    reads what is held up to the camera, where there are such; `dreamer` makes clips for who would
    rather not be filmed.
    """

    panel: Panel
    layout: PanelLayout
    source: Source
    interpolator: Interpolator
    player: PreviewPlayer
    archive: TakeArchive
    loop: TakeLoop
    demo: Clip
    preview_px: tuple[int, int]
    dreams: LateClip | None = None
    cancel_rendering: Callable[[], None] = _nothing
    in_use: InUse | None = None
    printer: Printer | None = None
    cards: CardReader | None = None
    supervision: Supervision = field(default_factory=Supervision)
    door: Door | None = None
    dreamer: Source | None = None

    @property
    def dream(self) -> Clip | None:
        """What plays in between whatever was kept; None while there is nothing."""
        return self.dreams.clip() if self.dreams is not None else None

    def source_of(self, dreams: bool) -> Source:
        """Where a visitor's clip comes from, who plays with a dream or not."""
        return self.dreamer if dreams and self.dreamer is not None else self.source

    def close(self) -> None:
        """Close all of them, the archive first: it finishes what was ordered, and whatever the
        others do while they are closed, what was kept is safe."""
        self.player.play(None)
        self.loop.show(None)
        for close in (
            *((self.door.close,) if self.door else ()),
            self._close_archive,
            self.player.close,
            self.loop.close,
            *((self.dreams.close,) if self.dreams else ()),
            self._close_printer,
            self._close_cards,
            *((self.dreamer.close,) if self.dreamer else ()),
            self.source.close,
            self.panel.close,
        ):
            try:
                close()
            except Exception:  # the others are to be closed all the same
                _log.exception("closing failed")

    def _close_printer(self) -> None:
        if self.printer is not None:
            self.printer.close()

    def _close_cards(self) -> None:
        if self.cards is not None:
            self.cards.close()

    def _close_archive(self) -> None:
        if self.archive.close():
            return
        _log.error("the gallery did not finish in time; what it was still saving is given up")
        self.cancel_rendering()
        self.archive.close(BROKEN_OFF_S)

    def health(self) -> tuple[DeviceHealth, ...]:
        """How every device is now, by what it says and by whether its worker lives."""
        net = self.interpolator.health()
        said = [self.panel.health(), self.source.health(), net, self.archive.health()]
        if self.printer is not None:
            said.append(self.printer.health())
        if self.door is not None:
            said.append(self.door.health())
        return self.supervision.judge(said)

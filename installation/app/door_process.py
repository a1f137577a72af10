"""The door's own process: wires a gallery to the web, and knows neither window nor net.

python -m installation.app.door_process '{"folder": "...", "port": 8080, ...}'
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from installation.app.door_cards import Cards, Forgetting, play_link
from installation.app.door_gallery import GalleryKeeper, GalleryShelf
from installation.app.door_spec import DOOR, Spec
from installation.app.site_writer import SiteWriter
from installation.carve.operations import ROWS
from installation.door.address import HOTSPOT, facts, own_address, told_address
from installation.door.audit import Audit
from installation.door.doomed import Doomed
from installation.door.history import History
from installation.door.messages import Live, Open
from installation.door.metrics import Metrics
from installation.door.net_drawing import Mark
from installation.door.offers import Offers
from installation.door.operator_pages import OperatorPages, Showing, Watch
from installation.door.operator_tools import OperatorTools
from installation.door.privacy import Privacy
from installation.door.server import Beside, listen, serve, stand_back
from installation.door.site import site
from installation.door.site_parts import Parts
from installation.door.statistics import Statistics
from installation.door.takes import Keeper
from installation.door.talk import Talk
from installation.door.words import LANGUAGES
from installation.show.net_picture.looks import LOOKS
from installation.show.words import languages
from installation.vocabulary import UglyError


def parts_of(spec: Spec, keeper: Keeper, clock: Callable[[], float] = time.time) -> Parts:
    """The site's parts over a gallery."""
    folder, cards = Path(spec.folder), Cards(spec.address)
    return Parts(
        shelf=GalleryShelf(folder, clock),
        keeper=Forgetting(keeper, cards),
        offers=Offers(clock),
        audit=Audit(folder / DOOR, spec.keep_days * 86400, clock),
        texts=texts(spec.words),
        marks=marks(),
        title=spec.title,
        play_link=play_link,
        privacy=lambda: Privacy.of(spec.settings),
        card=cards,
    )


def settings_now(
    settings: Mapping[str, Mapping[str, Any]], changed: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """A settings' document with what was changed since, by "section.name"."""
    now = {name: dict(section) for name, section in settings.items()}
    for key, value in changed.items():
        section, _, name = key.partition(".")
        now.setdefault(section, {})[name] = value
    return now


def marks() -> dict[str, Mark]:
    """How every operation is marked where a net is drawn for a page."""
    return {
        one.value: Mark(_hex(LOOKS[one].fill), _hex(LOOKS[one].ink), row.sign)
        for one, row in ROWS.items()
    }


def _hex(colour: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def texts(words: str) -> dict[str, dict[str, str]]:
    """The show's words for nets; the operator's own where they can be read."""
    try:
        found = languages([Path(words)] if words else [])
    except UglyError:
        found = languages()
    return {name: dict(found[name].texts) for name in LANGUAGES if name in found}


def run(spec: Spec, say: Callable[[str], None] = lambda line: None) -> None:
    """Serve until stopped; `say` is told where the door is.

    Raises:
        UglyError: one line, if no port can be opened.
    """
    stand_back()
    listening = listen(spec.port, spec.host, others=0 if spec.exact else 9)
    with contextlib.closing(listening):
        port = listening.getsockname()[1]

        def where() -> Open:
            hotspot = spec.settings.get("door", {}).get("hotspot")
            address = told_address(spec.address, HOTSPOT if hotspot else own_address(), port)
            return Open(port, address, facts(address).get("why_not", ""))

        asyncio.run(_served(spec, listening, where, say))


async def _served(
    spec: Spec, listening: socket.socket, where: Callable[[], Open], say: Callable[[str], None]
) -> None:
    watch, offers = Watch(), Offers(time.time)
    statistics = Statistics(Path(spec.folder) / DOOR, time.time)
    keeper: Keeper = GalleryKeeper(Path(spec.folder))
    talk: Talk | None = None
    if spec.talk >= 0:
        connected = socket.socket(fileno=spec.talk)
        connected.setblocking(False)
        keeper = talk = Talk(
            connected,
            where=where,
            watched=watch,
            on_baking=offers.note,
            on_counted=statistics.note,
        )
    parts = replace(parts_of(spec, keeper), offers=offers, counted=statistics.count)
    if talk is not None:
        parts = replace(
            parts, privacy=lambda: Privacy.of(settings_now(spec.settings, talk.changed))
        )
    operators = operator_pages(spec, parts, statistics, watch, talk)
    live: Callable[[], Live | None] = lambda: None if talk is None else talk.live  # noqa: E731
    history = History(Path(spec.folder) / DOOR, live, time.time)
    tools = OperatorTools(operators.entrance, history, SiteWriter(spec.settings), talk)
    beside: tuple[Beside, ...] = (operators.doomed.run, statistics.run, history.run)
    if talk is not None:
        beside = (*beside, talk.run)
    else:
        opened = where()
        say(opened.address or f"http://127.0.0.1:{opened.port}  ({opened.why_not})")
    try:
        metrics = Metrics(parts, Path(spec.folder) / DOOR, statistics, live, time.time)
        routes = (*metrics.routes(), *tools.routes(), *operators.routes())
        await serve(site(parts, routes), listening, beside)
    finally:
        parts.close()


def operator_pages(
    spec: Spec,
    parts: Parts,
    statistics: Statistics,
    watch: Watch | None = None,
    showing: Showing | None = None,
    clock: Callable[[], float] = time.time,
) -> OperatorPages:
    """The operators' side of a site."""
    folder = Path(spec.folder) / DOOR
    doomed = Doomed(folder, parts.shelf, parts.keeper, parts.audit, clock)
    return OperatorPages(
        parts, folder, doomed, statistics, showing, watch or Watch(), spec.settings
    )


def main() -> None:
    """The process that `Spec.command` names."""
    told = "%(asctime)s door %(levelname)s %(message)s"
    logging.basicConfig(level=logging.WARNING, format=told, force=True)
    try:
        run(Spec(**json.loads(sys.argv[1])), lambda line: print(line, flush=True))
    except UglyError as error:
        print(f"uglynet: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()

"""Doors for tests: a gallery with takes that are taken home, its site without a socket, and a real
process on a real port."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pictures import gradient
from starlette.routing import BaseRoute
from starlette.testclient import TestClient
from waiting import eventually

from installation.app.door_gallery import GalleryKeeper
from installation.app.door_process import parts_of
from installation.app.door_spec import Spec
from installation.carve.nets import net_text
from installation.door.server import listen, serve
from installation.door.site import site
from installation.door.site_parts import Parts
from installation.gallery.record import NET, PORTRAIT_PNG, PORTRAIT_SVG, POSTER, VIDEO
from installation.gallery.store import Gallery, Terms, new_token
from installation.gallery.trusted_time import Stamp
from installation.video import VideoWriter, png_bytes
from installation.vocabulary import Carve, Chisel, ChiselShape, Cut, Net, NoiseStep, Operation, Side

NOW_S = 1.8e9
DAY_S = 86400.0
MADE = Net(
    "c" * 64,
    Carve.of(
        [
            Cut("flow/enc1", Operation.ADD, 0.8, Side.A),
            Cut("interp/skip2", Operation.SHUFFLE, 0.35, chisel=Chisel(ChiselShape.ROWS)),
            Cut("flow/latent", Operation.CUT_OFF, 1.0),
        ]
    ),
    rack=(NoiseStep("pixelate", 0.5),),
    name="Wofi <b>",
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>'
)


def write_take(folder: Path, net: Net = MADE, frames: int = 12) -> tuple[str, ...]:
    """Real files, as the archive would write them."""
    with VideoWriter(folder / VIDEO, 12, quality=10) as video:
        for number in range(frames):
            video.add(gradient(96, 64, shift=3 * number))
    (folder / POSTER).write_bytes(png_bytes(gradient(96, 64)))
    (folder / PORTRAIT_PNG).write_bytes(png_bytes(gradient(64, 64)))
    (folder / PORTRAIT_SVG).write_text(SVG)
    (folder / NET).write_text(net_text(net))
    return ()


@dataclass
class Home:
    """A gallery with one take that is taken home; its link's token, its id and its folder."""

    folder: Path
    token: str
    take_id: str

    @property
    def own(self) -> Path:
        return self.folder / "takes" / self.take_id


def kept(
    folder: Path,
    *,
    token: str | None = None,
    show: bool = True,
    at_s: float = NOW_S,
    net: Net = MADE,
) -> Home:
    """Keep a take in the gallery in `folder`, as a show would."""
    token = new_token() if token is None else token
    gallery = Gallery(folder)
    try:
        terms = Terms(Stamp(at_s), 30 * DAY_S, show, token)
        take = gallery.keep(net, lambda own: write_take(own, net), terms)
    finally:
        gallery.close()
    return Home(folder, token, take.id)


class Clock:
    """A wall clock that a test moves."""

    def __init__(self, now_s: float = NOW_S) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s


def parts(folder: Path, clock: Clock | None = None) -> Parts:
    """The site's parts over a gallery, serving alone."""
    return parts_of(Spec(str(folder), 0), GalleryKeeper(folder), clock or Clock())


def visitor(made: Parts) -> TestClient:
    """A phone, without a socket; a fault in a page is a status as for a real one."""
    return TestClient(site(made), base_url="http://10.0.0.7:8080", raise_server_exceptions=False,
                      follow_redirects=False)  # fmt: skip


@dataclass
class Opened:
    """A door's process and its port."""

    process: subprocess.Popen[str]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        found = socket.create_connection(("127.0.0.1", self.port))
        found.settimeout(120)
        return found


@contextlib.contextmanager
def opened(folder: Path, **changes: object) -> Iterator[Opened]:
    """A real door alone on a gallery, on any port."""
    spec = replace(Spec(str(folder), 0, "127.0.0.1", exact=True), **changes)  # type: ignore[arg-type]
    process = subprocess.Popen(
        spec.command(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.search(r":(\d+)", line)
        assert found, (line, process.stderr.read() if process.stderr else "")
        door = Opened(process, int(found[1]))
        eventually(lambda: _answers(door))
        yield door
    finally:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def in_thread(made: Parts, more: Sequence[BaseRoute] = ()) -> Iterator[int]:
    """The site on a real port, served by a thread of this process; the port."""
    listening, leaving = listen(0, "127.0.0.1"), threading.Event()

    async def until_asked(leave: Callable[[], None]) -> None:
        await asyncio.to_thread(leaving.wait)
        leave()

    work = partial(asyncio.run, serve(site(made, more), listening, (until_asked,)))
    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        leaving.set()
        thread.join()


def _answers(door: Opened) -> bool:
    with contextlib.suppress(OSError), door.connect() as phone:
        phone.sendall(b"GET /health HTTP/1.0\r\n\r\n")
        return b"200" in phone.recv(100)
    return False


def record_of(home: Home) -> dict[str, object]:
    """What the take's record says."""
    document: dict[str, object] = json.loads((home.own / "take.json").read_text())
    return document

"""Measures whether a gallery of ten thousand takes is as quick as one of a hundred."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from installation.app.door_spec import DOOR, Spec
from installation.carve.nets import net_text
from installation.door.address import LOOPBACK
from installation.door.passwords import set_password
from installation.gallery.attract_order import Takes
from installation.gallery.record import (
    NET,
    PORTRAIT_PNG,
    PORTRAIT_SVG,
    POSTER,
    VIDEO,
    Record,
    document_of,
    record_text,
)
from installation.gallery.store import Gallery, new_id, new_token
from installation.gallery.take_folder import FOLDER_MODE, TAKES, sums
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, VideoWriter, fitted, png_bytes
from installation.vocabulary import Carve, Cut, Net, Operation, UglyError, as_frame

SIZES = (100, 1000, 10_000)
LISTED, PAGED, TURNS = 5, 40, 400
_DAY_S = 86400.0


def written_take(
    number: int, frames: int, size_px: tuple[int, int]
) -> tuple[Net, Callable[[Path], tuple[str, ...]]]:
    """A net, and how its take's files are written into a folder: the bundled clip four times slower
    and a little rough, about as hard to compress as what visitors make."""
    cuts = [Cut("flow/enc1", Operation.ADD, 0.5), Cut("interp/dec2", Operation.NOISE, 0.3)]
    net = Net("a" * 64, Carve.of(cuts), name=f"Bench {number}")
    chance = np.random.default_rng(number)

    def write(folder: Path) -> tuple[str, ...]:
        with VideoReader(BUNDLED_CLIP) as reader:
            clip = [fitted(frame, size_px) for frame in islice(reader.frames(), 1 + frames // 4)]
        with VideoWriter(folder / VIDEO, 25.0) as video:
            for place in range(frames):
                rough = chance.normal(0, 4, clip[0].shape)
                frame = np.clip(clip[place // 4 % len(clip)] + rough, 0, 255)
                video.add(as_frame(frame.astype(np.uint8)))
        for name in (POSTER, PORTRAIT_PNG):
            (folder / name).write_bytes(png_bytes(clip[0]))
        (folder / PORTRAIT_SVG).write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
        (folder / NET).write_text(net_text(net), encoding="utf-8")
        return ()

    return net, write


def measure_gallery(tell: Callable[[str], None]) -> dict[str, Any]:
    """What grows with a gallery, for each of `takes`, in milliseconds (medians).

    `list_ms` is the whole command `uglynet gallery list`; `page_ms` a page of the operators' takes
    from a real door, by HTTP, `page_ms_worst` the slowest; `attract_ms` is how long the attract
    loop takes to choose its next take. The sizes take turns: what else the
    machine does shows in all of them alike.
    """
    with tempfile.TemporaryDirectory(prefix="uglynet-bench-") as place, ExitStack() as open_:
        folders = [Path(place) / str(count) for count in SIZES]
        galleries = []
        for folder, count in zip(folders, SIZES, strict=True):
            tell(f"making {count} takes")
            galleries.append(filled(folder, count))
        now_s = time.time()
        chosen = _in_turn([partial(_next, takes, now_s) for takes in galleries], TURNS)
        pages = [open_.enter_context(_paging(folder)) for folder in folders]
        tell("asking for pages")
        paged = _in_turn(pages, PAGED)
        tell("listing")
        listed = _in_turn([partial(_list, folder) for folder in folders], LISTED)
    return {
        "takes": list(SIZES),
        "list_ms": [round(median(each), 1) for each in listed],
        "page_ms": [round(median(each), 2) for each in paged],
        "page_ms_worst": [round(max(each), 2) for each in paged],
        "attract_ms": [round(median(each), 4) for each in chosen],
    }


def _in_turn(works: Sequence[Callable[[int], object]], rounds: int) -> list[list[float]]:
    """How long each of these took in each round, in milliseconds; the first round is for warming
    up and not counted."""
    took: list[list[float]] = [[] for _ in works]
    for number in range(rounds + 1):
        for work, each in zip(works, took, strict=True):
            began_s = time.perf_counter()
            work(number)
            if number:
                each.append(1000 * (time.perf_counter() - began_s))
    return took


def _next(takes: Takes, now_s: float, turn: int) -> None:
    takes.next(turn, now_s)


def _list(folder: Path, number: int) -> None:
    settings = folder.with_suffix(".toml")
    settings.write_text(f'[gallery]\nfolder = "{folder}"\n', encoding="utf-8")
    command = [sys.executable, "-m", "installation", "--config", str(settings), "gallery", "list"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def filled(folder: Path, count: int) -> Takes:
    """Fill a gallery; its takes, as the attract loop has them."""
    first = folder / TAKES / new_id()
    first.mkdir(FOLDER_MODE, parents=True)
    net, write = written_take(0, frames=4, size_px=(64, 48))
    write(first)
    held, now_s = sums(first), time.time()
    for number in range(count):
        own = first if number == 0 else folder / TAKES / new_id()
        if number:
            own.mkdir(FOLDER_MODE)
            for name in held:
                os.link(first / name, own / name)
        kept_at_s = round(now_s - 60.0 * number, 3)
        expires_at_s = round(kept_at_s + 30 * _DAY_S, 3)
        record = Record(
            own.name, document_of(net), kept_at_s, expires_at_s, True, True, files=held,
            token=new_token(),
        )  # fmt: skip
        (own / "take.json").write_text(record_text(record), encoding="utf-8")
    gallery = Gallery(folder)
    try:
        takes = gallery.takes()
    finally:
        gallery.close()
    if len(takes) != count:
        raise UglyError(f"the bench's gallery holds {len(takes)} takes, not {count}")
    return takes


@contextmanager
def _paging(folder: Path) -> Iterator[Callable[[int], None]]:
    """What asks a real door on a gallery for a page of its takes, as an operator."""
    password = new_token()
    set_password(folder / DOOR, password)
    with _door(folder) as port:
        origin = f"http://{LOOPBACK}:{port}"
        ours = {"origin": origin, "x-uglynet": "operator", "content-type": "application/json"}
        with closing(http.client.HTTPConnection(LOOPBACK, port, timeout=120)) as phone:
            phone.request("POST", "/operator/login", json.dumps({"password": password}), ours)
            answer = phone.getresponse()
            answer.read()
        if answer.status != 200:
            raise UglyError(f"the bench was not let in ({answer.status})")
        cookie = {"cookie": str(answer.headers["set-cookie"]).split(";")[0]}

        def page(number: int) -> None:
            asked = ("skip=0", "skip=50", "text=bench", "moderation=unseen")[number % 4]
            with closing(http.client.HTTPConnection(LOOPBACK, port, timeout=120)) as phone:
                phone.request("GET", f"/operator/takes?{asked}", headers=cookie)
                found = phone.getresponse()
                body = json.loads(found.read())
            if found.status != 200 or not body["takes"]:
                raise UglyError(f"the bench got no page ({found.status})")

        yield page


@contextmanager
def _door(folder: Path) -> Iterator[int]:
    """A real door on a gallery; its port."""
    spec = Spec(str(folder), 0, LOOPBACK, exact=True)
    process = subprocess.Popen(spec.command(), stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r":(\d+)", line)
        if found is None:
            raise UglyError("the bench's door did not open")
        yield int(found[1])
    finally:
        process.terminate()
        process.wait()

"""The parsers, each with good documents to begin from. Each takes a file, and may raise only what
it says it raises: `UglyError`, in one line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from installation.app.card import Paper
from installation.carve.nets import net_text
from installation.carve.packing import packed, unpacked
from installation.carve.panel_layout import PanelLayout
from installation.carve.random_nets import roll
from installation.commands.card import net_in_picture
from installation.commands.context import read_net
from installation.documents import read_text
from installation.door.messages import Alive, Counted, GarbledError, Live, Splitter, encoded
from installation.gallery.record import FileSum, Record, document_of, parse_record, record_text
from installation.interpolator.model import load_model
from installation.interpolator.sessions import session_of
from installation.opening_hours import read_date, read_line, read_zone
from installation.panel.arduino import protocol
from installation.panel.driver import PanelShape
from installation.panel.midi.midi_map import MidiMap
from installation.panel.recording.recording import read_recording
from installation.settings import HOUSE, load_settings
from installation.show.words import OWN, languages
from installation.video import VideoReader
from installation.vocabulary import Net

from . import fleet_parsers as fleet

MODEL = HOUSE / "models" / "small"
CASES = Path(__file__).parents[1] / "cases"


@dataclass(frozen=True)
class Parser:
    """`read` is given a file of damaged bytes, named `file`; `good` makes what it begins from."""

    name: str
    read: Callable[[Path], object]
    good: Callable[[], Sequence[bytes]]
    file: str = "document"
    within_s: float = 5.0
    """How long one document may take, in seconds of the processor."""


@cache
def _nets() -> tuple[Net, ...]:
    manifest = load_model(MODEL).manifest
    return tuple(roll(manifest.sites, manifest.model, seed) for seed in range(6))


def _files(folder: Path, pattern: str) -> Callable[[], Sequence[bytes]]:
    return lambda: [path.read_bytes() for path in sorted(folder.glob(pattern))]


def _words(path: Path) -> object:
    return languages((path.parent,))


def _layout(path: Path) -> object:
    return PanelLayout.parse(read_text(path), path.name)


def _midi(path: Path) -> object:
    return MidiMap.parse(read_text(path), path.name, PanelShape(16, 8))


def _hours(path: Path) -> object:
    found = []
    for line in read_text(path).splitlines():
        for read in (read_line, read_date, read_zone):
            try:
                found.append(read(line))
            except ValueError as error:  # what these say; `settings` makes a line of it
                found.append(str(error))
    return found


def _packed(path: Path) -> object:
    return unpacked(path.read_bytes(), path.name)


def _record(path: Path) -> object:
    return parse_record(path.read_bytes(), path.name)


def _records() -> Sequence[bytes]:
    sums = {"video.mp4": FileSum(3, "a" * 64), "s.png": FileSum(0, "b" * 64)}
    return [
        record_text(
            Record(f"id{n}", document_of(net), 1.8e9, 1.9e9, True, files=sums, stills=("s.png",))
        ).encode()
        for n, net in enumerate(_nets())
    ]


def _recording() -> Sequence[bytes]:
    states = [
        json.dumps({"at_s": n / 4, "knobs": [n / 9] * 4, "pressed": [n % 3]}) for n in range(9)
    ]
    head = json.dumps({"uglynet": "panel recording", "version": 1, "knobs": 4, "buttons": 3})
    return ["\n".join((head, *states)).encode()]


def _model(path: Path) -> object:
    """The manifest alone; its graphs are absent, which is told."""
    return load_model(path)


@cache
def _graph() -> bytes:
    return (MODEL / "interp.onnx").read_bytes()


def _onnx(path: Path) -> object:
    """A graph that an operator's own manifest vouches for."""
    return session_of(path.read_bytes(), path.name, "cpu", 1)


def _model_s_graph(path: Path) -> object:
    """A graph that is not the one its manifest means."""
    manifest = json.loads((MODEL / "manifest.json").read_text(encoding="utf-8"))
    for graph in ("flow", "flow_full", "interp_full"):
        there = path.with_name(f"{graph}.onnx")
        if not there.exists():
            there.symlink_to(MODEL / there.name)
    path.with_name("manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    wanted = hashlib.sha256(_graph()).hexdigest()
    found = load_model(path.parent)
    assert hashlib.sha256(found.graphs["interp"]).hexdigest() == wanted
    return found


def _card(path: Path) -> object:
    return net_in_picture(path, _nets()[0].model)


def _cards() -> Sequence[bytes]:
    names = tuple(site.name for site in load_model(MODEL).manifest.sites)
    paper, words = Paper(_nets()[0].model, names, "UGly-Net"), languages()["en"]
    found = [paper.file("card.png", net, "2026-11-27", words) for net in _nets()[:2]]
    picture = cv2.imdecode(np.frombuffer(found[0], np.uint8), cv2.IMREAD_COLOR)
    small = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return [*found, *(cv2.imencode(kind, small)[1].tobytes() for kind in (".jpg", ".png"))]


def _video(path: Path) -> object:
    with VideoReader(path) as reader:
        return [frame.shape for frame in islice(reader.frames(), 30)]


def _wire(path: Path) -> object:
    receiver = protocol.Receiver()
    data = path.read_bytes()
    return [receiver.feed(data[at : at + 61]) for at in range(0, len(data), 61)]


def _wires() -> Sequence[bytes]:
    golden = _files(CASES.parent / "golden" / "wire", "*")()
    own = b"".join(protocol.lamps(n, frozenset({n})) + protocol.ping(n, b"abc") for n in range(9))
    return [*golden, own]


def _messages(path: Path) -> object:
    splitter, data = Splitter(), path.read_bytes()
    found = []
    try:
        for at in range(0, len(data), 97):
            found += list(splitter.feed(data[at : at + 97]))
    except GarbledError:
        return None
    return found


def _talk() -> Sequence[bytes]:
    told = (Live(1.0, "carve", 3, (), {"fps": 3.0}), Counted("visits"), Alive(True))
    return [b"".join(encoded(message) for message in told)]


def _hours_lines() -> Sequence[bytes]:
    return [b"Tue-Sun 10:00-18:00\nThu 10:00-21:00\nSat 20:00-02:00\n2026-12-24\nEurope/Zurich\n"]


def _parsers() -> Iterator[Parser]:
    config = HOUSE / "kiosk_config"
    nets = [document_of(net) for net in _nets()]
    yield Parser("travelling take", fleet.take, fleet.takes(nets))
    yield Parser("note", fleet.note, fleet.notes)
    yield Parser("fleet's list", fleet.members, fleet.lists)
    yield Parser("hub's line", fleet.line, fleet.hub_lines)
    yield Parser("settings", load_settings, _files(config, "uglynet.toml"), "uglynet.toml")
    yield Parser("hours", _hours, _hours_lines)
    yield Parser("layout", _layout, _files(config / "panels", "*.toml"), "panel.toml")
    yield Parser("midi map", _midi, _files(config / "panels", "nano*.toml"), "panel.toml")
    yield Parser("words", _words, _files(OWN, "*.toml"), "xx.toml")
    yield Parser("net", read_net, lambda: [net_text(net).encode() for net in _nets()], "net.json")
    yield Parser("packed net", _packed, lambda: [packed(net) for net in _nets()])
    yield Parser("take's record", _record, _records, "take.json")
    yield Parser("recording", read_recording, _recording, "panel.jsonl")
    yield Parser("manifest", _model, _files(MODEL, "manifest.json"), "manifest.json")
    yield Parser("model's graph", _model_s_graph, lambda: [_graph()], "interp.onnx", 20.0)
    yield Parser("onnx", _onnx, lambda: [_graph()], "interp.onnx", 60.0)
    yield Parser("card's picture", _card, _cards, "card.png", 20.0)
    yield Parser("film", _video, _files(CASES, "*.m*"), "film.mkv", 20.0)
    yield Parser("panel's wire", _wire, _wires)
    yield Parser("door's talk", _messages, _talk)


PARSERS = {parser.name: parser for parser in _parsers()}

"""The page on which a net is played at home: a folder for any web server (`installation/door/play`
and what is made for it here).

Nothing in it asks for anything outside the folder, and all addresses are relative.
"""

from __future__ import annotations

import gzip
import json
import shutil
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from installation.carve.operations import SURPRISE_ODDS, as_document
from installation.carve.panel_layout import Manner, PanelLayout, is_site
from installation.carve.sites import GRAPHS
from installation.files import write_whole
from installation.interpolator.folding import folded
from installation.interpolator.model import Model
from installation.show.net_picture.looks import LOOKS
from installation.show.words import Words
from installation.vocabulary import VISIBLE, Operation, UglyError

PAGE = Path(__file__).parents[1] / "door" / "play"
RUNTIME = PAGE.parent / "node_modules" / "onnxruntime-web"
RUNTIME_FILES = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
DISK_FILES = "disk-files.js"
PLOTS = ("uPlot.esm.js", "uPlot.min.css")
PACKED = (".wasm", ".onnx")
"""What is kept packed: the page unpacks it itself, so that no server has to."""

SIZE_PX = (256, 144)
"""Of the clips a phone carves: the booth's preview at its smallest."""

TABLES = (
    "play.", "operation.", "manner.", "page.", "flow.", "interp.", "button.", "tool.", "form.",
)  # fmt: skip
"""The tables of words that the page uses."""


def write_page(
    out: Path,
    model: Model,
    layout: PanelLayout,
    words: Mapping[str, Words],
    runtime: Path = RUNTIME,
) -> None:
    """Write the whole page into the folder `out`, for the model and in these languages.

    Raises:
        UglyError: if ONNX Runtime's files for browsers are not there.
        OSError: if it cannot be written.
    """
    for file in sorted(PAGE.iterdir()):
        if file.is_file():
            out.mkdir(parents=True, exist_ok=True)
            write_whole(out / file.name, file.read_bytes())
    made = PAGE / "made"
    if not (runtime / "dist").is_dir() and (made / "ort").is_dir():
        shutil.copytree(made / "ort", out / "made" / "ort", dirs_exist_ok=True)
        runtime = Path()
    make(out / "made", model, layout, words, runtime)


def write_for_disk(page: Path) -> None:
    """Write beside a whole page in the folder `page` what it needs where it is opened from a disk:
    all that it is made of, in one plain script (`door/play/disk.js` unpacks it).

    Raises:
        OSError: if it cannot be read or written.
    """
    texts, packed = {}, {}
    for path in sorted(page.rglob("*")):
        name = path.relative_to(page).as_posix()
        if path.suffix in (".js", ".mjs") and path.name not in ("disk.js", DISK_FILES):
            texts[name] = path.read_text(encoding="utf-8")
        elif name.startswith("made/") and path.is_file():
            packed[name] = b64encode(path.read_bytes()).decode()
    document = json.dumps({"texts": texts, "bytes": packed}, separators=(",", ":"))
    write_whole(page / DISK_FILES, f"globalThis.disk = {document};\n".encode())


def make(
    out: Path,
    model: Model,
    layout: PanelLayout,
    words: Mapping[str, Words],
    runtime: Path = RUNTIME,
) -> None:
    """Write what the page needs beside its own files: the net, the words, ONNX Runtime.

    Raises:
        UglyError: if ONNX Runtime's files for browsers are not there.
        OSError: if it cannot be written.
    """
    if runtime != Path():
        for name in RUNTIME_FILES:
            _put(out / "ort" / name, _read(runtime / "dist" / name))
    manifest = model.manifest
    multiple = manifest.multiple_of_px
    padded = (SIZE_PX[0] + -SIZE_PX[0] % multiple, SIZE_PX[1] + -SIZE_PX[1] % multiple)
    for graph in GRAPHS:
        _put(out / "net" / f"{graph}.onnx", folded(model, graph, padded))
    about = {
        "model": manifest.model,
        "size": SIZE_PX,
        "padded": padded,
        "chisel_grid": manifest.chisel_grid,
        "visible": VISIBLE,
        "sites": [_site(site) for site in manifest.sites],
        **_panel(layout),
    }
    _put(out / "net.json", _json(about))
    _put(out / "operations.js", b"export const OPERATIONS = " + _json(as_document()) + b";\n")
    told = {language: {"name": each.name, **_used(each.texts)} for language, each in words.items()}
    _put(out / "words.json", _json(told))


def make_plots(out: Path, modules: Path = RUNTIME.parent) -> None:
    """Write what the operators' page draws its plots with into the folder `out`.

    Raises:
        UglyError: if it is not there.
        OSError: if it cannot be written.
    """
    for name in PLOTS:
        _put(out / name, _read(modules / "uplot" / "dist" / name))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise UglyError(
            f"{path}: not there; `make setup` in the project's folder fetches it"
        ) from None


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix in PACKED:
        path, data = path.with_name(path.name + ".gz"), gzip.compress(data, 9, mtime=0)
    write_whole(path, data)


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _site(site: Any) -> dict[str, Any]:
    told = {
        "name": site.name,
        "sides": site.sides,
        "sigmas": site.sigmas,
        "scale": site.scale,
        "curves": dict(site.curves),
        "changes": dict(site.changes),
    }
    # Of models that have them (manifest 3).
    more = {name: getattr(site, name) for name in ("copies", "fine") if hasattr(site, name)}
    return {**told, **more}


def _panel(layout: PanelLayout) -> dict[str, Any]:
    """The layout's pages that are layers, and its manners; an operation without one gets one."""
    there = {manner.operation for manner in layout.operations}
    more = [
        Manner(operation.value.capitalize(), operation)
        for operation in LOOKS
        if operation not in {*there, Operation.PRESERVE}
    ]
    pages = [page for page in layout.pages if any(map(is_site, page.targets))]
    return {
        "pages": [[target for target in page.targets if is_site(target)] for page in pages],
        "manners": [
            {
                "name": manner.name,
                "operation": manner.operation.value,
                "side": manner.side.value,
                "chisel": {**_plain(manner.chisel), "shape": manner.chisel.shape.value},
                "grain": _plain(manner.grain),
            }
            for manner in (*layout.operations, *more)
        ],
        "looks": {
            operation.value: "#{:02x}{:02x}{:02x}".format(*look.fill)
            for operation, look in LOOKS.items()
        },
        "odds": {operation.value: odds for operation, odds in SURPRISE_ODDS.items()},
    }


def _plain(part: Any) -> dict[str, Any]:
    return {"share": part.share, "seed": part.seed}


def _used(texts: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key, text in texts.items() if key.startswith(TABLES)}

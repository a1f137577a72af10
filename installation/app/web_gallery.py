"""The gallery as a folder of plain files: public takes only, with the page to play at home inside.

python -m installation.app.web_gallery '{"settings": {...}, "out": "..."}'   as the door asks for it
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from installation.app.door_gallery import GalleryShelf
from installation.app.door_process import marks, texts
from installation.app.play_page import write_for_disk, write_page
from installation.carve.nets import parse_net
from installation.carve.packing import linked, packed
from installation.door.server import stand_back
from installation.door.takes import SeenTake
from installation.door.web_gallery import STYLE, WebGallery, WebTake, files_of
from installation.door.words import LANGUAGES
from installation.files import write_whole
from installation.gallery.export import folder_name
from installation.gallery.family import family, is_public
from installation.gallery.lookup import Lookup
from installation.gallery.reading import GalleryReader
from installation.gallery.record import Record
from installation.interpolator.model import load_model
from installation.panel.layouts import load_layout
from installation.settings import Settings
from installation.show.words import languages
from installation.vocabulary import UglyError

MARK = "uglynet-gallery.json"
"""What a folder holds that this made, and so may clear up."""

LAYOUT = "mega16"


def write_web_gallery(settings: Settings, out: Path, now_s: float) -> tuple[int, tuple[str, ...]]:
    """Write the gallery's public takes at `now_s` into `out`; how many, and a line for each that
    could not be read. Takes of an earlier export that are public no longer are removed.

    Raises:
        UglyError: one line, if `out` holds something else or cannot be written.
        OSError: likewise.
    """
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).is_file():
        raise UglyError(f"{out}: holds something else; name a new folder")
    out.mkdir(parents=True, exist_ok=True)
    _put(out / MARK, json.dumps({"format": "uglynet-web-gallery", "version": 1}).encode())
    with closing(GalleryReader(settings.gallery.folder)) as reader:
        records = [one for one in reader.records() if is_public(one, now_s)]
        problems = list(reader.problems)
    folders = _folders(records)
    plays = _play(settings, out)
    shelf, lookup = GalleryShelf(settings.gallery.folder), Lookup(settings.gallery.folder)
    takes = []
    with closing(lookup):
        for record in records:
            seen = shelf.with_id(record.id)
            if seen is None:
                continue  # withdrawn meanwhile
            problems += _copied(seen, out / "takes" / folders[record.id])
            kin = family(lookup, record, now_s)
            near = [(folders[one.record.id], one.record.name) for one in kin
                    if one.record.id in folders]  # fmt: skip
            takes.append(WebTake(seen, folders[record.id], _link(seen) if plays else "", near))
    told = [name for name in settings.screen.languages if name in LANGUAGES] or ["en"]
    folder = settings.screen.words
    site = WebGallery(
        settings.screen.title or "UGly-Net", takes, told, texts(str(folder) if folder else ""),
        marks(), time.strftime("%Y-%m-%d", time.localtime(now_s)),
    )  # fmt: skip
    for path, page in site.pages().items():
        _put(out / path, page.encode())
    _put(out / "gallery.css", STYLE.read_bytes())
    _clear_up(out / "takes", {one.folder for one in takes})
    return len(takes), tuple(problems)


def _folders(records: list[Record]) -> dict[str, str]:
    """A folder's name for each take: of plain letters, so that any server and stick holds it."""
    found: dict[str, str] = {}
    for record in records:
        name = folder_name(record).encode("ascii", "ignore").decode().replace(" ", "-")
        taken = set(found.values())
        found[record.id] = name if name not in taken else f"{name}-{record.id[:8]}"
    return found


def _play(settings: Settings, out: Path) -> bool:
    """Write the page to play at home; whether it is there."""
    try:
        model, words = load_model(settings.model.path), settings.screen.words
        write_page(out / "play", model, load_layout(LAYOUT), languages([words] if words else []))
        write_for_disk(out / "play")
    except UglyError:  # without ONNX Runtime's files for browsers there is all but that
        return False
    return True


def _link(take: SeenTake) -> str:
    try:
        net = parse_net(json.dumps(dict(take.net)), "net")
        return linked("play/index.html", packed(net, net.model))
    except (UglyError, ValueError):
        return ""


def _copied(take: SeenTake, folder: Path) -> Iterator[str]:
    """Copy a take's files; a line for each that cannot be read."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in files_of(take).items():
        try:
            data = path.read_bytes()
        except OSError as error:
            yield f"take {take.id}: {name} cannot be read ({error.strerror})"
            continue
        _put(folder / name, data)


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.stat().st_size != len(data) or path.read_bytes() != data:
        write_whole(path, data)
        path.chmod(0o644)  # for any web server's user


def _clear_up(folder: Path, wanted: set[str]) -> None:
    """Remove what an earlier export held and others may no longer see."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name not in wanted and path.is_dir():
            shutil.rmtree(path)


def main(tell: Callable[[str], None] = print) -> None:
    """The process that the door starts."""
    stand_back()
    asked: dict[str, Any] = json.loads(sys.argv[1])
    try:
        settings = TypeAdapter(Settings).validate_python(asked["settings"])
        count, problems = write_web_gallery(settings, Path(asked["out"]), time.time())
    except (UglyError, OSError) as error:
        line = error if isinstance(error, UglyError) else f"{error.filename}: {error.strerror}"
        print(line, file=sys.stderr)
        sys.exit(1)
    tell(json.dumps({"takes": count, "problems": problems}))


if __name__ == "__main__":
    main()

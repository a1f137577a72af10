"""Where a booth's part of the fleet lies.

    FLEET/out/              what this booth says: sent, and nothing else is
        booths.json         the hub's list of who belongs (on the hub alone)
        takes/<id>/         its takes (`travelling`)
        notes/              what is said of takes later (`notes`)
    FLEET/in/<booth>/       what the others say, as it came
    FLEET/key               this booth's own key; FLEET/fleet.json: what it has joined
    FLEET/booths.json       the newest list that the hub has signed
    FLEET/tombstones        the takes that were withdrawn; FLEET/imported: those that were taken up
    FLEET/obeyed.json       what was hidden or pinned here because others said so
    FLEET/last-look.json    what was found at the last look
    FLEET/syncthing/        Syncthing's own files

Only `out` and `in` are kept alike with others.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as checked

from installation.carve.documents import checked_document
from installation.documents import parse_json
from installation.files import write_whole
from installation.fleet.members import Members, parse_members
from installation.fleet.signing import Key, key_at
from installation.gallery.take_folder import flush_folder
from installation.vocabulary import UglyError

TAKES, NOTES, LIST = "takes", "notes", "booths.json"
FOLDER_MODE, FILE_MODE = 0o700, 0o600
WAIT_S = 0.05


@checked(frozen=True, config=ConfigDict(extra="forbid"))
class Joined:
    """What a booth has joined: its own name, and the hub's name, key, Syncthing and address."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    hub: str
    hub_key: str
    hub_device: str = ""
    hub_address: str = ""
    role: Literal["booth", "hub"] = "booth"


@dataclass(frozen=True)
class Place:
    """The folder `root` of a fleet's booth, and what lies where in it."""

    root: Path

    @property
    def out(self) -> Path:
        return self.root / "out"

    @property
    def inboxes(self) -> Path:
        return self.root / "in"

    @property
    def making(self) -> Path:
        """What is not yet, or no longer, in `out`."""
        return self.root / "making"

    @property
    def pulling(self) -> Path:
        """What rclone fetches, on its way to `in`: a show that looks empties `making`."""
        return self.root / "pulling"

    @property
    def syncthing(self) -> Path:
        return self.root / "syncthing"

    @property
    def last_look(self) -> Path:
        return self.root / "last-look.json"

    def key(self) -> Key:
        """This booth's own key. Raises UglyError."""
        return key_at(self.root / "key")

    def made(self) -> None:
        """Make every folder there is. Raises OSError."""
        self.root.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        for folder in (
            self.out,
            self.out / TAKES,
            self.out / NOTES,
            self.inboxes,
            self.making,
        ):
            folder.mkdir(FOLDER_MODE, exist_ok=True)

    def joined(self) -> Joined:
        """What this booth has joined.

        Raises:
            UglyError: if it has joined nothing, or that cannot be read.
        """
        path = self.root / "fleet.json"
        try:
            document = parse_json(path.read_bytes(), str(path))
        except FileNotFoundError:
            raise UglyError(
                f"{self.root}: in no fleet yet; `uglynet fleet join` or `uglynet fleet hub`"
            ) from None
        except OSError as error:
            raise UglyError(f"{path}: cannot be read ({error.strerror})") from None
        return checked_document(Joined, document, str(path), "note of what was joined")

    def write_joined(self, joined: Joined) -> None:
        """Note what this booth has joined. Raises OSError."""
        write_json(self.root / "fleet.json", dict(joined.__dict__))

    def members(self, joined: Joined) -> Members | None:
        """The newest list of who belongs that was ever seen; None before there is one.

        Raises:
            UglyError: if it cannot be read.
        """
        path = self.root / LIST
        try:
            return parse_members(path.read_bytes(), str(path), joined.hub_key)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UglyError(f"{path}: cannot be read ({error.strerror})") from None

    def write_members(self, data: bytes) -> None:
        """Hold a list that was found true. Raises OSError."""
        put_whole(self.root / LIST, data)

    @contextmanager
    def held(self, alive: Callable[[], object] = lambda: None) -> Iterator[None]:
        """While in here, nobody else changes the folder: a show that looks, or a hand. `alive` is
        called now and then while somebody else does.

        Raises:
            OSError: if the folder is not there.
        """
        with (self.root / "lock").open("a") as lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    alive()
                    time.sleep(WAIT_S)
            yield


def put_whole(path: Path, data: bytes, by_way_of: Path | None = None) -> None:
    """Write a file whole, on the disk, with its name, for its owner's eyes only; first in the
    folder `by_way_of`, if whatever lies beside it would travel. Raises OSError."""
    way = (by_way_of or path.parent) / path.name
    write_whole(way, data, private=True)
    if way != path:
        way.replace(path)
    flush_folder(path.parent)


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Write a small document whole. Raises OSError."""
    put_whole(path, json.dumps(dict(document), ensure_ascii=False, indent=1).encode() + b"\n")


def removed(folder: Path, aside: Path) -> None:
    """Remove a folder at once for whoever looks for it: renamed to `aside` (on the same disk)
    first. Raises OSError."""
    if aside.is_dir() and not aside.is_symlink():
        shutil.rmtree(aside)
    with contextlib.suppress(FileNotFoundError):
        folder.replace(aside)
        flush_folder(folder.parent)
        if aside.is_symlink() or not aside.is_dir():
            aside.unlink()
        else:
            shutil.rmtree(aside)


def appended(path: Path, lines: list[str]) -> None:
    """Add lines to a file, on the disk before this returns. Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE)
    with os.fdopen(handle, "ab") as file:
        if file.tell() and not _ends_well(path):
            file.write(b"\n")
        file.write("".join(f"{line}\n" for line in lines).encode())
        file.flush()
        os.fsync(file.fileno())


def _ends_well(path: Path) -> bool:
    """Whether the last line is whole: a power cut may have left half of one."""
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"

"""Proves that records and files agree, both ways, and that every file is what it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from installation.gallery.faults import reason
from installation.gallery.reading import GalleryReader
from installation.gallery.record import TAKE, Record
from installation.gallery.take_folder import DELETING, PARTIAL, TAKES, sum_of
from installation.vocabulary import UglyError

KINDS = ("missing", "orphans", "damaged")
"""What a record or the index names and is not there; what is there and neither names; the rest."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something that is not as it should be: the take's id ("" if it is no take's), and what; its
    kind is one of `KINDS`."""

    take: str
    what: str
    kind: str = "damaged"

    def __str__(self) -> str:
        return f"take {self.take}: {self.what}" if self.take else self.what


def disagreements(reader: GalleryReader) -> Iterator[Disagreement]:
    """Everything in a gallery that does not agree; reads every byte of it.

    Raises:
        UglyError: one line if the gallery cannot be read.
    """
    folders = frozenset(reader.folders)
    for name in reader.folders:
        yield from _of_folder(reader, name)
    for name in sorted(reader.indexed - folders):
        yield Disagreement(name, "in the index, but it has no folder", "missing")
    for name in sorted(folders - reader.indexed):
        yield Disagreement(
            name, "not in the index; `uglynet gallery rebuild` takes it up", "orphans"
        )
    takes = reader.folder / TAKES
    for path in sorted(takes.iterdir()) if takes.exists() else ():
        if path.name.startswith(DELETING):
            yield Disagreement(path.name.removeprefix(DELETING), "half deleted")
        elif path.name.startswith(PARTIAL):
            yield Disagreement(
                "", f"{TAKES}/{path.name}: half kept; the show removes it", "orphans"
            )
        elif path.name not in folders:
            yield Disagreement("", f"{TAKES}/{path.name}: no take's", "orphans")
    for still in reader.loose_stills():
        yield Disagreement("", f"stills/{still.name}: no take's; the show takes it up", "orphans")


def _of_folder(reader: GalleryReader, name: str) -> Iterator[Disagreement]:
    folder = reader.folder / TAKES / name
    try:
        there = {path.name for path in folder.iterdir()}
        if TAKE not in there:
            yield Disagreement(
                name, f"it has no {TAKE}; the show, or `rebuild`, takes it up", "missing"
            )
            return
        record = reader.record(name)
        record.parsed_net()
    except OSError as error:
        yield Disagreement(name, f"cannot be read ({reason(error)})")
        return
    except UglyError as error:
        yield Disagreement(name, str(error))
        return
    for file in sorted(there - set(record.files) - {TAKE}):
        yield Disagreement(name, f"{file} is not in its record", "orphans")
    for file in record.files:
        if file not in there:
            yield Disagreement(name, f"{file} is missing", "missing")
        elif why := _wrong(reader, record, file):
            yield Disagreement(name, f"{file}: {why}")
    held = reader.from_index(name)
    if held is not None and held != record:
        yield Disagreement(name, "the index tells something else than its record")


def _wrong(reader: GalleryReader, record: Record, file: str) -> str:
    try:
        found = sum_of(reader.path_of(record, file))
    except OSError as error:
        return f"cannot be read ({reason(error)})"
    held = record.files[file]
    if found.bytes != held.bytes:
        return f"{found.bytes} bytes, not {held.bytes}"
    return "" if found.sha256 == held.sha256 else "its SHA-256 is another"

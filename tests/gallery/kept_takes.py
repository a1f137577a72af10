"""Galleries for tests: opened on clocks that a test moves, with takes of few bytes in them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from pictures import gradient

from installation.carve.nets import net_text
from installation.gallery.record import (
    NET,
    PORTRAIT_PNG,
    PORTRAIT_SVG,
    POSTER,
    VIDEO,
    Record,
)
from installation.gallery.store import Clocks, Gallery, Terms
from installation.gallery.take_folder import read_record
from installation.gallery.trusted_time import SYNCED_WINDOW_S, Stamp
from installation.video import VideoWriter
from installation.vocabulary import Net, Take

NET_ = Net("b" * 64, name="Bobo")
DAY_S = 86400.0
NOON_S = 1.8e9


@dataclass
class Time:
    """True time, a clock that may be off, and a steady one that starts anew with each run."""

    true_s: float = NOON_S
    off_s: float = 0.0
    synced: bool = True
    _began_s: float = field(default=NOON_S)

    def clocks(self) -> Clocks:
        """The clocks of a fresh run of the program."""
        self._began_s = self.true_s
        return Clocks(
            lambda: self.true_s + self.off_s,
            lambda: self.true_s - self._began_s,
            lambda: self.synced,
        )


def settle(gallery: Gallery, time: Time) -> None:
    """Let the clock be watched for as long as it must."""
    for _ in range(3):
        time.true_s += SYNCED_WINDOW_S
        gallery.clock.look()
    assert gallery.clock.known.settled
    assert not gallery.clock.known.doubted


def write(folder: Path) -> tuple[str, ...]:
    for number, name in enumerate((VIDEO, POSTER, PORTRAIT_PNG, PORTRAIT_SVG), 1):
        (folder / name).write_bytes(name.encode() * number * 100)
    return ()


def keep(
    gallery: Gallery,
    at_s: float = NOON_S,
    *,
    days: float = 30.0,
    show: bool = True,
    net: Net = NET_,
    write=write,
) -> Take:
    return gallery.keep(net, write, Terms(Stamp(at_s), days * DAY_S, show))


def on_disk(folder: Path) -> set[str]:
    return {path.name for path in (folder / "takes").iterdir()}


def first_version(folder: Path, *takes: tuple[str, float, float, bool]) -> None:
    """A gallery as the first version left it: (id, kept, expires, shown) each; in WAL mode."""
    with sqlite3.connect(folder / "gallery.db") as db:
        db.execute("pragma journal_mode = wal")
        db.execute(
            "create table takes (id text primary key, net text not null, kept_at_s float not null,"
            " expires_at_s float not null, in_gallery integer not null)"
        )
        db.execute("create index idx_takes_kept_at_s on takes (kept_at_s)")
        db.execute(
            "create table _sqlite_migrations (id integer primary key, migration_set text,"
            " name text, applied_at text)"
        )
        for name in ("create_takes", "index_by_time"):
            db.execute(
                "insert into _sqlite_migrations (migration_set, name, applied_at)"
                " values ('uglynet-gallery', ?, '2026-01-01')",
                (name,),
            )
        for take_id, kept_s, expires_s, shown in takes:
            db.execute(
                "insert into takes values (?, ?, ?, ?, ?)",
                (take_id, net_text(NET_), kept_s, expires_s, int(shown)),
            )
    db.close()
    for take_id, *_ in takes:
        first_version_files(folder, take_id)


def first_version_files(folder: Path, take_id: str) -> Path:
    own = folder / "takes" / take_id
    own.mkdir(parents=True)
    write(own)
    (own / VIDEO).unlink()
    with VideoWriter(own / VIDEO, 10) as video:
        for shift in range(3):
            video.add(gradient(32, 24, shift))
    (own / NET).write_text(net_text(NET_), encoding="utf-8")
    return own


def kept_record(folder: Path, parents: tuple[str, ...] = (), at_s: float = NOON_S) -> Record:
    """A take kept in the gallery in `folder`, which is opened and closed for it."""
    gallery = Gallery(folder)
    try:
        terms = Terms(Stamp(at_s), 30 * DAY_S, True, parents=parents)
        take = gallery.keep(NET_, write, terms)
    finally:
        gallery.close()
    return read_record(folder / "takes" / take.id)

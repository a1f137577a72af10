"""The takes in a folder: kept, found, listed and deleted.

GALLERY/takes/<id>/      a take, whole in itself (`take_folder`, `record`)
GALLERY/gallery.db       an index over the records, made anew when it is lost (`index`)
GALLERY/clock.json       what is known of the time (`clock_file`)
GALLERY/quarantine/      what was found and is no whole take, by date
GALLERY/show.lock        held by the show; `.reserve`: room to delete on a full disk
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from installation.carve.nets import net_text
from installation.gallery.attract_order import Takes
from installation.gallery.changes import changing
from installation.gallery.clock_file import GalleryClock
from installation.gallery.deletion import RESERVE, RESERVE_BYTES, delete_take
from installation.gallery.faults import is_damaged, reason, told
from installation.gallery.index import Index
from installation.gallery.known_takes import KnownTakes
from installation.gallery.mounts import check_mounted
from installation.gallery.quarantine import in_quarantine, sweep_quarantine
from installation.gallery.record import NET, Record, document_of, moment
from installation.gallery.recovery import Recovered, Recovery, first_rows, set_database_aside
from installation.gallery.take_folder import (
    FOLDER_MODE,
    PARTIAL,
    TAKES,
    emptied,
    flush_files,
    flush_folder,
    made,
    read_record,
    sums,
    write_record,
)
from installation.gallery.time_sync import synchronized
from installation.gallery.trusted_time import Stamp
from installation.vocabulary import Net, Take, UglyError

_log = logging.getLogger(__name__)

LOCK, BOOTH, TRIED_OUT = "show.lock", "booth", ".tried-out"
KEEP_S = 30 * 86400.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks a gallery looks at: seconds since the epoch, seconds that only run forwards, and
    whether a time server sets the first."""

    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic
    synced: Callable[[], bool] = synchronized


@dataclass(frozen=True, slots=True)
class Terms:
    """What a take is kept on: `lasts_s` seconds from its stamp, shown to others or not, and once an
    operator has approved if it is to be `approved_first`; with a `token` its visitor takes it home.
    `parents` are the ids of the takes whose nets it grew from; with `clip` the film itself is kept.
    """

    stamp: Stamp
    lasts_s: float
    show: bool
    token: str = ""
    approved_first: bool = False
    parents: tuple[str, ...] = ()
    clip: bool = False


def new_token() -> str:
    """What the link to a take's page ends in: 128 random bits, so that it can't be guessed."""
    return secrets.token_urlsafe(16)


def new_id() -> str:
    """A take's name: 128 random bits, so that a link to it can't be guessed."""
    return secrets.token_urlsafe(16).replace("-", "a").replace("_", "b")


class Gallery:
    """The gallery in a folder, held by the show that alone keeps and sweeps; used by one thread.

    Others read it (`reading.GalleryReader`) and delete from it (`deletion`) meanwhile. `keep_s` is
    how long what has no record of its own is kept, in seconds.

    Raises:
        UglyError: if the folder cannot be used, or lies below a mount point without a mount; if a
            newer version made its index; if another show holds it.
    """

    def __init__(
        self, folder: Path, *, keep_s: float = KEEP_S, clocks: Clocks | None = None
    ) -> None:
        self.folder, self._keep_s = folder, keep_s
        self._takes = folder / TAKES
        clocks = clocks or Clocks()
        check_mounted(folder)
        self._lock: Any = None
        try:
            folder.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
            made(self._takes)
            self._lock = (folder / LOCK).open("a")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._unlock()
            raise UglyError(
                f"{folder}: another UGly-Net is running on this gallery; stop it, or set "
                "[gallery] folder to another"
            ) from None
        except OSError as error:
            self._unlock()
            raise UglyError(
                f"{folder}: the gallery cannot be used ({error.strerror}); set [gallery] folder"
            ) from None
        self._index: Index | None = None
        try:
            with told(f"{folder}: the gallery cannot be used"):
                self._keep_reserve()
                self._booth = _booth(folder)
                self.clock = GalleryClock(folder, clocks.wall, clocks.steady, clocks.synced)
                self.recovered = self._opened()
                self._device = self._takes.stat().st_dev
        except BaseException:
            self.close()
            raise

    @property
    def index(self) -> Index:
        assert self._index is not None
        return self._index

    def _opened(self, *, anew: bool = False) -> Recovered:
        """Open the index, a new one where it is damaged or has to be `anew`; put it right."""
        rows: dict[str, dict[str, Any]] = {}
        try:
            if anew:
                raise sqlite3.DatabaseError("to be made anew")
            self._index = Index(self.folder)
            self._index.check()
            rows = {str(row["id"]): row for row in self._index.first_rows()}
            done = self._recovery(rows).run(self._index)
            self._known = KnownTakes(self._takes, self._index)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            if not is_damaged(error):
                raise
            if self._index is not None:
                self._index.close()
            aside = set_database_aside(self.folder, self.clock.known)
            if aside is not None:
                _log.warning("%s: %s; set aside in %s", self.folder, reason(error), aside)
            self._index = Index(self.folder)
            done = self._recovery(rows or first_rows(aside)).run(self._index)
            self._known = KnownTakes(self._takes, self._index)
        self._index.drop_first_rows()
        if done.indexed or done.set_aside:
            _log.warning("%s: %s", self.folder, done)
        return done

    def _recovery(self, rows: dict[str, dict[str, Any]]) -> Recovery:
        return Recovery(self.folder, self.clock.known, self._keep_s, self._booth, rows)

    def rebuild(self) -> Recovered:
        """Make the index anew from the takes' folders; a damaged one goes into quarantine.

        Raises:
            UglyError: one line if that cannot be done; the folders stay as they are.
        """
        with told(f"{self.folder}: the index cannot be made anew"):
            self._healed(self.index.check)
            self.index.drop(iter(self.index.ids()))
            self.recovered = self._recovery({}).run(self.index)
            self._known.refresh(gone_too=True)
            return self.recovered

    # What is there.

    def takes(self) -> Takes:
        """All takes, the newest first, as last known (`refresh`)."""
        return self._known.takes

    def refresh(self) -> bool:
        """Take up what others changed; whether anything has. Costs no more where there is more.

        Raises:
            UglyError: one line if the folder is gone or cannot be read.
        """

        def work() -> bool:
            if self._takes.stat().st_dev != self._device:
                raise UglyError(f"{self.folder}: another disk is there than when the show began")
            if self.index.lost():
                raise sqlite3.DatabaseError("it has vanished")
            if not self._known.changed():
                return False
            self._known.folders_seen()
            done = self._recovery({}).run(self.index)
            if done.indexed or done.set_aside:
                _log.warning("%s: %s", self.folder, done)
            return self._known.refresh(gone_too=True)

        with told(f"{self.folder}: the gallery cannot be read"):
            return self._healed(work)

    def _healed(self, work: Callable[[], T]) -> T:
        """What `work` returns; where the index is damaged or gone it is made anew before."""
        try:
            return work()
        except sqlite3.Error as error:
            if not is_damaged(error):
                raise
            _log.warning("%s: the index is made anew: %s", self.folder, reason(error))
            self.index.close()
            self.recovered = self._opened(anew=True)
        return work()

    def quarantined(self) -> int:
        """How many files and folders lie in quarantine."""
        with told(f"{self.folder}: the quarantine cannot be read"):
            return len(in_quarantine(self.folder))

    # Keep.

    def keep(self, net: Net, write: Callable[[Path], tuple[str, ...]], terms: Terms) -> Take:
        """Keep a take: `write` fills a fresh folder with its files, and says which of them are
        stills. Once the folder has its name, the take is kept, whatever the index does.

        Raises:
            UglyError: if anything fails; nothing of the take is left then.
        """
        name = new_id()
        partial, final = self._takes / (PARTIAL + name), self._takes / name
        kept_at_s = moment(terms.stamp.kept_at_s)
        try:
            partial.mkdir(FOLDER_MODE)
            stills = write(partial)
            (partial / NET).write_text(net_text(net), encoding="utf-8")
            flush_files(partial)
            record = Record(
                id=name,
                net=document_of(net),
                kept_at_s=kept_at_s,
                expires_at_s=moment(kept_at_s + terms.lasts_s),
                show=terms.show,
                told=terms.stamp.told,
                not_before_s=moment(terms.stamp.not_before_s),
                leaps_s=round(terms.stamp.leaps_s, 3),
                booth=self._booth,
                files=sums(partial),
                stills=stills,
                take_home=bool(terms.token),
                token=terms.token,
                parents=terms.parents,
                clip=terms.clip,
                moderation="waiting" if terms.approved_first else "unseen",
            )
            write_record(partial, record)
            partial.replace(final)
            flush_folder(self._takes)
        except BaseException as error:
            for folder in (partial, final):
                with contextlib.suppress(OSError):
                    emptied(folder)
            if isinstance(error, (OSError, UglyError, ValueError)):
                raise UglyError(f"the take could not be kept: {reason(error)}") from None
            raise
        self._indexed(record)
        return record.take()

    def try_out(self) -> None:
        """Write as much as a small take and take it away again.

        Raises:
            UglyError: if that cannot be done: no take could be kept now.
        """
        path = self.folder / TRIED_OUT
        with told("nothing can be kept"):
            try:
                _fill(path, to_disk=True)
            finally:
                with contextlib.suppress(OSError):
                    path.unlink()

    def _indexed(self, record: Record) -> None:
        """Take a record into the index; where that fails, it is found by its folder later."""
        try:
            self._healed(lambda: self.index.put(record))
        except (sqlite3.Error, OSError, UglyError) as error:
            _log.warning("take %s is kept, but not in the index yet: %s", record.id, reason(error))
            return
        with contextlib.suppress(sqlite3.Error):
            self._known.refresh()

    # Delete.

    def delete(self, take_id: str) -> None:
        """Delete a take for good: its files, then its record.

        Raises:
            UglyError: one line naming the take, if anything of it is left.
        """
        delete_take(self.folder, take_id, self.index)
        self._known.forget(take_id)

    def sweep(self, most: int) -> int:
        """Delete what has surely expired, and what is more than `most`; how many went.

        Raises:
            UglyError: one line, if some could not be deleted; the others are gone.
        """
        with told(f"{self.folder}: cannot be swept"):
            doomed = self._healed(lambda: self._doomed(most))
            for path in sweep_quarantine(self.folder, self._keep_s, self.clock.known):
                _log.warning("%s: its days were over, it is deleted", path)
        failed = []
        for take_id in doomed:
            try:
                self.delete(take_id)
            except UglyError as error:
                failed.append(str(error))
        self._keep_reserve()
        if failed:
            raise UglyError(failed[0])
        return len(doomed)

    def _doomed(self, most: int) -> tuple[str, ...]:
        """The ids of takes that are over or too many, after times were put right."""
        known = self.clock.known
        for record in self.index.uncertain(known.leaps_s, known.now_s):
            if record.mended(known) is record:
                continue
            with changing(self.folder):  # what an operator or its visitor just changed stays
                mended = read_record(self._takes / record.id).mended(known)
                write_record(self._takes / record.id, mended)
            self.index.put(mended)
        over = self.index.expired(known.floor_s, known.leaps_s)
        many = self.index.past(most) if len(self.takes()) > most else ()
        return tuple(dict.fromkeys((*over, *many)))

    def _keep_reserve(self) -> None:
        """Hold some room on the disk, to be given up when something must be deleted on a full
        one."""
        path = self.folder / RESERVE
        with contextlib.suppress(OSError):
            if path.exists() and path.stat().st_size == RESERVE_BYTES:
                return
        try:
            _fill(path)
        except OSError:  # the disk is full already
            with contextlib.suppress(OSError):
                path.unlink()

    def close(self) -> None:
        """Let go of the gallery; what is known of the time is written down."""
        if self._index is not None:
            with contextlib.suppress(OSError):
                self.clock.write()
            self._index.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _booth(folder: Path) -> str:
    """What this booth is called in what it keeps: made up once, by chance."""
    path = folder / BOOTH
    with contextlib.suppress(OSError, UnicodeDecodeError):
        if name := path.read_text(encoding="utf-8").strip()[:80]:
            return name
    name = secrets.token_hex(4)
    with contextlib.suppress(OSError):  # a full disk must not keep the show from starting
        path.write_text(f"{name}\n", encoding="utf-8")
    return name


def _fill(path: Path, *, to_disk: bool = False) -> None:
    """Write `RESERVE_BYTES` zeros into a file, and wait for the disk if asked. Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(bytes(RESERVE_BYTES))
        if to_disk:
            file.flush()
            os.fsync(file.fileno())

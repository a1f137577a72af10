"""One look: what this booth has to say is said, what the others say is carried out.

Withdrawals first, before anything is taken up. In which order takes, notes and tombstones come,
how often, and how late, makes no difference to the gallery in the end.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from installation.fleet.importing import ARRIVING, import_take, newest
from installation.fleet.inbox import Arrival
from installation.fleet.looked import Looked
from installation.fleet.members import Members
from installation.fleet.memory import Imported
from installation.fleet.notes import Says, Standing
from installation.fleet.obedience import Obedience
from installation.fleet.others import Others
from installation.fleet.outbox import Outbox
from installation.fleet.place import TAKES, Place
from installation.gallery.changes import change_take, withdraw
from installation.gallery.clock_file import GalleryClock
from installation.gallery.deletion import delete_take, put_all_in_index
from installation.gallery.faults import reason, told
from installation.gallery.index import Trace
from installation.gallery.record import Record
from installation.gallery.recovery import names
from installation.gallery.store import BOOTH
from installation.gallery.take_folder import flush_folder, read_record
from installation.gallery.traces import Traces
from installation.vocabulary import UglyError

_log = logging.getLogger(__name__)

MOST_AT_ONCE = 200
"""So many takes are taken up at a look, so that no withdrawal waits for long behind them."""

AT_HOME: Mapping[str, Mapping[str, Any]] = {
    "hide": {"moderation": "hidden"},
    "unhide": {"moderation": "approved"},
    "pin": {"pinned": True},
    "unpin": {"pinned": False},
}


class Fleet:
    """A booth's part of the fleet in the folder `place`, over the gallery in `gallery`, which a
    show may hold meanwhile. At most `most` takes of others are held. Used by one thread.

    `alive` is called now and then during long work; `new_gallery` lets go of a gallery that was
    there before. Raises UglyError if it has joined nothing.
    """

    def __init__(
        self,
        place: Place,
        gallery: Path,
        most: int,
        *,
        alive: Callable[[], object] = lambda: None,
        new_gallery: bool = False,
    ) -> None:
        self._place, self._gallery, self._most = place, gallery, most
        self._alive, self._new_gallery = alive, new_gallery
        self.joined = place.joined()
        self._mark = ""
        self._told: set[str] = set()

    @property
    def members(self) -> Members | None:
        """Who belongs, as of the last look."""
        return self._others.members

    @property
    def withdrawn(self) -> frozenset[str]:
        """The takes that were withdrawn, as of the last look."""
        return self._others.tombstones.takes()

    def look(self) -> Looked:
        """Look once, and do what is to be done.

        Raises:
            UglyError: one line, if nothing could be done at all.
        """
        with told(f"{self._place.root}: the fleet's folder cannot be used"):
            self._place.joined()  # somebody may have left it meanwhile
            self._place.made()
            with self._place.held(self._alive):
                self.joined = self._place.joined()
                if not self._mark or self._marked() != self._mark:
                    self._read_all()
                looked = self._looked()
        lines = {f"refused {name}: {why}" for name, why in looked.refused.items()}
        for line in sorted(lines - self._told):
            _log.warning("fleet: %s", line)
        self._told = lines
        return looked

    def say(self, take: str, says: Says) -> None:
        """Have the hub say something of any take.

        Raises:
            UglyError: if this is not the hub, or nobody knows that take.
        """
        if self.joined.role != "hub":
            raise UglyError("only the hub says so of any take; on a booth, use its operator's page")
        self.look()
        with (
            told(f"{self._place.root}: the fleet's folder cannot be used"),
            self._place.held(self._alive),
        ):
            trace = self._traces.known.get(take)
            if trace is not None and not trace.whose:
                self._done_at_home(take, says)
            else:
                self._outbox.say(take, says, self._end_of(take, trace))
        self.look()

    def _end_of(self, take: str, trace: Trace | None) -> float:
        if trace is not None:
            return trace.expires_at_s
        ends = {each.id: each.expires_at_s for each in self._others.arrivals()}
        ends |= self._others.ends_said()  # of what is hidden, and so not here
        if take in ends:
            return ends[take]
        if take in self._outbox.said.takes():
            return self._outbox.end_said_of(take)
        raise UglyError(f"no take {take} came; `uglynet gallery list` names them whole")

    def _done_at_home(self, take: str, says: Says) -> None:
        """Do so to one of the hub's own takes; what is to be said follows from that."""
        if says == "withdraw":
            withdraw(self._gallery, take)
        else:
            change_take(self._gallery, take, lambda held: replace(held, **AT_HOME[says]))

    # The start, and after another program's look.

    def _marked(self) -> str:
        try:
            return (self._place.root / "lock").read_text("ascii")
        except (OSError, UnicodeDecodeError):
            return ""

    def _read_all(self) -> None:
        """Read everything anew; whoever else has read it so far is to do so, too."""
        key = self._place.key()
        hub = self.joined.role == "hub"
        self._outbox = Outbox(self._place, self.joined.name, key, hub=hub, alive=self._alive)
        self._others = Others(self._place, self.joined, self._alive)
        self._traces = Traces(self._gallery)
        self._imported: Imported | None = None
        self._obedience = Obedience(self._place.root / "obeyed.json", self._gallery)
        self._unfinished = True
        if self._traces.there:
            self._found_again()
        self._mark = secrets.token_hex(8)
        with contextlib.suppress(OSError):  # on a full disk everything is read anew each time
            (self._place.root / "lock").write_text(self._mark, "ascii")

    def _found_again(self) -> None:
        """Have the index know what was taken up just before the power failed."""
        shutil.rmtree(self._gallery / ARRIVING, ignore_errors=True)
        self._traces.refresh()
        records = []
        for name in sorted(set(names(self._gallery / TAKES)) - set(self._traces.known)):
            with contextlib.suppress(OSError, UglyError):
                record = read_record(self._gallery / TAKES / name)
                records += [record] if record.whose else []
        put_all_in_index(self._gallery, records)

    # One look.

    def _looked(self) -> Looked:
        looked = Looked()
        self._others.read_list(looked)
        has_gallery = self._traces.there
        changed = has_gallery and self._traces.refresh()
        if has_gallery:
            self._check_same_gallery()
        now_s = GalleryClock(self._gallery, reads_only=True).known.floor_s
        heard = self._others.read_notes(looked, self._outbox.withdrawals())
        if has_gallery:
            self._withdraw(looked)
            if changed or heard or self._unfinished:
                self._obey(looked)
                self._traces.refresh()
                changed = True
                with looked.trying("cannot send"):
                    self._outbox.follow(self._traces, now_s, self._obedience)
        came = self._others.read_takes(looked)
        if has_gallery and (came or changed or looked.removed):
            with looked.trying("cannot take up"):
                self._import(looked, now_s)
        with looked.trying("cannot forget what is long over"):
            self._remember_no_longer(now_s)
        self._unfinished = looked.more or bool(looked.trouble)
        self._count(looked)
        return looked

    def _withdraw(self, looked: Looked) -> None:
        """Delete here what was withdrawn, and what is of a booth that belongs no more."""
        for take in sorted(self._others.tombstones.takes() & set(self._traces.known)):
            if self._others.is_withdrawn(take, self._traces.known[take].whose):
                self._delete(looked, take, for_ever=True)
        for trace in tuple(self._traces.known.values()):
            if trace.whose and not self._others.belongs(trace.whose):
                self._delete(looked, trace.id)

    def _delete(self, looked: Looked, take: str, *, for_ever: bool = False) -> None:
        with looked.trying(f"take {take}: not deleted"):
            if for_ever:
                withdraw(self._gallery, take)
            else:
                delete_take(self._gallery, take)
                self._remembered().forget((take,))  # it may come again
            self._traces.known.pop(take, None)
            looked.removed.append(take)
            self._alive()

    def _check_same_gallery(self) -> None:
        """Raise UglyError where another gallery is there than the one whose takes travel: then
        nothing of it is gone, it is elsewhere."""
        name = _name_of(self._gallery)
        path = self._place.root / "gallery"
        before = path.read_text("utf-8", errors="replace").strip() if path.exists() else ""
        if before not in ("", name) and self._outbox.takes and not self._new_gallery:
            raise UglyError(
                f"{self._gallery}: another gallery than the one whose takes travel; put that disk "
                "back, or withdraw them all with `uglynet fleet sync --new-gallery`"
            )
        if before != name:
            self._imported = None
            with contextlib.suppress(OSError):  # a full disk: at the next look
                path.write_text(f"{name}\n", "utf-8")

    def _obey(self, looked: Looked) -> None:
        """Hide and pin as whoever is heard says."""
        for take in sorted(
            (self._others.notes.takes() | self._own_says()) & set(self._traces.known)
        ):
            self._alive()
            trace = self._traces.known[take]
            standing = self._standing(take, trace.whose)
            if trace.whose and standing.hidden:  # it comes again when it is shown again
                self._delete(looked, take)
                continue
            with looked.trying(f"take {take}"):
                self._obedience.obey(trace, standing)
        for take in self._obedience.takes - self._others.notes.takes() - self._own_says():
            with looked.trying(f"take {take}"):
                self._obedience.release(take, self._traces.known.get(take))

    def _own_says(self) -> frozenset[str]:
        """What the hub says something of itself."""
        return self._outbox.said.takes() if self.joined.role == "hub" else frozenset()

    def _standing(self, take: str, whose: str) -> Standing:
        """What holds of a take by the word of others, and of the hub, also where that is here; not
        by what is said of this booth's own takes, which follows from how they are."""
        others = self._others.standing(take, whose)
        if not whose:
            return others
        own = self._outbox.said.standing(take, self._others.heard(whose))
        return Standing(own.hidden or others.hidden, own.pinned or others.pinned)

    def _import(self, looked: Looked, now_s: float) -> None:
        """Take up what others may see, the newest `most`; what is too old for them goes."""
        imported = self._remembered()
        held = {trace.id: trace for trace in self._traces.known.values() if trace.whose}
        own = {trace.id for trace in self._traces.known.values() if not trace.whose}
        imported.add({take: trace.expires_at_s for take, trace in held.items()})
        offered = {
            each.id: each
            for each in self._others.arrivals()
            if each.expires_at_s > now_s
            and each.id not in held
            and each.id not in own
            and each.id not in imported
            and not self._standing(each.id, each.booth).hidden
        }
        # A booth whose clock is ahead crowds nobody out, and what is pinned stays.
        pinned = {take for take, trace in held.items() if trace.pinned}
        kept = {take: min(trace.kept_at_s, now_s) for take, trace in held.items()}
        kept.update((each.id, min(each.kept_at_s, now_s)) for each in offered.values())
        loose = {take: at_s for take, at_s in kept.items() if take not in pinned}
        wanted = [*sorted(pinned), *newest(loose, max(0, self._most - len(pinned)))]
        for take in sorted(set(held) - set(wanted)):
            self._delete(looked, take)
        coming = [take for take in wanted if take in offered]
        looked.more = len(coming) > MOST_AT_ONCE
        found = [self._taken_up(looked, offered[take]) for take in coming[:MOST_AT_ONCE]]
        there = [record for record in found if record is not None]
        looked.imported += [record.id for record in there]
        if there:
            flush_folder(self._gallery / TAKES)
        put_all_in_index(self._gallery, there)
        imported.add({record.id: record.expires_at_s for record in there})
        self._traces.refresh()

    def _remembered(self) -> Imported:
        """What was taken up into this gallery so far."""
        if self._imported is None:
            self._imported = Imported(self._place.root / "imported", _name_of(self._gallery))
        return self._imported

    def _taken_up(self, looked: Looked, arrival: Arrival) -> Record | None:
        self._alive()
        inbox = self._others.inbox(arrival.booth)
        try:
            standing = self._standing(arrival.id, arrival.booth)
            return import_take(self._gallery, inbox, arrival.id, standing)
        except UglyError as error:
            inbox.refuse(arrival.id, str(error))
        except OSError as error:
            looked.trouble.append(f"take {arrival.id}: not taken up: {reason(error)}")
        return None

    def _remember_no_longer(self, now_s: float) -> None:
        self._others.tombstones.forget_before(now_s)
        self._outbox.forget_before(now_s)
        if self._imported is not None:
            self._imported.forget_before(now_s)

    def _count(self, looked: Looked) -> None:
        looked.touched, self._outbox.touched = sorted(self._outbox.touched), set()
        looked.sent, looked.waiting = len(self._outbox.takes), len(self._outbox.waiting)
        for trace in self._traces.known.values():
            if trace.whose:
                looked.held[trace.whose] = looked.held.get(trace.whose, 0) + 1
        self._others.count(looked)


def _name_of(gallery: Path) -> str:
    """What a gallery calls itself, made up once."""
    try:
        return (gallery / BOOTH).read_text("utf-8", errors="replace").strip()[:80]
    except FileNotFoundError:
        return ""

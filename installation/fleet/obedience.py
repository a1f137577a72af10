"""Hiding and pinning takes here because others say so, and undoing no more than that.

    FLEET/obeyed.json    {"hidden": [own takes that the hub had hidden], "pinned": [...]}

A take of another booth that is hidden goes from here (`look`). One of this booth's own is hidden as
an operator hides it; that it was, and for whom, is written down before it is done.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from installation.fleet.notes import Standing
from installation.fleet.place import write_json
from installation.gallery.changes import change_take
from installation.gallery.index import Trace
from installation.gallery.record import Record


class Obedience:
    """What was done in the gallery in `folder`, as noted at `path`. Methods raise OSError, and
    UglyError where a take cannot be changed."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._path, self._folder = path, folder
        self._hidden: set[str] = set()
        self._pinned: set[str] = set()
        try:
            document = json.loads(path.read_bytes())
            self._hidden, self._pinned = set(document["hidden"]), set(document["pinned"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            pass

    @property
    def takes(self) -> frozenset[str]:
        """The takes that are hidden or pinned here for others."""
        return frozenset(self._hidden | self._pinned)

    @property
    def hidden(self) -> frozenset[str]:
        """Those that are hidden for others."""
        return frozenset(self._hidden)

    @property
    def pinned(self) -> frozenset[str]:
        """Those that are pinned for others."""
        return frozenset(self._pinned)

    def obey(self, trace: Trace, standing: Standing) -> bool:
        """Have a take be as others say; whether anything had to be changed."""
        done = self._hide(trace, standing.hidden)
        if standing.pinned and not trace.pinned:
            self._note(self._pinned, trace.id, True)
            return self._change(trace.id, lambda held: replace(held, pinned=True)) or done
        if not standing.pinned and trace.id in self._pinned:
            done = self._change(trace.id, lambda held: replace(held, pinned=False)) or done
            self._note(self._pinned, trace.id, False)
        return done

    def release(self, take: str, trace: Trace | None) -> bool:
        """Nobody says anything of this take any more; `trace` is None where it is gone."""
        if trace is not None:
            return self.obey(trace, Standing())
        self._note(self._hidden, take, False)
        self._note(self._pinned, take, False)
        return False

    def _hide(self, trace: Trace, hidden: bool) -> bool:
        if trace.whose:
            return False
        if hidden and trace.shown:
            self._note(self._hidden, trace.id, True)
            return self._change(trace.id, lambda held: replace(held, moderation="hidden"))
        if not hidden and trace.id in self._hidden:
            done = self._change(trace.id, lambda held: replace(held, moderation="approved"))
            self._note(self._hidden, trace.id, False)
            return done
        return False

    def _change(self, take: str, change: Callable[[Record], Record]) -> bool:
        change_take(self._folder, take, change)
        return True

    def _note(self, takes: set[str], take: str, holds: bool) -> None:
        """Write down that it holds, or no longer does."""
        if (take in takes) == holds:
            return
        (takes.add if holds else takes.discard)(take)
        write_json(self._path, {"hidden": sorted(self._hidden), "pinned": sorted(self._pinned)})

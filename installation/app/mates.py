"""Strangers' nets from the gallery, for a visitor's net to be bred with."""

from __future__ import annotations

from collections.abc import Collection

from installation.carve.crossover import crossed
from installation.gallery.attract_order import Takes
from installation.vocabulary import Net, Take

TRIES = 24
"""How many turns of the attract loop are looked through for a net that can be played here."""

MOST_PARENTS = 2


def mate(takes: Takes, model: str, turn: int, now_s: float, but: Collection[str]) -> Take | None:
    """A take that others may see, whose net is of this model, none of `but`, chosen by `turn`
    (>= 0); None if there is none. `now_s` is in seconds since the epoch."""
    for tried in range(turn, turn + TRIES):
        found = takes.next(tried, now_s)
        if found is None:
            return None
        if found.net.model == model and found.id not in but and not found.net.is_untouched:
            return found
    return None


class Lineage:
    """Which takes the net on the visitor's knobs grew from; what it can be bred with."""

    def __init__(self, model: str) -> None:
        self._model = model
        self.parents: tuple[str, ...] = ()
        """The ids of the takes it grew from, as many as a take's record holds."""
        self.mate: Take | None = None
        """Whose net it was bred with last."""
        self.may_breed = False

    def begin(self, parent: str = "") -> None:
        """A new net grows: from that of the take with this id, or from nothing."""
        self.parents = (parent,) if parent else ()
        self.mate = None

    def look(self, takes: Takes, now_s: float) -> None:
        """Find out whether there is a net to breed with."""
        self.may_breed = mate(takes, self._model, 0, now_s, self.parents) is not None

    def bred(self, own: Net, takes: Takes, seed: int, now_s: float) -> Net | None:
        """What the visitor's own net and a stranger's turn into: every layer takes after one of
        them. None if there is no stranger."""
        found = mate(takes, self._model, seed, now_s, self.parents)
        if found is None:
            return None
        self.mate = found
        self.parents = tuple(dict.fromkeys((*self.parents, found.id)))[-MOST_PARENTS:]
        return crossed(own, found.net, seed)

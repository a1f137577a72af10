"""A take's family: the takes that its net grew from, and those that grew from it.

Only those are told of that others may see and whose days are not over: what was withdrawn is gone
here, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from installation.gallery.lookup import Lookup
from installation.gallery.record import Record

GENERATIONS = 4
"""How far back ancestors are told of."""

MOST_CHILDREN = 24


@dataclass(frozen=True, slots=True)
class Relative:
    """A take, and how many generations before (above 0) or after (below 0) it is."""

    generation: int
    record: Record


def family(lookup: Lookup, own: Record, now_s: float) -> tuple[Relative, ...]:
    """The family of a take at `now_s` (seconds since the epoch): the oldest first, its children
    last, the newest of them first. Through one that is gone or private no way leads further."""
    older = sorted(_ancestors(lookup, own, now_s), key=lambda each: -each.generation)
    children = [each for each in lookup.children(own.id) if is_public(each, now_s)]
    younger = [Relative(-1, child) for child in children if child.id != own.id]
    return (*older, *younger[:MOST_CHILDREN])


def _ancestors(lookup: Lookup, own: Record, now_s: float) -> Iterator[Relative]:
    seen, near = {own.id}, [own]
    for generation in range(1, GENERATIONS + 1):
        names = dict.fromkeys(name for each in near for name in each.parents if name not in seen)
        seen.update(names)
        found = [record for name in names if (record := lookup.record(name)) is not None]
        near = [record for record in found if is_public(record, now_s)]
        yield from (Relative(generation, record) for record in near)


def is_public(record: Record, now_s: float) -> bool:
    """Whether others may see it, and its days are not over."""
    return record.shown and record.expires_at_s > now_s

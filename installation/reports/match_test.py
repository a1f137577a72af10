"""A matching test: can somebody who has not seen them tell the layers apart, by what visitors read?

A plate shows one layer cut in six ways on one or more films; a phrase is what a visitor reads when
they turn its knob. Both are shuffled; whoever is asked pairs them, one to one. By chance one of
sixteen pairs is right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from string import ascii_uppercase

import numpy as np

from installation.interpolator.driver import Interpolator
from installation.reports.atlas import Way, plates
from installation.vocabulary import Clip, Frame, Operation, UglyError, as_frame

ACROSS = 3
"""Pictures in a row of a plate."""

_SHOWN = {
    "flow": (
        Operation.ADD, Operation.SUBTRACT, Operation.MULTIPLY, Operation.INVERT,
        Operation.SHUFFLE, Operation.NOISE,
    ),
    "interp": (
        Operation.ADD, Operation.SUBTRACT, Operation.MULTIPLY, Operation.CUT_OFF,
        Operation.INVERT, Operation.SHUFFLE,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Key:
    """What belongs to what in one U-Net: a site's name by the number of its plate, and by the
    letter of its phrase."""

    plates: Mapping[str, str]
    phrases: Mapping[str, str]


def shuffled(sites: Sequence[str], seed: int) -> Key:
    """Plates and phrases of `sites` in orders of their own, by chance from `seed` on; other sites
    in others, so that who is asked of two U-Nets learns nothing from one of the other.

    Raises:
        UglyError: if there are fewer than two sites, or more than letters.
    """
    if not 2 <= len(sites) <= len(ascii_uppercase):
        raise UglyError(
            f"{len(sites)} layers cannot be matched: it takes 2 to {len(ascii_uppercase)}"
        )
    chance, orders = Random(f"{seed} {' '.join(sites)}"), []
    for names in (
        [f"{number:02d}" for number in range(1, len(sites) + 1)],
        list(ascii_uppercase[: len(sites)]),
    ):
        order = list(sites)
        chance.shuffle(order)
        orders.append(dict(zip(names, order, strict=True)))
    return Key(*orders)


def site_plates(interpolator: Interpolator, clips: Sequence[Clip]) -> dict[str, Frame]:
    """A picture by site: six ways of cutting in two rows, the rows of each clip below the last."""
    rows: dict[str, list[Frame]] = {site.name: [] for site in interpolator.sites}
    for clip in clips:
        for part, shown in _SHOWN.items():
            ways = [Way(operation.value, operation) for operation in shown]
            sites = [site for site in interpolator.sites if site.part == part]
            made = [plate.frame for plate in plates(interpolator, clip, ways, sites)][1:]
            for number, site in enumerate(sites):
                for at in range(number * len(ways), (number + 1) * len(ways), ACROSS):
                    rows[site.name].append(as_frame(np.hstack(made[at : at + ACROSS])))
    return {name: as_frame(np.vstack(of_site)) for name, of_site in rows.items()}


@dataclass(frozen=True, slots=True)
class Pair:
    """A plate's number, the layer it shows, and the one whose phrase was given to it."""

    plate: str
    site: str
    taken_for: str

    @property
    def is_right(self) -> bool:
        return self.site == self.taken_for


def answers(text: str, where: str) -> dict[str, dict[str, str]]:
    """The letters by plate of each U-Net, read from lines such as "flow: 01=C 02=A".

    Raises:
        UglyError: one line, if a line reads otherwise, or a U-Net or a plate is there twice.
    """
    found: dict[str, dict[str, str]] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        part, _, rest = line.partition(":")
        pairs = [pair.partition("=") for pair in rest.split()]
        letters = {plate: letter.upper() for plate, _, letter in pairs}
        if part in found or not pairs or not all(letters.values()) or len(letters) < len(pairs):
            raise UglyError(f"{where}: {line[:40]!r}: a line reads flow: 01=C 02=A, each once")
        found[part] = letters
    if not found:
        raise UglyError(f"{where}: no answer; a line reads flow: 01=C 02=A 03=K")
    return found


def matched(key: Key, letters: Mapping[str, str], where: str) -> list[Pair]:
    """Every pair of an answer, in the order of the plates.

    Raises:
        UglyError: one line, unless it pairs all plates, each with a phrase of its own.
    """
    strange = [*(set(letters) ^ set(key.plates)), *(set(letters.values()) ^ set(key.phrases))]
    if strange:
        raise UglyError(
            f"{where}: not one to one: {', '.join(sorted(strange))}; every plate 01 to "
            f"{max(key.plates)} has one letter of A to {max(key.phrases)}"
        )
    return [Pair(n, site, key.phrases[letters[n]]) for n, site in key.plates.items()]

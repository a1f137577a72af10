"""Takes on their way: known by their link before they are on the disk, and for some minutes by
eight typed letters. Held in memory only; pure but for the clock it is given.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from installation.door.limits import same
from installation.door.messages import Baking

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so that no word comes of it, and nothing that looks like a figure."""

CODE_LETTERS = 8
MOST = 64
FORGOTTEN_AFTER_S = 3600.0


def new_code() -> str:
    """Eight letters: one of 25 600 million."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))


def typed(text: str) -> str:
    """A code as it was meant: capitals, without what stands between them."""
    return "".join(letter for letter in text.upper()[:40] if "A" <= letter <= "Z")


class Offers:
    """What the show has announced; the newest `MOST`. `clock` tells seconds since the epoch."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._by_token: OrderedDict[str, tuple[float, Baking]] = OrderedDict()

    def note(self, baking: Baking) -> None:
        """The show says how a take on its way is."""
        kept = self._by_token.pop(baking.token, None)
        if kept is not None and not baking.net:
            baking = replace(baking, net=kept[1].net)
        self._by_token[baking.token] = (self._clock(), baking)
        while len(self._by_token) > MOST:
            self._by_token.popitem(last=False)

    def with_token(self, token: str) -> Baking | None:
        """What is known of the take with this token, if it was announced within the hour."""
        for held, (at_s, baking) in self._by_token.items():
            if same(token, held):
                return baking if self._clock() - at_s < FORGOTTEN_AFTER_S else None
        return None

    def token_of(self, code: str) -> str:
        """The token that eight letters stand for now; "" where they stand for none. Every code is
        compared, and each in the same time."""
        wanted, found = typed(code), ""
        for _, baking in self._by_token.values():
            good = baking.code and baking.until_s > self._clock() and baking.state != "failed"
            if same(wanted, baking.code) and good:
                found = baking.token
        return found

    def forget(self, token: str) -> None:
        """Its visitor took it back."""
        self._by_token.pop(token, None)

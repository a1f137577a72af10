"""How often one phone, and all together, may try what could be guessed.

Addresses are counted by a keyed hash whose key dies with the process: nothing that could be written
down by mistake names a visitor.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from hashlib import blake2b

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

LINK = ("30/minute", "1200/minute")
"""Links that lead nowhere: from one client, from all together."""

CODE = ("10/minute", "60/minute")
LOGIN = ("5/minute", "20/minute")
CARD = ("6/minute", "40/minute")
WITHDRAW = ("20/minute", "300/minute")


class Guard:
    """Counts tries in memory."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._key = secrets.token_bytes(32)
        self._rates: dict[str, RateLimitItem] = {}

    def allows(
        self, what: str, client: str, rates: tuple[str, str], *, counts: bool = True
    ) -> bool:
        """Whether `client` may try `what` once more; the try counts, unless only asked."""
        own, every = (self._rate(rate) for rate in rates)
        who = self.who(client)
        if not self._limiter.test(own, what, who) or not self._limiter.test(every, what, "all"):
            return False
        if counts:
            self._limiter.hit(own, what, who)
            self._limiter.hit(every, what, "all")
        return True

    def who(self, client: str) -> str:
        """A client's mark; of an IPv6 address, its network's (/64), which is one household's."""
        try:
            address = ipaddress.ip_address(client.split("%")[0])
        except ValueError:
            return "nobody"
        if isinstance(address, ipaddress.IPv6Address):
            if address.ipv4_mapped:
                address = address.ipv4_mapped
            else:
                return self._mark(address.packed[:8])
        return self._mark(address.packed)

    def _mark(self, data: bytes) -> str:
        return blake2b(data, key=self._key, digest_size=16).hexdigest()

    def _rate(self, rate: str) -> RateLimitItem:
        if rate not in self._rates:
            self._rates[rate] = parse(rate)
        return self._rates[rate]


def same(given: str, held: str) -> bool:
    """Whether two secrets are the same, in a time that does not depend on where they differ."""
    return hmac.compare_digest(given.encode(), held.encode())

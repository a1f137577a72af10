"""Whether operators can get in by the door, and the first password, made on the screen."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from pathlib import Path

from installation.door.passwords import set_password, stored
from installation.show.view_model import Fact
from installation.vocabulary import UglyError
from installation.worker import Latest

_FIRST, _THEN = "bdfghjklmnprstvz", "aeiou"
_GROUPS, _PAIRS = 5, 2


def new_password() -> str:
    """A password that can be read off a screen and typed: five groups of two syllables, one of
    about 3 x 10^19 (63 bits)."""

    def group() -> str:
        return "".join(secrets.choice(_FIRST) + secrets.choice(_THEN) for _ in range(_PAIRS))

    return "-".join(group() for _ in range(_GROUPS))


class OperatorAccess:
    """The line about it on the operator's page. `folder` is the door's own. There is never a
    password that nobody set: one is made when somebody at the keyboard asks for it, where there is
    none, and shown until the page is closed. Hash and disk are left to a thread.
    """

    def __init__(self, folder: Path, make: Callable[[], str] = new_password) -> None:
        self._folder, self._make = folder, make
        self._set = Latest[bool | None](None)
        self._shown = Latest[str]("")
        self._trouble = Latest[str]("")
        self._made_here = False
        self._open = False
        self._busy: threading.Thread | None = None

    def follow(self, is_open: bool) -> None:
        """Told every tick whether the page is open: it is looked again when it opens, and what was
        shown is forgotten when it closes."""
        if is_open and not self._open:
            self._work(self._look)
        elif self._open and not is_open:
            self._shown.put("")
            self._trouble.put("")
        self._open = is_open

    def ask(self) -> None:
        """Somebody at the keyboard asks for a password: only while the page is open, and where
        there is none, or only one that was made here since the start."""
        if self._open and (self._set.get() is False or self._made_here):
            self._work(self._set_one)

    def facts(self, address: str) -> tuple[Fact, ...]:
        """What the page says of it; nothing once a password is set."""
        if shown := self._shown.get():
            return (Fact.of("password_made", address=address, password=shown),)
        if trouble := self._trouble.get():
            return (Fact.of("password_failed", why=trouble),)
        if self._set.get() is False:
            return (Fact.of("password_none"),)
        return ()

    def _work(self, work: Callable[[], None]) -> None:
        if self._busy is None or not self._busy.is_alive():
            self._busy = threading.Thread(target=work, name="operator access", daemon=True)
            self._busy.start()

    def _look(self) -> None:
        self._set.put(bool(stored(self._folder)))

    def _set_one(self) -> None:
        if stored(self._folder) and not self._made_here:
            self._set.put(True)
            return
        made = self._make()
        try:
            set_password(self._folder, made)
        except UglyError as error:
            self._trouble.put(str(error))
            return
        self._made_here = True
        self._set.put(True)
        self._trouble.put("")
        self._shown.put(made)

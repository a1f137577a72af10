"""Notes: what is said of a take after it was kept, signed, one file a note, never changed. Pure.

    OUTBOX/notes/000000000012-withdraw-<take>.json
    {"format": "uglynet-note", "version": 1, "counter": 12, "take": ..., "says": "withdraw",
     "expires": ..., "by": ..., "signature": ...}

Heard is who made the take, and the hub. Of one signer's notes the one with the highest `counter`
holds, whatever any clock said; a withdrawal holds for ever. A take is hidden where either of the
two says so, and pinned where either does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as checked

from installation.carve.documents import checked_document
from installation.documents import parse_json
from installation.fleet.signing import verified
from installation.vocabulary import UglyError

Says: TypeAlias = Literal["hide", "unhide", "pin", "unpin", "withdraw"]

NOTE_VERSION = 1
MOST_NOTE_BYTES = 4096
NEVER_S = 253_402_300_799.0
"""When a take expires of which nobody knows."""

ABOUT: Mapping[str, str] = {
    "hide": "hidden",
    "unhide": "hidden",
    "pin": "pinned",
    "unpin": "pinned",
    "withdraw": "withdrawn",
}
"""What a note is about: of one signer's notes about one thing the newest holds."""


@dataclass(frozen=True, slots=True)
class Note:
    """What `by` (a public key) says of a take; `expires_at_s` is when the take expires, in seconds
    since the epoch, so that a withdrawal is remembered for long enough."""

    by: str
    counter: int
    take: str
    says: Says
    expires_at_s: float = NEVER_S

    @property
    def about(self) -> str:
        return ABOUT[self.says]

    @property
    def name(self) -> str:
        """The name of its file; no two notes of one signer have the same."""
        return f"{self.counter:012d}-{self.says}-{self.take}.json"


@checked(frozen=True, config=ConfigDict(extra="forbid"))
class _Document:
    format: Literal["uglynet-note"]
    version: Literal[1]
    counter: Annotated[int, Field(ge=1, lt=10**12)]
    take: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    says: Says
    expires: Annotated[float, Field(ge=0, le=NEVER_S, allow_inf_nan=False)]
    by: str
    signature: str


def note_document(note: Note) -> dict[str, Any]:
    """A note as it is signed."""
    return {
        "format": "uglynet-note",
        "version": NOTE_VERSION,
        "counter": note.counter,
        "take": note.take,
        "says": note.says,
        "expires": float(note.expires_at_s),
    }


def parse_note(data: bytes, where: str, trusted: Iterable[str]) -> Note:
    """Read a note that one of `trusted` has signed.

    Raises:
        UglyError: one line naming `where`, if it is none.
    """
    document = parse_json(data, where)
    if isinstance(document, dict) and document.get("format") == "uglynet-note":
        version = document.get("version")
        if isinstance(version, int) and version > NOTE_VERSION:
            raise UglyError(f"{where}: made by a newer version; update the program")
    found = checked_document(_Document, document, where, "note")
    try:
        by = verified(document, frozenset(trusted))
    except UglyError as error:
        raise UglyError(f"{where}: {error}") from None
    return Note(by, found.counter, found.take, found.says, found.expires)


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of a take by the notes of those who are heard."""

    hidden: bool = False
    pinned: bool = False
    withdrawn: bool = False


class Notes:
    """All notes that are known. In which order they came, and how often, makes no difference."""

    def __init__(self) -> None:
        self._of: dict[str, dict[tuple[str, str], set[Note]]] = {}

    def add(self, note: Note) -> None:
        self._of.setdefault(note.take, {}).setdefault((note.by, note.about), set()).add(note)

    def drop(self, note: Note) -> None:
        """Forget a note that its signer has taken away."""
        of_take = self._of.get(note.take, {})
        of_take.get((note.by, note.about), set()).discard(note)
        if not any(of_take.values()):
            self._of.pop(note.take, None)

    def takes(self) -> frozenset[str]:
        """The takes that anything is said of."""
        return frozenset(self._of)

    def newest(self, take: str, by: str, about: str) -> Note | None:
        """What holds of what one signer says about one thing."""
        notes = self._of.get(take, {}).get((by, about), set())
        return max(notes, key=lambda note: (note.counter, note.says), default=None)

    def standing(self, take: str, heard: Iterable[str]) -> Standing:
        """What holds of a take by the notes of these signers."""
        if take not in self._of:
            return Standing()
        signers = frozenset(heard)

        def anybody(about: str, says: Says) -> bool:
            found = (self.newest(take, by, about) for by in signers)
            return any(note is not None and note.says == says for note in found)

        return Standing(
            anybody("hidden", "hide"), anybody("pinned", "pin"), anybody("withdrawn", "withdraw")
        )

"""What a look at the fleet has found and done."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from installation.fleet.place import write_json
from installation.gallery.faults import reason
from installation.vocabulary import UglyError


@dataclass
class Looked:
    """What a look has found and done. `held` counts the takes here by the booth they are of,
    `offered` those that came from it, whole, and `pending` those on their way; `sent` this booth's
    own that travel, `waiting` those that travel once a clock can be trusted; `withdrawn` is how
    many are known to be. `refused` is what is not believed, and why; `trouble` is what could not be
    done, a line each. There is `more` to take up at once. `touched` are the paths of the
    outbox that were changed."""

    sent: int = 0
    waiting: int = 0
    held: dict[str, int] = field(default_factory=dict)
    offered: dict[str, int] = field(default_factory=dict)
    pending: dict[str, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    withdrawn: int = 0
    more: bool = False
    touched: list[str] = field(default_factory=list)
    imported: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    @contextmanager
    def trying(self, what: str) -> Iterator[None]:
        """What fails in here is noted, and the look goes on."""
        with contextlib.suppress(OSError, UglyError):
            try:
                yield
            except (OSError, UglyError) as error:
                self.trouble.append(f"{what}: {reason(error)}")
                raise


def note_look(path: Path, looked: Looked, at_s: float) -> None:
    """Write down for `uglynet fleet status` what a look at `at_s` (seconds since the epoch) has
    found. Raises OSError."""
    found = asdict(looked)
    for passing in ("imported", "removed", "more", "touched"):
        del found[passing]
    write_json(path, {"at": at_s, **found})

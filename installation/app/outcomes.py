"""What became of the newest takes and stills: remembered, and told to the journal."""

from __future__ import annotations

from collections import deque

from installation.app.journal import VisitJournal
from installation.experience import StillKept, StillNotKept, TakeKept, TakeNotKept
from installation.gallery.driver import Answer
from installation.vocabulary import Take

REMEMBERED = 100
"""How many of the newest takes, stills and failures are remembered."""


class Outcomes:
    """Takes and names of stills that were kept, and in words why others were not; oldest first."""

    def __init__(self, journal: VisitJournal) -> None:
        self._journal = journal
        self.kept = deque[Take](maxlen=REMEMBERED)
        self.not_kept = deque[str](maxlen=REMEMBERED)
        self.stills = deque[str](maxlen=REMEMBERED)
        self.stills_not_kept = deque[str](maxlen=REMEMBERED)
        self.takes_kept = self.takes_not_kept = 0
        """How many takes were kept, and could not be, since the start."""

    def note(self, answer: Answer, visit: int) -> None:
        """Remember an answer of the archive's, be it of a visit before the present `visit`."""
        if isinstance(answer, TakeKept):
            self.kept.append(answer.take)
            self.takes_kept += 1
            self._journal.kept(answer.visit, visit, answer.take.id)
        elif isinstance(answer, StillKept):
            self.stills.append(answer.name)
        elif isinstance(answer, (TakeNotKept, StillNotKept)):
            of_a_take = isinstance(answer, TakeNotKept)
            self.takes_not_kept += of_a_take
            (self.not_kept if of_a_take else self.stills_not_kept).append(answer.why)
            self._journal.not_kept(answer.visit, visit, answer.why)

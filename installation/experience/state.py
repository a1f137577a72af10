"""Where a visit is: its phase, and all that decides what comes next. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class Phase(str, Enum):
    """Where a visit is."""

    ATTRACT = "attract"
    INVITE = "invite"
    RECORD = "record"
    CARVE = "carve"
    DECIDE = "decide"
    GALLERY = "gallery"


class Question(str, Enum):
    """What DECIDE asks. The gallery is a separate yes, and the film itself another."""

    KEEP = "keep"
    SHARE = "share"
    CLIP = "clip"


class Notice(str, Enum):
    """A short word to the visitor about what just went wrong or right."""

    NONE = ""
    CAMERA_FAILED = "camera_failed"
    SAVING = "saving"
    SAVED = "saved"
    SAVED_WITHOUT_STILL = "saved_without_still"
    SAVE_FAILED = "save_failed"
    CARD_READ = "card_read"
    CARD_UNKNOWN = "card_unknown"
    TAKEN_UP = "taken_up"
    PRINTING = "printing"
    NET_ALONE = "net_alone"


@dataclass(frozen=True, slots=True)
class Pace:
    """How long each phase may last, in seconds, all above 0."""

    invite_s: float = 25.0
    countdown_s: float = 3.0
    film_s: float = 2.0
    film_late_s: float = 8.0
    carve_s: float = 180.0
    idle_s: float = 45.0
    decide_s: float = 25.0
    save_late_s: float = 120.0
    gallery_s: float = 20.0
    warned_s: float = 20.0
    """How long before a phase ends for want of a hand its visitor is told so; a shorter phase
    tells it from its beginning."""


EXTENSIONS = 10
"""How many times over a hand may lengthen a phase (WCAG 2.2.1): a knob that turns by itself, or a
visitor before a queue, does not stay for ever."""


@dataclass(frozen=True, slots=True)
class Experience:
    """The whole state of the visit. Times are seconds of the caller's clock."""

    pace: Pace = Pace()
    phase: Phase = Phase.ATTRACT
    visit: int = 0
    since_s: float = 0.0
    touched_s: float = 0.0
    filming: bool = False
    question: Question = Question.KEEP
    notice: Notice = Notice.NONE
    take_id: str = ""
    still_lost: bool = False
    calm: bool = False
    solo: bool = False
    prints: bool = False
    """Whether what was kept is printed if its visitor asks."""
    keeps: bool = True
    """Whether anything may be kept; else nobody is asked, and only the net is shown at the end."""
    asks_for_clip: bool = False
    """Whether a visitor who keeps a take is asked for the film itself, too."""
    shares: bool = False
    """What this visitor answered to SHARE."""
    may_dream: bool = False
    """Whether a visitor may play with a dream in place of being filmed."""
    dreams: bool = False
    """Whether this visitor does."""
    surprised_s: float | None = None
    """Since when SURPRISE is held while carving; None once it has done what it does."""
    breeding: bool = False
    """Whether SURPRISE is held, and so the visitor's net turns into a child of a stranger's."""

    @property
    def may_print(self) -> bool:
        """Whether the visitor may ask for it now."""
        saved = self.notice in (Notice.SAVED, Notice.SAVED_WITHOUT_STILL, Notice.NET_ALONE)
        return self.prints and self.phase is Phase.GALLERY and saved

    @property
    def nothing_kept(self) -> bool:
        """Whether this visit ends with its net alone: nothing of it is kept."""
        prints = self.notice is Notice.PRINTING and not self.take_id
        return self.phase is Phase.GALLERY and (self.notice is Notice.NET_ALONE or prints)

    def elapsed_s(self, now_s: float) -> float:
        """Seconds in this phase, never below 0."""
        return max(0.0, now_s - self.since_s)

    def lasts_s(self) -> float:
        """How long this phase may last; 0 for ATTRACT, which has no end of its own."""
        pace = self.pace
        return {
            Phase.ATTRACT: 0.0,
            Phase.INVITE: pace.invite_s,
            Phase.RECORD: pace.countdown_s + pace.film_late_s,
            Phase.CARVE: pace.carve_s,
            Phase.DECIDE: pace.decide_s,
            # Who kept something may see it arrive; a disk that never answers ends it too.
            Phase.GALLERY: pace.save_late_s if self.notice is Notice.SAVING else pace.gallery_s,
        }[self.phase]

    @property
    def waits_for_a_hand(self) -> bool:
        """Whether what ends this phase is that nobody touches anything; else it is a device."""
        if self.phase in (Phase.ATTRACT, Phase.RECORD):
            return False
        return self.notice is not Notice.SAVING

    def left_s(self, now_s: float) -> float:
        """Seconds until time alone ends this phase. Any touch lengthens it, up to `EXTENSIONS`
        times over."""
        return max(0.0, self._end_s(self.touched_s) - now_s)

    def is_warned(self, now_s: float) -> bool:
        """Whether the visitor is told that this phase ends for want of a hand."""
        if not self.waits_for_a_hand:
            return False
        return self.left_s(now_s) <= min(self.pace.warned_s, self._hand_s())

    def may_stay(self, now_s: float) -> bool:
        """Whether a touch now would lengthen this phase."""
        return self.waits_for_a_hand and self._end_s(now_s) > self._end_s(self.touched_s) + 0.5

    def carved_until_s(self) -> float:
        """When carving is over, however much is touched: not while a hand was just there."""
        pace = self.pace
        asked_s = self.since_s + pace.carve_s
        return min(max(asked_s, self.touched_s + pace.warned_s),
                   asked_s + EXTENSIONS * pace.warned_s)  # fmt: skip

    def _hand_s(self) -> float:
        """How long this phase waits for a hand."""
        return self.pace.idle_s if self.phase is Phase.CARVE else self.lasts_s()

    def _end_s(self, touched_s: float) -> float:
        """When this phase ends if it was last touched at `touched_s`."""
        if self.phase is Phase.CARVE:
            touched = replace(self, touched_s=touched_s)
            return min(touched.carved_until_s(), touched_s + self.pace.idle_s)
        lasts_s = self.lasts_s()
        if not self.waits_for_a_hand:
            return self.since_s + lasts_s
        touched_s = max(self.since_s, touched_s)
        return min(touched_s + lasts_s, self.since_s + (1 + EXTENSIONS) * lasts_s)

    def countdown_s(self, now_s: float) -> float:
        """Seconds until filming starts, in RECORD; else 0."""
        if self.phase is not Phase.RECORD or self.filming or self.dreams:
            return 0.0
        return max(0.0, self.since_s + self.pace.countdown_s - now_s)

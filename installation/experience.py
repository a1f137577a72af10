"""The visit, as a state machine: pure, and everything that affects it lives in this file.

    step(experience, event, now_s) -> (experience, orders)

ATTRACT -> INVITE -> RECORD -> CARVE -> DECIDE -> GALLERY -> ATTRACT. Every phase leads back
to ATTRACT by time alone. Events that answer an order carry the visit's number, so that a
late clip or a late take never reaches the next visitor. Orders are for the app to carry out;
nothing here waits, and nothing of a visitor is kept before an order `KeepTake`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from installation.vocabulary import Button


class Phase(str, Enum):
    """Where a visit is."""

    ATTRACT = "attract"
    INVITE = "invite"
    RECORD = "record"
    CARVE = "carve"
    DECIDE = "decide"
    GALLERY = "gallery"


class Question(str, Enum):
    """What DECIDE asks. The gallery is a separate yes."""

    KEEP = "keep"
    SHARE = "share"


class Notice(str, Enum):
    """A short word to the visitor about what just went wrong or right."""

    NONE = ""
    CAMERA_FAILED = "camera_failed"
    SAVING = "saving"
    SAVED = "saved"
    SAVE_FAILED = "save_failed"


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


# Events: what happened.


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed, nothing else."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A hand moved a knob."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button went down."""

    button: Button


@dataclass(frozen=True, slots=True)
class Released:
    """A button came up."""

    button: Button


@dataclass(frozen=True, slots=True)
class ClipFilmed:
    """The clip that `FilmClip` asked for is there."""

    visit: int


@dataclass(frozen=True, slots=True)
class FilmFailed:
    """No clip could be filmed."""

    visit: int


@dataclass(frozen=True, slots=True)
class TakeKept:
    """The take that `KeepTake` asked for is on disk and recorded."""

    visit: int
    take_id: str


@dataclass(frozen=True, slots=True)
class KeepFailed:
    """The take could not be kept."""

    visit: int


Event: TypeAlias = (
    Tick | Touched | Pressed | Released | ClipFilmed | FilmFailed | TakeKept | KeepFailed
)


# Orders: what the app is to do.


@dataclass(frozen=True, slots=True)
class Welcome:
    """A new visit begins: fresh hand, empty carve."""

    visit: int


@dataclass(frozen=True, slots=True)
class FilmClip:
    """Film a clip now."""

    visit: int


@dataclass(frozen=True, slots=True)
class RollSurprise:
    """Roll a lively net for the visitor."""

    visit: int


@dataclass(frozen=True, slots=True)
class Heal:
    """Put every knob of the visitor's net back to untouched."""

    visit: int


@dataclass(frozen=True, slots=True)
class KeepTake:
    """Keep net, clip and portrait; show it to others only if `in_gallery`."""

    visit: int
    in_gallery: bool


@dataclass(frozen=True, slots=True)
class Forget:
    """Let go of the visitor's clip and net."""

    visit: int


Order: TypeAlias = Welcome | FilmClip | RollSurprise | Heal | KeepTake | Forget


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
    calm: bool = False
    solo: bool = False

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

    def left_s(self, now_s: float) -> float:
        """Seconds until time alone ends this phase."""
        end_s = self.since_s + self.lasts_s()
        if self.phase is Phase.CARVE:
            end_s = min(end_s, self.touched_s + self.pace.idle_s)
        return max(0.0, end_s - now_s)

    def countdown_s(self, now_s: float) -> float:
        """Seconds until filming starts, in RECORD; else 0."""
        if self.phase is not Phase.RECORD or self.filming:
            return 0.0
        return max(0.0, self.since_s + self.pace.countdown_s - now_s)


Result: TypeAlias = tuple[Experience, tuple[Order, ...]]


def _enter(e: Experience, phase: Phase, now_s: float, *orders: Order) -> Result:
    entered = replace(
        e,
        phase=phase,
        since_s=now_s,
        touched_s=now_s,
        filming=False,
        question=Question.KEEP,
        notice=Notice.NONE,
        solo=False,
    )
    return entered, orders


def _leave(e: Experience, now_s: float) -> Result:
    """Back to ATTRACT, with nothing of the visitor left."""
    left, orders = _enter(e, Phase.ATTRACT, now_s, Forget(e.visit))
    return replace(left, calm=False, take_id=""), orders


def _begin(e: Experience, phase: Phase, now_s: float) -> Result:
    """A new visitor."""
    calm = e.calm and e.phase is Phase.ATTRACT  # whoever begins may have pressed it before all
    fresh = replace(e, visit=e.visit + 1, calm=calm, take_id="")
    orders: tuple[Order, ...] = (Welcome(fresh.visit),)
    if e.phase is Phase.GALLERY:
        orders = (Forget(e.visit), *orders)
    return _enter(fresh, phase, now_s, *orders)


def _same(e: Experience) -> Result:
    return e, ()


# Time.


def _tick_attract(e: Experience, event: Event, now_s: float) -> Result:
    return _same(e)


def _tick_until_left(e: Experience, event: Event, now_s: float) -> Result:
    return _leave(e, now_s) if e.left_s(now_s) <= 0 else _same(e)


def _tick_record(e: Experience, event: Event, now_s: float) -> Result:
    if not e.filming and e.countdown_s(now_s) <= 0:
        return replace(e, filming=True), (FilmClip(e.visit),)
    if e.left_s(now_s) <= 0:
        return _film_failed(e, FilmFailed(e.visit), now_s)
    return _same(e)


def _tick_carve(e: Experience, event: Event, now_s: float) -> Result:
    if now_s - e.touched_s >= e.pace.idle_s:
        return _leave(e, now_s)
    if e.elapsed_s(now_s) >= e.pace.carve_s:
        return _enter(e, Phase.DECIDE, now_s)
    return _same(e)


def _tick_decide(e: Experience, event: Event, now_s: float) -> Result:
    if e.left_s(now_s) > 0:
        return _same(e)
    if e.question is Question.SHARE:  # kept, but nobody said yes to the gallery
        return _keep(e, now_s, in_gallery=False)
    return _leave(e, now_s)


# Hands.


def _wake(e: Experience, event: Event, now_s: float) -> Result:
    return _begin(e, Phase.INVITE, now_s)


def _press_attract(e: Experience, event: Event, now_s: float) -> Result:
    assert isinstance(event, Pressed)
    return _begin(e, Phase.RECORD if event.button is Button.RECORD else Phase.INVITE, now_s)


def _press_invite(e: Experience, event: Event, now_s: float) -> Result:
    assert isinstance(event, Pressed)
    if event.button is Button.RECORD:
        return _enter(e, Phase.RECORD, now_s)
    return _touch(e, event, now_s)


def _touch(e: Experience, event: Event, now_s: float) -> Result:
    return replace(e, touched_s=now_s), ()


def _touch_invite(e: Experience, event: Event, now_s: float) -> Result:
    # Playing with the knobs is a reason to stay; the invitation starts anew.
    return replace(e, touched_s=now_s, since_s=now_s), ()


def _press_record(e: Experience, event: Event, now_s: float) -> Result:
    assert isinstance(event, Pressed)
    if event.button is Button.DISCARD:
        return _leave(e, now_s)
    return _same(e)


def _press_carve(e: Experience, event: Event, now_s: float) -> Result:
    assert isinstance(event, Pressed)
    e = replace(e, touched_s=now_s)
    if event.button is Button.KEEP:
        return _enter(e, Phase.DECIDE, now_s)
    if event.button is Button.RECORD:
        return _enter(e, Phase.RECORD, now_s)
    if event.button is Button.SURPRISE:
        return e, (RollSurprise(e.visit),)
    if event.button is Button.DISCARD:
        return e, (Heal(e.visit),)
    if event.button is Button.SOLO:
        return replace(e, solo=True), ()
    return _same(e)


def _release_carve(e: Experience, event: Event, now_s: float) -> Result:
    assert isinstance(event, Released)
    solo = e.solo and event.button is not Button.SOLO
    return replace(e, solo=solo, touched_s=now_s), ()


def _keep(e: Experience, now_s: float, *, in_gallery: bool) -> Result:
    entered, orders = _enter(e, Phase.GALLERY, now_s, KeepTake(e.visit, in_gallery))
    return replace(entered, notice=Notice.SAVING), orders


def _press_decide(e: Experience, event: Event, now_s: float) -> Result:
    assert isinstance(event, Pressed)
    if event.button not in (Button.KEEP, Button.DISCARD):
        return _same(e)
    yes = event.button is Button.KEEP
    if e.question is Question.SHARE:
        return _keep(e, now_s, in_gallery=yes)
    if yes:
        return replace(e, question=Question.SHARE, since_s=now_s, touched_s=now_s), ()
    return _leave(e, now_s)


def _press_gallery(e: Experience, event: Event, now_s: float) -> Result:
    assert isinstance(event, Pressed)
    if event.button is Button.RECORD:  # the next one need not wait for the saving
        return _begin(e, Phase.RECORD, now_s)
    return _same(e)


# Answers.


def _filmed(e: Experience, event: Event, now_s: float) -> Result:
    if not e.filming:  # an answer to an earlier try of the same visit
        return _same(e)
    return _enter(e, Phase.CARVE, now_s)


def _film_failed(e: Experience, event: Event, now_s: float) -> Result:
    invited, orders = _enter(e, Phase.INVITE, now_s)
    return replace(invited, notice=Notice.CAMERA_FAILED), orders


def _kept(e: Experience, event: Event, now_s: float) -> Result:
    assert isinstance(event, TakeKept)
    return replace(e, notice=Notice.SAVED, take_id=event.take_id, since_s=now_s), ()


def _keep_failed(e: Experience, event: Event, now_s: float) -> Result:
    return replace(e, notice=Notice.SAVE_FAILED, since_s=now_s), ()


Move: TypeAlias = Callable[[Experience, Event, float], Result]

MOVES: dict[tuple[Phase, type[Event]], Move] = {
    (Phase.ATTRACT, Tick): _tick_attract,
    (Phase.ATTRACT, Touched): _wake,
    (Phase.ATTRACT, Pressed): _press_attract,
    (Phase.INVITE, Tick): _tick_until_left,
    (Phase.INVITE, Touched): _touch_invite,
    (Phase.INVITE, Pressed): _press_invite,
    (Phase.RECORD, Tick): _tick_record,
    (Phase.RECORD, Touched): _touch,
    (Phase.RECORD, Pressed): _press_record,
    (Phase.RECORD, ClipFilmed): _filmed,
    (Phase.RECORD, FilmFailed): _film_failed,
    (Phase.CARVE, Tick): _tick_carve,
    (Phase.CARVE, Touched): _touch,
    (Phase.CARVE, Pressed): _press_carve,
    (Phase.CARVE, Released): _release_carve,
    (Phase.DECIDE, Tick): _tick_decide,
    (Phase.DECIDE, Touched): _touch,
    (Phase.DECIDE, Pressed): _press_decide,
    (Phase.GALLERY, Tick): _tick_until_left,
    (Phase.GALLERY, Pressed): _press_gallery,
    (Phase.GALLERY, TakeKept): _kept,
    (Phase.GALLERY, KeepFailed): _keep_failed,
}
"""Every move there is; an event a phase does not name leaves it as it was."""


def step(experience: Experience, event: Event, now_s: float) -> Result:
    """Return the experience after `event` at `now_s`, and the orders it gives."""
    if isinstance(event, (ClipFilmed, FilmFailed, TakeKept, KeepFailed)) and (
        event.visit != experience.visit
    ):
        return _same(experience)
    if isinstance(event, Pressed) and event.button is Button.CALM:
        # A safety wish holds in every phase and wakes nobody.
        return replace(experience, calm=not experience.calm, touched_s=now_s), ()
    move = MOVES.get((experience.phase, type(event)))
    return move(experience, event, now_s) if move else _same(experience)

"""What a row of the table may do besides leading on: conditions, changes, orders. Pure.

A change is done once the next phase has been entered; `now_s` is in seconds of the caller's clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from installation.experience.events import Event, TakeKept
from installation.experience.orders import (
    BreedNet,
    FilmClip,
    Forget,
    Heal,
    KeepTake,
    NextLanguage,
    Order,
    PrintTake,
    RollSurprise,
    ShowNet,
    TakeUpCard,
    TakeUpShown,
    Welcome,
)
from installation.experience.state import Experience, Notice, Phase, Question

Condition: TypeAlias = Callable[[Experience, float], bool]
Change: TypeAlias = Callable[[Experience, Event, float], Experience]
Ordered: TypeAlias = Callable[[Experience, Experience], Order]
"""An order of the experience before and the one after."""

HELD_S = 0.7
"""From when on SURPRISE is held, not tapped, in seconds."""

JUST_LEFT_S = 3.0
"""How long a DISCARD after the one that ended a visit is still about that one."""


def entered(e: Experience, phase: Phase, now_s: float) -> Experience:
    """The experience at the beginning of a phase."""
    return replace(
        e,
        phase=phase,
        since_s=now_s,
        touched_s=now_s,
        filming=False,
        question=Question.KEEP,
        notice=Notice.NONE,
        solo=False,
        surprised_s=None,
        breeding=False,
    )


# Conditions.


def is_saved(e: Experience, now_s: float) -> bool:
    return e.notice in (Notice.SAVED, Notice.SAVED_WITHOUT_STILL)


def always(e: Experience, now_s: float) -> bool:
    return True


def time_is_up(e: Experience, now_s: float) -> bool:
    return e.left_s(now_s) <= 0


def nobody_is_there(e: Experience, now_s: float) -> bool:
    return now_s - e.touched_s >= e.pace.idle_s


def is_carved_long(e: Experience, now_s: float) -> bool:
    return now_s >= e.carved_until_s()


def is_calm_for_nobody(e: Experience, now_s: float) -> bool:
    """CALM was pressed, and whoever pressed it began no visit."""
    return e.calm and nobody_is_there(e, now_s)


def has_just_left(e: Experience, now_s: float) -> bool:
    """A visit ended a moment ago: whoever says no once more is not invited for it."""
    return e.visit > 0 and now_s - e.since_s < JUST_LEFT_S


def is_counted_down(e: Experience, now_s: float) -> bool:
    return not e.filming and e.countdown_s(now_s) <= 0


def is_filming(e: Experience, now_s: float) -> bool:
    """Else it is an answer to an earlier try of the same visit."""
    return e.filming


def asks_to_share(e: Experience, now_s: float) -> bool:
    return e.question is Question.SHARE


def goes_on_to_ask(e: Experience, now_s: float) -> bool:
    """The answer to SHARE is not the last one."""
    return asks_to_share(e, now_s) and e.asks_for_clip


def asks_for_clip(e: Experience, now_s: float) -> bool:
    return e.question is Question.CLIP


def is_over_before_the_clip(e: Experience, now_s: float) -> bool:
    """Both answers were given; no answer to the third is a no to that alone, and so is an operator
    who no longer asks it."""
    return asks_for_clip(e, now_s) and (time_is_up(e, now_s) or not e.asks_for_clip)


def may_print(e: Experience, now_s: float) -> bool:
    return e.may_print


def keeps_nothing(e: Experience, now_s: float) -> bool:
    return not e.keeps


def is_carved_long_for_nothing(e: Experience, now_s: float) -> bool:
    return not e.keeps and is_carved_long(e, now_s)


def may_dream(e: Experience, now_s: float) -> bool:
    return e.may_dream


def is_tapped(e: Experience, now_s: float) -> bool:
    return e.surprised_s is not None


def is_held(e: Experience, now_s: float) -> bool:
    return e.surprised_s is not None and now_s - e.surprised_s >= HELD_S


def breeds(e: Experience, now_s: float) -> bool:
    return e.breeding


# Changes.


def as_it_is(e: Experience, event: Event, now_s: float) -> Experience:
    return e


def begun(e: Experience, event: Event, now_s: float) -> Experience:
    """A new visitor; CALM, that they may have pressed before all, stays."""
    return replace(e, visit=e.visit + 1, take_id="", still_lost=False, dreams=False)


def begun_anew(e: Experience, event: Event, now_s: float) -> Experience:
    """A new visitor on the heels of the last."""
    return replace(begun(e, event, now_s), calm=False)


def left(e: Experience, event: Event, now_s: float) -> Experience:
    """Nothing of the visitor is left."""
    return replace(e, calm=False, take_id="", still_lost=False, dreams=False)


def touched(e: Experience, event: Event, now_s: float) -> Experience:
    return replace(e, touched_s=now_s)


def calmed(e: Experience, event: Event, now_s: float) -> Experience:
    return replace(e, calm=not e.calm, touched_s=now_s)


def soloed(e: Experience, event: Event, now_s: float) -> Experience:
    return replace(e, solo=True, touched_s=now_s)


def unsoloed(e: Experience, event: Event, now_s: float) -> Experience:
    return replace(e, solo=False, touched_s=now_s)


def awake(e: Experience, event: Event, now_s: float) -> Experience:
    """The visitor is to be filmed, whatever they wanted before."""
    return replace(e, dreams=False)


def dreaming(e: Experience, event: Event, now_s: float) -> Experience:
    """A dream takes the visitor's place: the camera films nothing."""
    return replace(e, dreams=True)


def surprising(e: Experience, event: Event, now_s: float) -> Experience:
    """SURPRISE went down: what it does, time tells."""
    return replace(e, surprised_s=now_s, breeding=False, touched_s=now_s)


def tapped(e: Experience, event: Event, now_s: float) -> Experience:
    return replace(e, surprised_s=None, touched_s=now_s)


def breeding(e: Experience, event: Event, now_s: float) -> Experience:
    return replace(e, surprised_s=None, breeding=True, touched_s=now_s)


def bred(e: Experience, event: Event, now_s: float) -> Experience:
    return replace(e, breeding=False, touched_s=now_s)


def filming(e: Experience, event: Event, now_s: float) -> Experience:
    return replace(e, filming=True)


def asking_to_share(e: Experience, event: Event, now_s: float) -> Experience:
    return replace(e, question=Question.SHARE, since_s=now_s, touched_s=now_s)


def asking_for_clip(shares: bool) -> Change:
    """The third question, after this answer to the second."""
    return lambda e, event, now_s: replace(
        e, question=Question.CLIP, shares=shares, since_s=now_s, touched_s=now_s
    )


def noticed(notice: Notice) -> Change:
    """A word to the visitor, from the beginning of a phase on."""
    return lambda e, event, now_s: replace(e, notice=notice)


def lingered_with(notice: Notice) -> Change:
    """The phase starts anew, with a word to the visitor."""
    return lambda e, event, now_s: replace(e, touched_s=now_s, since_s=now_s, notice=notice)


def kept(e: Experience, event: Event, now_s: float) -> Experience:
    """The whole time to look at it."""
    assert isinstance(event, TakeKept)
    notice = Notice.SAVED_WITHOUT_STILL if e.still_lost else Notice.SAVED
    return replace(e, notice=notice, take_id=event.take.id, since_s=now_s)


def seen(e: Experience, event: Event, now_s: float) -> Experience:
    """The creature comes now: the whole time to look at that, too."""
    return replace(e, since_s=now_s)


def not_kept(e: Experience, event: Event, now_s: float) -> Experience:
    return replace(e, notice=Notice.SAVE_FAILED, since_s=now_s)


def lost_a_still(e: Experience, event: Event, now_s: float) -> Experience:
    return replace(e, still_lost=True)


# Orders.


def forget(before: Experience, after: Experience) -> Order:
    return Forget(before.visit)


def welcome(before: Experience, after: Experience) -> Order:
    return Welcome(after.visit)


def film(before: Experience, after: Experience) -> Order:
    return FilmClip(after.visit)


def roll(before: Experience, after: Experience) -> Order:
    return RollSurprise(after.visit)


def breed(before: Experience, after: Experience) -> Order:
    return BreedNet(after.visit)


def show_net(before: Experience, after: Experience) -> Order:
    return ShowNet(after.visit)


def heal(before: Experience, after: Experience) -> Order:
    return Heal(after.visit)


def next_language(before: Experience, after: Experience) -> Order:
    return NextLanguage(after.visit)


def take_up_card(before: Experience, after: Experience) -> Order:
    return TakeUpCard(after.visit)


def take_up_shown(before: Experience, after: Experience) -> Order:
    return TakeUpShown(after.visit)


def print_take(before: Experience, after: Experience) -> Order:
    return PrintTake(after.visit)


def keep_for_all(before: Experience, after: Experience) -> Order:
    return KeepTake(after.visit, in_gallery=True)


def keep_with_clip(before: Experience, after: Experience) -> Order:
    return KeepTake(after.visit, before.shares, with_clip=True)


def keep_without_clip(before: Experience, after: Experience) -> Order:
    return KeepTake(after.visit, before.shares)


def keep_private(before: Experience, after: Experience) -> Order:
    return KeepTake(after.visit, in_gallery=False)

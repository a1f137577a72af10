"""What leads where: one row for everything that can happen in a phase. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from installation.experience import changes as c
from installation.experience.events import (
    Answer,
    CardShown,
    CardUnknown,
    ClipFilmed,
    Event,
    FilmFailed,
    NetTakenUp,
    Pressed,
    Released,
    StillNotKept,
    TakeKept,
    TakeNotKept,
    TakeSeen,
    Tick,
    Touched,
)
from installation.experience.orders import Order
from installation.experience.state import Experience, Notice, Phase
from installation.vocabulary import Button

ATTRACT, INVITE, RECORD, CARVE, DECIDE, GALLERY = Phase

On: TypeAlias = type[Event] | Pressed | Released
"""A kind of event, or one button going down or coming up: the button's own row comes first."""


@dataclass(frozen=True, slots=True)
class Row:
    """In `phase`, on `on`, when `when` is so: on `to` the phase `to` (which may be the same),
    where `does` is done, and these orders are given."""

    phase: Phase
    on: On
    to: Phase
    does: c.Change = c.as_it_is
    orders: tuple[c.Ordered, ...] = ()
    when: c.Condition = c.always


def _leaves(phase: Phase, on: On, when: c.Condition = c.always) -> Row:
    """Back to ATTRACT, with nothing of the visitor left."""
    return Row(phase, on, ATTRACT, c.left, (c.forget,), when)


def _pressed(phase: Phase, button: Button, to: Phase, does: c.Change, *orders: c.Ordered) -> Row:
    return Row(phase, Pressed(button), to, does, orders)


_PRINTING = c.noticed(Notice.PRINTING)
_NET_ALONE = c.noticed(Notice.NET_ALONE)
_SAVING = c.noticed(Notice.SAVING)
_CAMERA_FAILED = c.noticed(Notice.CAMERA_FAILED)

TABLE: tuple[Row, ...] = (
    Row(ATTRACT, Touched, INVITE, c.begun, (c.welcome,)),
    Row(ATTRACT, Pressed, INVITE, c.begun, (c.welcome,)),
    Row(ATTRACT, Pressed(Button.DISCARD), ATTRACT, when=c.has_just_left),
    Row(ATTRACT, Pressed(Button.DISCARD), INVITE, c.begun, (c.welcome,)),
    _pressed(ATTRACT, Button.RECORD, RECORD, c.begun, c.welcome),
    _pressed(ATTRACT, Button.SURPRISE, INVITE, c.begun, c.welcome, c.take_up_shown),
    Row(ATTRACT, Tick, ATTRACT, c.left, when=c.is_calm_for_nobody),
    #
    _leaves(INVITE, Tick, c.time_is_up),
    Row(INVITE, Touched, INVITE, c.touched),
    Row(INVITE, Pressed, INVITE, c.touched),
    _pressed(INVITE, Button.RECORD, RECORD, c.awake),
    Row(INVITE, Pressed(Button.DISCARD), RECORD, c.dreaming, when=c.may_dream),
    _pressed(INVITE, Button.DISCARD, INVITE, c.touched),
    _pressed(INVITE, Button.OPERATION, INVITE, c.touched, c.next_language),
    Row(INVITE, CardShown, INVITE, c.lingered_with(Notice.CARD_READ), (c.take_up_card,)),
    Row(INVITE, NetTakenUp, INVITE, c.noticed(Notice.TAKEN_UP)),
    Row(INVITE, CardUnknown, INVITE, c.lingered_with(Notice.CARD_UNKNOWN)),
    #
    Row(RECORD, Tick, RECORD, c.filming, (c.film,), when=c.is_counted_down),
    Row(RECORD, Tick, INVITE, _CAMERA_FAILED, when=c.time_is_up),
    Row(RECORD, Touched, RECORD, c.touched),
    Row(RECORD, ClipFilmed, CARVE, when=c.is_filming),
    Row(RECORD, FilmFailed, INVITE, _CAMERA_FAILED),
    _leaves(RECORD, Pressed(Button.DISCARD)),
    #
    _leaves(CARVE, Tick, c.nobody_is_there),
    Row(CARVE, Tick, GALLERY, _NET_ALONE, (c.show_net,), when=c.is_carved_long_for_nothing),
    Row(CARVE, Tick, DECIDE, when=c.is_carved_long),
    Row(CARVE, Tick, CARVE, c.breeding, (c.breed,), when=c.is_held),
    Row(CARVE, Touched, CARVE, c.touched),
    Row(CARVE, Pressed, CARVE, c.touched),
    Row(CARVE, Released, CARVE, c.touched),
    Row(CARVE, Pressed(Button.KEEP), GALLERY, _NET_ALONE, (c.show_net,), when=c.keeps_nothing),
    _pressed(CARVE, Button.KEEP, DECIDE, c.as_it_is),
    _pressed(CARVE, Button.RECORD, RECORD, c.as_it_is),
    # Tapped, SURPRISE rolls; held, it breeds.
    _pressed(CARVE, Button.SURPRISE, CARVE, c.surprising),
    Row(CARVE, Released(Button.SURPRISE), CARVE, c.tapped, (c.roll,), when=c.is_tapped),
    Row(CARVE, Released(Button.SURPRISE), CARVE, c.bred, when=c.breeds),
    Row(CARVE, Released(Button.SURPRISE), CARVE, c.touched),
    _pressed(CARVE, Button.DISCARD, CARVE, c.touched, c.heal),
    _pressed(CARVE, Button.SOLO, CARVE, c.soloed),
    Row(CARVE, Released(Button.SOLO), CARVE, c.unsoloed),
    #
    # No answer is a no: who leaves before the second one keeps nothing, and nothing is kept.
    # The film itself is a third question, after which what both answers said holds.
    # An operator closed the gallery meanwhile: what is asked can no longer be done.
    Row(DECIDE, Tick, GALLERY, _NET_ALONE, (c.show_net,), when=c.keeps_nothing),
    Row(DECIDE, Tick, GALLERY, _SAVING, (c.keep_without_clip,), when=c.is_over_before_the_clip),
    _leaves(DECIDE, Tick, c.time_is_up),
    *(
        Row(DECIDE, Pressed(button), GALLERY, _NET_ALONE, (c.show_net,), when=c.keeps_nothing)
        for button in (Button.KEEP, Button.DISCARD)
    ),
    Row(DECIDE, Touched, DECIDE, c.touched),
    Row(DECIDE, Pressed, DECIDE, c.touched),
    Row(DECIDE, Pressed(Button.KEEP), DECIDE, c.asking_for_clip(True), when=c.goes_on_to_ask),
    Row(DECIDE, Pressed(Button.KEEP), GALLERY, _SAVING, (c.keep_for_all,), when=c.asks_to_share),
    Row(DECIDE, Pressed(Button.KEEP), GALLERY, _SAVING, (c.keep_with_clip,), when=c.asks_for_clip),
    Row(DECIDE, Pressed(Button.KEEP), DECIDE, c.asking_to_share),
    Row(DECIDE, Pressed(Button.DISCARD), DECIDE, c.asking_for_clip(False), when=c.goes_on_to_ask),
    Row(DECIDE, Pressed(Button.DISCARD), GALLERY, _SAVING, (c.keep_private,), c.asks_to_share),
    Row(DECIDE, Pressed(Button.DISCARD), GALLERY, _SAVING, (c.keep_without_clip,), c.asks_for_clip),
    _leaves(DECIDE, Pressed(Button.DISCARD)),
    #
    _leaves(GALLERY, Tick, c.time_is_up),
    # The next one need not wait for the saving.
    _pressed(GALLERY, Button.RECORD, RECORD, c.begun_anew, c.forget, c.welcome),
    Row(GALLERY, Touched, GALLERY, c.touched),
    Row(GALLERY, Pressed, GALLERY, c.touched),
    Row(GALLERY, TakeKept, GALLERY, c.kept),
    Row(GALLERY, Pressed(Button.KEEP), GALLERY, _PRINTING, (c.print_take,), when=c.may_print),
    Row(GALLERY, TakeNotKept, GALLERY, c.not_kept),
    Row(GALLERY, TakeSeen, GALLERY, c.seen, when=c.is_saved),
    Row(GALLERY, StillNotKept, GALLERY, c.lost_a_still),
    #
    # CALM is heard in every phase, since it is about safety, and stays for the visit. It starts no
    # visit; in one, it is a touch like any other.
    *(_pressed(phase, Button.CALM, phase, c.calmed) for phase in Phase),
)
"""Every row there is. Of a phase's rows for one event the first whose condition is so counts; what
has no row leaves everything as it was."""


def _indexed() -> Mapping[tuple[Phase, On], tuple[Row, ...]]:
    rows: dict[tuple[Phase, On], tuple[Row, ...]] = defaultdict(tuple)
    for row in TABLE:
        rows[row.phase, row.on] += (row,)
    return dict(rows)


_ROWS = _indexed()


def _rows(phase: Phase, event: Event) -> tuple[Row, ...]:
    own = _ROWS.get((phase, event), ()) if isinstance(event, (Pressed, Released)) else ()
    return own or _ROWS.get((phase, type(event)), ())


def step(
    experience: Experience, event: Event, now_s: float
) -> tuple[Experience, tuple[Order, ...]]:
    """Return the experience after `event` at `now_s`, and the orders it gives."""
    before = experience
    if isinstance(event, Answer) and event.visit != before.visit:
        return before, ()
    for row in _rows(before.phase, event):
        if row.when(before, now_s):
            goes_on = row.to is not row.phase
            after = c.entered(before, row.to, now_s) if goes_on else before
            after = row.does(after, event, now_s)
            return after, tuple(order(before, after) for order in row.orders)
    return before, ()

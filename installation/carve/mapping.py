"""From knobs to a net: the visitor's hand on the panel. Pure.

`turn` folds panel states into an immutable `Hand` and tells what the visitor did, as
gestures. Soft takeover, in two rules:

- A knob says nothing until it is *touched*: moved by more than `TOUCH` since its page was
  shown. Noise and a visitor's sleeve are no touch.
- A touched knob whose target is neutral speaks at once, and may jump: there is nothing to
  lose, and a knob that seems dead is worse than a jump. A target that holds a value (left
  by another page, or rolled by SURPRISE) must first be *picked up*: the knob has to reach
  or cross that value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from installation.carve.panel_layout import (
    NOISE,
    TONE_TARGETS,
    Manner,
    Page,
    PanelLayout,
    is_site,
    neutral,
)
from installation.vocabulary import Button, Carve, Net, NoiseStep, PanelState, Tone

__all__ = [
    "ButtonPressed",
    "ButtonReleased",
    "Gesture",
    "Grip",
    "Hand",
    "Hold",
    "KnobTurned",
    "Manner",
    "Page",
    "hand_of_net",
    "met",
    "net_of_hand",
    "nudged",
    "turn",
]

_V = TypeVar("_V")


def _frozen(items: dict[str, _V]) -> Mapping[str, _V]:
    return MappingProxyType(items)


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


TOUCH = 0.02
"""How far (share of its travel) a knob moves before it counts as touched."""

STEP = 0.004
"""The smallest change (of an amount) a speaking knob reports, ends and middle excepted."""

REACH = 0.02
"""How near (share of its travel) a knob must come to a value to pick it up."""


@dataclass(frozen=True, slots=True)
class KnobTurned:
    """A knob spoke: its target is now at `amount` (0..1)."""

    knob: int
    target: str
    amount: float


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """A button went down: every button, PAGE and OPERATION too."""

    button: Button


@dataclass(frozen=True, slots=True)
class ButtonReleased:
    """A button came up."""

    button: Button


Gesture: TypeAlias = KnobTurned | ButtonPressed | ButtonReleased


class Hold(str, Enum):
    """How far a knob has its target in hand."""

    ASLEEP = "asleep"
    WAITING = "waiting"
    SPEAKING = "speaking"


@dataclass(frozen=True, slots=True)
class Grip:
    """A knob's hold on its target; `anchor` is the reading (0..1) when last felt moving."""

    hold: Hold
    anchor: float


@dataclass(frozen=True, slots=True)
class Hand:
    """What the visitor's hand has made of the panel so far.

    `amounts` are 0..1 by target (a target not in it is neutral), `operations` indices into
    the layout's operations by site, `rolled` the manners of sites whose cut came with a net
    and is none of the layout's. `manner` is the index for sites not in `operations`.
    `touched` is the last-touched target, `moved_at_s` when anything was last felt moving,
    a knob that still waits for its pickup included: what an idle timer should look at.
    """

    page: int = 0
    amounts: Mapping[str, float] = field(default_factory=_nothing)
    operations: Mapping[str, int] = field(default_factory=_nothing)
    rolled: Mapping[str, Manner] = field(default_factory=_nothing)
    manner: int = 0
    grips: tuple[Grip, ...] = ()
    state: PanelState | None = None
    touched: str | None = None
    moved_at_s: float = -math.inf
    seed: int = 0

    @classmethod
    def fresh(cls, layout: PanelLayout, like: Hand | None = None) -> Hand:
        """A new visitor's hand: the first page, every target neutral, every knob asleep.

        With `like`, the last visitor's, the panel goes on from where it was, so that a button
        held across the change is not pressed anew.
        """
        hand = cls(amounts=_frozen({target: neutral(target) for target in layout.targets}))
        if like is None:
            return hand
        return _asleep(replace(hand, state=like.state, moved_at_s=like.moved_at_s), layout)

    def amount(self, target: str) -> float:
        """Where a target is, 0..1."""
        return self.amounts.get(target, neutral(target))

    def manner_of(self, layout: PanelLayout, site: str) -> Manner:
        """In which manner a site is cut, or would be."""
        if site in self.rolled:
            return self.rolled[site]
        index = self.operations.get(site, self.manner)
        return layout.operations[layout.lively_from(index, site)]

    def waiting(self, layout: PanelLayout) -> tuple[tuple[int, str, float, float], ...]:
        """The touched knobs that must still reach their value, for the show to point at:
        (knob, target, where the knob is, where it must get to), both 0..1."""
        if self.state is None:
            return ()
        targets = layout.pages[self.page].targets
        return tuple(
            (
                knob,
                targets[knob],
                layout.amount(knob, targets[knob], self.state.knobs[knob]),
                self.amount(targets[knob]),
            )
            for knob, grip in enumerate(self.grips)
            if grip.hold is Hold.WAITING
        )


def turn(hand: Hand, layout: PanelLayout, state: PanelState) -> tuple[Hand, tuple[Gesture, ...]]:
    """Fold one panel state into the hand; return it and what the visitor did.

    The first state only tells where things are: a button found held is no press. A state
    from before the panel's first contact (`at_s` is -inf) says nothing at all.
    """
    if state.at_s == -math.inf:
        return hand, ()
    if hand.state is None:
        return _asleep(replace(hand, state=state), layout), ()
    gestures: list[Gesture] = []
    before = hand.state
    hand = replace(hand, state=state)
    for knob in range(len(hand.grips), min(layout.knobs, len(state.knobs))):
        hand = replace(hand, grips=(*hand.grips, Grip(Hold.ASLEEP, state.knobs[knob])))
    for knob in range(min(len(hand.grips), len(state.knobs))):
        hand, spoken = _turn_knob(hand, layout, knob, before)
        gestures.extend(spoken)
    changed = [
        (number, button)
        for number, button in enumerate(layout.buttons)
        if button and (number in state.pressed) != (number in before.pressed)
    ]
    for number, button in changed:
        hand = replace(hand, moved_at_s=state.at_s)
        if number not in state.pressed:
            gestures.append(ButtonReleased(button))
            continue
        gestures.append(ButtonPressed(button))
        if button is Button.PAGE:
            hand = _asleep(replace(hand, page=(hand.page + 1) % len(layout.pages)), layout)
        elif button is Button.OPERATION:
            hand = _next_operation(hand, layout)
    return hand, tuple(gestures)


def hand_of_net(layout: PanelLayout, net: Net, like: Hand | None = None) -> Hand:
    """The hand that holds a net, as after SURPRISE: knobs must pick its values up.

    `like` is the hand it replaces: its page and panel state go on, so that turning a knob
    or holding a button across the change is noticed. The deepest cut counts as last touched: the
    caption tells of it, and SOLO leaves it.
    """
    hand = Hand.fresh(layout)
    amounts = dict(hand.amounts)
    operations: dict[str, int] = {}
    rolled: dict[str, Manner] = {}
    for cut in net.carve.cuts:
        amounts[cut.site] = cut.amount
        manner = Manner.of(cut, cut.operation.value.capitalize())
        operations[cut.site], same = _nearest(layout, manner)
        if not same or layout.lively_from(operations[cut.site], cut.site) != operations[cut.site]:
            rolled[cut.site] = manner
    for target, gain in zip(TONE_TARGETS, net.tone, strict=True):
        amounts[target] = min(1.0, max(0.0, gain / 2.0))
    for step in net.rack:
        amounts[NOISE + step.tool] = step.amount
    hand = replace(
        hand,
        amounts=_frozen(amounts),
        operations=_frozen(operations),
        rolled=_frozen(rolled),
        seed=net.seed,
    )
    if like is None:
        return hand
    deepest = max(net.carve.cuts, key=lambda cut: cut.amount, default=None)
    hand = replace(
        hand,
        page=like.page,
        state=like.state,
        touched=deepest.site if deepest else like.touched,
        moved_at_s=like.moved_at_s,
    )
    return _asleep(hand, layout)


def met(hand: Hand, state: PanelState) -> Hand:
    """The hand at a panel that speaks only now: nobody turned its knobs, they are as they are."""
    return replace(hand, state=state, grips=())


def nudged(hand: Hand, target: str, step: float) -> Hand:
    """The hand with a target a step (0..1) further, as by a key; past the full turn it begins
    again."""
    amount = hand.amount(target) + step
    amounts = _frozen({**hand.amounts, target: amount if amount <= 1 else 0.0})
    return replace(hand, amounts=amounts, touched=target)


def net_of_hand(hand: Hand, layout: PanelLayout, model: str, *, solo: str | None = None) -> Net:
    """The net the hand has made, for the trained model of that sha256.

    With `solo`, a target, only that one stays: every other layer, tone and tool is neutral.
    """
    amounts = {
        target: amount
        for target, amount in hand.amounts.items()
        if amount != neutral(target) and solo in (None, target)
    }
    cuts = (
        hand.manner_of(layout, target).cut(target, amount)
        for target, amount in amounts.items()
        if is_site(target)
    )
    red, green, blue = (2.0 * amounts.get(target, neutral(target)) for target in TONE_TARGETS)
    tone: Tone = (red, green, blue)
    tools = [target.removeprefix(NOISE) for target in amounts if target.startswith(NOISE)]
    order = {tool: place for place, tool in enumerate(layout.rack)}
    tools.sort(key=lambda tool: order.get(tool, len(order)))
    rack = tuple(NoiseStep(tool, amounts[NOISE + tool]) for tool in tools)
    return Net(model=model, carve=Carve.of(cuts), tone=tone, rack=rack, seed=hand.seed)


def _turn_knob(
    hand: Hand, layout: PanelLayout, knob: int, before: PanelState
) -> tuple[Hand, tuple[Gesture, ...]]:
    assert hand.state is not None
    reading = hand.state.knobs[knob]
    target = layout.pages[hand.page].targets[knob]
    grip = hand.grips[knob]
    felt = abs(reading - grip.anchor) > TOUCH
    if not felt and grip.hold is Hold.ASLEEP:
        return hand, ()
    if felt:
        hand = replace(hand, moved_at_s=hand.state.at_s, touched=target or hand.touched)
    if not target:
        return _grip(hand, knob, Grip(grip.hold, reading if felt else grip.anchor)), ()
    amount = layout.amount(knob, target, reading)
    hold = grip.hold
    if hold is not Hold.SPEAKING:
        came_from = grip.anchor if hold is Hold.ASLEEP else before.knobs[knob]
        picked_up = _picked_up(hand, target, amount, layout.amount(knob, target, came_from))
        hold = Hold.SPEAKING if picked_up else Hold.WAITING
    hand = _grip(hand, knob, Grip(hold, reading if felt else grip.anchor))
    if hold is not Hold.SPEAKING or not _worth_saying(target, hand.amount(target), amount):
        return hand, ()
    operations = hand.operations
    if is_site(target) and target not in operations:
        # Remembered now, so that a later change of the default leaves this layer alone.
        operations = _frozen({**operations, target: hand.manner})
    amounts = _frozen({**hand.amounts, target: amount})
    hand = replace(hand, amounts=amounts, operations=operations)
    return hand, (KnobTurned(knob, target, amount),)


def _picked_up(hand: Hand, target: str, amount: float, came_from: float) -> bool:
    value = hand.amount(target)
    if value == neutral(target) or abs(amount - value) <= REACH:
        return True
    return (came_from - value) * (amount - value) <= 0.0


def _worth_saying(target: str, held: float, amount: float) -> bool:
    if amount in (0.0, 1.0, neutral(target)):
        return amount != held
    return abs(amount - held) >= STEP


def _next_operation(hand: Hand, layout: PanelLayout) -> Hand:
    site = hand.touched
    count = len(layout.operations)
    if site is None or not is_site(site):
        return replace(hand, manner=(hand.manner + 1) % count)
    now = layout.lively_from(hand.operations.get(site, hand.manner), site)
    chosen = layout.lively_from((now + 1) % count, site)
    rolled = {at: manner for at, manner in hand.rolled.items() if at != site}
    return replace(
        hand,
        operations=_frozen({**hand.operations, site: chosen}),
        rolled=_frozen(rolled),
    )


def _nearest(layout: PanelLayout, manner: Manner) -> tuple[int, bool]:
    """The layout's operation most like a manner, and whether it cuts exactly alike."""
    likeness = [
        (entry.same_cut_as(manner), entry.operation is manner.operation, entry.side is manner.side)
        for entry in layout.operations
    ]
    best = max(range(len(likeness)), key=lambda i: likeness[i])
    return best, likeness[best][0]


def _asleep(hand: Hand, layout: PanelLayout) -> Hand:
    """The same hand with every knob asleep where it is."""
    readings = hand.state.knobs[: layout.knobs] if hand.state else ()
    return replace(hand, grips=tuple(Grip(Hold.ASLEEP, reading) for reading in readings))


def _grip(hand: Hand, knob: int, grip: Grip) -> Hand:
    if hand.grips[knob] == grip:
        return hand
    return replace(hand, grips=(*hand.grips[:knob], grip, *hand.grips[knob + 1 :]))

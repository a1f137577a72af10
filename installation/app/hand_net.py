"""The net of a hand, made once for as long as the hand holds what it holds."""

from __future__ import annotations

from installation.carve.mapping import Hand, net_of_hand
from installation.carve.panel_layout import PanelLayout
from installation.vocabulary import Net


class HandNet:
    """`net_of_hand` for a panel's layout and a trained model's sha256; it is asked several times a
    tick, and hands mostly rest."""

    def __init__(self, layout: PanelLayout, model: str) -> None:
        self._layout, self._model = layout, model
        self._made: tuple[Hand, str | None, Net] | None = None

    def of(self, hand: Hand, solo: str | None) -> Net:
        """The hand's net; with `solo`, a target, of that alone."""
        made = self._made
        if made is None or made[1] != solo or not _holds_the_same(made[0], hand):
            net = net_of_hand(hand, self._layout, self._model, solo=solo)
            made = self._made = hand, solo, net
        return made[2]


def _holds_the_same(one: Hand, other: Hand) -> bool:
    """Whether both make the same net: a hand is another with every state of the panel, but what it
    holds is replaced only where it changes."""
    return (
        one.amounts is other.amounts
        and one.operations is other.operations
        and one.rolled is other.rolled
        and (one.manner, one.seed) == (other.manner, other.seed)
    )

"""The net of a hand, made once for as long as the hand stays as it is."""

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
        if made is None or made[0] is not hand or made[1] != solo:
            net = net_of_hand(hand, self._layout, self._model, solo=solo)
            made = self._made = hand, solo, net
        return made[2]

"""Cards and links of nets for the door, which itself can neither draw nor carve.

A card is made by `uglynet net card`, in a process of its own that stands back as the door does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from installation.carve.nets import parse_net
from installation.carve.packing import linked, packed
from installation.door.messages import Act
from installation.door.site import PLAY
from installation.door.takes import Keeper, Outcome, SeenTake
from installation.vocabulary import UglyError

HELD = 64
WITHIN_S = 120.0


def can_play() -> bool:
    """Whether the page to play at home is installed, with what is made for it."""
    return (PLAY / "index.html").is_file() and (PLAY / "made" / "ort").is_dir()


def play_link(net: Mapping[str, Any]) -> str:
    """Where a net is played at home, below the door's own address; "" where that cannot be."""
    if not can_play():
        return ""
    try:
        held = parse_net(json.dumps(dict(net)), "net")
        return linked("/play/", packed(held, held.model))
    except (UglyError, ValueError):
        return ""


class Cards:
    """Makes cards, one after the other, and holds the newest; `address` is the door's own, which
    a card's code leads to where it is known."""

    def __init__(self, address: str = "") -> None:
        self.address = address
        self._made: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._making = threading.Lock()

    def __call__(self, take: SeenTake, name: str) -> bytes:
        """A take's card: "card.pdf" (A6) or "card.png".

        Raises:
            UglyError: one line, if it could not be made.
        """
        with self._making:
            key = (take.id, name)
            if key not in self._made:
                self._made[key] = self._card(take, name)
                while len(self._made) > HELD:
                    self._made.popitem(last=False)
            return self._made[key]

    def forget(self, take_id: str) -> None:
        """A take was deleted."""
        for key in [key for key in tuple(self._made) if key[0] == take_id]:
            self._made.pop(key, None)

    def _card(self, take: SeenTake, name: str) -> bytes:
        with tempfile.TemporaryDirectory(prefix="uglynet-") as place:
            out, net = Path(place) / name, Path(place) / "net.json"
            net.write_text(json.dumps(dict(take.net)), encoding="utf-8")
            day = time.strftime("%Y-%m-%d", time.localtime(take.kept_at_s))
            words = ["net", "card", str(net), "-o", str(out), "--day", day]
            if self.address and can_play():
                words += ["--link", f"{self.address}/play/"]
            command = [sys.executable, "-m", "installation", *words]
            try:
                done = subprocess.run(command, capture_output=True, timeout=WITHIN_S, check=False)
                if done.returncode:
                    said = done.stderr.decode(errors="replace").strip().splitlines()
                    raise UglyError(f"no card: {said[-1] if said else done.returncode}")
                return out.read_bytes()
            except (OSError, subprocess.TimeoutExpired) as error:
                raise UglyError(f"no card: {error}") from None


class Forgetting:
    """A `Keeper` that also lets go of what was made of a take that is deleted."""

    def __init__(self, keeper: Keeper, cards: Cards) -> None:
        self._keeper, self._cards = keeper, cards

    async def do(self, act: Act, take_id: str) -> Outcome:
        """Do this to a take, and say what became of it."""
        outcome = await self._keeper.do(act, take_id)
        if act == "delete":
            self._cards.forget(take_id)
        return outcome

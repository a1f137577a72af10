"""A page of knobs that bends raw networks while they are filmed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from test_booth import Visit

from installation.experience import Phase


def test_knobs_bend_the_networks_and_are_no_part_of_the_net(tmp_path: Path, write_clip):
    visit = Visit(
        tmp_path / "gallery",
        write_clip(),
        source={"driver": "networks", "seed": 4, "size_px": (64, 48), "seconds": 0.5},
        panel={"layout": "networks16"},
    )
    try:
        visit.until(lambda _: visit.devices.source.latest() is not None)
        visit.turn(1, 1.0)
        assert visit.booth.experience.phase is Phase.INVITE
        assert visit.booth.hand.amount("source/bold") == 1.0
        assert visit.booth.net.is_untouched
        before = visit.devices.source.latest()
        visit.turn(2, 0.8)

        def bent(_: object) -> bool:
            now = visit.devices.source.latest()
            return float(np.abs(now.astype(int) - before).mean()) > 8

        visit.until(bent)
    finally:
        visit.close()

"""What every test of the whole show would make anew, made once a process."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from installation.app import assemble
from installation.vocabulary import Clip

_DREAMS: dict[tuple[int, int], Clip] = {}
_dream_clip = assemble.dream_clip


@pytest.fixture(autouse=True)
def shared_dreams(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dream between the takes, the same whenever it is made (tests/source compares two), takes
    most of a second of the processor's. One that is stopped is not kept."""

    def dream_clip(
        size_px: tuple[int, int], stopped: Callable[[], bool] = lambda: False
    ) -> Clip | None:
        if size_px not in _DREAMS:
            made = _dream_clip(size_px, stopped)
            if made is None:
                return None
            _DREAMS[size_px] = made
        return _DREAMS[size_px]

    monkeypatch.setattr(assemble, "dream_clip", dream_clip)

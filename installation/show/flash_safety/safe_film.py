"""A film as it may be shown: softened and governed, as `[flash]` asks. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from installation.show.flash_safety.film import governed
from installation.show.flash_safety.patterns import softened
from installation.vocabulary import Frame


def made_safe(
    frames: Iterator[Frame], fps: float, flash: str, patterns: bool, count: int | None = None
) -> Iterator[Frame]:
    """The frames, made safe also for whoever lets them run in a loop; `flash` is `[flash]
    governor` (on, calm, off), `patterns` whether stripes are softened, too; calm always does.
    `count` is how many frames there are, where that is known."""
    if flash == "off":
        return frames
    if flash == "calm" or patterns:
        frames = softened(frames, fps)
    return governed(frames, fps, calm=flash == "calm", count=count)

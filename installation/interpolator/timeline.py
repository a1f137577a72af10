"""Where in a clip the frames of slow motion lie. Pure arithmetic."""

from __future__ import annotations

# Carved frames are made between these parts of the way from A to B. On a source frame itself
# there is no motion left to make: the cuts of the flow net would vanish there every few frames,
# and the picture would pulse (and the flash governor hold it back).
CARVED_MARGIN = 1 / 4


def frame_count(frames: int, slow: int) -> int:
    """How many frames `slow` times slow motion of `frames` frames has: (frames - 1) slow + 1."""
    if frames < 1 or slow < 1:
        raise ValueError(f"frames and slow are at least 1, not {frames} and {slow}")
    return (frames - 1) * slow + 1


def position_of(index: int, slow: int) -> float:
    """Where output frame `index` lies, in source frames."""
    return index / slow


def pair_and_time(position: float, frames: int) -> tuple[int, int, float]:
    """The two source frames around a position and the time t in 0..1 between them.

    Raises:
        ValueError: if the position is outside 0 .. frames - 1.
    """
    last = frames - 1
    if not 0 <= position <= last:
        raise ValueError(f"position {position} is outside 0..{last}")
    first = min(int(position), max(0, last - 1))
    return first, min(first + 1, last), position - first


def carved_time(t: float) -> float:
    """Where a carved frame is made instead of at t."""
    return CARVED_MARGIN + t * (1 - 2 * CARVED_MARGIN)


def playing_index(elapsed_s: float, fps: float, count: int) -> int:
    """Which of `count` looping frames is due after `elapsed_s` seconds."""
    return int(max(0.0, elapsed_s) * fps) % count


def pair_after(position: float, frames: int) -> int:
    """The pair that a loop comes to after that of `position`, by its first source frame."""
    pairs = max(1, frames - 1)
    return (min(int(position), pairs - 1) + 1) % pairs

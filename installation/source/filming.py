"""Filming: which live frames make a clip. Pure; times come from the caller."""

from __future__ import annotations

from installation.vocabulary import Clip, Frame

FEWEST_FRAMES = 2


class Reel:
    """Collects frames for `seconds`, at most `fps` a second, by their own times.

    A camera slower than `fps` gives a shorter row of frames and a clip of its true rate:
    nothing is doubled, since slow motion between two equal frames stands still.
    """

    def __init__(self, seconds: float, fps: float) -> None:
        self._seconds, self._spacing_s = seconds, 1.0 / fps
        self._most = max(FEWEST_FRAMES, round(seconds * fps))
        self._frames: list[Frame] = []
        self._times: list[float] = []

    def add(self, frame: Frame, at_s: float) -> None:
        """Offer a frame; one that comes before its turn is left out."""
        if self.done(at_s):
            return
        if self._times:
            due_s = self._times[0] + len(self._frames) * self._spacing_s
            # Half a spacing of grace: cameras are not punctual.
            if at_s < due_s - self._spacing_s / 2:
                return
        self._frames.append(frame)
        self._times.append(at_s)

    def progress(self, now_s: float) -> float:
        """0..1 by frames or by time, whichever is further."""
        if not self._times:
            return 0.0
        by_time = (now_s - self._times[0]) / self._seconds
        return min(1.0, max(by_time, len(self._frames) / self._most))

    def done(self, now_s: float) -> bool:
        return bool(self._times) and self.progress(now_s) >= 1.0

    def clip(self) -> Clip | None:
        """The clip, or None if there are too few frames to move."""
        if len(self._frames) < FEWEST_FRAMES:
            return None
        lasted_s = self._times[-1] - self._times[0]
        fps = (len(self._frames) - 1) / lasted_s if lasted_s > 0 else 1 / self._spacing_s
        return Clip(tuple(self._frames), min(fps, 1 / self._spacing_s))

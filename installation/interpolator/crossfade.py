"""Frame blending: no network, nothing to carve, never fails.

For machines without a model and as the yardstick the nets have to beat.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2

from installation.interpolator.asked import Asked
from installation.interpolator.timeline import pair_and_time
from installation.vocabulary import Clip, DeviceHealth, Frame, Health, Net, Reason, Site, as_frame


class Crossfade:
    """Mixes the two nearest frames. A net's carve is ignored."""

    model = "0" * 64
    """No model has this sum: nets made before it are untouched, and can be kept."""
    sites: tuple[Site, ...] = ()

    def frame_at(self, clip: Clip, position: float, net: Net) -> Frame:
        first, second, t = pair_and_time(position, len(clip.frames))
        if t == 0 or first == second:
            return clip.frames[first]
        if t == 1:
            return clip.frames[second]
        return as_frame(cv2.addWeighted(clip.frames[first], 1 - t, clip.frames[second], t, 0))

    def xrayed_frame_at(
        self, clip: Clip, position: float, net: Net
    ) -> tuple[Frame, Mapping[str, Frame]]:
        return self.frame_at(clip, position, net), {}

    def expect(self, clip: Clip, position: float, net: Net, *, xrayed: bool) -> None:
        """A frame is made at once: there is nothing to make ready."""

    def health(self) -> DeviceHealth:
        note = "plain crossfade: nothing can be carved"
        return DeviceHealth("net", Health.MISSING, note, Reason.NOTHING_TO_CARVE)

    def cancel(self) -> None:
        """A frame is made at once: there is nothing to break off."""

    def break_off(self) -> None:
        """As above."""

    def close(self) -> None:
        pass


def open_interpolator(asked: Asked) -> Crossfade:
    """The plain crossfade, whatever was asked for."""
    return Crossfade()

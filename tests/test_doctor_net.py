"""What `uglynet doctor` says of a net that only turns out to run otherwise when it runs."""

from __future__ import annotations

from dataclasses import replace

from installation.commands import doctor
from installation.interpolator.crossfade import Crossfade
from installation.settings import Settings
from installation.vocabulary import Clip, DeviceHealth, Frame, Health, Net


class Refusing(Crossfade):
    """A net that cannot run as it was asked to, and finds out at its first frame."""

    note = "as asked"

    def frame_at(self, clip: Clip, position: float, net: Net) -> Frame:
        self.note = "not as asked; set [model] cuda_graph = false"
        return super().frame_at(clip, position, net)

    def health(self) -> DeviceHealth:
        return DeviceHealth("net", Health.FINE, self.note)


def test_what_turned_out_at_the_first_frame_is_told(monkeypatch):
    monkeypatch.setattr(doctor, "open_interpolator", lambda settings: Refusing())
    settings = Settings()
    settings = replace(settings, play=replace(settings.play, grow=False))
    told = [finding for finding in doctor._net(settings) if finding.what == "model"]
    assert told[0].state == "fine"
    assert told[-1].state == "note"
    assert "cuda_graph = false" in told[-1].line

"""What `uglynet doctor` says of a net that only turns out to run otherwise when it runs."""

from __future__ import annotations

from dataclasses import replace

from installation.app.needs import Finding
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
        return DeviceHealth("net", Health.FINE, self.note, about=self.note)


def told_of(net: Crossfade, monkeypatch) -> list[Finding]:
    monkeypatch.setattr(doctor, "open_preview", lambda settings: net)
    settings = Settings()
    settings = replace(settings, play=replace(settings.play, grow=False))
    return [finding for finding in doctor._net(settings) if finding.what == "model"]


class Counting(Crossfade):
    """A net whose note counts on, as a server's does."""

    runs = 0

    def health(self) -> DeviceHealth:
        self.runs += 1
        return DeviceHealth("net", Health.FINE, f"{self.runs} runs")


def test_a_note_that_counts_is_told_once(monkeypatch):
    told = [f for f in told_of(Counting(), monkeypatch) if "runs" in f.line]
    assert [finding.state for finding in told] == ["fine"]


def test_what_turned_out_at_the_first_frame_is_told(monkeypatch):
    told = told_of(Refusing(), monkeypatch)
    assert told[0].state == "fine"
    assert told[-1].state == "note"
    assert "cuda_graph = false" in told[-1].line

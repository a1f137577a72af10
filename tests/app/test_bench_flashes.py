"""The governor's bench: strobes, boards and extreme nets, none of which may get through."""

from __future__ import annotations

from installation.interpolator.model import Model
from installation.interpolator.trained import unet_of
from installation.reports import bench_flashes
from installation.reports.bench_flashes import clips, measure_flashes, strobes
from installation.settings import load_settings


def test_there_are_three_clips_of_one_size() -> None:
    found = clips()
    assert len(found) == 3
    assert {clip.size_px for clip in found.values()} == {bench_flashes.SIZE_PX}


def test_nothing_exceeds_after_the_governor(monkeypatch, model: Model) -> None:
    """A few of what `uglynet bench flashes 500` does in full."""
    monkeypatch.setattr(bench_flashes, "SIZE_PX", (64, 32))
    monkeypatch.setattr(bench_flashes, "SOURCE_FRAMES", 8)
    monkeypatch.setattr(bench_flashes, "COST_PX", (96, 54))
    monkeypatch.setattr(bench_flashes, "COST_FRAMES", 3)
    some = [film for number, film in enumerate(strobes(24, 2.0)) if number in (3, 8, 14, 20, 28)]
    monkeypatch.setattr(bench_flashes, "strobes", lambda fps: iter(some))
    lamp = {"lamp": clips()["lamp"]}  # the worst of the three: it flashes before any net does
    monkeypatch.setattr(bench_flashes, "clips", lambda: lamp)
    said: list[str] = []
    net = unet_of(model, "cpu", 1)
    try:
        told = measure_flashes(load_settings(None), 2, said.append, [net])
    finally:
        net.close()
    assert told["strobes"]["exceeding_as_made"] >= 3  # there was something to hold back
    for kind in ("strobes", "nets"):
        assert told[kind]["exceeding_as_shown"] == 0
        assert told[kind]["worst_shown"] <= 3
    assert told["nets"]["films"] == 2
    assert said == []

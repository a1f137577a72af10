"""The tour: a whole visit on film, the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from installation.__main__ import uglynet
from installation.app import assemble
from installation.experience import Notice, Phase
from installation.interpolator.model import Model
from installation.interpolator.unet import UnetInterpolator
from installation.settings import Settings, load_settings
from installation.show.flash_safety.flash_meter import judge
from installation.simulation import tour as touring
from installation.video import VideoReader
from installation.vocabulary import Button, UglyError


class Hasty(touring.Newcomer):
    """A newcomer in a hurry: the tour's own way, without the watching."""

    def _visit(self) -> Iterator[float]:
        yield from self._watches(0.3, "attract")
        yield from self._turn(2, 0.6)
        yield from self._until(Phase.INVITE)
        yield from self._push(Button.RECORD)
        yield from self._until(Phase.CARVE)
        yield from self._turn(3, 0.8)
        yield from self._watches(0.3, "carve")
        for phase in (Phase.DECIDE, Phase.DECIDE, Phase.GALLERY):
            yield from self._push(Button.KEEP)
            yield from self._until(phase)
        while self._view is not None and self._view.experience.notice is Notice.SAVING:
            yield 0.0
        yield from self._watches(0.3, "gallery")


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, model: Model) -> Settings:
    # Opened once: that costs more than the visits. One for what plays and one for the takes, as
    # outside of a test: takes are rendered by threads, and one alone is no net for two at a time.
    for module in (touring, assemble):
        net = UnetInterpolator(model, "cpu", 1)
        monkeypatch.setattr(net, "close", lambda: None)
        monkeypatch.setattr(module, "open_interpolator", lambda *_, net=net, **__: net)
    monkeypatch.setattr(touring, "Newcomer", Hasty)
    monkeypatch.setattr(touring, "PAST_SEEDS", ())
    monkeypatch.setattr(touring, "TICKS_A_SECOND", 10)
    found = load_settings(None)
    return replace(
        found,
        source=replace(found.source, seconds=0.3, size_px=(64, 48)),
        play=replace(found.play, preview_px=(64, 48), slow=2),
    )


def test_it_goes_through_a_whole_visit_and_comes_out_the_same_twice(
    settings: Settings, tmp_path: Path
) -> None:
    films: list[bytes] = []
    told: list[str] = []
    for name in ("one.mp4", "other.mp4"):
        done = touring.tour(settings, tmp_path / name, (320, 240), told.append)
        films.append((tmp_path / name).read_bytes())
    assert films[0] == films[1]
    phases = [line.split()[-1] for line in told if line.strip()[0].isdigit()]
    whole = ["attract", "invite", "record", "carve", "decide", "gallery"]
    assert phases == whole * len(films)
    assert list(done.pictures) == ["attract", "carve", "gallery"]
    with VideoReader(tmp_path / "one.mp4") as reader:
        frames = list(reader.frames())
        assert frames[0].shape == (240, 320, 3)
        assert not judge(frames, reader.fps).exceeds()
    board = touring.storyboard(done.pictures)
    assert np.ptp(board[:270, :480]) > 200  # a picture is there


def test_what_cannot_be_is_said_before_the_work(tmp_path: Path) -> None:
    for words in (["-o", tmp_path / "no" / "x.mp4"], ["--size", "100x100"]):
        ran = CliRunner().invoke(uglynet, ["tour", *map(str, words)])
        assert isinstance(ran.exception, UglyError)

"""What many tests share: the shipped model, small clips, frames."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pictures import gradient

from installation import worker
from installation.interpolator.model import Model, load_model
from installation.settings import HOUSE
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, VideoWriter, fitted
from installation.vocabulary import Clip

# Examples may be slow on a busy machine; that is no finding.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """All threads count alike: a test that moves its clock by hand draws without a rest, and on a
    busy machine those that give way to it would never come to their turn."""
    monkeypatch.setattr(worker, "NICENESS", 0)


@pytest.fixture(scope="session")
def model() -> Model:
    """The model that ships."""
    return load_model(HOUSE / "models" / "small")


@pytest.fixture(scope="session")
def hello() -> Clip:
    """Six real frames of the bundled clip, three apart so that they move, 128 x 96."""
    with VideoReader(BUNDLED_CLIP) as reader:
        frames = [fitted(f, (128, 96)) for n, f in enumerate(reader.frames()) if n % 3 == 0]
    return Clip(tuple(frames[4:10]), 8.0)


@pytest.fixture
def write_clip(tmp_path: Path):
    """Write a small moving video and return its path."""

    def write(
        name: str = "clip.mp4", count: int = 6, size: tuple[int, int] = (96, 64), fps: float = 12
    ) -> Path:
        path = tmp_path / name
        with VideoWriter(path, fps, quality=10) as video:
            for k in range(count):
                video.add(gradient(*size, shift=2 * k))
        return path

    return write

"""What many tests share: the shipped model, small clips, frames."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

from pathlib import Path

import onnxruntime as ort
import pytest
from hypothesis import HealthCheck, settings
from pictures import gradient

from installation import worker
from installation.interpolator import local_graphs, sessions
from installation.interpolator.model import Model, load_model
from installation.interpolator.sessions import Cancel
from installation.settings import HOUSE
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, VideoWriter, fitted
from installation.vocabulary import Clip

# Examples may be slow on a busy machine; that is no finding.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("house")


LONG = (
    "journeys/test_keyboard.py",
    "door/test_play_engine.py",
    "show/test_governor.py",
    "training/test_training_chain.py",
    "journeys/test_privacy.py",
    "test_wheel.py",
    "door/test_in_a_browser.py",
    "app/test_booth.py",
    "door/test_play_page.py",
    "journeys/test_fleet.py",
    "panel/test_simulated_board.py",
    "test_soak.py",
    "journeys/test_headless.py",
    "door/test_web_gallery_in_a_browser.py",
    "training/test_calibrate.py",
    "test_commands.py",
    "door/test_watch_in_a_browser.py",
    "drivers/test_interpolators.py",
    "fleet/test_rclone.py",
    "journeys/test_board.py",
    "door/test_web_gallery.py",
    "rerender/test_rerender.py",
    "interpolator/test_unet.py",
    "door/test_operator_pages.py",
    "app/test_cards_at_the_booth.py",
    "app/test_notice.py",
    "training/test_on_a_card.py",
    "noise/test_rack_commands.py",
    "show/test_scenes.py",
    "training/test_fresh.py",
    "door/test_guarded_http.py",
    "show/test_flash_readings.py",
    "journeys/test_watched.py",
    "door/test_operator_description.py",
    "door/test_door_process.py",
    "training/test_dream_training.py",
    "test_fuzz.py",
    "fleet/test_syncthing.py",
    "kiosk/test_install.py",
    "app/test_needs.py",
    "fleet_watch/test_line.py",
    "door/test_take_pages.py",
    "source/test_filming.py",
)
"""The files that take longest, the longest first: begun last, one would run on when the others
have ended."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, as each of them stays on one process."""
    order = {Path(__file__).parent / name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path, len(LONG)))


@pytest.fixture(autouse=True)
def alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """All threads count alike: a test that moves its clock by hand draws without a rest, and on a
    busy machine those that give way to it would never come to their turn."""
    monkeypatch.setattr(worker, "NICENESS", 0)


_SESSIONS: dict[tuple[bytes, str, str, int], ort.InferenceSession] = {}


@pytest.fixture(autouse=True)
def shared_sessions(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph is loaded once for all tests of a process: a session holds nothing of those who run
    it. Tests of the loading itself are marked `own_sessions`."""
    if request.node.get_closest_marker("own_sessions"):
        return

    def session_of(
        graph: bytes, name: str, provider: str, threads: int, cancel: Cancel | None = None
    ) -> ort.InferenceSession:
        if cancel is not None:
            cancel.check()
        key = (graph, name, provider, threads)
        if key not in _SESSIONS:
            _SESSIONS[key] = sessions.session_of(graph, name, provider, threads, cancel)
        return _SESSIONS[key]

    monkeypatch.setattr(local_graphs, "session_of", session_of)


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

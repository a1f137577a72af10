"""The installation without a screen: simulated visits, with pictures of every phase."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from installation.app.devices import Devices
from installation.app.loading import Loading
from installation.app.window import Stop, Window, stopping_on_signals
from installation.experience import Phase, TakeKept, TakeNotKept
from installation.gallery.export import copy_files
from installation.panel.onscreen import OnScreenPanel
from installation.settings import Settings
from installation.show.view_model import View
from installation.simulation.visitor import SimulatedVisitor, shot_path
from installation.vocabulary import Take, UglyError

TICKS_A_SECOND, PICTURES_A_SECOND = 15, 5
"""At most, of the screen and of the clip that plays on it: nobody looks, and the pictures are
stills. What is set to be slower stays as slow, and the take is made as ever."""
PATIENCE_S = 180.0


@dataclass(frozen=True, slots=True)
class Visited:
    """What the simulated visits left behind."""

    takes: tuple[Path, ...]
    screenshots: Path
    stopped: bool


def visit(settings: Settings, visits: int, out: Path, say: Callable[[str], None]) -> Visited:
    """Play `visits` simulated visits in real time; takes and screenshots go to `out`.

    The takes are kept in a gallery of their own under `out`, so that nobody's real gallery
    fills with simulated visitors.

    Raises:
        UglyError: if `out` cannot be written, or a visit comes to no end.
    """
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    shots = out / "screenshots"
    try:
        shots.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UglyError(f"{out}: cannot be written ({error.strerror})") from None
    if settings.panel.driver != "onscreen":
        say(f"simulated visitors use the on-screen panel, not the {settings.panel.driver} one")
    settings = replace(
        settings,
        gallery=replace(settings.gallery, folder=out / "gallery"),
        screen=replace(
            settings.screen, fullscreen=False, fps=min(TICKS_A_SECOND, settings.screen.fps)
        ),
        panel=replace(settings.panel, driver="onscreen"),
        play=replace(settings.play, fps=min(PICTURES_A_SECOND, settings.play.fps), grow=False),
    )
    stop = Stop()
    with stopping_on_signals(stop.ask):  # while takes are finished, too
        devices = _opened(settings, stop)
        if devices is None:
            return Visited((), shots, True)
        try:
            assert isinstance(devices.panel, OnScreenPanel)
            window = Window(settings, devices, stop=stop)
            booth = window.show.booth
            for number in range(1, visits + 1):
                visitor = SimulatedVisitor(devices.panel, devices.layout, number)
                _one(window, visitor, number, shots, say)
                if stop.asked:
                    break
            window.close()
        finally:
            say("keeping what is still to be kept")
            devices.close()
    kept, not_kept = list(booth.outcomes.kept), list(booth.outcomes.not_kept)
    while (answer := devices.archive.answer()) is not None:
        if isinstance(answer, TakeKept):
            kept.append(answer.take)
        elif isinstance(answer, TakeNotKept):
            not_kept.append(answer.why)
    if not_kept:
        raise UglyError(not_kept[0])
    folders = tuple(_copied(settings, take, out, n) for n, take in enumerate(kept, 1))
    return Visited(folders, shots, stop.asked)


def _opened(settings: Settings, stop: Stop) -> Devices | None:
    """The devices; None if somebody asked to stop before they were there."""
    loading = Loading(settings)
    try:
        while not stop.asked:
            devices = loading.devices()
            if devices is not None:
                loading.done()
                return devices
            time.sleep(0.02)
    except UglyError:
        loading.done()
        raise
    loading.give_up()
    return None


def _one(
    window: Window,
    visitor: SimulatedVisitor,
    number: int,
    shots: Path,
    say: Callable[[str], None],
) -> None:
    began_s = time.monotonic()
    phase: list[Phase] = []

    def each_tick(now_s: float, view: View) -> bool:
        if not phase or phase[-1] is not view.experience.phase:
            phase.append(view.experience.phase)
            say(f"visit {number}: {view.experience.phase.value}")
        visitor.act(now_s, view)
        if visitor.shot is not None:
            path = shot_path(shots, number, visitor.shot)
            path.parent.mkdir(exist_ok=True)
            window.screen.screenshot(path)
        if time.monotonic() - began_s > PATIENCE_S:
            raise UglyError(f"visit {number} came to no end in {phase[-1].value}")
        return not visitor.done

    window.run(each_tick)
    if not window.stop.asked and Phase.GALLERY not in phase:
        trouble = "; ".join(h.note for h in window.health() if h.health.value != "fine")
        raise UglyError(f"visit {number} kept nothing: {trouble or 'see --verbose'}")


def _copied(settings: Settings, take: Take, out: Path, number: int) -> Path:
    folder = out / f"take-{number}"
    copy_files(settings.gallery.folder, take, folder)
    return folder

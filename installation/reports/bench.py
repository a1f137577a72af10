"""Measures the running installation: the real booth and window, with the net at work."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from installation.app.assemble import open_devices
from installation.app.pace import Lateness
from installation.app.window import Window
from installation.experience import Phase
from installation.panel.onscreen import OnScreenPanel
from installation.settings import Settings
from installation.show.view_model import View
from installation.vocabulary import Button, UglyError

KNOB_TRIALS = 21


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0..1) of the values do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class _Hands:
    """Turns knobs while the window runs, and notes when the picture followed."""

    def __init__(self, panel: OnScreenPanel, window: Window, seconds: float) -> None:
        self.panel, self.booth, self.window = panel, window.show.booth, window
        self.seconds = seconds
        self.latencies_s: list[float] = []
        self.latencies_frames: list[int] = []
        self.fps: dict[str, float] = {}
        self._began_s: float | None = None
        self._made_before = 0
        self._turned_s: float | None = None
        self._made_at_turn = 0
        self._rest_until_s = 0.0
        self._gave_up_s = time.monotonic() + 60

    def each_tick(self, now_s: float, view: View) -> bool:
        if view.experience.phase is not Phase.CARVE:
            if time.monotonic() > self._gave_up_s:
                raise UglyError("the bench never came to CARVE; see `uglynet doctor`")
            return True
        if self._began_s is None:
            self._began_s, self._made_before = now_s, self.booth.frames_made
            if self.window.lateness is None:
                self.window.lateness = Lateness()
        for name in ("resting", "turning"):
            if name in self.fps:
                continue
            elapsed_s = now_s - self._began_s
            if elapsed_s < self.seconds:
                # Resting: a new carve every two seconds, so that no frame is a kept one but
                # the motion of a pair serves its frames. Turning: a new carve every tick.
                step = now_s // 2 if name == "resting" else now_s * 7
                self.panel.turn_to(1, 0.3 + 0.3 * ((step * 0.37) % 1))
                return True
            self.fps[name] = (self.booth.frames_made - self._made_before) / elapsed_s
            self._began_s, self._made_before = now_s, self.booth.frames_made
        if self._turned_s is not None:
            if self.booth.shows_newest:
                self.latencies_s.append(time.monotonic() - self._turned_s)
                self.latencies_frames.append(self.booth.frames_made - self._made_at_turn)
                self._turned_s, self._rest_until_s = None, now_s + 0.2
        elif now_s >= self._rest_until_s:
            count = len(self.latencies_s)
            if count >= KNOB_TRIALS:
                return False
            self.panel.turn_to(2, 0.25 + 0.02 * count)
            self._turned_s, self._made_at_turn = time.monotonic(), self.booth.frames_made
        return True


@dataclass(frozen=True, slots=True)
class _Ran:
    """What a run of the show left to be counted."""

    hands: _Hands
    lateness: Lateness
    preview_px: tuple[int, int]
    provider: str


def measure_show(settings: Settings, seconds: float) -> dict[str, Any]:
    """Run the installation for about twice `seconds` plus ten, and return what the bench prints.

    `preview_fps` are frames generated a second with a knob turned every two seconds;
    `preview_fps_while_turning` with one of the flow net's turned without rest.
    `knob_to_picture_frames` counts the frames generated from the turn to the picture shown,
    itself included. `tick_late_*` is how late a tick began after it was due, on a grid of
    `screen_fps` a second that nothing moves; a tick that was missed counts as late until the
    next one began, and `ticks_missed` of `ticks` says how many were. With and without the X
    server's flip of the picture before. `tick_cpu_ms` is the processor's own time in a tick,
    which other programs on the machine don't lengthen; everything else is by the clock.

    Where there is no display it draws to memory; then the flip costs nothing.
    """
    ran = _run(settings, seconds)
    hands, lateness = ran.hands, ran.lateness

    def ms(values: Sequence[float], share: float) -> float:
        return round(1000 * percentile(values, share), 2)

    return {
        "preview_fps": round(hands.fps["resting"], 2),
        "preview_fps_while_turning": round(hands.fps["turning"], 2),
        "preview_size": list(ran.preview_px),
        "knob_to_picture_ms": round(1000 * median(hands.latencies_s), 1),
        "knob_to_picture_frames": median(hands.latencies_frames),
        "ticks": len(lateness.worked_s),
        "ticks_missed": len(lateness.late_s) - len(lateness.worked_s),
        "tick_late_ms_median": ms(lateness.late_s, 0.5),
        "tick_late_ms_p99": ms(lateness.late_s, 0.99),
        "tick_late_apart_from_flip_ms_p99": ms(lateness.apart_s, 0.99),
        "tick_cpu_ms_median": ms(lateness.cpu_s, 0.5),
        "tick_cpu_ms_p99": ms(lateness.cpu_s, 0.99),
        "governor_ms_median": ms(lateness.judged_s, 0.5),
        "governor_ms_p99": ms(lateness.judged_s, 0.99),
        "draw_ms_median": ms(lateness.worked_s, 0.5),
        "draw_ms_p99": ms(lateness.worked_s, 0.99),
        "flip_ms_median": ms(lateness.flipped_s, 0.5),
        "flip_ms_p99": ms(lateness.flipped_s, 0.99),
        "screen_size": list(settings.screen.size_px),
        "screen_fps": settings.screen.fps,
        "provider": ran.provider,
    }


def _run(settings: Settings, seconds: float) -> _Ran:
    """The installation with turning hands, until they have enough."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    with tempfile.TemporaryDirectory(prefix="uglynet-bench-") as folder:
        settings = replace(
            settings,
            gallery=replace(settings.gallery, folder=Path(folder)),
            visit=replace(settings.visit, countdown_s=0.1, carve_s=3600, idle_s=3600),
            screen=replace(settings.screen, fullscreen=False),
            panel=replace(settings.panel, driver="onscreen"),
            source=replace(settings.source, driver="file"),
        )
        devices = open_devices(settings)
        try:
            panel = devices.panel
            assert isinstance(panel, OnScreenPanel)
            window = Window(settings, devices)
            hands = _Hands(panel, window, seconds)
            window.tick()
            panel.press(devices.layout.buttons.index(Button.RECORD))
            window.run(hands.each_tick)
            window.close()
            note = devices.interpolator.health().note
            return _Ran(hands, window.lateness or Lateness(), devices.preview_px, note)
        finally:
            devices.close()

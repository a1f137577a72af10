"""The soak: simulated visitors and random faults, for as long as anybody likes.

The show's own tick on real threads, disk and database; the clock is stepped, as fast as the machine
allows, or in real time.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import psutil

from installation.app.heap import few_arenas, give_back
from installation.app.show import Show
from installation.experience import Notice, Phase
from installation.gallery.reading import GalleryReader
from installation.gallery.store import Clocks
from installation.gallery.verify import disagreements
from installation.settings import Settings
from installation.show.view_model import View
from installation.simulation.soak_devices import (
    CAMERA_FPS,
    KEPT,
    SIZE_PX,
    SoakBench,
    brisk,
    caught_up,
    soak_devices,
)
from installation.simulation.soak_faults import FAULTS
from installation.simulation.visitor import SimulatedVisitor
from installation.vocabulary import Health

STEP_S = 0.1
FRAME_S = 1 / 30
"""A tick that takes longer than a thirtieth of a second is late."""
VISIT_S = 600.0
"""No visit lasts so long by the clock, whatever goes wrong; one that does is stuck."""
PATIENCE_S = 60.0
"""How long, in real seconds, devices may take to be well again once a fault is over."""
NOBODY_S = 60.0
"""A visitor whose first turn of a knob does nothing for so long goes away again."""
STOPPED_TWICE_S = 1.0
"""Asked to stop twice within so long is asked once, in seconds."""


CHECKED_EVERY = 20
"""Visits between two looks at the gallery: well before the newest takes are too many."""


@dataclass(frozen=True, slots=True)
class Sample:
    """How the process was after a visit: resident bytes, open handles, threads."""

    visit: int
    memory: int
    handles: int
    threads: int


@dataclass
class Soaked:
    """What a soak came to. `stuck` names the visits that came to no end, with their fault,
    `unwell` the faults after which the devices did not become well again."""

    visits: int = 0
    faults: int = 0
    recovered: int = 0
    confirmed: int = 0
    not_kept: int = 0
    lost: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    unwell: list[str] = field(default_factory=list)
    ticks: int = 0
    late_ticks: int = 0
    simulated_s: float = 0.0
    wall_s: float = 0.0
    by_fault: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)

    def growth(self, of: str) -> float:
        """By what share memory, handles or threads grew: the median of the last fifth of the
        visits against that of the second, when all is warm; 0.05 is 5 %."""
        values = [float(getattr(sample, of)) for sample in self.samples]
        fifth = len(values) // 5
        if not fifth:
            return 0.0
        early, late = np.median(values[fifth : 2 * fifth]), np.median(values[-fifth:])
        return float(late / early - 1)

    def rows(self) -> Mapping[str, object]:
        """As figures, by name."""
        return {
            "visits": self.visits,
            "faults": self.faults,
            "recovered": self.recovered,
            "lost_takes": len(self.lost),
            "stuck": len(self.stuck),
            "memory_growth": round(self.growth("memory"), 4),
            "handles_growth": round(self.growth("handles"), 4),
            "threads_growth": round(self.growth("threads"), 4),
            "takes_confirmed": self.confirmed,
            "takes_refused": self.not_kept,
            "ticks": self.ticks,
            "late_ticks": self.late_ticks,
            "simulated_s": round(self.simulated_s, 1),
            "wall_s": round(self.wall_s, 1),
            "faults_by_kind": dict(sorted(self.by_fault.items())),
            "lost_which": self.lost[:20],
            "stuck_which": self.stuck[:20],
            "unwell_after": self.unwell[:20],
        }


def soak_settings(settings: Settings, folder: Path) -> Settings:
    """The settings with small pictures, short phases, and a gallery in `folder`."""
    return replace(
        settings,
        gallery=replace(settings.gallery, folder=folder, video_px=SIZE_PX, each_s=2.0),
        source=replace(settings.source, size_px=SIZE_PX, fps=CAMERA_FPS, seconds=0.6),
        play=replace(settings.play, preview_px=SIZE_PX, slow=2, fps=10.0, grow=False),
        visit=replace(
            settings.visit, invite_s=10.0, countdown_s=1.0, carve_s=40.0, idle_s=20.0,
            decide_s=10.0, gallery_s=5.0,
        ),
    )  # fmt: skip


class Soak:
    """A soak of `settings` in a gallery in `folder`, by chance from `seed` on, with faults of
    these `kinds`. `real_time` paces the clock by the wall's; `say` hears a line now and then."""

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        seed: int,
        *,
        kinds: Sequence[str] = tuple(FAULTS),
        real_time: bool = False,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._settings, self._seed, self._real, self._say = (
            soak_settings(settings, folder), seed, real_time, say,
        )  # fmt: skip
        self._kinds = sorted(kinds)
        self._chance = np.random.default_rng([seed, 5])
        self._process = psutil.Process()
        self.done = Soaked()
        self._unchecked: list[str] = []
        self._stopped_s: float | None = None

    def stop(self) -> None:
        """End after the visit that is on; asked for again after a while, at once. (Ctrl-C comes
        twice at the same moment where somebody hands it on.)

        Raises:
            KeyboardInterrupt: the second time.
        """
        now_s = time.monotonic()
        if self._stopped_s is not None and now_s - self._stopped_s > STOPPED_TWICE_S:
            raise KeyboardInterrupt
        self._stopped_s = now_s

    def run(self, visits: int, faults: int) -> Soaked:
        """So many visits, the faults among them by chance."""
        struck = Counter(int(v) for v in self._chance.integers(0, visits, faults))
        with self._opened() as (bench, show):
            for number in range(visits):
                if self._stopped_s is not None:
                    break
                self._visits(bench, show, number, struck[number])
        return self.done

    def run_for(self, seconds: float, faults: int) -> Soaked:
        """Visits for so long by the wall's clock; the faults evenly in that time."""
        began_s, number = time.monotonic(), 0
        with self._opened() as (bench, show):
            while (gone_s := time.monotonic() - began_s) < seconds and self._stopped_s is None:
                due = min(faults, 1 + int(faults * gone_s / seconds)) - self.done.faults
                self._visits(bench, show, number, max(0, due))
                number += 1
        return self.done

    @contextlib.contextmanager
    def _opened(self) -> Iterator[tuple[SoakBench, Show]]:
        few_arenas()  # as the show that runs for months
        began_s = time.monotonic()
        hurry = contextlib.nullcontext() if self._real else brisk()
        with hurry:
            bench = soak_devices(self._settings, self._seed)
            clocks = Clocks(bench.clock.wall, bench.clock)
            show = Show(self._settings, bench.devices, clocks=clocks)
            try:
                # A crossfade is as well as it will be, though nothing can be carved.
                self._well(bench, show, {"net": bench.devices.interpolator.health().health})
                self._fine = {h.device: h.health for h in bench.devices.health()}
                yield bench, show
            finally:
                bench.devices.close()
                bench.opened.close()
                self._hear(show)
        self.done.simulated_s = bench.clock() - 1000.0
        self.done.wall_s = time.monotonic() - began_s
        self._verify()

    def _visits(self, bench: SoakBench, show: Show, number: int, faults: int) -> None:
        """One visit, with its faults one after another."""
        for again in range(max(1, faults)):
            name = str(self._chance.choice(self._kinds)) if again < faults else ""
            self._visit(bench, show, number, name)
        self.done.visits += 1
        if number % CHECKED_EVERY == CHECKED_EVERY - 1:
            self._verify(running=True)
        if number % 100 == 99 or number in (0, 9):
            rows = self.done.rows()
            self._say(", ".join(f"{key} {rows[key]}" for key in list(rows)[:7]))
        give_back()  # what is only kept for later is no growth
        with self._process.oneshot():
            self.done.samples.append(
                Sample(
                    number, self._process.memory_info().rss, self._process.num_fds(),
                    self._process.num_threads(),
                )
            )  # fmt: skip

    def _visit(self, bench: SoakBench, show: Show, number: int, fault: str) -> None:
        clock, began_s = bench.clock, bench.clock()
        visitor = SimulatedVisitor(bench.panel, bench.devices.layout, self._seed * 7919 + number)
        starts_s, lasts_s = self._chance.uniform(0, 25), self._chance.uniform(1, 30)
        leaves_s = self._chance.uniform(2, 30) if self._chance.random() < 0.2 else VISIT_S
        away = False
        with contextlib.ExitStack() as wrong:
            state = "to come" if fault else "over"
            while True:
                view = self._tick(bench, show)
                gone_s, phase = clock() - began_s, view.experience.phase
                away = away or phase is not Phase.ATTRACT
                if gone_s < leaves_s:
                    visitor.act(clock(), view)
                if state == "to come" and gone_s >= starts_s:
                    wrong.enter_context(FAULTS[fault](bench, self._settings.gallery.folder))
                    state = "there"
                elif state == "there" and gone_s >= starts_s + lasts_s:
                    wrong.close()
                    state = "over"
                ended = phase is Phase.ATTRACT and (away or gone_s > NOBODY_S)
                if state == "over" and ended:
                    break
                if gone_s > VISIT_S:
                    self.done.stuck.append(
                        f"visit {number} in {phase.value}, {fault or 'no fault'}"
                    )
                    break
        for button in range(bench.panel.shape.buttons):
            bench.panel.release(button)
        if fault:
            self._recovers(bench, show, number, fault)

    def _recovers(self, bench: SoakBench, show: Show, number: int, fault: str) -> None:
        self.done.faults += 1
        self.done.by_fault[fault] += 1
        if not (ill := self._well(bench, show, self._fine)):
            self.done.recovered += 1
        else:
            self.done.unwell.append(f"visit {number}, {fault}: {ill}")

    def _well(self, bench: SoakBench, show: Show, wanted: Mapping[str, Health]) -> str:
        """Tick until every device is as `wanted` (or fine, where that says nothing), and nothing is
        being saved; what is wrong still when patience ends."""
        end_s, ill = time.monotonic() + PATIENCE_S, ""
        while time.monotonic() < end_s:
            self._tick(bench, show)
            ill = "; ".join(
                f"{h.device}: {h.note}"
                for h in bench.devices.health()
                if h.health is not wanted.get(h.device, Health.FINE)
            )
            if not ill and bench.devices.archive.progress() is None:
                return ""
            time.sleep(0.001)
        return ill or "a take is still being saved"

    def _tick(self, bench: SoakBench, show: Show) -> View:
        began_s = time.perf_counter()
        bench.clock.step(STEP_S)
        ticking_s = time.perf_counter()
        ticked = show.tick()
        self.done.ticks += 1
        self.done.late_ticks += time.perf_counter() - ticking_s > FRAME_S
        caught_up(bench, 0.05)
        self._hear(show)
        experience = ticked.view.experience
        if experience.notice is Notice.SAVING or experience.phase in (Phase.CARVE, Phase.GALLERY):
            time.sleep(0.001)  # the archive and the net do their part
        if self._real:
            time.sleep(max(0.0, began_s + STEP_S - time.perf_counter()))
        return ticked.view

    def _hear(self, show: Show) -> None:
        """What was confirmed to visitors, and what was refused."""
        booth = show.booth
        self._unchecked += [take.id for take in booth.outcomes.kept]
        self.done.confirmed += len(booth.outcomes.kept)
        self.done.not_kept += len(booth.outcomes.not_kept)
        booth.outcomes.kept.clear()
        booth.outcomes.not_kept.clear()

    def _verify(self, *, running: bool = False) -> None:
        """Every take that was confirmed since the last look is there, and every one that is there
        is whole. While the show is `running` it may be deleting, or the index be behind: then only
        what is seen twice is true."""
        found = self._wrong(running)
        if found and running:
            time.sleep(1.0)
            found = [each for each in self._wrong(running) if each in found]
        self.done.lost += found
        self._unchecked = []

    def _wrong(self, running: bool) -> list[str]:
        reader = GalleryReader(self._settings.gallery.folder)
        try:
            there = set(reader.folders)
            lost = [take for take in self._unchecked[-KEPT:] if take not in there]
            told = [
                str(each) for each in disagreements(reader)
                if not running or each.kind != "orphans"
            ]  # fmt: skip
            return lost + told
        finally:
            reader.close()

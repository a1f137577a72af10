"""Measures the flash governor: strobes, boards and nets as wild as chance makes them.

Every film goes through the governor as a file that is kept does, and then under the ruler
(`flash_meter`), which was written apart from it: both readers, and as a film that follows itself.
Run it anew with `uglynet bench flashes N`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from statistics import median
from typing import Any

import numpy as np

from installation.app.assemble import open_interpolator
from installation.carve.random_nets import roll
from installation.interpolator.driver import Interpolator
from installation.interpolator.render import rendered
from installation.noise.rack import finished
from installation.noise.tools import TOOLS
from installation.settings import Settings
from installation.show.flash_safety.film import governed
from installation.show.flash_safety.flash_meter import judge
from installation.show.flash_safety.governor import FLASHES, Governor
from installation.show.paint.shapes import Rect
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, fitted
from installation.vocabulary import Clip, Frame, FrameContext, Net, NoiseStep, as_frame

SIZE_PX = (96, 64)
"""Small, so that hundreds of nets take minutes; flashes are judged by area anyway."""

SOURCE_FRAMES = 10
RACK_S = 4.0
SLOW = 4
COST_PX = (1920, 1080)
COST_FRAMES = 240


def clips() -> dict[str, Clip]:
    """Three clips to break: the bundled one, the same under a flickering lamp, and bars."""
    with VideoReader(BUNDLED_CLIP) as reader:
        frames = [fitted(f, SIZE_PX) for f in islice(reader.frames(), 20, 20 + SOURCE_FRAMES)]
        fps = reader.fps
    lamp = [as_frame(np.asarray(f // 3 if n % 2 else f, np.uint8)) for n, f in enumerate(frames)]
    bars = [_bars(3 * n) for n in range(SOURCE_FRAMES)]
    return {
        "bundled": Clip(tuple(frames), fps),
        "lamp": Clip(tuple(lamp), fps),
        "bars": Clip(tuple(bars), fps),
    }


def _bars(shift: int) -> Frame:
    width, height = SIZE_PX
    row = (np.arange(width) + shift) // 20 % 2
    colours = np.array([(250, 40, 30), (30, 60, 250)], np.uint8)
    return as_frame(np.broadcast_to(colours[row], (height, width, 3)).copy())


def strobes(fps: float, seconds: float = 5.0) -> Iterator[tuple[str, list[Frame]]]:
    """Films that flash on purpose: plain and red strobes, checkerboards, at many rates."""
    width, height = SIZE_PX
    count = round(fps * seconds)
    y, x = np.mgrid[0:height, 0:width]
    pairs = {
        "white": ((255, 255, 255), (0, 0, 0)),
        "red": ((255, 0, 0), (0, 0, 0)),
        "red and white": ((255, 0, 0), (255, 255, 255)),
    }
    for hz in (2.5, 3.5, 5.0, 8.0, fps / 2):
        turns = [int(2 * hz * n / fps) % 2 for n in range(count)]
        for name, pair in pairs.items():
            plain = [as_frame(np.full((height, width, 3), colour, np.uint8)) for colour in pair]
            yield f"{name}, {hz:g} Hz", [plain[turn] for turn in turns]
        for size in (4, 16, 48):
            board = (x // size + y // size) % 2 * 255
            both = [
                as_frame(np.repeat(one[..., None].astype(np.uint8), 3, axis=2))
                for one in (board, 255 - board)
            ]
            yield f"boards of {size} px, {hz:g} Hz", [both[turn] for turn in turns]


def measure_flashes(
    settings: Settings,
    nets: int,
    say: Callable[[str], None],
    opened: Sequence[Interpolator] = (),
) -> dict[str, Any]:
    """Put strobes, and `nets` extreme nets on three clips, through the governor. The nets are
    rendered by interpolators that are `opened` already, or by the settings' own.

    `exceeding` are films that fail, as made and as shown: more than three flashes in some
    second, or two a second that go on; `worst_sustained` the most flashes shown in any five
    seconds, `worst_extended_s` the most of five seconds at two a second (4 fail). `held` is the
    share of frames that were changed, `still` of those that repeat the one before although the
    film went on, `longest_still_ms` the longest row of them. `racks` are every noise tool at
    full turn at once, in an order of chance, on each clip.
    """
    fps = settings.play.fps
    of_strobes = _Tally(fps)
    for _, frames in strobes(fps):
        of_strobes.add(frames)
    of_nets, of_racks = _Tally(fps), _Tally(fps)
    held = opened or [open_interpolator(settings, threads=1) for _ in range(settings.model.threads)]
    try:
        for number in range(nets):
            tools = tuple(TOOLS) if number % 2 else ()
            net = roll(held[0].sites, held[0].model, number, extreme=True, tools=tools)
            for name, clip in clips().items():
                made = rendered(clip.frames, clip.fps, SLOW, net, held, finished)
                if not of_nets.add(list(made)):
                    say(f"net {number} on {name} exceeds the limit")
            for name, clip in clips().items():
                if not of_racks.add(rack_of_all(clip, number)):
                    say(f"rack {number} on {name} exceeds the limit")
            if number % 25 == 24:
                say(f"{number + 1} nets")
    finally:
        for interpolator in () if opened else held:
            interpolator.close()
    return {
        "strobes": of_strobes.rows(),
        "nets": {"nets": nets, "clips": len(clips()), **of_nets.rows()},
        "racks": of_racks.rows(),
        "governor_ms_1080p": cost_ms(),
    }


def rack_of_all(clip: Clip, seed: int) -> list[Frame]:
    """A clip, played there and back for some seconds, through every tool of the rack at full
    turn, in an order that the seed chooses; 0 is the order of the rack, 1 its reverse."""
    tools = list(TOOLS)
    if seed == 1:
        tools.reverse()
    elif seed > 1:
        np.random.default_rng(seed).shuffle(tools)
    net = Net("", rack=tuple(NoiseStep(tool, 1.0) for tool in tools))
    last = len(clip.frames) - 1
    frames = []
    for number in range(round(RACK_S * clip.fps)):
        at = abs((number + last) % (2 * last) - last)
        scene = FrameContext.of(clip, at)
        frames.append(finished(clip.frames[at], net, scene))
    return frames


class _Tally:
    """What the ruler says of films before and after the governor."""

    def __init__(self, fps: float) -> None:
        self._fps = fps
        self._films = self._before = self._after = self._worst = self._sustained = 0
        self._frames = self._held = self._still = self._longest = 0
        self._extended_s = 0.0

    def add(self, frames: Sequence[Frame]) -> bool:
        """Take in one film; True if what is shown of it keeps the limit."""
        shown = list(governed(iter(frames), self._fps, count=len(frames)))
        report = judge(shown, self._fps, looped=True)
        self._films += 1
        self._before += judge(frames, self._fps, looped=True).exceeds(FLASHES)
        self._after += report.exceeds(FLASHES)
        self._worst = max(self._worst, report.worst)
        self._sustained = max(self._sustained, *report.sustained)
        self._frames += len(frames)
        self._extended_s = max(self._extended_s, report.longest_extended_s)
        self._held += sum(one is not other for one, other in zip(frames, shown, strict=True))
        row = 0
        for n in range(1, len(frames)):
            moves = not np.array_equal(frames[n], frames[n - 1])
            row = row + 1 if moves and np.array_equal(shown[n], shown[n - 1]) else 0
            self._still += row > 0
            self._longest = max(self._longest, row)
        return not report.exceeds(FLASHES)

    def rows(self) -> dict[str, Any]:
        return {
            "films": self._films,
            "exceeding_as_made": self._before,
            "exceeding_as_shown": self._after,
            "worst_shown": self._worst,
            "worst_sustained": self._sustained,
            "worst_extended_s": round(self._extended_s, 2),
            "held": round(self._held / max(1, self._frames), 3),
            "still": round(self._still / max(1, self._held), 3),
            "longest_still_ms": round(1000 * self._longest / self._fps),
        }


def cost_ms() -> dict[str, float]:
    """What the governor costs a frame at 1080p, in milliseconds, by what it is given.

    `whole` are frames that change everywhere, `part` those that say where they changed (a
    third of the picture, as while carving), `flashing` ones it has to blend. The median, and
    the fastest twentieth: what it costs when nothing else runs.
    """
    width, height = COST_PX
    y, x = np.mgrid[0:height, 0:width]
    wave = (90 + 60 * np.sin(x / 125) * np.cos(y / 100)).astype(np.uint8)
    calm = [as_frame(np.repeat((wave + 2 * n)[..., None], 3, axis=2)) for n in range(6)]
    dark, light = (as_frame(np.full_like(calm[0], shade)) for shade in (20, 240))
    third = [Rect(40, 100, width // 2, 2 * height // 3)]
    rows = {}
    for name, frames, changed in (
        ("whole", calm, None),
        ("part", calm, third),
        ("flashing", [dark, light], None),
    ):
        governor, times = Governor(60), []
        for n in range(COST_FRAMES):
            began_s = time.perf_counter()
            governor.pass_on(frames[n % len(frames)], n / 60, changed)
            times.append(1000 * (time.perf_counter() - began_s))
        rows[name] = round(median(times), 2)
        rows[f"{name}_undisturbed"] = round(sorted(times)[len(times) // 20], 2)
    return rows

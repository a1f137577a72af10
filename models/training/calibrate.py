"""Measure what every knob does, and write it into a model's manifest.

    python -m models.training.calibrate MODEL DATA [--threads 2] [--go-on] [--like OTHER]

For every site and operation the strength rises from 0 to 1 on three training clips, and the
picture's change is measured: the mean absolute change, and structural unlikeness (SSIM). The
curve from a knob's turn to the strength is then the inverse of that, so that the change grows
evenly with the turn: something at a tenth, something more at every further tenth, and the end
of the knob is where nothing more happens or the picture dies. Curves (11 strengths, at 0, 0.1 ..
1 of the turn) and the change at full turn go into the manifest's sites. Sites with a copy of
their own for each frame are cut on side A. Every site is written as soon as it is measured: after
a kill the same command with --go-on measures those that are left. With --like, sites that
another model has just so (name, sides, what is fine, deviations to a thousandth) keep what was
measured there: after a new export of the same weights nothing is measured twice. (With --part of
these sites alone: where the graphs around a site are others, what it did before says nothing.)
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from installation.interpolator.difference import change, is_dead, unlikeness
from installation.interpolator.model import Model, load_model
from installation.interpolator.trained import unet_of
from installation.video import fitted
from installation.vocabulary import Carve, Clip, Cut, Frame, Net, Operation, Side, Site, as_frame

STRENGTHS = (0.03, 0.08, 0.15, 0.25, 0.4, 0.6, 0.8, 1.0)
CLIPS = (("langer", 400, 3), ("single_face", 60, 2), ("cap13", 700, 2))  # name, first, step
SIZE_PX = (192, 128)
TURNS = 11
ENOUGH = 0.97  # of the most that happens: from here on nothing more is seen
CUTTING = tuple(o for o in Operation if o is not Operation.PRESERVE)


BEFORE = 4  # pairs, for what feeds back


def clips(data: Path) -> list[Clip]:
    """Three pairs of frames that were trained on, each at the end of a clip with some pairs
    before it: a calibration is part of the model."""
    found = []
    for name, first, step in CLIPS:
        video = np.load(data / "video" / f"{name}.npy", mmap_mode="r")
        step = min(step, len(video) - 1)
        first = min(first, len(video) - 1 - step)
        before = min(BEFORE, first // step)
        shown = [np.array(video[first + step * k]) for k in range(-before, 2)]
        found.append(Clip(tuple(fitted(as_frame(frame), SIZE_PX) for frame in shown), 25))
    return found


class Rack:
    """The clips, each with an interpolator of its own (so that a cut of the picture net alone
    finds its motion kept), and what they look like untouched."""

    def __init__(self, model: Model, shown: Sequence[Clip]) -> None:
        self._clips = [(unet_of(model, "cpu", 1), clip) for clip in shown]
        # A carved frame lies at t = 1/2 whatever its margin, so the same moment is compared.
        self._plain = self._frames(Carve())

    def _frames(self, carve: Carve) -> list[Frame]:
        return [
            made.frame_at(clip, len(clip.frames) - 1.5, Net(made.model, carve))
            for made, clip in self._clips
        ]

    def effect(self, cut: Cut) -> tuple[float, float, bool]:
        """Mean change, mean unlikeness, and whether most of the clips died."""
        frames = self._frames(Carve.of([cut]))
        pairs = list(zip(frames, self._plain, strict=True))
        dead = sum(is_dead(frame, plain) for frame, plain in pairs)
        return (
            float(np.mean([change(*pair) for pair in pairs])),
            float(np.mean([unlikeness(*pair) for pair in pairs])),
            dead * 2 > len(pairs),
        )


def curve(visible: Sequence[float], dead: Sequence[bool]) -> tuple[list[float], int]:
    """The strengths at 0, 0.1 .. 1 of a turn from what was seen at `STRENGTHS`, and the number
    of the strength that is the end."""
    rising = np.maximum.accumulate(visible)
    end = int(np.argmax(rising >= ENOUGH * rising[-1]))
    if any(dead):
        end = min(end, int(np.argmax(dead)))
    seen = np.concatenate([[0.0], rising[: end + 1]])
    strengths = np.concatenate([[0.0], STRENGTHS[: end + 1]])
    # Plateaus would make the inverse ambiguous; a hair of slope settles it.
    seen = seen / max(seen[-1], 1e-9) + np.linspace(0, 1e-3, len(seen))
    wanted = np.linspace(0, seen[-1], TURNS)
    return [round(float(s), 4) for s in np.interp(wanted, seen, strengths)], end


def calibrated(rack: Rack, site: Site, operation: Operation) -> tuple[list[float], float, float]:
    """Curve, change and unlikeness at full turn, of one site and operation."""
    side = Side.A if "A" in site.sides else Side.BOTH
    found = [rack.effect(Cut(site.name, operation, s, side)) for s in STRENGTHS]
    changes, unlike, dead = zip(*found, strict=True)
    visible = np.array(changes) / max(max(changes), 1e-9) + np.array(unlike) / max(
        max(unlike), 1e-9
    )
    turned, end = curve(visible.tolist(), dead)
    return turned, changes[end], unlike[end]


MEASURED = ("curves", "changes", "unlikeness")


def missing(site: dict[str, Any]) -> list[Operation]:
    """The operations of a manifest's site that have no curve yet."""
    return [o for o in CUTTING if o.value not in site.get("curves", {})]


def _kept(manifest: dict[str, Any], path: Path) -> None:
    """Write the manifest, whole or not at all."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(manifest, indent=1) + "\n")
    new.replace(path)


def _same(site: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether a site is just so in two manifests, though one is of before sites had copies."""
    alike = all(site[key] == other.get(key, site[key]) for key in ("name", "sides", "fine"))
    return alike and np.allclose(site["sigmas"], other["sigmas"], rtol=1e-3, atol=0)


def like(folder: Path, other: Path, part: str = "") -> None:
    """Give the model in `folder` what was measured of the model in `other`, at equal sites whose
    names begin with `part`."""
    manifest = json.loads((folder / "manifest.json").read_text())
    measured = {s["name"]: s for s in json.loads((other / "manifest.json").read_text())["sites"]}
    for site in manifest["sites"]:
        known = measured.get(site["name"]) if site["name"].startswith(part) else None
        if known is not None and _same(site, known):
            site |= {key: known[key] for key in MEASURED if key in known}
    _kept(manifest, folder / "manifest.json")


def calibrate(
    folder: Path,
    data: Path,
    threads: int,
    most: int | None = None,
    go_on: bool = False,
    part: str = "",
) -> None:
    """Measure the model in `folder` and write curves and changes into its manifest: all of it,
    or with `go_on` what has no curve; of sites whose names begin with `part` alone."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    if not go_on:
        for site in manifest["sites"]:
            for measured_before in MEASURED:
                site.pop(measured_before, None)
    _kept(manifest, path)  # measured without its old curves
    writing = Lock()
    model, shown, began_s = load_model(folder), clips(data), time.monotonic()
    free = [Rack(model, shown) for _ in range(threads)]

    def measured(at: int) -> None:
        rack, site, entry = free.pop(), model.manifest.sites[at], manifest["sites"][at]
        found: dict[str, dict[str, Any]] = {name: {} for name in MEASURED}
        for operation in missing(entry):
            turned, changed, unlike = calibrated(rack, site, operation)
            found["curves"][operation.value] = turned
            found["changes"][operation.value] = round(changed, 4)
            found["unlikeness"][operation.value] = round(unlike, 4)
        with writing:
            for name in MEASURED:
                entry[name] = entry.get(name, {}) | found[name]
            _kept(manifest, path)
        best = max(entry["changes"], key=entry["changes"].get)
        minutes = (time.monotonic() - began_s) / 60
        print(f"{site.name}: {best} {entry['changes'][best]:.1%}, {minutes:.1f} min", flush=True)
        free.append(rack)

    left = [
        k
        for k, entry in enumerate(manifest["sites"])
        if missing(entry) and entry["name"].startswith(part)
    ]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(measured, left[:most]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--most", type=int, help="only so many sites, to try it out")
    parser.add_argument("--go-on", action="store_true", help="only what isn't measured yet")
    parser.add_argument("--part", default="", help="only sites whose names begin so: interp/")
    parser.add_argument("--like", type=Path, help="a model whose equal sites are measured already")
    given = parser.parse_args()
    if given.like is not None:
        like(given.model, given.like, given.part)
    go_on = given.go_on or given.like is not None
    calibrate(given.model, given.data, given.threads, given.most, go_on, given.part)


if __name__ == "__main__":
    main()

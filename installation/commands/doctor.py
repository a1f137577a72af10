"""`uglynet doctor`: what is here, what is missing, in plain words."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from installation.app.assemble import open_interpolator
from installation.app.preview import largest_px, trial_frame_ms
from installation.commands.context import Context, pass_context, told
from installation.commands.run import screen_is_there
from installation.gallery.reading import GalleryReader
from installation.interpolator.sessions import available_providers, gpu_is_there
from installation.panel.layouts import load_layout
from installation.settings import Settings
from installation.source.choice import BUNDLED_CLIP
from installation.source.webcam import webcams
from installation.video import VideoReader
from installation.vocabulary import UglyError

LEAST_FREE_BYTES = 2 * 2**30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `state` is "fine", "note" (works without) or "missing" (doesn't)."""

    what: str
    state: str
    line: str


def _machine() -> Iterator[Finding]:
    python = platform.python_version()
    state = "fine" if sys.version_info >= (3, 10) else "missing"
    yield Finding("python", state, f"Python {python} ({platform.machine()})")
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    cores = os.cpu_count() or 1
    enough = cores >= 2
    note = "" if enough else "; two are needed for a smooth screen beside the net"
    yield Finding(
        "machine",
        "fine" if enough else "note",
        f"{cores} cores, {pages / 2**30:.0f} GiB of memory{note}",
    )


def _net(settings: Settings) -> Iterator[Finding]:
    providers = ", ".join(available_providers())
    yield Finding("onnxruntime", "fine", f"providers built in: {providers}")
    if gpu_is_there():
        yield Finding("gpu", "fine", "a CUDA device's node is there")
    else:
        yield Finding("gpu", "note", "no CUDA device; the net runs on the CPU")
    try:
        interpolator = open_interpolator(settings.model)
    except UglyError as error:
        yield Finding("model", "missing", str(error))
        return
    line = f"{interpolator.health().note}, {len(interpolator.sites)} sites"
    yield Finding("model", "fine", f"{line}, {settings.model.path}")
    width, height = settings.play.preview_px
    if settings.play.grow:
        width, height = largest_px(
            interpolator, (width, height), settings.play.fps, time.perf_counter
        )
    each_ms = trial_frame_ms(interpolator, (width, height), time.perf_counter)
    quick = each_ms * settings.play.fps <= 1000
    yield Finding(
        "preview",
        "fine" if quick else "note",
        f"{width} x {height}: {each_ms:.0f} ms a frame"
        + ("" if quick else f"; slower than {settings.play.fps:.0f} a second, see [play]"),
    )
    interpolator.close()


def _devices(settings: Settings) -> Iterator[Finding]:
    if screen_is_there():
        yield Finding("screen", "fine", "a display is set")
    else:
        yield Finding("screen", "note", "no display; `uglynet run` would play simulated visits")
    cameras = webcams()
    if cameras:
        yield Finding("camera", "fine", "video devices " + ", ".join(map(str, cameras)))
    elif settings.source.driver == "webcam":
        yield Finding("camera", "missing", "no video device, but [source] driver = webcam")
    else:
        yield Finding("camera", "note", "no video device; a video file takes its place")
    path = settings.source.file or BUNDLED_CLIP
    try:
        with VideoReader(path) as reader:
            next(reader.frames())
        yield Finding("clip", "fine", str(path))
    except UglyError as error:
        yield Finding("clip", "missing", str(error))
    try:
        layout = load_layout(settings.panel.layout)
        line = f"{layout.name}: {layout.knobs} knobs, {len(layout.buttons)} buttons"
        yield Finding("panel", "fine", f"{settings.panel.driver}, layout {line}")
    except UglyError as error:
        yield Finding("panel", "missing", str(error))
    ports = sorted(str(p) for kind in ("ttyACM*", "ttyUSB*") for p in Path("/dev").glob(kind))
    wanted = settings.panel.driver == "arduino"
    if ports:
        yield Finding("serial", "fine", ", ".join(ports))
    elif wanted:
        yield Finding("serial", "missing", "no serial port; is the panel plugged in?")


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = settings.gallery.folder
    try:
        gallery = GalleryReader(folder)
        count = len(gallery)
        gallery.close()
        there = next(path for path in (folder, *folder.parents) if path.exists())
        if not os.access(there, os.W_OK):
            raise UglyError(f"{there}: cannot be written to; set [gallery] folder")
        free = shutil.disk_usage(there).free
    except (UglyError, OSError) as error:
        yield Finding("gallery", "missing", str(error))
        return
    roomy = free >= LEAST_FREE_BYTES
    yield Finding(
        "gallery",
        "fine" if roomy else "note",
        f"{count} takes in {folder}, {free / 2**30:.1f} GiB free"
        + ("" if roomy else "; make room, or lower [gallery] keep_days"),
    )
    if settings.flash.governor == "off":
        yield Finding("flash", "note", "the flash governor is off: not for showing in public")


@click.command()
@click.option("--json", "as_json", is_flag=True)
@pass_context
def doctor(context: Context, as_json: bool) -> None:
    """Look at this machine: hardware, ONNX Runtime's providers, model, what is missing.

    Exit status 0 if the installation can run as the settings say, else 1.
    """
    looks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (_net, _devices, _disk)
    findings = list(_machine())
    for look in looks:
        findings.extend(look(context.settings))
    well = all(finding.state != "missing" for finding in findings)
    if as_json:
        told({"well": well, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            mark = {"fine": "ok  ", "note": "note", "missing": "MISS"}[finding.state]
            click.echo(f"{mark}  {finding.what:12} {finding.line}")
        click.echo("all that is needed is here" if well else "see the lines that say MISS")
    if not well:
        raise SystemExit(1)

"""`uglynet doctor`: what is here, what is missing, in plain words."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from importlib import metadata

import click

from installation.app import needs
from installation.app.assemble import open_preview
from installation.app.needs import Finding
from installation.app.notice import privacy_of
from installation.app.preview import largest_px, trial_frame_ms
from installation.commands.context import Context, pass_context, told
from installation.commands.run import screen_is_there
from installation.gallery.reading import GalleryReader
from installation.interpolator.driver import Interpolator
from installation.interpolator.sessions import available_providers, gpu_is_there
from installation.panel.layouts import load_layout
from installation.settings import Settings
from installation.vocabulary import DeviceHealth, Health, Reason, UglyError

LEAST_FREE_BYTES = 2 * 2**30


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


def runtime_builds() -> list[str]:
    """The builds of ONNX Runtime that are installed; they share one folder, so two are no good."""
    names = {str(found.metadata["Name"]).lower() for found in metadata.distributions()}
    return sorted(name for name in names if name.split("-")[0] == "onnxruntime")


def _net(settings: Settings) -> Iterator[Finding]:
    providers = ", ".join(available_providers())
    yield Finding("onnxruntime", "fine", f"providers built in: {providers}")
    builds = runtime_builds()
    if len(builds) > 1:
        line = f"{' and '.join(builds)} are both installed, one over the other: see JETSON.md, 3"
        yield Finding("onnxruntime", "note", line)
    if gpu_is_there():
        yield Finding("gpu", "fine", "a CUDA device's node is there")
    else:
        yield Finding("gpu", "note", "no CUDA device; the net runs on the CPU")
    try:
        interpolator = open_preview(settings)
    except UglyError as error:
        yield Finding("model", "missing", str(error))
        return
    health = interpolator.health()
    line = f"{health.note}, {len(interpolator.sites)} sites"
    how = "note" if health.health is Health.FAILING else "fine"
    yield Finding("model", how, f"{line}, {settings.model.path}")
    yield from _knobs(settings, interpolator)
    width, height = settings.play.preview_px
    if settings.play.grow:
        width, height = largest_px(
            interpolator, (width, height), settings.play.fps, time.perf_counter
        )
    each_ms = trial_frame_ms(interpolator, (width, height), time.perf_counter)
    tried = interpolator.health()
    if _how(tried) != _how(health):  # it turned out that it can't run as it was asked to
        yield Finding("model", "note", tried.note)
    quick = each_ms * settings.play.fps <= 1000
    yield Finding(
        "preview",
        "fine" if quick else "note",
        f"{width} x {height}: {each_ms:.0f} ms a frame"
        + ("" if quick else f"; slower than {settings.play.fps:.0f} a second, see [play]"),
    )
    interpolator.close()


def _how(health: DeviceHealth) -> tuple[Health, Reason, str]:
    """What of it does not count on from run to run, as a note may."""
    return health.health, health.reason, health.about


def _knobs(settings: Settings, interpolator: Interpolator) -> Iterator[Finding]:
    """Knobs for layers that this model does not have; a wrong layout is the panel's matter."""
    try:
        layout = load_layout(settings.panel.layout)
    except UglyError:
        return
    gaps = needs.layout_gaps(layout, frozenset(site.name for site in interpolator.sites))
    if gaps:
        line = f"knobs that do nothing: the model has no {', '.join(gaps)}"
        yield Finding("model", "note", line)


def _display(settings: Settings) -> Iterator[Finding]:
    if screen_is_there():
        yield from needs.display(settings)
    else:
        yield Finding("screen", "note", "no display; `uglynet run` would play simulated visits")
    yield from needs.reading_distance(settings)


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


def _notice(settings: Settings) -> Iterator[Finding]:
    """What of the notice on privacy is not filled in, and whether its code will lead somewhere."""
    gaps = privacy_of(settings).gaps
    if gaps:
        line = f"not filled in for `uglynet notice`: {', '.join(gaps)}"
        yield Finding("privacy", "note", line)
    elif not (settings.privacy.page or settings.door.address):
        line = "the notice's code needs an address that stays: [door] address or [privacy] page"
        yield Finding("privacy", "note", line)
    else:
        keeps = "" if settings.privacy.keeps else "; nothing is kept"
        yield Finding("privacy", "fine", f"{settings.privacy.operator}{keeps}")


@click.command()
@click.option("--json", "as_json", is_flag=True)
@pass_context
def doctor(context: Context, as_json: bool) -> None:
    """Look at this machine: hardware, ONNX Runtime's providers, model, what is missing.

    Exit status 0 if the installation can run as the settings say, else 1.
    """
    findings = list(_machine())
    for look in (_net, _display):
        findings.extend(look(context.settings))
    for need in needs.NEEDS:
        findings.extend(need(context.settings, needs.PATIENCE_S))
    findings.extend(_disk(context.settings))
    findings.extend(_notice(context.settings))
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

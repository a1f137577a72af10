"""One take rendered anew: all it needs goes in, a whole video comes out. Runs on any worker."""

from __future__ import annotations

import hashlib
import socket
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from installation.carve.nets import parse_net
from installation.gallery.record import CLIP, VIDEO
from installation.interpolator.driver import Interpolator
from installation.interpolator.model import load_model
from installation.interpolator.render import rendered
from installation.interpolator.timeline import frame_count
from installation.interpolator.trained import unet_of
from installation.noise.rack import finished
from installation.show.flash_safety.safe_film import made_safe
from installation.video import VideoReader, VideoWriter, fitted
from installation.vocabulary import Net, UglyError

ModelFiles = Mapping[str, bytes]
"""A model's files by name, its manifest among them."""


@dataclass(frozen=True, slots=True)
class Look:
    """How takes are rendered: width and height, how many times slower, `flash` as in `[flash]
    governor`, and whether stripes are softened. At 0 x 0 a take has its film's own size."""

    size_px: tuple[int, int]
    slow: int
    flash: str = "on"
    patterns: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """A take's film (an MP4's bytes) and its net (JSON), and how to render them."""

    take_id: str
    clip: bytes
    net: str
    look: Look


@dataclass(frozen=True, slots=True)
class Made:
    """A take's new video (an MP4's bytes), its SHA-256, how many frames it has, how many seconds it
    took, and on which machine."""

    take_id: str
    video: bytes
    sha256: str
    frames: int
    took_s: float
    where: str


def render_take(task: Task, model: ModelFiles, folder: str | None = None) -> Made:
    """Render it; film and video lie in `folder` (or the system's for temporary files) meanwhile,
    in one of their own that goes with them. The same task gives the same frames wherever it is
    done on one kind of processor.

    Raises:
        UglyError: one line naming the take, if its film or its net can't be used.
    """
    began_s = time.monotonic()
    where = f"take {task.take_id}"
    interpolator = _interpolator(model, folder)
    net = fitting(parse_net(task.net, where), interpolator, where)
    with tempfile.TemporaryDirectory(prefix="uglynet-render-", dir=folder) as own:
        film, made = Path(own) / CLIP, Path(own) / VIDEO
        film.write_bytes(task.clip)
        with VideoReader(film) as reader, VideoWriter(made, reader.fps) as writer:
            frames = list(reader.frames())
            if len(frames) < 2:
                raise UglyError(f"{where}: its film has fewer than two frames")
            look = task.look
            height, width = frames[0].shape[:2]
            size_px = look.size_px if all(look.size_px) else (width, height)
            source = (fitted(frame, size_px) for frame in frames)
            carved = rendered(source, reader.fps, look.slow, net, [interpolator], finished)
            count = frame_count(len(frames), look.slow)
            for frame in made_safe(carved, reader.fps, look.flash, look.patterns, count):
                writer.add(frame)
        video = made.read_bytes()
    sha256 = hashlib.sha256(video).hexdigest()
    took_s = time.monotonic() - began_s
    return Made(task.take_id, video, sha256, count, took_s, socket.gethostname())


def fitting(net: Net, model: Interpolator, where: str) -> Net:
    """The net as this model carves it: another model will do that has its layers.

    Raises:
        UglyError: one line, if it hasn't.
    """
    known = {site.name for site in model.sites}
    for cut in net.carve.cuts:
        if cut.site not in known:
            raise UglyError(f'{where}: this model has no layer "{cut.site}"')
    return replace(net, model=model.model)


class _Held(threading.local):
    """The interpolator of this thread, and the sum of its model's manifest."""

    sha256 = ""
    interpolator: Interpolator | None = None


_held = _Held()


def _interpolator(model: ModelFiles, folder: str | None) -> Interpolator:
    """The model's interpolator, loaded once a thread; graphs are checked against the manifest."""
    sha256 = hashlib.sha256(model["manifest.json"]).hexdigest()
    if _held.interpolator is None or _held.sha256 != sha256:
        with tempfile.TemporaryDirectory(prefix="uglynet-model-", dir=folder) as own:
            for name, data in model.items():
                (Path(own) / Path(name).name).write_bytes(data)
            _held.interpolator = unet_of(load_model(Path(own)), "auto", 1)
        _held.sha256 = sha256
    return _held.interpolator

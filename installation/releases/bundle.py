"""A release as it arrives: a folder, a tar, or an address; looked at before anything runs of it."""

from __future__ import annotations

import hashlib
import re
import shutil
import tarfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from installation.documents import parse_json, read_text
from installation.vocabulary import UglyError

SUMS, ABOUT, INSTALL = "SHA256SUMS", "release.json", "install"
LARGEST = 4 * 2**30
"""No release is larger, in bytes."""

_CHUNK = 2**20
_PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Bundle:
    """A release whose files are all as they were made: where they lie, and its name."""

    folder: Path
    name: str


def opened(source: str, scratch: Path) -> Bundle:
    """The release at a path (a folder, or a tar) or address (http, https), in `scratch`, an empty
    folder, if it has to be unpacked.

    Raises:
        UglyError: if there is none, or it is damaged.
    """
    if re.match(r"https?://", source):
        fetched = scratch / "fetched.tar"
        _fetch(source, fetched)
        return checked(_unpacked(fetched, scratch / "release", source), source)
    path = Path(source)
    if path.is_dir():
        return checked(path, source)
    if not path.is_file():
        raise UglyError(f"{source}: no such file or folder")
    return checked(_unpacked(path, scratch / "release", source), source)


def checked(folder: Path, source: str) -> Bundle:
    """The release in a folder, its sums compared first.

    Raises:
        UglyError: if a file is missing or other than it was made.
    """
    if not (folder / SUMS).is_file():
        raise UglyError(f"{source}: not a release (it has no {SUMS}); `make release` makes one")
    listed: set[str] = set()
    for line in read_text(folder / SUMS).splitlines():
        found = re.fullmatch(r"([0-9a-f]{64}) [ *]([^/\0]+)", line)
        if found is None:
            raise UglyError(f"{source}: its {SUMS} is damaged; copy or fetch it anew")
        if _sum(folder / found[2], source) != found[1]:
            raise UglyError(f"{source}: {found[2]} is damaged; copy or fetch it anew")
        listed.add(found[2])
    if not {ABOUT, INSTALL} <= listed:
        raise UglyError(f"{source}: not a whole release (it lacks {ABOUT} or {INSTALL})")
    about = parse_json(read_text(folder / ABOUT), f"{source}: {ABOUT}")
    name = about.get("name") if isinstance(about, dict) else None
    if not isinstance(name, str) or not re.fullmatch(r"\w[\w.+-]{0,99}", name, re.ASCII):
        raise UglyError(f"{source}: {ABOUT} does not say what release it is")
    return Bundle(folder, name)


def _sum(path: Path, source: str) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise UglyError(f"{source}: {path.name}: {error.strerror}") from None
    return digest.hexdigest()


def _unpacked(tar: Path, folder: Path, source: str) -> Path:
    """Its files, by their bare names: nothing in a tar says where something is written."""
    folder.mkdir()
    try:
        with tarfile.open(tar) as archive:
            for member in archive:
                name = Path(member.name).name
                within = archive.extractfile(member) if member.isreg() else None
                if within is None or name in ("", ".", ".."):
                    continue
                if member.size > LARGEST:
                    raise UglyError(f"{source}: too large for a release")
                with within, (folder / name).open("xb") as file:
                    shutil.copyfileobj(within, file, _CHUNK)
                (folder / name).chmod(0o755 if name == INSTALL else 0o644)
    except (tarfile.TarError, EOFError, FileExistsError):
        raise UglyError(f"{source}: not a release, or cut short; copy or fetch it anew") from None
    return folder


def _fetch(address: str, target: Path) -> None:
    try:
        with urllib.request.urlopen(address, timeout=_PATIENCE_S) as answer:
            _copied(answer, target, address)
    except urllib.error.HTTPError as error:
        raise UglyError(f"{address}: {error.code} {error.reason}") from None
    except (urllib.error.URLError, TimeoutError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise UglyError(f"{address}: cannot be fetched ({reason})") from None


def _copied(answer: IO[bytes], target: Path, address: str) -> None:
    got = 0
    with target.open("wb") as file:
        while chunk := answer.read(_CHUNK):
            got += len(chunk)
            if got > LARGEST:
                raise UglyError(f"{address}: too large for a release")
            file.write(chunk)

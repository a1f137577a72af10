"""Whether the libraries are those that were locked: `make check` asks it, without any network.

    python kiosk_config/audit.py

Every library that the program needs is in wheels.lock with its version and the hashes of its files;
what is installed is of that version; and each of its files is still what its wheel brought (its
RECORD's SHA-256). `make audit` asks the advisories of the Python Packaging Authority, too: that
needs the internet.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK = Path(__file__).parent / "wheels.lock"
PROGRAM = "uglynet"
INSTALLER = "pip"
"""A library asks for it; every environment begins with one of its Python's own."""
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(?:;\s*([^\\]+?))?\s*\\?$")


def locked(text: str) -> Iterator[tuple[str, str, str, int]]:
    """Every line of a lock that pins something: name, version, marker, how many hashes it has."""
    name = version = marker = ""
    hashes = 0
    for line in (*text.splitlines(), "end==0"):
        if found := _PINNED.match(line):
            if name:
                yield name, version, marker, hashes
            name, version = canonicalize_name(found[1]), found[2]
            marker, hashes = (found[3] or "").strip(), 0
        elif re.match(r"\s+--hash=sha256:[0-9a-f]{64}(\s|$)", line):
            hashes += 1


def needed(program: str = PROGRAM) -> set[str]:
    """Every library that the program asks for here, and those that these ask for."""
    found: set[str] = set()
    asked = [program]
    while asked:
        name = asked.pop()
        try:
            lines = metadata.requires(name) or ()
        except metadata.PackageNotFoundError:
            continue
        for line in lines:
            requirement = Requirement(line)
            marker = requirement.marker
            if marker is not None and not marker.evaluate({"extra": ""}):
                continue
            library = canonicalize_name(requirement.name)
            if library not in found:
                found.add(library)
                asked.append(library)
    return found


def spoilt(distribution: metadata.Distribution) -> Iterator[str]:
    """Files of an installed library that are not what its wheel brought.

    Its RECORD is read here, line by line: `Distribution.files` leaves out what is gone, from
    Python 3.12 on and wherever `importlib_metadata` was imported.
    """
    record = distribution.read_text("RECORD")
    if record is None:
        yield "its RECORD is gone"
        return
    for row in csv.reader(record.splitlines()):
        file, value = [*row, "", ""][:2]
        # What lies outside are commands, which pip writes anew for each place.
        if not value.startswith("sha256=") or file.startswith(("..", "/")):
            continue
        path = Path(str(distribution.locate_file(file)))
        try:
            digest = hashlib.sha256(path.read_bytes()).digest()
        except OSError:
            yield f"{file} is gone"
            continue
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != value.removeprefix("sha256="):
            yield f"{file} was changed"


def mistakes(text: str, libraries: set[str]) -> Iterator[str]:
    """What is wrong, a line each: with the lock, and with what is installed of it."""
    here: dict[str, str] = {}
    for name, version, marker, hashes in locked(text):
        if not hashes:
            yield f"{name} {version} is locked without a hash: make lock"
        if not marker or Marker(marker).evaluate():
            here[name] = version
    if not here:
        yield "the lock pins nothing: make lock"
    for name in sorted(libraries - here.keys()):
        yield f"{name} is needed and is not in the lock: make lock"
    for name in sorted(libraries & here.keys()):
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # the other build of ONNX Runtime
        if distribution.version != here[name] and name != INSTALLER:
            yield f"{name} {distribution.version} is installed, {here[name]} is locked"
        for line in spoilt(distribution):
            yield f"{name}: {line}: install it anew"


def main() -> int:
    libraries = needed()
    found = list(mistakes(LOCK.read_text(encoding="utf-8"), libraries))
    for line in found:
        print(f"audit: {line}", file=sys.stderr)
    if not found:
        print(f"{len(libraries)} libraries, each locked by its hashes and whole")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""A program watched from outside (strace): every socket it asks for, every file it writes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CALLS = (
    "socket,connect,listen,open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2"
    ",link,linkat,symlink,symlinkat"
)

INNER = {"AF_UNIX", "AF_LOCAL", "AF_NETLINK"}
"""Families that stay within the machine."""

_SOCKET = re.compile(r"^socket\((\w+), (\w+)")
_CONNECTS = re.compile(r"^connect\(.*sa_family=(AF_INET6?),")
_LISTENS = re.compile(r"^listen\(\d+<(.*?)>")
_OPENED = re.compile(r"^(?:open|openat|openat2|creat)\(.* = \d+<(.*)>$")
_WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|^creat")
_NAMED = re.compile(r"^(?:mkdir|rename|link|symlink)\w*\(.*\) = 0$")
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Seen:
    """What a program and all it started did. `sockets` are families, refused ones too; `written`
    are absolute paths that were opened for writing, made, or given as a name. `outward` are the
    kinds of sockets by which it could speak to other machines, `connects` whether any of them was
    pointed anywhere, and `listening` how many waited for others to come."""

    status: int
    said: str
    sockets: frozenset[str]
    written: frozenset[Path]
    outward: tuple[str, ...] = ()
    connects: bool = False
    listening: int = 0

    @property
    def calls_outside(self) -> frozenset[str]:
        """Families by which a program speaks beyond its machine."""
        return self.sockets - INNER

    def strays(self, *allowed: Path) -> set[str]:
        """What was written elsewhere than below these; devices and Python's own cache apart."""
        return {
            str(path)
            for path in self.written
            if not any(path == folder or folder in path.parents for folder in allowed)
            and path.parts[1] not in ("dev", "proc", "sys")
            and "__pycache__" not in path.parts
        }


def begin(folder: Path, *words: object, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start a program under watch in `folder`; its own `traces` folder there takes the notes."""
    (folder / "traces").mkdir()
    watch = [
        "strace",
        "--seccomp-bpf",
        "-f",
        "-ff",
        "-qq",
        "-y",
        "-s",
        "4096",
        "-e",
        f"trace={CALLS}",
        "-e",
        "signal=none",
    ]
    return subprocess.Popen(
        [*watch, "-o", str(folder / "traces" / "of"), *map(str, words)],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def waits_for_phones(folder: Path) -> bool:
    """Whether a program under watch in `folder` listens at a port by now."""
    traces = (folder / "traces").glob("of.*")
    return any("listen(" in path.read_text(errors="replace") for path in traces)


def end(folder: Path, program: subprocess.Popen[str]) -> Seen:
    """Wait for its end, and tell what was seen."""
    said = program.communicate()[0]
    notes = [
        line
        for trace in sorted((folder / "traces").iterdir())
        for line in trace.read_text(encoding="utf-8", errors="replace").splitlines()
    ]
    assert notes, f"nothing could be watched: {said}"
    sockets, written = set(), set()
    outward, connects = [], False
    listening: set[str] = set()
    for note in notes:
        if found := _SOCKET.match(note):
            sockets.add(found[1])
            if found[1] not in INNER:
                outward.append(found[2])
        elif _CONNECTS.match(note):
            connects = True
        elif found := _LISTENS.match(note):
            listening.add(found[1])
        elif (found := _OPENED.match(note)) and _WRITES.search(note):
            written.add(Path(found[1]))
        elif _NAMED.match(note):
            written.add(folder / _WORD.findall(note)[-1])
    return Seen(
        program.returncode,
        said,
        frozenset(sockets),
        frozenset(written),
        tuple(outward),
        connects,
        len(listening),
    )

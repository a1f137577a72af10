"""The same outboxes by way of rclone: to a bucket, a WebDAV share, a disk that is carried.

    REMOTE/<booth>/booths.json, notes/, takes/<id>/

rclone is called as a program; nothing is ever removed there but what was withdrawn, and by the hub
what is of a booth that belongs no more.
Pushed are the takes first and the notes after them, so that no note is there without its take;
withdrawals before both. Pulled are the notes first, so that nothing withdrawn comes at all.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from installation.fleet.inbox import is_half
from installation.fleet.members import NAME, Members
from installation.fleet.place import LIST, NOTES, TAKES, Joined, Place, removed
from installation.vocabulary import UglyError

PATIENCE_S = 6 * 3600.0
WAYS = ("--retries=2", "--low-level-retries=3", "--contimeout=20s", "--timeout=120s")

NAMED = re.compile(r":?[\w.+@][\w .+@-]*[:,]")
"""How a remote begins that rclone has in its settings, or is told on the spot."""

Run = Callable[[list[str]], str]


def rclone(words: list[str]) -> str:
    """What rclone says on its output.

    Raises:
        UglyError: if it is not installed, or fails, with the last line it said.
    """
    found = shutil.which("rclone")
    if found is None:
        raise UglyError("rclone is not installed; `apt install rclone`")
    # Between folders of this machine it needs no settings, and is to make no file for them.
    settings = () if any(NAMED.match(word) for word in words[1:]) else ("--config", "")
    try:
        done = subprocess.run(
            [found, *words, *WAYS, *settings], capture_output=True, text=True, timeout=PATIENCE_S
        )
    except subprocess.TimeoutExpired:
        raise UglyError(
            f"rclone {words[0]}: not done after {PATIENCE_S / 3600:.0f} hours"
        ) from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()] or ["no word why"]
        raise UglyError(f"rclone {words[0]}: {said[-1].strip()[-300:]}")
    return done.stdout


def push(
    place: Place,
    joined: Joined,
    remote: str,
    withdrawn: Collection[str] = (),
    run: Run = rclone,
    *,
    members: Members | None = None,
) -> list[str]:
    """Have the remote hold this booth's outbox, and on the hub what came from the others; the names
    of the booths that were pushed. Of the others' takes those that are `withdrawn` are removed; by
    the hub also all of a booth that is none of the `members`, where they are known.

    Raises:
        UglyError: if rclone fails; what was pushed so far is whole, and the next push goes on.
    """
    remote, boxes = _checked(remote), {joined.name: place.out}
    if joined.role == "hub" and members is not None:
        _dismiss(remote, members, run)
    if joined.role == "hub":
        for path in sorted(place.inboxes.iterdir()):
            if path.is_dir() and not path.is_symlink() and NAME.fullmatch(path.name):
                boxes[path.name] = path
    for name, box in boxes.items():
        goal = f"{remote}/{name}"
        if joined.name == name:
            _take_back(box, goal, run)
        for what in (TAKES, NOTES):
            if (box / what).is_dir():
                run(["copy", str(box / what), f"{goal}/{what}", *_ALL_BUT_DOTS])
        if joined.name != name and withdrawn:
            run(["mkdir", f"{goal}/{TAKES}"])
            for take in sorted(_listed(f"{goal}/{TAKES}", run, "--dirs-only") & set(withdrawn)):
                run(["purge", f"{goal}/{TAKES}/{take}"])
        if (box / LIST).is_file():
            run(["copyto", str(box / LIST), f"{goal}/{LIST}"])
    return list(boxes)


def _dismiss(remote: str, members: Members, run: Run) -> None:
    """Remove what is of booths that belong no more: folders named and filled as an outbox is, and
    nothing else that somebody keeps beside them."""
    run(["mkdir", remote])
    for name in sorted(_listed(remote, run, "--dirs-only") - members.booths.keys()):
        if NAME.fullmatch(name) and name != members.hub:
            folders = _listed(f"{remote}/{name}", run, "--dirs-only")
            files = _listed(f"{remote}/{name}", run, "--files-only")
            if folders == {TAKES, NOTES} and files <= {LIST}:
                run(["purge", f"{remote}/{name}"])


_ALL_BUT_DOTS = ("--exclude", ".*", "--exclude", ".*/**")


def _take_back(box: Path, goal: str, run: Run) -> None:
    """Remove from the remote what is in the outbox no longer: takes that were withdrawn or are
    over, and notes that are outdated. The notes that say so are there before."""
    if not any((box / what).is_dir() and any((box / what).iterdir()) for what in (TAKES, NOTES)):
        return  # an outbox that was lost takes nothing back
    run(["mkdir", f"{goal}/{NOTES}"])
    run(["mkdir", f"{goal}/{TAKES}"])
    run(["copy", str(box / NOTES), f"{goal}/{NOTES}", *_ALL_BUT_DOTS])
    there = {path.name for path in (box / TAKES).iterdir()}
    for take in sorted(_listed(f"{goal}/{TAKES}", run, "--dirs-only") - there):
        run(["purge", f"{goal}/{TAKES}/{take}"])
    notes = {path.name for path in (box / NOTES).iterdir()}
    for note in sorted(_listed(f"{goal}/{NOTES}", run, "--files-only") - notes):
        run(["deletefile", f"{goal}/{NOTES}/{note}"])


def _checked(remote: str) -> str:
    """The remote, without a stroke at its end. Raises UglyError for what rclone would misread."""
    if remote.startswith("-") or not remote.strip("/"):
        raise UglyError(f"{remote}: no remote of rclone's; such as s3:bucket/fleet, or a folder")
    return remote.rstrip("/")


def _listed(where: str, run: Run, kind: str) -> set[str]:
    names = {line.rstrip("/") for line in run(["lsf", kind, where]).splitlines()}
    return {name for name in names if name and "/" not in name and name not in (".", "..")}


def pull(
    place: Place,
    joined: Joined,
    remote: str,
    withdraw: Callable[[], Iterable[str]],
    run: Run = rclone,
) -> list[str]:
    """Take up what the others have pushed; their names. Once the notes are here `withdraw` carries
    them out, and says which takes are withdrawn: these are not fetched.

    Raises:
        UglyError: if rclone fails; what came so far stays, and the next pull goes on.
    """
    remote = _checked(remote)
    names = [
        name
        for name in sorted(_listed(remote, run, "--dirs-only"))
        if NAME.fullmatch(name) and name != joined.name
    ]
    for name in names:
        box = place.inboxes / name
        (box / NOTES).mkdir(0o700, parents=True, exist_ok=True)
        _notes(box, f"{remote}/{name}", run, place.pulling)
    gone = sorted(withdraw())
    without = [word for take in gone for word in ("--exclude", f"/{take}/**")]
    for name in names:
        box = place.inboxes / name
        if not box.is_dir():  # it does not belong
            continue
        (box / TAKES).mkdir(0o700, exist_ok=True)
        _clear_halves(box, place.pulling)
        words = ["copy", f"{remote}/{name}/{TAKES}", str(box / TAKES), "--ignore-existing"]
        if TAKES in _listed(f"{remote}/{name}", run, "--dirs-only"):
            run([*words, *without])
    return names


def _notes(box: Path, source: str, run: Run, making: Path) -> None:
    """Have the notes there here, too: fetched beside, then moved, so that none is read by half.
    None is removed: what is outdated is outdone by its number, and the remote may be an old one."""
    fresh = making / f"pulled-{box.name}"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(0o700, parents=True)
    there = _listed(source, run, "--files-only") | _listed(source, run, "--dirs-only")
    if NOTES in there:
        run(["copy", f"{source}/{NOTES}", str(fresh)])
        for path in sorted(fresh.iterdir()):
            if path.is_file() and not path.is_symlink():
                path.replace(box / NOTES / path.name)
    if LIST in there:
        run(["copyto", f"{source}/{LIST}", str(fresh / LIST)])
        (fresh / LIST).replace(box / LIST)
    shutil.rmtree(fresh, ignore_errors=True)


def _clear_halves(box: Path, making: Path) -> None:
    """Remove what an interrupted pull has left: a take whose record is not there, or has not all of
    its files. Whole takes are never written to again: the gallery may have the same bytes."""
    for path in sorted((box / TAKES).iterdir()):
        if is_half(path):
            removed(path, making / f"half-{path.name}")

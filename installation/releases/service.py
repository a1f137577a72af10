"""The thin edge to the machine: systemd's service, programs of other releases, the kiosk's user."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from pathlib import Path

from installation.releases.trial import Look
from installation.vocabulary import UglyError

SERVICE, WATCHER, USER = "uglynet.service", "uglynet-trial.service", "uglynet"
_PATIENCE_S = 3600.0


def runs_services() -> bool:
    """Whether systemd runs this machine (in a container or a chroot it does not)."""
    return Path("/run/systemd/system").is_dir()


def boot() -> str:
    """What this start of the machine is known by; "" where nothing says."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def look(at_s: float) -> Look:
    """How the show's service is now. What cannot be asked is not up."""
    asked = ("ActiveState", "InvocationID")
    done = subprocess.run(
        ["systemctl", "show", SERVICE, *(f"--property={name}" for name in asked)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return seen(done.stdout, at_s)


def seen(told: str, at_s: float) -> Look:
    """What `systemctl show` told, as a look."""
    facts = dict(line.partition("=")[::2] for line in told.splitlines())
    state = facts.get("ActiveState", "")
    # One that ends, or has ended, is the show before this one: no run of the new.
    run = "" if state in ("inactive", "deactivating") else facts.get("InvocationID", "")
    return Look(at_s, run, state == "active", state == "failed")


def systemctl(*words: str) -> None:
    """Ask systemd for something; where it does not run, nothing.

    Raises:
        UglyError: if it refuses.
    """
    if runs_services():
        run("systemctl", *words)


def run(*words: object, as_user: str = "") -> str:
    """Run a program to its end, as another user if one is named; what it printed.

    Raises:
        UglyError: with its last line, if it fails.
    """
    line = [str(word) for word in words]
    try:
        done = subprocess.run(
            line, capture_output=True, text=True, check=False, timeout=_PATIENCE_S,
            **surroundings(as_user), # type: ignore[call-overload]
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UglyError(f"{line[0]}: {error}") from None
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no word").splitlines()[-1]
        raise UglyError(f"{Path(line[0]).name}: {last}")
    return str(done.stdout)


def surroundings(user: str) -> dict[str, object]:
    """What `subprocess` needs to run something as a user, at home."""
    if not user or os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        raise UglyError(f"there is no user {user}: run kiosk_config/install") from None
    environment = {"HOME": entry.pw_dir, "USER": user, "PATH": os.environ.get("PATH", os.defpath)}
    groups: Sequence[int] = os.getgrouplist(user, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": groups,
            "env": environment, "cwd": entry.pw_dir, "umask": 0o077}  # fmt: skip

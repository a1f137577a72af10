"""How the program was installed, and so what an operator types to add to it."""

from __future__ import annotations

import re
import shlex
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout, or the folder that a wheel was unpacked into."""


def in_checkout(root: Path = ROOT) -> bool:
    """Whether the program runs from a checkout, with models, layouts and firmware beside it."""
    return (root / "pyproject.toml").is_file()


def extra_hint(extra: str, root: Path = ROOT) -> str:
    """The command line that adds an optional extra ("midi", "training") to this installation."""
    pip = f"{shlex.quote(sys.executable)} -m pip install"
    if in_checkout(root):
        constraints = shlex.quote(str(root / "constraints.txt"))
        return f"{pip} -c {constraints} -e {shlex.quote(f'{root}[{extra}]')}"
    # By their own names: what an index has under ours may be something else.
    return f"{pip} {' '.join(map(shlex.quote, _packages(extra)))}"


def checkout_hint(root: Path = ROOT) -> str:
    """What to do about a file of the project that is missing."""
    if in_checkout(root):
        return "fetch the project's files again"
    return "a wheel holds neither firmware nor training: run it from a checkout of the project"


def _packages(extra: str) -> list[str]:
    try:
        required = metadata.requires("uglynet") or []
    except metadata.PackageNotFoundError:
        required = []
    meant = re.compile(rf"""extra\s*==\s*["']{re.escape(extra)}["']""")
    return [line.split(";")[0].strip() for line in required if meant.search(line)]

"""Where a machine's releases lie: /opt/uglynet, as kiosk_config/install makes it.

releases/NAME/    .venv, kiosk_config, release.json, and `whole` once all is there
current           a link to the one that runs
previous          a link to the one before it
trial.json        while the current one is on trial
returned.json     which was sent away last, and why
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from installation.documents import parse_json, read_text
from installation.files import write_whole
from installation.vocabulary import UglyError

OPT = Path("/opt/uglynet")


@dataclass(frozen=True, slots=True)
class OnTrial:
    """Which release is on trial, which one it took the place of, where the gallery's backup lies
    ("" for none), and how often the machine was started since."""

    new: str
    old: str
    backup: str = ""
    boots: int = 0
    boot: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder that holds them."""

    folder: Path = OPT

    def name_of(self, link: str) -> str:
        """The release that `current` or `previous` leads to, "" for none."""
        try:
            led = (self.folder / link).readlink()
        except OSError:
            return ""
        return led.name if led.parent.name == "releases" else ""

    def program(self, name: str) -> Path:
        """A release's `uglynet`."""
        return self.release(name) / ".venv" / "bin" / "uglynet"

    def release(self, name: str) -> Path:
        """A release's folder."""
        return self.folder / "releases" / name

    def whole(self, name: str) -> bool:
        """Whether a release of that name is there, with all that belongs to it."""
        return bool(name) and (self.release(name) / "whole").is_file()

    def switch(self, new: str, old: str) -> None:
        """Make `new` the current one and `old` the one before it, each at once.

        Raises:
            UglyError: if `new` is not whole.
        """
        if not self.whole(new):
            raise UglyError(f"{self.release(new)}: not a whole release")
        self.link_previous(old)
        self._link("current", new)

    def link_previous(self, name: str) -> None:
        """Have `previous` lead to a release."""
        self._link("previous", name)

    @contextlib.contextmanager
    def only_whole(self, name: str) -> Iterator[None]:
        """What is there of a release afterwards is whole, or gone again: on a full disk the room
        is visitors'."""
        try:
            yield
        finally:
            if not self.whole(name):
                shutil.rmtree(self.release(name), ignore_errors=True)

    def _link(self, link: str, name: str) -> None:
        beside = self.folder / f"{link}.new"
        beside.unlink(missing_ok=True)
        beside.symlink_to(Path("releases") / name)
        beside.replace(self.folder / link)

    def forget_others(self) -> None:
        """Remove every release but the current one and the one before it."""
        kept = {self.name_of("current"), self.name_of("previous")}
        for folder in (self.folder / "releases").iterdir():
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    def on_trial(self) -> OnTrial | None:
        """The trial that goes on, if one does: of the current release. A damaged note of it is
        none, and neither is that of an update or a return that was cut short."""
        try:
            read = parse_json(read_text(self.folder / "trial.json"), "trial.json")
            noted = OnTrial(**read) if isinstance(read, dict) else None
        except (UglyError, TypeError):
            return None
        return noted if noted and noted.new == self.name_of("current") else None

    def note_trial(self, trial: OnTrial | None) -> None:
        """Write down which trial goes on; None: none does."""
        path = self.folder / "trial.json"
        if trial is None:
            path.unlink(missing_ok=True)
        else:
            write_whole(path, json.dumps(asdict(trial)).encode())

    def note_returned(self, name: str, why: str) -> None:
        """Write down which release was sent away, and why."""
        write_whole(self.folder / "returned.json", json.dumps({"name": name, "why": why}).encode())

    def returned(self) -> tuple[str, str] | None:
        """Which release was sent away last, and why."""
        try:
            read = parse_json(read_text(self.folder / "returned.json"), "returned.json")
            return str(read["name"]), str(read["why"])
        except (UglyError, KeyError, TypeError):
            return None

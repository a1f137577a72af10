"""An update to its end: the new release beside the old one, on trial; and back."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from installation.files import folder_on_its_way, write_whole
from installation.releases import service
from installation.releases.bundle import INSTALL, opened
from installation.releases.shelf import OnTrial, Shelf
from installation.releases.trial import Look, Trial, Verdict, looked
from installation.vocabulary import UglyError

LOOK_EVERY_S = 5.0
ACCEPTS = (
    "import sys; from pathlib import Path; from installation.settings import load_settings; "
    "load_settings(Path(sys.argv[1]))"
)
"""What a release's own Python is asked about a settings file."""

SETTINGS_BEFORE = "before.toml"
BACKUPS = "update-backup"
"""A folder beside the gallery's, in the kiosk's home."""


class Machine(Protocol):
    """What an update asks of the machine: `service` is the one there is, tests have others."""

    USER: str
    SERVICE: str
    WATCHER: str

    def look(self, at_s: float) -> Look: ...
    def systemctl(self, *words: str) -> None: ...
    def run(self, *words: object, as_user: str = "") -> str: ...
    def runs_services(self) -> bool: ...
    def boot(self) -> str: ...


@dataclass(frozen=True)
class Updater:
    """Updates the releases on a shelf. `say` hears a line for each step; `config` are the
    settings that every release is started with; `home` is the kiosk's user's."""

    shelf: Shelf
    say: Callable[[str], None]
    config: Path = Path("/etc/uglynet.toml")
    home: Path = Path("/var/lib/uglynet")
    machine: Machine = field(default=service)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def update(self, source: str, backup: bool = True) -> bool:
        """Put the release at `source` in the place of the current one, on trial; whether there
        was anything to do.

        Raises:
            UglyError: if it cannot be; then the current release goes on as before.
        """
        old = self.shelf.name_of("current")
        if not self.shelf.whole(old):
            raise UglyError(
                f"{self.shelf.folder}: no release is installed here; kiosk_config/install does that"
            )
        if (trial := self.shelf.on_trial()) is not None:
            raise UglyError(f"{trial.new} is on trial: wait, or end it (uglynet update --back)")
        with folder_on_its_way(self.shelf.folder) as scratch:
            self.say("comparing the release with its sums")
            bundle = opened(source, scratch)
            if bundle.name == old:
                return False
            self.say(f"laying {bundle.name} beside {old}")
            with self.shelf.only_whole(bundle.name):
                staged = self.machine.run("bash", bundle.folder / INSTALL, "--stage")
        if not self.shelf.whole(bundle.name):
            raise UglyError(f"{source}: could not be laid beside the other: {staged.strip()}")
        self._ask(bundle.name)
        where = self._back_up(old) if backup else ""
        if self.config.exists():
            write_whole(self.shelf.folder / SETTINGS_BEFORE, self.config.read_bytes())
        self.shelf.link_previous(old)  # whose program watches, from the first moment on
        self.shelf.note_trial(OnTrial(bundle.name, old, where, boots=1, boot=self.machine.boot()))
        try:
            self.shelf.switch(bundle.name, old)
            self._start(bundle.name)
        except BaseException:  # stopped by a signal, too
            if self.shelf.name_of("current") == bundle.name:
                self.go_back("it could not be started")
            else:
                self.shelf.note_trial(None)
            raise
        self.machine.systemctl("restart", "--no-block", self.machine.WATCHER)
        return True

    def _ask(self, name: str) -> None:
        """Whether a release starts at all, and takes the settings as they are."""
        self.say(f"asking {name} whether it takes the settings")
        self.machine.run(self.shelf.program(name), "--version", as_user=self.machine.USER)
        self._accepted(name)

    def _accepted(self, name: str) -> None:
        """Raise UglyError unless a release takes the settings as they are."""
        if self.config.exists():
            python = self.shelf.release(name) / ".venv" / "bin" / "python"
            self.machine.run(python, "-c", ACCEPTS, self.config, as_user=self.machine.USER)

    def _settings_back(self, old: str, new: str) -> None:
        """Where the old release no longer takes the settings, those it ran with come back."""
        before = self.shelf.folder / SETTINGS_BEFORE
        try:
            self._accepted(old)
        except UglyError:
            aside = self.config.with_name(f"{self.config.name}.{new}")
            try:
                if before.exists():
                    shutil.copyfile(self.config, aside)
                    write_whole(self.config, before.read_bytes())
                    self.say(f"the settings are those from before; the newer ones are {aside}")
            except OSError as error:  # a full disk must not keep the release before away
                self.say(f"{self.config}: the settings from before are in {before}: {error}")

    def _back_up(self, old: str) -> str:
        self.say("backing the gallery up")
        where = self.home / BACKUPS
        words = ("--config", self.config) if self.config.exists() else ()
        self.machine.run(
            self.shelf.program(old), *words, "gallery", "backup", "-o", where,
            as_user=self.machine.USER,
        )  # fmt: skip
        return str(where)

    def _start(self, name: str) -> None:
        """Have the current release's files in their places, and start it; also where they could
        not be put there."""
        try:
            self._put_files(name)
        finally:
            self.machine.systemctl("reset-failed", self.machine.SERVICE)
            self.machine.systemctl("restart", "--no-block", self.machine.SERVICE)

    def _put_files(self, name: str) -> None:
        self.machine.run("bash", self.shelf.release(name) / "kiosk_config" / INSTALL, "--files")
        self.machine.systemctl("daemon-reload")

    def watch(self) -> Verdict:
        """Look at the release on trial until it stays or goes; what became of it. Begun anew after
        a start of the machine, so do the ten minutes."""
        noted = self.shelf.on_trial()
        if noted is None:
            self.shelf.note_trial(None)  # cut short before it began, or after it was over
            return Verdict.GOES
        boot = self.machine.boot()
        anew = boot != noted.boot
        noted = replace(noted, boots=noted.boots + anew, boot=boot)
        with contextlib.suppress(OSError):  # a full disk, which the new one may have filled
            self.shelf.note_trial(noted)
        if anew:  # the power went: perhaps before its files were in their places
            try:
                self._put_files(noted.new)
            except UglyError as error:
                self.go_back(f"its files cannot be put in their places: {error}")
                return Verdict.GOES
        trial = Trial(self.clock(), noted.boots)
        while trial.verdict is Verdict.WAIT:
            trial = looked(trial, self.machine.look(self.clock()))
            if trial.verdict is Verdict.WAIT:
                self.sleep(LOOK_EVERY_S)
                if self.shelf.on_trial() is None:  # ended by hand
                    return Verdict.GOES
        if trial.verdict is Verdict.STAYS:
            self.keep()
        else:
            self.go_back(trial.why)
        return trial.verdict

    def keep(self) -> None:
        """The trial is over: the new release stays, and the backup of the gallery leaves, since
        what visitors delete from now on must be gone."""
        noted = self.shelf.on_trial()
        if noted is None:
            raise UglyError("nothing is on trial")
        self.shelf.note_trial(None)
        self.shelf.forget_others()
        if noted.backup:
            shutil.rmtree(noted.backup, ignore_errors=True)
        self.say(f"{noted.new} stays")

    def go_back(self, why: str) -> None:
        """Put the release before in the place of the current one again. What visitors kept since
        stays; settings that the old release does not take make way for those it ran with.

        Raises:
            UglyError: if there is no release before.
        """
        noted = self.shelf.on_trial()
        new = self.shelf.name_of("current")
        old = noted.old if noted else self.shelf.name_of("previous")
        if not self.shelf.whole(old) or old == new:
            raise UglyError("there is no release before this one to go back to")
        # The trial is on for as long as `current` leads to the new one: whatever fails or is cut
        # short before that is begun again.
        self._settings_back(old, new)
        self.shelf.switch(old, new)
        self.shelf.note_trial(None)
        with contextlib.suppress(OSError):  # it only tells, and a full disk may be why
            self.shelf.note_returned(new, why)
        self._start(old)
        self.say(f"{new} was sent away ({why}); {old} runs again")
        if noted and noted.backup:
            self.say(
                f"the gallery as it was before lies in {noted.backup}: delete it when all is well"
            )

    def status(self) -> str:
        """In a line what runs, what was before, and whether it is on trial."""
        current, before = self.shelf.name_of("current"), self.shelf.name_of("previous")
        if not current:
            raise UglyError(f"{self.shelf.folder}: no release is installed here")
        told = f"{current} runs"
        if (noted := self.shelf.on_trial()) is not None:
            return f"{told}, on trial; {noted.old} returns by itself if it is not well"
        returned = self.shelf.returned()
        if returned and returned[0] == before:
            return f"{told}; {before} was sent away: {returned[1]}"
        return f"{told}; before it {before}" if before not in ("", current) else told


def must_be_root() -> None:
    """Raise UglyError unless this process may change the machine."""
    if os.geteuid() != 0:
        raise UglyError("this changes the machine: it needs sudo")

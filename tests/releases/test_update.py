"""Updates on a shelf of our own: releases laid beside each other, tried, kept, sent away."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest

from installation.releases.bundle import checked, opened
from installation.releases.service import seen
from installation.releases.shelf import OnTrial, Shelf
from installation.releases.trial import HEALTHY_S, Look, Verdict
from installation.releases.update import Updater
from installation.vocabulary import UglyError

WHOLE = {"install": "#!/bin/sh\n", "uglynet.whl": "a wheel"}


def release(folder: Path, name: str = "new", **other: str) -> Path:
    """A release's folder, with the sums of its files."""
    folder.mkdir()
    files = {**WHOLE, "release.json": json.dumps({"name": name}), **other}
    for each, text in files.items():
        (folder / each).write_text(text)
    sums = [
        f"{hashlib.sha256(text.encode()).hexdigest()}  {each}\n" for each, text in files.items()
    ]
    (folder / "SHA256SUMS").write_text("".join(sums))
    return folder


def packed(folder: Path, tar: Path) -> Path:
    with tarfile.open(tar, "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.add(path, f"uglynet-new/{path.name}")
    return tar


class House:
    """A machine that is not there: its services are looks, its programs a note each."""

    USER, SERVICE, WATCHER = "uglynet", "uglynet.service", "uglynet-trial.service"

    def __init__(self, folder: Path) -> None:
        self.shelf = Shelf(folder / "opt")
        self.ran: list[str] = []
        self.refuses: Callable[[str], bool] = lambda line: False
        self.looks: Callable[[float], Look] = lambda at_s: Look(at_s, "a", up=True)
        self.now_s, self.boots, self.said = 0.0, 0, list[str]()
        self.config = folder / "uglynet.toml"
        self.config.write_text("# before\n")
        self.home = folder / "home"
        self.lay("old")
        (self.shelf.folder / "current").symlink_to("releases/old")

    def lay(self, name: str) -> None:
        self.shelf.release(name).mkdir(parents=True)
        (self.shelf.release(name) / "whole").touch()

    def updater(self) -> Updater:
        return Updater(
            self.shelf,
            self.said.append,
            self.config,
            self.home,
            self,
            lambda: self.now_s,
            self.rest,
        )

    def rest(self, seconds: float) -> None:
        self.now_s += seconds

    def look(self, at_s: float) -> Look:
        return self.looks(at_s)

    def systemctl(self, *words: str) -> None:
        self.run("systemctl", *words)

    def runs_services(self) -> bool:
        return True

    def boot(self) -> str:
        return f"boot {self.boots}"

    def run(self, *words: object, as_user: str = "") -> str:
        line = " ".join([f"({as_user})" * bool(as_user), *map(str, words)]).strip()
        self.ran.append(line.replace(str(self.shelf.folder), "OPT"))
        name = ""
        if "--stage" in words:
            name = json.loads((Path(str(words[1])).parent / "release.json").read_text())["name"]
            self.shelf.release(name).mkdir(parents=True)
        if self.refuses(self.ran[-1]):
            raise UglyError("refused")
        if name:
            (self.shelf.release(name) / "whole").touch()
        if "backup" in words:
            (self.home / "update-backup").mkdir(parents=True)
        return ""


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def updated(house: House, tmp_path: Path) -> House:
    """One whose new release is on trial."""
    assert house.updater().update(str(release(tmp_path / "stick")))
    return house


# What arrives.


def test_a_release_is_known_by_its_sums(tmp_path: Path):
    folder = release(tmp_path / "stick")
    assert checked(folder, "stick").name == "new"
    (folder / "uglynet.whl").write_text("another")
    with pytest.raises(UglyError, match=r"uglynet\.whl is damaged"):
        checked(folder, "stick")
    (folder / "uglynet.whl").unlink()
    with pytest.raises(UglyError, match=r"uglynet\.whl: No such file"):
        checked(folder, "stick")


@pytest.mark.parametrize("sums", ["", "what\n", f"{'0' * 64}  ../etc/passwd\n"])
def test_sums_that_are_none_are_refused(tmp_path: Path, sums: str):
    folder = release(tmp_path / "stick")
    (folder / "SHA256SUMS").write_text(sums)
    with pytest.raises(UglyError):
        checked(folder, "stick")


@pytest.mark.parametrize("name", ["../../etc", "", "a/b", ".hidden", "x" * 200])
def test_a_release_has_a_name_that_may_be_a_folders(tmp_path: Path, name: str):
    with pytest.raises(UglyError, match="does not say what release"):
        checked(release(tmp_path / "stick", name), "stick")


def test_a_tar_is_a_release_too_and_writes_nowhere_else(tmp_path: Path):
    folder = release(tmp_path / "stick")
    tar = packed(folder, tmp_path / "new.tar")
    with tarfile.open(tar, "a") as archive:
        for name, kind in (("../../escaped", tarfile.REGTYPE), ("link", tarfile.SYMTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info, io.BytesIO())
    scratch = tmp_path / "deep" / "scratch"
    scratch.mkdir(parents=True)
    assert opened(str(tar), scratch).name == "new"
    assert not list(tmp_path.glob("escaped"))
    assert not (scratch / "release" / "link").exists()
    tar.write_bytes(tar.read_bytes()[:700])
    (tmp_path / "again").mkdir()
    with pytest.raises(UglyError, match="cut short"):
        opened(str(tar), tmp_path / "again")


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where what lies in the folder `served` can be fetched from, on this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            pass

    (tmp_path / "served").mkdir()
    server = HTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "served")))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_release_is_fetched_from_an_address(tmp_path: Path, address: str):
    packed(release(tmp_path / "stick"), tmp_path / "served" / "new.tar")
    (tmp_path / "scratch").mkdir()
    assert opened(f"{address}/new.tar", tmp_path / "scratch").name == "new"
    with pytest.raises(UglyError, match="404"):
        opened(f"{address}/gone.tar", tmp_path / "scratch")


def test_nobody_at_an_address_is_one_line(tmp_path: Path):
    with pytest.raises(UglyError, match="cannot be fetched"):
        opened("http://127.0.0.1:1/new.tar", tmp_path)


# The update.


def test_an_update_puts_the_new_one_on_trial_and_keeps_the_old_one(updated: House):
    shelf = updated.shelf
    assert (shelf.name_of("current"), shelf.name_of("previous")) == ("new", "old")
    assert shelf.on_trial() is not None
    assert "on trial" in updated.updater().status()
    lines = "\n".join(updated.ran)
    assert lines.index("install --stage") < lines.index("load_settings")
    assert "(uglynet) OPT/releases/old/.venv/bin/uglynet" in lines, "the old one backs up"
    assert lines.index("gallery backup") < lines.index("restart --no-block uglynet.service")
    assert updated.ran[-1] == "systemctl restart --no-block uglynet-trial.service"


def test_well_for_ten_minutes_it_stays(updated: House):
    assert updated.updater().watch() is Verdict.STAYS
    assert updated.now_s == pytest.approx(HEALTHY_S)
    assert updated.shelf.name_of("current") == "new"
    assert updated.shelf.on_trial() is None
    assert not (updated.home / "update-backup").exists(), "what is deleted from now on is gone"
    assert updated.updater().status() == "new runs; before it old"


def test_one_that_fails_makes_way_for_the_old_one_by_itself(updated: House):
    updated.looks = lambda at_s: Look(at_s, "a", at_s < 300, failed=at_s >= 300)
    assert updated.updater().watch() is Verdict.GOES
    assert updated.shelf.name_of("current") == "old"
    assert updated.shelf.on_trial() is None
    assert updated.ran[-1] == "systemctl restart --no-block uglynet.service"
    assert "bash OPT/releases/old/kiosk_config/install --files" in updated.ran
    assert (updated.home / "update-backup").is_dir()
    assert "was sent away" in updated.updater().status()


def test_a_machine_that_is_switched_off_goes_on_with_the_trial(updated: House):
    """And one that does so again and again is not left with what does it."""
    for _ in range(3):
        updated.boots += 1
        updated.looks = lambda at_s: (_ for _ in ()).throw(KeyboardInterrupt)
        with pytest.raises(KeyboardInterrupt):
            updated.updater().watch()
    updated.boots += 1
    updated.looks = lambda at_s: Look(at_s, "a", up=True)
    assert updated.updater().watch() is Verdict.GOES
    assert updated.shelf.name_of("current") == "old"


def test_settings_that_only_the_new_one_takes_are_put_aside_when_it_goes(updated: House):
    updated.config.write_text("# for the new one\n")
    updated.refuses = lambda line: "releases/old" in line and "load_settings" in line
    updated.updater().go_back("an operator asked for it")
    assert updated.config.read_text() == "# before\n"
    assert updated.config.with_name("uglynet.toml.new").read_text() == "# for the new one\n"


def test_settings_that_both_take_stay_as_they_are(updated: House):
    updated.config.write_text("# changed meanwhile\n")
    updated.updater().go_back("an operator asked for it")
    assert updated.config.read_text() == "# changed meanwhile\n"


@pytest.mark.parametrize("step", ["--version", "load_settings", "gallery backup", "--stage"])
def test_what_goes_wrong_before_the_change_changes_nothing(house: House, tmp_path: Path, step: str):
    house.refuses = lambda line: step in line
    with pytest.raises(UglyError):
        house.updater().update(str(release(tmp_path / "stick")))
    assert house.shelf.name_of("current") == "old"
    assert house.shelf.on_trial() is None
    assert not any("restart" in line for line in house.ran)
    left = house.shelf.release("new")
    assert step != "--stage" or not left.exists(), "on a full disk its room is visitors'"


def test_one_that_cannot_be_started_makes_way_at_once(house: House, tmp_path: Path):
    house.refuses = lambda line: "releases/new/kiosk_config/install --files" in line
    with pytest.raises(UglyError, match="refused"):
        house.updater().update(str(release(tmp_path / "stick")))
    assert house.shelf.name_of("current") == "old"
    assert house.shelf.on_trial() is None


def test_an_update_that_was_cut_short_before_the_change_is_no_trial(house: House):
    house.lay("new")
    house.shelf.note_trial(OnTrial("new", "old"))
    assert house.updater().watch() is Verdict.GOES
    assert house.shelf.name_of("current") == "old"
    assert house.shelf.on_trial() is None


def test_an_update_that_cannot_change_the_link_leaves_all_as_it_was(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    link = Shelf._link

    def full(shelf: Shelf, name: str, to: str) -> None:
        if name == "current":
            raise OSError(errno.ENOSPC, "No space left on device")
        link(shelf, name, to)

    monkeypatch.setattr(Shelf, "_link", full)
    with pytest.raises(OSError, match="No space"):
        house.updater().update(str(release(tmp_path / "stick")))
    assert (house.shelf.name_of("current"), house.shelf.name_of("previous")) == ("old", "old")
    assert house.shelf.on_trial() is None
    assert house.updater().status() == "old runs"


class PowerCutError(BaseException):
    """Nothing that comes after it is done."""


@pytest.mark.parametrize("step", ["releases/old/.venv/bin/python -c", "the link"])
def test_a_return_that_is_cut_short_is_begun_anew(
    updated: House, monkeypatch: pytest.MonkeyPatch, step: str
):
    def refuses(line: str) -> bool:
        if step in line:
            raise PowerCutError
        return False

    def cut(shelf: Shelf, new: str, old: str) -> None:
        raise PowerCutError

    updated.looks = lambda at_s: Look(at_s, "a", up=False, failed=True)
    with monkeypatch.context() as patch:
        updated.refuses = refuses
        if step == "the link":
            patch.setattr(Shelf, "switch", cut)
        with pytest.raises(PowerCutError):
            updated.updater().watch()
    updated.refuses = lambda line: False
    assert updated.shelf.on_trial() is not None
    updated.boots += 1
    assert updated.updater().watch() is Verdict.GOES
    assert updated.shelf.name_of("current") == "old"
    assert updated.ran[-1] == "systemctl restart --no-block uglynet.service"


def test_what_cannot_be_noted_or_put_in_its_place_keeps_the_old_one_not_away(
    updated: House, monkeypatch: pytest.MonkeyPatch
):
    def full(*words: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Shelf, "note_returned", full)
    updated.refuses = lambda line: "releases/old/kiosk_config/install --files" in line
    with pytest.raises(UglyError, match="refused"):
        updated.updater().go_back("an operator asked for it")
    assert updated.shelf.name_of("current") == "old"
    assert updated.shelf.on_trial() is None
    assert updated.ran[-1] == "systemctl restart --no-block uglynet.service"


def test_after_a_power_cut_the_new_ones_files_are_put_in_their_places(updated: House):
    updated.ran.clear()
    updated.boots += 1
    assert updated.updater().watch() is Verdict.STAYS
    assert "bash OPT/releases/new/kiosk_config/install --files" in updated.ran


def test_a_full_disk_ends_no_watch(updated: House, monkeypatch: pytest.MonkeyPatch):
    note = Shelf.note_trial

    def full(shelf: Shelf, trial: OnTrial | None) -> None:
        if trial is not None:
            raise OSError(errno.ENOSPC, "No space left on device")
        note(shelf, trial)

    monkeypatch.setattr(Shelf, "note_trial", full)
    updated.looks = lambda at_s: Look(at_s, "a", up=False, failed=True)
    assert updated.updater().watch() is Verdict.GOES
    assert updated.shelf.name_of("current") == "old"


def test_one_whose_files_cannot_be_put_in_their_places_makes_way(updated: House):
    updated.boots += 1
    updated.refuses = lambda line: "releases/new/kiosk_config/install --files" in line
    assert updated.updater().watch() is Verdict.GOES
    assert updated.shelf.name_of("current") == "old"


def test_the_same_release_and_one_during_a_trial_are_not_taken(house: House, tmp_path: Path):
    assert not house.updater().update(str(release(tmp_path / "same", "old")))
    stick = str(release(tmp_path / "stick"))
    assert house.updater().update(stick)
    with pytest.raises(UglyError, match="on trial"):
        house.updater().update(stick)


def test_back_needs_something_to_go_back_to(house: House):
    with pytest.raises(UglyError, match="no release before"):
        house.updater().go_back("an operator asked for it")


def test_older_ones_leave_when_a_new_one_stays(updated: House):
    updated.lay("older")
    updated.updater().watch()
    there = {path.name for path in (updated.shelf.folder / "releases").iterdir()}
    assert there == {"new", "old"}


def test_what_systemd_tells_is_a_look():
    assert seen("ActiveState=active\nInvocationID=abc\n", 7.0) == Look(7.0, "abc", up=True)
    assert seen("ActiveState=activating\nInvocationID=abc\n", 7.0) == Look(7.0, "abc", up=False)
    assert seen("ActiveState=failed\nInvocationID=\n", 7.0) == Look(7.0, "", up=False, failed=True)
    assert seen("", 7.0) == Look(7.0, "", up=False)
    for over in ("deactivating", "inactive"):  # the show before it: no run of the new one
        assert seen(f"ActiveState={over}\nInvocationID=abc\n", 7.0) == Look(7.0, "", up=False)

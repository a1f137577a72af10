"""The installer: what it says it would do, what it does below a folder, and that twice is once."""

from __future__ import annotations

import configparser
import fnmatch
import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from installation.door.address import HOTSPOT
from installation.settings import HOUSE, load_settings

KIOSK = HOUSE / "kiosk_config"
INSTALL = KIOSK / "install"
NAME = "9.9.9-abc"

PIP = f"""#!/bin/sh
echo "$@" >>"$NOTED"
[ "$2" != "from installation.settings import HOUSE; print(HOUSE)" ] || echo {HOUSE}
"""
PYTHON = """#!/bin/sh
[ "$1" != -m ] || { mkdir -p "$3/bin"; cp "$FAKES/pip" "$3/bin/python"; }
"""


class Stick:
    """A folder with a release on it, of which only the wheel is none, and a machine's root."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root, self.noted = folder / "stick", folder / "root", folder / "noted"
        self.fakes = folder / "fakes"
        for path in (self.folder, self.root, self.fakes):
            path.mkdir()
        for name, text in (("pip", PIP), ("python3", PYTHON)):
            (self.fakes / name).write_text(text)
            (self.fakes / name).chmod(0o755)
        self.release(NAME)

    def release(self, name: str) -> None:
        told = {"format": "uglynet-release", "name": name, "wheel": "uglynet-9.9.9.whl"}
        files = {"release.json": json.dumps(told, indent=2) + "\n", "uglynet-9.9.9.whl": name}
        files |= dict.fromkeys(
            ["wheelhouse.txt", "runtime-cpu.txt", "midi.txt", "sbom.cdx.json"], ""
        )
        for each, text in files.items():
            (self.folder / each).write_text(text)
        shutil.copy2(INSTALL, self.folder)
        sums = [
            f"{hashlib.sha256((self.folder / each).read_bytes()).hexdigest()}  {each}\n"
            for each in (*files, "install")
        ]
        (self.folder / "SHA256SUMS").write_text("".join(sums))

    def install(self, *words: str) -> subprocess.CompletedProcess[str]:
        more = () if "--dry-run" in words else ("--root", str(self.root))
        path = f"{self.fakes}:{os.environ['PATH']}"
        return subprocess.run(
            [str(self.folder / "install"), *more, "--runtime", "cpu", *words],
            env={"PATH": path, "NOTED": str(self.noted), "FAKES": str(self.fakes)},
            capture_output=True, text=True, check=False, cwd=self.fakes,
        )  # fmt: skip

    def files(self) -> dict[str, str]:
        """Every file and link below the root, with its text or where it leads."""
        return {
            str(path.relative_to(self.root)): str(path.readlink())
            if path.is_symlink()
            else path.read_text()
            for path in self.root.rglob("*")
            if path.is_symlink() or path.is_file()
        }


@pytest.fixture
def stick(tmp_path: Path) -> Stick:
    return Stick(tmp_path)


def test_it_is_a_sound_shell_script():
    assert os.access(INSTALL, os.X_OK)
    for words in (["bash", "-n"], ["shellcheck", "--norc"]):
        done = subprocess.run([*words, str(INSTALL)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_anybody_may_see_what_it_would_do_and_nothing_is_done(stick: Stick):
    before = sorted(stick.root.parent.rglob("*"))
    done = stick.install("--dry-run", "--firewall")
    assert done.returncode == 0, done.stderr
    for line in (
        "would run: useradd --system",
        f"would make /opt/uglynet/releases/{NAME}",
        f"would link /opt/uglynet/current to releases/{NAME}",
        "would run: systemctl enable --quiet uglynet.service uglynet-trial.service",
    ):
        assert line in done.stdout
    assert sorted(stick.root.parent.rglob("*")) == before
    assert not Path("/opt/uglynet/releases", NAME).exists()


def test_during_a_trial_nothing_is_set_up(stick: Stick):
    assert stick.install("--screen", "x").returncode == 0
    (stick.root / "opt/uglynet/trial.json").write_text("{}")
    before = stick.files()
    stick.release("another")
    done = stick.install("--screen", "x")
    assert done.returncode != 0
    assert "on trial" in done.stderr
    assert stick.files() == before


def test_it_lays_a_release_beside_others_and_twice_is_once(stick: Stick):
    done = stick.install("--screen", "x", "--firewall")
    assert done.returncode == 0, done.stderr
    first = stick.files()
    assert first["opt/uglynet/current"] == f"releases/{NAME}"
    assert not [path for path in first if "__pycache__" in path]
    assert first["opt/uglynet/.venv"] == "current/.venv"
    assert first["usr/local/bin/uglynet"] == "/opt/uglynet/current/.venv/bin/uglynet"
    assert first["etc/uglynet.toml"] == (KIOSK / "uglynet.toml").read_text()
    assert first["etc/systemd/system/uglynet.service"] == (KIOSK / "uglynet.service").read_text()
    assert first["etc/default/uglynet"] == "UGLYNET_SCREEN=x\n"
    assert first["etc/systemd/system/sleep.target"] == "/dev/null"
    assert {"etc/X11/xorg.conf.d/10-uglynet.conf", "etc/uglynet-firewall.nft"} <= set(first)
    pip = stick.noted.read_text()
    assert "--require-hashes -r" in pip
    again = stick.install("--screen", "x", "--firewall")
    assert "written" not in again.stdout
    assert "linked" not in again.stdout
    assert stick.files() == first
    assert stick.noted.read_text() == pip, "nothing was fetched again"


def test_what_an_operator_changed_stays_and_what_was_spoilt_is_mended(stick: Stick):
    stick.install()
    settings, unit = stick.root / "etc/uglynet.toml", "etc/systemd/system/uglynet.service"
    settings.write_text("# mine\n")
    whole = (stick.root / unit).read_text()
    (stick.root / unit).write_text("spoilt")
    done = stick.install()
    assert settings.read_text() == "# mine\n"
    assert (stick.root / unit).read_text() == whole
    assert f"/{unit}: written" in done.stdout


def test_a_release_that_was_cut_short_is_made_anew_and_old_ones_leave(stick: Stick):
    stick.install()
    whole = stick.root / "opt/uglynet/releases" / NAME / "whole"
    whole.unlink()
    assert "made" in stick.install().stdout
    assert whole.exists()
    for name in ("9.9.9-b", "9.9.9-c"):
        stick.release(name)
        assert stick.install("--stage").returncode == 0
    stick.install()
    assert {path.name for path in whole.parent.parent.iterdir()} == {NAME, "9.9.9-c"}
    assert stick.files()["opt/uglynet/previous"] == f"releases/{NAME}", "one to go back to"


def test_units_and_rules_alone_are_put_right_for_an_update(stick: Stick):
    stick.install("--screen", "x", "--firewall")
    kiosk = stick.root / "opt/uglynet/releases" / NAME / "kiosk_config"
    first, unit = stick.files(), kiosk / "uglynet.service"
    unit.write_text("[Unit]\n")
    done = subprocess.run(
        [str(kiosk / "install"), "--files", "--root", str(stick.root)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    after = stick.files()
    changed = {name for name in after if after[name] != first[name]} - {
        f"{unit.relative_to(stick.root)}"
    }
    assert changed == {"etc/systemd/system/uglynet.service"}


def test_a_damaged_release_is_not_installed(stick: Stick):
    (stick.folder / "uglynet-9.9.9.whl").write_text("other")
    done = stick.install()
    assert done.returncode == 1
    assert "is damaged: copy it anew" in done.stderr
    assert stick.files() == {}


def test_a_folder_of_wheels_is_taken_instead_of_the_internet(stick: Stick):
    (stick.folder / "wheelhouse").mkdir()
    assert stick.install().returncode == 0
    (line, *_) = stick.noted.read_text().splitlines()
    assert f"--no-index --find-links {stick.folder}/wheelhouse" in line


def test_debian_packages_of_the_folder_are_taken_where_they_lack_or_are_older(stick: Stick):
    (stick.folder / "debs").mkdir()
    for name in ("lacking", "older", "same"):
        (stick.folder / "debs" / f"{name}_2_all.deb").touch()
    fakes = {
        "dpkg-deb": 'name=${4##*/}; echo "${name%%_*} 2"',
        "dpkg-query": 'case $4 in older) echo "install ok installed 1";; '
                      'same) echo "install ok installed 2";; *) exit 1;; esac',
    }  # fmt: skip
    for name, text in fakes.items():
        (stick.fakes / name).write_text(f"#!/bin/sh\n{text}\n")
        (stick.fakes / name).chmod(0o755)
    done = stick.install("--dry-run")
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if "apt-get install" in line]
    assert "lacking_2_all.deb" in line
    assert "older_2_all.deb" in line
    assert "same_2_all.deb" not in line
    assert "sourcelist=/dev/null" in line, "nothing is fetched"


def test_it_leaves_as_it_came_but_for_what_is_the_operators(stick: Stick):
    stick.install("--screen", "x", "--firewall")
    assert stick.install("--uninstall", "--dry-run").returncode == 0
    assert stick.install("--uninstall").returncode == 0
    assert set(stick.files()) == {"etc/uglynet.toml"}
    assert stick.install("--uninstall").returncode == 0, "nothing is there: fine"
    stick.install("--uninstall", "--purge")
    assert stick.files() == {}


def test_it_takes_no_checkout_of_somebodys_away(stick: Stick):
    (stick.root / "opt/uglynet/.git").mkdir(parents=True)
    for words in ((), ("--uninstall",)):
        done = stick.install(*words)
        assert done.returncode == 1
        assert "is a checkout" in done.stderr
    assert (stick.root / "opt/uglynet/.git").is_dir()


@pytest.mark.parametrize("words", [("--runtime", "gpu"), ("--purge",), ("--root",), ("--what",)])
def test_a_wrong_word_is_told_in_one_line(stick: Stick, words: tuple[str, ...]):
    done = stick.install(*words)
    assert done.returncode == 1
    assert done.stderr.startswith("install: ")
    assert done.stderr.count("\n") == 1


# What it brings besides.


@pytest.mark.parametrize("name", ["uglynet-firewall.service", "uglynet-hotspot.service"])
def test_systemd_has_nothing_to_say_against_the_networks_units(name: str, tmp_path: Path):
    unit = tmp_path / name
    unit.write_text((KIOSK / unit.name).read_text().replace("/usr/sbin/nft", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(unit)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_release_holds_every_file_that_the_installer_puts_somewhere():
    """By the patterns of setup.py: what none of them names is not in the wheel."""
    patterns = re.findall(r'"(\*\.\w+|install|kiosk-session)"', (HOUSE / "setup.py").read_text())
    named = set(re.findall(r"\$config/([\w.-]+)", INSTALL.read_text()))
    named |= set(re.findall(r"\buglynet[\w-]*\.(?:service|timer)", INSTALL.read_text()))
    assert {"uglynet.service", "98-uglynet-kiosk.rules", "xorg.conf"} <= named
    for name in named:
        assert (KIOSK / name).is_file()
        assert any(fnmatch.fnmatch(name, pattern) for pattern in patterns), name


# A Wi-Fi of its own.

PROFILE = "etc/NetworkManager/system-connections/uglynet-hotspot.nmconnection"


def profile(stick: Stick) -> configparser.ConfigParser:
    found = configparser.ConfigParser(interpolation=None)
    found.read_string(stick.files()[PROFILE])
    return found


def test_a_hotspot_is_a_network_that_leads_to_the_door_and_nowhere_else(stick: Stick):
    done = stick.install("--screen", "x", "--hotspot", "UGly-Net Hall 2")
    assert done.returncode == 0, done.stderr
    files, found = stick.files(), profile(stick)
    assert (stick.root / PROFILE).stat().st_mode & 0o077 == 0, "NetworkManager takes no other"
    assert found["wifi"]["ssid"] == "UGly-Net Hall 2"
    assert found["wifi"]["ap-isolation"] == "1", "phones do not see one another"
    password = found["wifi-security"]["psk"]
    assert re.fullmatch("[a-z2-9]{12}", password)
    assert found["ipv4"]["address1"] == f"{HOTSPOT}/24"
    assert f"address=/#/{HOTSPOT}" in files["etc/NetworkManager/dnsmasq-shared.d/uglynet.conf"]
    door = load_settings(stick.root / "etc/uglynet.toml").door
    assert (door.hotspot, door.hotspot_password) == ("UGly-Net Hall 2", password)
    assert "etc/systemd/system/uglynet-hotspot.service" in files
    again = stick.install("--screen", "x", "--hotspot", "UGly-Net Hall 2")
    assert stick.files() == files, "twice is once, and the password stays"
    assert "[door] hotspot: as it should be" in again.stdout


def test_an_update_keeps_the_hotspot_and_without_it_there_is_none(stick: Stick):
    stick.install("--screen", "x")
    assert PROFILE not in stick.files()
    assert "etc/systemd/system/uglynet-hotspot.service" not in stick.files()
    stick.install("--screen", "x", "--hotspot", "Net")
    before = stick.files()
    (stick.root / "etc/uglynet-hotspot.nft").write_text("spoilt")
    kiosk = stick.root / "opt/uglynet/releases" / NAME / "kiosk_config"
    words = [str(kiosk / "install"), "--files", "--root", str(stick.root)]
    subprocess.run(words, capture_output=True, check=True)
    assert stick.files() == before
    stick.install("--uninstall")
    assert PROFILE not in stick.files()
    assert not [name for name in stick.files() if "hotspot" in name]


def test_what_an_operator_wrote_of_the_hotspot_stays(stick: Stick):
    settings = stick.root / "etc/uglynet.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('[door]\nhotspot = "Mine"\n')
    done = stick.install("--screen", "x", "--hotspot", "Net")
    assert 'set it yourself in /etc/uglynet.toml, under [door]:  hotspot = "Net"' in done.stdout
    assert settings.read_text() == '[door]\nhotspot = "Mine"\n'


@pytest.mark.parametrize("name", ["", "a/b", 'a"b', "ü", "x" * 33, "-x", "a\nb"])
def test_a_name_that_a_file_would_have_to_quote_is_refused(stick: Stick, name: str):
    done = stick.install("--dry-run", "--hotspot", name)
    if name:
        assert done.returncode == 1
        assert "--hotspot is a name of" in done.stderr
    else:
        assert done.returncode == 0


def test_the_way_out_of_the_hotspot_is_closed():
    text = (KIOSK / "hotspot.nft").read_text()
    assert "tcp dport 80 redirect to :8080" in text
    for way in ("ip saddr 10.77.0.0/24 drop", "ip daddr 10.77.0.0/24 drop"):
        assert way in text

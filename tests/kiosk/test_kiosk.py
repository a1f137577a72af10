"""The files that make a machine a kiosk: the unit, the session, the udev rule."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from waiting import PATIENCE_S, eventually

from installation.app.watchdog import HANGS_S
from installation.settings import HOUSE

KIOSK = HOUSE / "kiosk_config"
SESSION = KIOSK / "kiosk-session"
UNITS = (
    "uglynet.service",
    "uglynet-out-of-service.service",
    "uglynet-again.timer",
    "uglynet-trial.service",
    "uglynet-fleet.service",
)
UNIT = (KIOSK / "uglynet.service").read_text(encoding="utf-8")
RULES = KIOSK / "99-uglynet-panel.rules"


def of_unit(key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", UNIT, re.MULTILINE)


# The unit.


def test_a_release_on_trial_is_watched_before_it_begins():
    """One that takes the machine down while it loads, or never gets up, would else never be."""
    trial = (KIOSK / "uglynet-trial.service").read_text(encoding="utf-8")
    assert "\nBefore=uglynet.service\n" in trial
    assert "After=uglynet.service" not in trial


def verified(folder: Path, text: str) -> str:
    """What systemd has to say about the units, that of the show being `text`, their programs put
    where they exist here."""
    version = subprocess.run(["systemctl", "--version"], capture_output=True, text=True, check=True)
    if int(version.stdout.split()[1]) < 254:  # it does not know this line, and needs none
        text = text.replace("RestartMode=direct\n", "")
    for name in UNITS:
        said = text if name == UNITS[0] else (KIOSK / name).read_text(encoding="utf-8")
        said = said.replace("/opt/uglynet/previous", "/opt/uglynet")
        (folder / name).write_text(said.replace("/opt/uglynet", str(HOUSE)), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
         *(str(folder / name) for name in UNITS)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"},
    )  # fmt: skip
    return done.stdout + done.stderr + ("" if done.returncode == 0 else "failed")


def test_systemd_has_nothing_to_say_against_the_units(tmp_path: Path):
    assert verified(tmp_path, UNIT) == ""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("Restart=always", "Restart=sometimes"), ("KillMode=", "KilMode="), ("kiosk-session", "gone")],
)
def test_systemd_would_have_found_a_slip(tmp_path: Path, right: str, wrong: str):
    assert right in UNIT
    assert verified(tmp_path, UNIT.replace(right, wrong)) != ""


def test_the_unit_lets_takes_be_finished_and_always_comes_back():
    assert of_unit("Restart") == ["always"]
    assert int(of_unit("TimeoutStopSec")[0]) > 120, "longer than the archive's own patience"
    assert of_unit("ExecStop") == [of_unit("ExecStart")[0] + " stop"]
    assert of_unit("KillMode") == ["mixed"]
    assert of_unit("UMask") == ["0077"], "visitors' pictures are for nobody else"
    assert {"video", "dialout"} <= set(of_unit("SupplementaryGroups")[0].split())


def test_the_unit_is_watched_and_what_hangs_says_so_before_it_is_ended():
    assert of_unit("Type") == ["notify"]
    assert of_unit("NotifyAccess") == ["all"], "the show is the compositor's child"
    longest_s = int(of_unit("WatchdogSec")[0])
    assert longest_s > HANGS_S, "the show's own line in the journal comes first"


def test_what_ends_again_and_again_gives_way_to_the_screen_that_says_so_and_is_tried_anew():
    assert of_unit("OnFailure") == ["uglynet-out-of-service.service"]
    assert of_unit("RestartMode") == ["direct"], "else systemd 254 gives up at the first restart"
    assert "uglynet-out-of-service.service" in of_unit("Conflicts")[0].split()
    again = (KIOSK / "uglynet-again.timer").read_text(encoding="utf-8")
    sorry = (KIOSK / "uglynet-out-of-service.service").read_text(encoding="utf-8")
    assert "Unit=uglynet.service\n" in again
    assert "PartOf=uglynet-out-of-service.service\n" in again, "stopped with it, begun anew with it"
    assert "Wants=uglynet-again.timer\n" in sorry
    (minutes,) = re.findall(r"^OnActiveSec=(\d+)min$", again, re.MULTILINE)
    assert 60 * int(minutes) > int(of_unit("StartLimitIntervalSec")[0]), "it may be started then"
    burst, pause_s = int(of_unit("StartLimitBurst")[0]), int(of_unit("RestartSec")[0])
    assert burst * (pause_s + 20) < int(of_unit("StartLimitIntervalSec")[0])
    for text in (UNIT, sorry):  # where the last words lie
        assert "\nRuntimeDirectory=uglynet\nRuntimeDirectoryPreserve=yes\n" in text


@pytest.mark.parametrize("unit", [*UNITS[:2], "uglynet-fleet.service"])
def test_the_units_may_do_little_more_than_they_must(unit: str):
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(KIOSK / unit)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    (level,) = re.findall(rf"exposure level for {unit}: ([0-9.]+)", done.stdout)
    print(f"{unit}: {level}")
    assert float(level) <= 3.0


# The session.


class House:
    """A checkout's layout with a program in the place of uglynet, and a PATH of our own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.noted = folder, folder / "noted"
        self.session = folder / "kiosk_config" / "kiosk-session"
        self.session.parent.mkdir()
        shutil.copy2(SESSION, self.session)
        (folder / "kiosk_config" / "uglynet.toml").write_text("")
        self.path = folder / "path"
        self.path.mkdir()
        for tool in ("sh", "dirname", "cat", "sleep", "readlink"):
            found = shutil.which(tool)
            assert found
            (self.path / tool).symlink_to(found)
        self.program(
            ".venv/bin/uglynet", f'printf "%s\\n" "${{DISPLAY:-none}}" "$@" >"{self.noted}"'
        )

    def program(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def cage(self, text: str, version: str = "0.2.1") -> None:
        self.program(
            "path/cage", f'[ "$1" != -v ] || {{ echo "Cage version {version}"; exit; }}; {text}'
        )
        self.program("path/Xwayland", "exit 1")

    def environment(self, **variables: object) -> dict[str, str]:
        return {"PATH": str(self.path), **{k: str(v) for k, v in variables.items()}}

    def start(self, *words: str, **variables: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.session), *words],
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def notes(self) -> list[str]:
        return self.noted.read_text().splitlines()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_the_session_is_a_sound_shell_script():
    assert os.access(SESSION, os.X_OK)
    for words in (["sh", "-n"], ["shellcheck", "--norc"]):
        done = subprocess.run([*words, str(SESSION)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_under_a_display_it_starts_the_installation_on_the_whole_screen(house: House):
    settings = house.folder / "mine.toml"
    settings.write_text("")
    assert house.start(DISPLAY=":7", UGLYNET_CONFIG=settings).returncode == 0
    assert house.notes() == [":7", "--config", str(settings), "run", "--fullscreen"]


def test_without_settings_of_its_own_it_takes_the_example(house: House):
    house.start(DISPLAY=":7", UGLYNET_CONFIG=house.folder / "absent.toml")
    assert house.notes()[1:3] == ["--config", str(house.folder / "kiosk_config/uglynet.toml")]


def test_without_a_display_it_brings_its_own(house: House):
    house.program("path/xinit", 'shift_to="$1 $2"; export DISPLAY=:0; exec $shift_to')
    assert house.start().returncode == 0
    assert house.notes()[0] == ":0"
    assert house.notes()[-2:] == ["run", "--fullscreen"]
    house.cage('[ "$1" = -- ]; shift; export DISPLAY=:33; exec "$@"')
    assert house.start().returncode == 0
    assert house.notes()[0] == ":33", "cage is asked first"
    assert house.start(UGLYNET_SCREEN="x").returncode == 0
    assert house.notes()[0] == ":0", "as the installer chose"


def test_a_cage_that_cannot_do_it_gives_way_to_x(house: House):
    """Before 0.2 it ends when a TV is switched off at night; without Xwayland it never begins."""
    house.program("path/xinit", 'shift_to="$1 $2"; export DISPLAY=:0; exec $shift_to')
    house.cage("exit 9", version="0.1.4")
    assert house.start().returncode == 0
    assert house.notes()[0] == ":0"
    house.cage("exit 9", version="0.2.0")
    (house.path / "Xwayland").unlink()
    assert house.start().returncode == 0
    assert house.start(UGLYNET_SCREEN="cage").returncode == 0
    assert house.notes()[0] == ":0"


def test_an_old_cage_is_better_than_no_picture(house: House):
    house.cage('shift; export DISPLAY=:33; exec "$@"', version="0.1.4")
    assert house.start().returncode == 0
    assert house.notes()[0] == ":33"


def test_through_a_link_it_starts_what_the_link_led_to(house: House):
    """`current` may lead elsewhere before a release that runs has ended."""
    (house.folder / "current").symlink_to("kiosk_config")
    done = subprocess.run(
        [str(house.folder / "current" / "kiosk-session")],
        env=house.environment(DISPLAY=":7"), timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert house.notes()[-2:] == ["run", "--fullscreen"]


def test_only_the_show_itself_says_that_it_is_up(house: House):
    """An X server would say READY=1 for itself."""
    house.cage('[ -z "${NOTIFY_SOCKET:-}" ] || exit 9; shift; DISPLAY=:1 exec "$@"')
    told = house.folder / "told"
    house.program(".venv/bin/uglynet", f'printf "%s" "$NOTIFY_SOCKET" >"{told}"')
    assert house.start(NOTIFY_SOCKET="/run/systemd/notify").returncode == 0
    assert told.read_text() == "/run/systemd/notify"


def test_the_out_of_service_screen_needs_neither_settings_nor_the_program(house: House):
    house.program(".venv/bin/python", f'printf "%s\\n" "$@" >"{house.noted}"')
    house.cage('shift; export DISPLAY=:33; exec "$@"')
    runtime = house.folder / "runtime"
    runtime.mkdir()
    done = house.start("out-of-service", RUNTIME_DIRECTORY=runtime)
    assert done.returncode == 0, done.stderr
    assert house.notes() == ["-m", "installation.out_of_service"]
    assert (runtime / "pid").read_text() == "", "nothing for `stop` to end"


def test_with_no_way_to_a_screen_it_says_what_to_install(house: House):
    done = house.start()
    assert done.returncode == 1
    assert done.stderr == "no screen: install cage and xwayland, or xserver-xorg and xinit\n"
    assert not house.noted.exists()


def test_stop_ends_the_program_itself_and_waits_for_it(house: House):
    """A compositor that is stopped first would tear the screen away while a take is saved."""
    kept = house.folder / "kept"
    house.program(
        ".venv/bin/uglynet",
        f'trap "sleep 1; echo kept >{kept}; exit 0" TERM\n'
        f'echo up >"{house.noted}"\nwhile :; do sleep 0.1; done',
    )
    house.cage('shift; export DISPLAY=:33; "$@"; exit $?')
    runtime = house.folder / "runtime"
    runtime.mkdir()
    environment = house.environment(RUNTIME_DIRECTORY=runtime)
    running = subprocess.Popen([str(house.session)], env=environment)
    try:
        eventually(house.noted.exists)
        assert house.start("stop", RUNTIME_DIRECTORY=runtime).returncode == 0
        assert kept.exists(), "it waited until the program had finished"
        assert running.wait(PATIENCE_S) == 0
    finally:
        if running.poll() is None:
            running.send_signal(signal.SIGKILL)
            running.wait()
    assert house.start("stop", RUNTIME_DIRECTORY=runtime).returncode == 0, "nothing runs: fine"
    assert house.start("stop").returncode == 0


# The udev rule.


@dataclass
class Device:
    """A device as udev sees it: itself, and its parents."""

    own: dict[str, str]
    parents: list[dict[str, str]] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    action: str = "add"
    links: set[str] = field(default_factory=set)
    given: dict[str, str] = field(default_factory=dict)


MATCH = re.compile(r'(ACTION|SUBSYSTEM|SUBSYSTEMS|ATTRS?\{\w+\}|ENV\{\w+\})(==|!=)"([^"]*)"')
GIVE = re.compile(r'(GOTO|LABEL|GROUP|MODE|SYMLINK|TAG|ENV\{\w+\})(=|\+=)"([^"]*)"')


def applied(device: Device, rules: Path = RULES) -> Device:
    """The rules carried out on a device; fails on anything that is not plainly a rule."""
    skipping = ""
    for line in rules.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split(", ")
        matches = [found for part in parts if (found := MATCH.fullmatch(part))]
        gifts = [found for part in parts if (found := GIVE.fullmatch(part))]
        assert len(matches) + len(gifts) == len(parts), line
        if skipping:
            skipping = "" if ("LABEL", "=", skipping) in [g.groups() for g in gifts] else skipping
        elif _matches(device, [found.groups() for found in matches]):
            for key, how, value in (found.groups() for found in gifts):
                skipping = value if key == "GOTO" else skipping
                _give(device, key, how, value)
    assert not skipping, f"no such label: {skipping}"
    return device


def _matches(device: Device, tests: list[tuple[str, ...]]) -> bool:
    of_parents = [test for test in tests if test[0].startswith(("SUBSYSTEMS", "ATTRS"))]
    for key, how, wanted in [test for test in tests if test not in of_parents]:
        name = key.partition("{")[2].rstrip("}")
        has = device.env.get(name, "") if key.startswith("ENV") else device.own.get(name or key, "")
        has = device.action if key == "ACTION" else has
        if _like(has, wanted) != (how == "=="):
            return False
    # All tests of parents must hold for one and the same of them.
    return not of_parents or any(
        all(
            _like(parent.get(key.partition("{")[2].rstrip("}") or "SUBSYSTEM", ""), wanted)
            == (how == "==")
            for key, how, wanted in of_parents
        )
        for parent in (device.own, *device.parents)
    )


def _like(has: str, wanted: str) -> bool:
    return bool(has) if wanted == "?*" else has in wanted.split("|")


def _give(device: Device, key: str, how: str, value: str) -> None:
    if key.startswith("ENV{"):
        device.env[key[4:-1]] = value
    elif key in ("SYMLINK", "TAG"):
        assert how == "+=", f"{key} would take away what others gave"
        device.links |= {value} if key == "SYMLINK" else set()
    else:
        device.given[key] = value


def tty(vendor: str, product: str, **more: str) -> Device:
    parent = {"SUBSYSTEM": "usb", "idVendor": vendor, "idProduct": product}
    return Device({"SUBSYSTEM": "tty"}, [parent], dict(more))


@pytest.mark.parametrize(
    ("vendor", "product"),
    [("2341", "0042"), ("2341", "0043"), ("2a03", "0042"), ("1a86", "7523"), ("0403", "6001")],
)
def test_a_panel_gets_its_name_and_is_left_alone_by_others(vendor: str, product: str):
    panel = applied(tty(vendor, product))
    assert panel.links == {"uglynet-panel"}
    assert (panel.given["GROUP"], panel.given["MODE"]) == ("dialout", "0660")
    assert panel.env["ID_MM_DEVICE_IGNORE"] == "1"


def test_other_devices_are_left_as_they_are():
    modem = applied(tty("12d1", "1506", ID_MM_CANDIDATE="1"))
    assert (modem.links, modem.env) == (set(), {"ID_MM_CANDIDATE": "1"})
    # Vendor and product of two different parents are no panel.
    hub = {"SUBSYSTEM": "usb", "idVendor": "2341", "idProduct": "ffff"}
    other = {"SUBSYSTEM": "usb", "idVendor": "12d1", "idProduct": "0042"}
    assert applied(Device({"SUBSYSTEM": "tty"}, [other, hub])).links == set()
    gone = tty("2341", "0042")
    gone.action = "remove"
    assert applied(gone).links == set()


def test_a_stick_is_mounted_by_nobody_and_the_disk_inside_is_left_alone():
    rules = KIOSK / "98-uglynet-kiosk.rules"
    stick = applied(Device({"SUBSYSTEM": "block"}, [{"SUBSYSTEM": "usb"}]), rules)
    assert stick.env["UDISKS_AUTO"] == "0"
    inside = applied(Device({"SUBSYSTEM": "block"}, [{"SUBSYSTEM": "pci"}]), rules)
    assert inside.env == {}


def test_brltty_does_not_take_the_panels_bridge():
    wants = {"BRLTTY_BRAILLE_DRIVER": "bm", "SYSTEMD_WANTS": "brltty.service"}
    usb = {"SUBSYSTEM": "usb", "idVendor": "1a86", "idProduct": "7523"}
    bridge = applied(Device(usb, env={"DEVTYPE": "usb_device", **wants}))
    assert bridge.env["BRLTTY_BRAILLE_DRIVER"] == ""
    assert bridge.env["SYSTEMD_WANTS"] == ""
    braille = {"SUBSYSTEM": "usb", "idVendor": "1c71", "idProduct": "c004"}
    display = applied(Device(braille, env={"DEVTYPE": "usb_device", **wants}))
    assert display.env["SYSTEMD_WANTS"] == "brltty.service"


def test_udev_itself_reads_the_rule():
    version = subprocess.run(["udevadm", "--version"], capture_output=True, text=True, check=True)
    if int(version.stdout.split(".")[0]) < 254:  # no `verify` yet: `applied` stands in for it
        assert applied(tty("2341", "0042")).links
        return
    done = subprocess.run(
        ["udevadm", "verify", str(RULES)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr

"""Syncthing's own folder: made by Syncthing, then told to speak to nobody but who is named.

It looks for nobody (no discovery, local or global), goes through nobody (no relays, no STUN, no
holes in routers), and reports to nobody (no usage, no crashes, no updates). Whoever wants
one of these sets it in its config.xml: what is there already is left as it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from installation.fleet.place import FOLDER_MODE, put_whole
from installation.fleet.syncthing_rest import Syncthing
from installation.gallery.faults import told
from installation.vocabulary import UglyError

PROGRAM = "syncthing"
LONGEST_SOCKET_BYTES = 100
"""A socket's path is at most 107 bytes long on Linux."""

NOWHERE = "tcp://127.0.0.1:0"
"""Where a booth listens, which nobody has to reach: a port that only this machine sees."""

OPTIONS = {
    "globalAnnounceEnabled": "false",
    "localAnnounceEnabled": "false",
    "relaysEnabled": "false",
    "natEnabled": "false",
    "announceLANAddresses": "false",
    "stunKeepaliveStartS": "0",
    "urAccepted": "-1",
    "urSeen": "9999",
    "crashReportingEnabled": "false",
    "autoUpgradeIntervalH": "0",
    "releasesURL": "",
    "startBrowser": "false",
    "setLowPriority": "true",
    "reconnectionIntervalS": "20",
}


@dataclass(frozen=True, slots=True)
class Home:
    """Syncthing's folder, and what its config.xml says: its device's name and its API's key."""

    folder: Path
    device: str
    api_key: str

    @property
    def socket(self) -> Path:
        return self.folder / "socket"

    def talk(self) -> Syncthing:
        """Somebody to talk to, if it runs."""
        return Syncthing(self.socket, self.api_key)

    def words(self) -> list[str]:
        """The command line that runs it."""
        words = ["serve", f"--home={self.folder}", "--no-browser", "--no-restart", "--no-upgrade"]
        return [program(), *words]


def program() -> str:
    """Where Syncthing is. Raises UglyError if it is not installed."""
    found = shutil.which(PROGRAM)
    if found is None:
        raise UglyError("Syncthing is not installed; `apt install syncthing`")
    return found


def home_at(folder: Path, name: str, listen: str = NOWHERE) -> Home:
    """Syncthing's folder, made now where there is none; `name` is what other Syncthings call it,
    `listen` where it listens.

    Raises:
        UglyError: if Syncthing is not installed, or cannot make it.
    """
    if len(os.fsencode(folder / "socket")) > LONGEST_SOCKET_BYTES:
        raise UglyError(f"{folder}: too long a path for a socket; set [fleet] folder to a shorter")
    if not (folder / "config.xml").exists():
        with told(f"{folder}: cannot be made"):
            _generated(folder, name, listen)
    elif listen != NOWHERE:
        with told(f"{folder}: cannot be changed"):
            _listens(folder, listen)
    return read_home(folder)


def read_home(folder: Path) -> Home:
    """Syncthing's folder as it is.

    Raises:
        UglyError: if there is none, or it cannot be read.
    """
    path = folder / "config.xml"
    try:
        root = ET.parse(path).getroot()
    except FileNotFoundError:
        raise UglyError(f"{folder}: no Syncthing here; `uglynet fleet join` makes one") from None
    except (OSError, ET.ParseError) as error:
        raise UglyError(f"{path}: cannot be read ({error})") from None
    api_key = root.findtext("gui/apikey") or ""
    own = (folder / "device").read_text("ascii").strip() if (folder / "device").exists() else ""
    if not api_key or not own:
        raise UglyError(f"{path}: not as `uglynet fleet` has made it; move {folder} away")
    return Home(folder, own, api_key)


def _generated(folder: Path, name: str, listen: str) -> None:
    """Have Syncthing make its keys and its config.xml; the folder is there only when it keeps
    still."""
    making = folder.with_name(f".{folder.name}.half")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(FOLDER_MODE, parents=True)
    done = subprocess.run(
        [program(), "generate", f"--home={making}"],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "STNODEFAULTFOLDER": "1"},
    )
    if done.returncode or not (making / "config.xml").exists():
        raise UglyError(f"Syncthing makes no keys: {(done.stderr or done.stdout).strip()[-200:]}")
    devices = ET.parse(making / "config.xml").getroot().findall("device")
    if len(devices) != 1:
        raise UglyError("Syncthing's config.xml is of a kind unknown here")
    (making / "device").write_text(f"{devices[0].get('id')}\n", "ascii")
    _told_to_keep_still(making, name, listen, folder / "socket")
    shutil.rmtree(folder, ignore_errors=True)
    making.rename(folder)


def _told_to_keep_still(folder: Path, name: str, listen: str, talks_at: Path) -> None:
    """Set the options, before it has run even once."""
    tree = ET.parse(folder / "config.xml")
    root = tree.getroot()
    for child in root.findall("folder"):
        root.remove(child)
    for device in root.findall("device"):
        device.set("name", name)
    options, gui = root.find("options"), root.find("gui")
    if options is None or gui is None:
        raise UglyError("Syncthing's config.xml is of a kind unknown here")
    for key, value in OPTIONS.items():
        _set(options, key, value)
    _set(options, "listenAddress", listen)
    _set(gui, "address", str(talks_at))
    _set(gui, "unixSocketPermissions", "0600")
    _written(tree, folder)


def _listens(folder: Path, listen: str) -> None:
    tree = ET.parse(folder / "config.xml")
    options = tree.getroot().find("options")
    if options is not None and options.findtext("listenAddress") != listen:
        _set(options, "listenAddress", listen)
        _written(tree, folder)


def _set(parent: ET.Element, key: str, value: str) -> None:
    """Have the parent say this once."""
    first, *more = parent.findall(key) or [ET.SubElement(parent, key)]
    first.text = value
    for each in more:
        parent.remove(each)


def _written(tree: ET.ElementTree[ET.Element], folder: Path) -> None:
    put_whole(folder / "config.xml", ET.tostring(tree.getroot(), encoding="utf-8"))

"""`uglynet popup`: the show on a laptop, for a day, without a kiosk."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import click

from installation.app.restarts import AGAIN_S, PAUSE_S, Restarts
from installation.app.settings_document import with_values
from installation.commands.context import Context, pass_context, write_file
from installation.commands.run import screen_is_there
from installation.documents import read_text
from installation.settings import HOUSE, load_settings
from installation.vocabulary import UglyError

EXAMPLE = HOUSE / "kiosk_config" / "uglynet.toml"
OURS = {"screen.fullscreen": True, "gallery.folder": "~/.local/share/uglynet-popup"}
ENTRY = """[Desktop Entry]
Type=Application
Name=UGly-Net
Comment=The installation, on the whole screen
Exec={command}
Terminal=false
X-GNOME-Autostart-enabled=true
"""


def config_folder() -> Path:
    """Where a user's own settings lie, by the XDG base directory specification."""
    told = os.environ.get("XDG_CONFIG_HOME", "")
    return Path(told) if told.startswith("/") else Path.home() / ".config"


@click.command()
@click.option("--autostart/--no-autostart", default=None, help="Start it at every log-in, or not.")
@click.option(
    "--card", type=click.Path(path_type=Path, dir_okay=False), help="Write the start card, a PDF."
)
@pass_context
def popup(context: Context, autostart: bool | None, card: Path | None) -> None:
    """The show on the whole screen, with settings and a gallery of its own, started again when it
    ends of something. F1 and then Escape ends it.

    Its settings are --config's, or popup.toml in ~/.config/uglynet, which is made if it is not
    there. With --autostart, --no-autostart or --card only that is done.
    """
    if card is not None:
        from installation.app.start_card import start_card  # half a second, for no show's use

        write_file(card, start_card())
        click.echo(f"{card}: written; print it, and let it lie beside the laptop")
    if autostart is not None:
        _autostart(autostart, context.config)
    if card is not None or autostart is not None:
        return
    if not screen_is_there():
        raise UglyError("there is no screen here")
    config = context.config or _own_settings()
    load_settings(config)
    _kept_up(config)


def _own_settings() -> Path:
    path = config_folder() / "uglynet" / "popup.toml"
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UglyError(f"{path.parent}: cannot be made ({error.strerror})") from None
        write_file(path, with_values(read_text(EXAMPLE), OURS, str(EXAMPLE)).encode())
        click.echo(
            f"{path}: made; uglynet --config {shlex.quote(str(path))} setup asks for the rest"
        )
    return path


def _autostart(wanted: bool, config: Path | None) -> None:
    entry = config_folder() / "autostart" / "uglynet-popup.desktop"
    if not wanted:
        entry.unlink(missing_ok=True)
        click.echo("it no longer starts by itself")
        return
    words = [sys.executable, "-m", "installation"]
    words += ["--config", str(config.absolute())] if config is not None else []
    entry.parent.mkdir(parents=True, exist_ok=True)
    write_file(entry, ENTRY.format(command=exec_line([*words, "popup"])).encode())
    click.echo(f"{entry}: written; it starts at every log-in")


def exec_line(words: Sequence[str]) -> str:
    """A command line as desktop entries have it: each word in quotes, and the backslashes that are
    needed there doubled once more, since the line is a string of its own."""
    quoted = (re.sub(r'(["`$\\])', r"\\\1", word).replace("%", "%%") for word in words)
    return " ".join(f'"{word}"' for word in quoted).replace("\\", "\\\\")


class _Child:
    """The program that has the screen now; a signal that ends us ends it first."""

    def __init__(self) -> None:
        self.stopped = False
        self._running: subprocess.Popen[bytes] | None = None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)

    def run(self, *words: str, seconds: float | None = None) -> int:
        """Run a verb to its end, or for so long; its exit status."""
        if self.stopped:
            return 0
        self._running = subprocess.Popen([sys.executable, "-m", "installation", *words])
        try:
            return self._running.wait(seconds)
        except subprocess.TimeoutExpired:
            self._running.terminate()
            return self._running.wait()

    def pause(self, seconds: float) -> None:
        """Wait so long, or until it is to end."""
        until_s = time.monotonic() + seconds
        while not self.stopped and time.monotonic() < until_s:
            time.sleep(0.1)

    def _stop(self, number: int, _: FrameType | None) -> None:
        self.stopped = True
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()


def _kept_up(config: Path) -> None:
    """Run the show until somebody ends it."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and "RUNTIME_DIRECTORY" not in os.environ:  # where its last words are left
        folder = Path(runtime) / "uglynet"
        folder.mkdir(mode=0o700, exist_ok=True)
        os.environ["RUNTIME_DIRECTORY"] = str(folder)
    child, restarts = _Child(), Restarts()
    while not child.stopped:
        status = child.run("--config", str(config), "run", "--fullscreen")
        if status == 0 or child.stopped:
            return
        restarts = restarts.ended(time.monotonic())
        if restarts.out_of_service:
            click.echo("it ended too often: out of service for ten minutes", err=True)
            child.run("out-of-service", seconds=AGAIN_S)
            restarts = Restarts()
        else:
            click.echo(f"it ended with {status}: starting it again", err=True)
            child.pause(PAUSE_S)

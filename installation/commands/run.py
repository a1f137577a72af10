"""`uglynet run`: the installation."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from installation.alerts.ways import messengers
from installation.app import journal
from installation.app.assemble import with_door, with_fleet
from installation.app.failed_starts import noted
from installation.app.fleet_beats import checked as fleet_checked
from installation.app.heap import few_arenas
from installation.app.loading import Loading
from installation.app.needs import words_of
from installation.app.settings_file import SettingsFile
from installation.app.splash import wait_for_devices
from installation.app.watchdog import Watchdog
from installation.app.window import Stop, Window, open_screen, stopping_on_signals
from installation.commands.context import Context, pass_context, told
from installation.drivers import PANELS, names
from installation.last_words import Outage, blamed_on, heard, leave, leaving_last_words
from installation.settings import Settings, changed, load_settings
from installation.show.words import Words
from installation.simulation.headless import visit


def screen_is_there() -> bool:
    """Whether a window can be opened: X11 or Wayland on Linux, always elsewhere."""
    if os.environ.get("SDL_VIDEODRIVER"):
        return os.environ["SDL_VIDEODRIVER"] not in ("dummy", "offscreen")
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@click.command()
@click.option("--headless", is_flag=True, help="No screen: play simulated visits and stop.")
@click.option("--visits", default=1, show_default=True, type=click.IntRange(1, 1000))
@click.option(
    "--out",
    default=Path("out"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where simulated visits leave takes and screenshots.",
)
@click.option(
    "--panel", "driver", type=click.Choice(names(PANELS)), help="Instead of the settings' one."
)
@click.option("--fullscreen/--window", default=None, help="Instead of what the settings say.")
@click.option("--json", "as_json", is_flag=True, help="With --headless: tell the paths as JSON.")
@pass_context
def run(
    context: Context,
    headless: bool,
    visits: int,
    out: Path,
    driver: str | None,
    fullscreen: bool | None,
    as_json: bool,
) -> None:
    """Start the installation; Escape or closing the window stops it. On a full screen, F1 and
    then Escape.

    Where there is no screen, one simulated visitor goes through a whole visit instead.
    """

    def overruled(settings: Settings) -> Settings:
        if driver is not None:
            settings = changed(settings, "panel", driver=driver)
        if fullscreen is not None:
            settings = changed(settings, "screen", fullscreen=fullscreen)
        return settings

    if not headless and not screen_is_there():
        click.echo("no screen here: playing simulated visits instead (--headless)", err=True)
        headless = True
    journal.speak_up()
    if headless:
        _visits(overruled(context.settings), visits, out, as_json)
        return
    last = heard()
    with leaving_last_words():
        with blamed_on(Outage.SETTINGS):
            settings = overruled(context.settings)
            words = words_of(settings.screen)  # what an operator can mend is told before all opens
            messengers(settings.alerts)
        first = words[settings.screen.languages[0]]
        with noted(settings, first, last):
            _show(settings, first, context.config, lambda: overruled(load_settings(context.config)))


def _show(
    settings: Settings, words: Words, file: Path | None, read: Callable[[], Settings]
) -> None:
    """The show in a window, splash in `words`; `read` reads the settings' `file`, if there is one,
    anew."""
    few_arenas()
    with blamed_on(Outage.SETTINGS):
        fleet_checked(settings.fleet)
    stop = Stop()
    watchdog = Watchdog.of(on_hang=_hangs)
    # A crash leaves in the journal where every thread stood.
    faulthandler.enable()
    # From before the first device to after the last: a signal that comes while takes are still
    # being finished must not cost one.
    with stopping_on_signals(stop.ask), contextlib.ExitStack() as opened:
        opened.callback(watchdog.ends)
        watchdog.begins("opening the screen and the devices")
        with blamed_on(Outage.SCREEN):
            screen = open_screen(settings.screen)
        opened.callback(screen.close)
        loading = Loading(settings)
        opened.callback(loading.give_up)
        devices = wait_for_devices(settings, screen, words, loading, stop)
        if devices is None:
            return
        devices = with_door(settings, devices)
        opened.pop_all()  # what follows is closed in this order: the picture, then the devices
        try:
            window = Window(settings, devices, stop=stop, shown_on=screen)
            window.watchdog = watchdog
            if devices.door is not None:
                devices.door.change = window.show.change
                devices.door.restart = stop.ask_again
            if window.show.beats is not None:
                window.show.beats.orders.restart = stop.ask_again
            followed = SettingsFile(file, read, window.show.adopt) if file is not None else None
            travel = with_fleet(settings, devices)
            try:
                window.run()
            finally:
                watchdog.ends()
                if travel is not None:
                    travel.close()
                if followed is not None:
                    followed.close()
                window.close()
        finally:
            screen.close()
            devices.close()
    if stop.again and not os.environ.get("INVOCATION_ID"):  # else systemd starts it again
        os.execv(sys.executable, sys.orig_argv)


def _hangs(line: str) -> None:
    """Say which worker hangs, and in the journal where every thread stands: the service manager's
    signals reach the compositor, not us."""
    leave(Outage.HANGS, line)
    with contextlib.suppress(OSError, ValueError):  # where nobody reads it
        faulthandler.dump_traceback()


def _visits(settings: Settings, visits: int, out: Path, as_json: bool) -> None:
    done = visit(settings, visits, out, lambda line: click.echo(line, err=True))
    if as_json:
        told(
            {
                "takes": [str(path.resolve()) for path in done.takes],
                "screenshots": str(done.screenshots.resolve()),
                "stopped": done.stopped,
            }
        )
        return
    for path in done.takes:
        click.echo(f"take         {path.resolve()}")
        for name in ("video.mp4", "portrait.svg", "portrait.png", "net.json"):
            click.echo(f"             {path.resolve() / name}")
    click.echo(f"screenshots  {done.screenshots.resolve()}")

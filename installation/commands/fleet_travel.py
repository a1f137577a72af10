"""`uglynet fleet`: several booths, one gallery: who belongs, and what travels."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import click

from installation.app.settings_document import with_values
from installation.app.travel import Travel
from installation.commands.context import Context, pass_context, told, write_file
from installation.commands.setup import KIOSK
from installation.documents import read_text
from installation.fleet import joining, rclone, status
from installation.fleet.alone import show_runs
from installation.fleet.carriage import arrange, hurry
from installation.fleet.look import Fleet
from installation.fleet.looked import Looked, note_look
from installation.fleet.members import HUB_LINE, read_line
from installation.fleet.notes import Says
from installation.fleet.place import Place
from installation.fleet.syncthing_home import NOWHERE, home_at, read_home
from installation.fleet.syncthing_rest import NotRunningError
from installation.gallery.deletion import delete_take
from installation.gallery.traces import Traces
from installation.releases.service import USER, surroundings
from installation.settings import Settings, changed, load_settings
from installation.vocabulary import UglyError

LISTEN = "tcp://0.0.0.0:22000"


def place_of(settings: Settings) -> Place:
    """Where this booth's part of the fleet lies. Raises UglyError if it is in none."""
    if settings.fleet.folder is None:
        raise UglyError("in no fleet: `uglynet fleet hub` founds one, `uglynet fleet join` joins")
    return Place(settings.fleet.folder)


def opened(settings: Settings, *, new_gallery: bool = False) -> Fleet:
    """This booth's part of the fleet. Raises UglyError if it is in none."""
    place, most = place_of(settings), settings.fleet.most
    return Fleet(place, settings.gallery.folder, most, new_gallery=new_gallery)


# Joining.


@click.command()
@click.option(
    "--name", required=True, help="What the hub is called: small letters, digits, dashes."
)
@click.option(
    "--address", required=True, help="Where booths reach it, such as tcp://10.0.0.5:22000."
)
@click.option("--listen", default=LISTEN, show_default=True, help="Where it listens.")
@click.option("--without-syncthing", is_flag=True, help="Takes travel by `push` and `pull` alone.")
@pass_context
def hub(context: Context, name: str, address: str, listen: str, without_syncthing: bool) -> None:
    """Make this the hub, which receives every booth's takes and passes them on.

    Done again, it prints the line for the booths once more, and changes the address.
    """

    def begin(place: Place) -> None:
        device = ""
        if not without_syncthing:
            place.made()
            device = home_at(place.syncthing, name, listen).device
        line = joining.found_fleet(place, name, device, address)
        click.echo(f"{name} is the hub. On every booth:\n")
        click.echo(f"uglynet fleet join --name BOOTH {line.text}\n")
        click.echo("Then bring the line that is printed there back here.")
        _what_next(without_syncthing)

    _settled(context, name, begin)


@click.command()
@click.option("--name", required=True, help="What this booth is called; no two alike.")
@click.option("--without-syncthing", is_flag=True, help="Takes travel by `push` and `pull` alone.")
@click.argument("line")
@pass_context
def join(context: Context, name: str, without_syncthing: bool, line: str) -> None:
    """Join the fleet of the hub that has printed LINE (`uglynet fleet hub`).

    Prints the line by which the hub admits this booth.
    """

    read_line(line, HUB_LINE)  # before anything is made

    def begin(place: Place) -> None:
        device = ""
        if not without_syncthing:
            place.made()
            device = home_at(place.syncthing, name, NOWHERE).device
        answer = joining.join_fleet(place, name, line, device)
        click.echo(f"{name} has joined {answer.joined.hub}'s fleet. On {answer.joined.hub}:\n")
        click.echo(f"uglynet fleet admit {answer.text}\n")
        _what_next(without_syncthing)

    _settled(context, name, begin)


def _what_next(without_syncthing: bool) -> None:
    if without_syncthing:
        click.echo("`uglynet fleet push REMOTE` and `pull REMOTE` carry what travels.")
    else:
        click.echo(
            "`uglynet fleet run` carries what travels, as the service uglynet-fleet does; the show "
            "takes it up, once it is started again."
        )


def _settled(context: Context, name: str, begin: Callable[[Place], None]) -> None:
    """Have the settings name the fleet's folder and this booth, and `begin`; for the kiosk, root
    writes its settings, and the rest is done by the user whose gallery it is."""
    path = context.config or (KIOSK if KIOSK.exists() else Path("uglynet.toml"))
    settings = load_settings(path if path.exists() else None)
    folder = settings.fleet.folder or settings.gallery.folder / "fleet"
    changed(settings, "fleet", folder=folder, name=name)
    wanted: dict[str, object] = {"fleet.folder": str(folder), "fleet.name": name}
    is_set = settings.fleet.folder == folder and settings.fleet.name == name
    if os.geteuid() == 0 and path == KIOSK:
        before = path.read_bytes()
        if not is_set:
            _write(path, wanted)
        line = [
            sys.executable,
            "-m",
            "installation",
            "--config",
            str(path),
            *sys.argv[_verb_at() :],
        ]
        done = subprocess.run(line, check=False, **surroundings(USER))  # type: ignore[call-overload]
        if done.returncode and not is_set:
            write_file(path, before)
            click.echo(f"{path}: as it was")
        raise SystemExit(done.returncode)
    begin(Place(folder))
    if is_set:
        return
    if os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        _write(path, wanted)
        return
    click.echo(
        f'{path} cannot be written by this user; have it say\n\n[fleet]\nfolder = "{folder}"'
    )
    click.echo(f'name = "{name}"')


def _verb_at() -> int:
    """Where the verb begins on the command line."""
    return sys.argv.index("fleet")


def _write(path: Path, values: dict[str, object]) -> None:
    text = read_text(path) if path.exists() else ""
    write_file(path, with_values(text, values, str(path)).encode())
    click.echo(f"{path}: written")


@click.command()
@click.argument("line")
@pass_context
def admit(context: Context, line: str) -> None:
    """On the hub: have the booth belong that has printed LINE (`uglynet fleet join`)."""
    name = joining.admit(place_of(context.settings), line)
    click.echo(f"{name} belongs now")
    _sync(context.settings, quiet=True)


@click.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Don't ask.")
@pass_context
def dismiss(context: Context, name: str, yes: bool) -> None:
    """On the hub: have a booth belong no more. Its takes go from all the others."""
    place = place_of(context.settings)
    if not yes:
        click.confirm(f"have {name}'s takes removed from every other booth?", abort=True)
    joining.dismiss(place, name)
    click.echo(f"{name} belongs no more")
    _sync(context.settings, quiet=True)


@click.command()
@pass_context
def run(context: Context) -> None:
    """Run Syncthing for this booth until it is stopped; the service uglynet-fleet does so.

    While no show runs on the gallery, as on a hub without a screen, it looks by itself, too.
    """
    settings = context.settings
    home = read_home(place_of(settings).syncthing)
    process = subprocess.Popen(home.words())
    looking = Travel(settings, while_alone=True)
    try:
        raise SystemExit(process.wait())
    finally:
        looking.close()
        process.terminate()
        process.wait()


@click.command()
@click.option("--yes", is_flag=True, help="Don't ask.")
@pass_context
def leave(context: Context, yes: bool) -> None:
    """Leave the fleet: the others' takes go from here, this booth's own stay.

    At the others, this booth's takes go once the hub has dismissed it.
    """
    settings = context.settings
    place = place_of(settings)
    joined = place.joined()
    if show_runs(settings.gallery.folder):
        raise UglyError("the show runs; stop it first")
    if (place.syncthing / "config.xml").exists():
        with contextlib.suppress(NotRunningError):
            read_home(place.syncthing).talk().get("system/ping")
            raise UglyError("Syncthing runs; stop it first (`systemctl stop uglynet-fleet`)")
    if not yes:
        click.confirm(f"leave {joined.hub}'s fleet?", abort=True)
    traces = Traces(settings.gallery.folder)
    guests = []
    if traces.there:
        traces.refresh()
        guests = [trace.id for trace in traces.known.values() if trace.whose]
    with place.held():
        for take in guests:
            delete_take(settings.gallery.folder, take)
        shutil.rmtree(place.root)
    path = context.config or (KIOSK if KIOSK.exists() else Path("uglynet.toml"))
    click.echo(f"{joined.name} has left; {len(guests)} takes of others are gone from here")
    if os.access(path, os.W_OK):
        _write(path, {"fleet.folder": None, "fleet.name": None})
    else:
        click.echo(f"take folder and name out of [fleet] in {path}")


# Looking.


@click.command()
@click.option("--new-gallery", is_flag=True, help="The gallery before this one is gone for good.")
@click.option("--json", "as_json", is_flag=True)
@pass_context
def sync(context: Context, new_gallery: bool, as_json: bool) -> None:
    """Send what is to be sent, take up what came, carry out what was withdrawn: once, now.

    A show that runs does so by itself. Exit status 1 if something could not be done.
    """
    looked = _sync(context.settings, new_gallery=new_gallery, quiet=as_json)
    if as_json:
        told(
            {
                name: value
                for name, value in looked.__dict__.items()
                if name not in ("more", "touched")
            }
        )
    else:
        click.echo(
            f"{looked.sent} of this booth's takes travel; {len(looked.imported)} taken up, "
            f"{len(looked.removed)} removed, {sum(looked.held.values())} of others are here"
        )
        for name, why in looked.refused.items():
            click.echo(f"refused {name}: {why}", err=True)
        for line in looked.trouble:
            click.echo(f"uglynet: {line}", err=True)
    if looked.trouble:
        raise SystemExit(1)


def _sync(settings: Settings, *, new_gallery: bool = False, quiet: bool = False) -> Looked:
    """Look until there is nothing more to be taken up, and have Syncthing carry what it must."""
    own = opened(settings, new_gallery=new_gallery)
    place = place_of(settings)
    looked = own.look()
    while looked.more:
        again = own.look()
        again.imported[:0], again.removed[:0] = looked.imported, looked.removed
        again.touched[:0] = looked.touched
        looked = again
    try:
        note_look(place.last_look, looked, time.time())
        if (place.syncthing / "config.xml").exists():
            home = read_home(place.syncthing)
            lines = arrange(home.talk(), home.device, place, own.joined, own.members)
            hurry(home.talk(), own.joined, looked.touched)
            for line in () if quiet else lines:
                click.echo(f"Syncthing: {line}")
    except NotRunningError as error:
        if not quiet:
            click.echo(str(error), err=True)
    return looked


@click.command("status")
@click.option("--json", "as_json", is_flag=True)
@pass_context
def show_status(context: Context, as_json: bool) -> None:
    """Who is connected, what is behind, refused, withdrawn, and how many takes of whom are here.

    Exit status 1 if there is something to be done.
    """
    found = status.status_of(place_of(context.settings))
    if as_json:
        told(found.document())
    else:
        for line in status.lines(found, time.time()):
            click.echo(line)
    if not found.is_well:
        raise SystemExit(1)


@click.command()
@click.argument("what", type=click.Choice(get_args(Says)))
@click.argument("take")
@click.option("--yes", is_flag=True, help="Don't ask before a take is withdrawn.")
@pass_context
def say(context: Context, what: Says, take: str, yes: bool) -> None:
    """On the hub: hide, unhide, pin, unpin or withdraw any take, at every booth."""
    own = opened(context.settings)
    if what == "withdraw" and not yes:
        click.confirm(f"delete {take} for good at every booth?", abort=True)
    own.say(take, what)
    click.echo(f"{what}: {take}")


# rclone.


@click.command()
@click.argument("remote")
@pass_context
def push(context: Context, remote: str) -> None:
    """Copy what travels to REMOTE, by rclone: a bucket, a WebDAV share, or the folder of a disk.

    What was withdrawn is removed there first, by the hub also what was a dismissed booth's, and
    nothing else is.
    """
    place = place_of(context.settings)
    _sync(context.settings, quiet=True)
    own = opened(context.settings)
    own.look()
    names = rclone.push(place, place.joined(), remote, own.withdrawn, members=own.members)
    click.echo(f"pushed: {', '.join(names)}")


@click.command()
@click.argument("remote")
@pass_context
def pull(context: Context, remote: str) -> None:
    """Take up what others have pushed to REMOTE. Withdrawals come first."""
    place, settings = place_of(context.settings), context.settings

    def withdraw() -> frozenset[str]:
        own = opened(settings)
        own.look()
        return own.withdrawn

    names = rclone.pull(place, place.joined(), remote, withdraw)
    looked = _sync(settings, quiet=True)
    click.echo(f"pulled: {', '.join(names) or 'nobody'}; {sum(looked.held.values())} are here")

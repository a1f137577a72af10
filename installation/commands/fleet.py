"""`uglynet fleet`: several booths, one gallery, and how every booth is."""

from __future__ import annotations

import click

from installation.commands.lazy_group import LazyGroup, Verb

TRAVEL = ("hub", "join", "admit", "dismiss", "run", "leave", "sync", "say", "push", "pull")

VERBS = {
    **{name: Verb("fleet_travel", name) for name in TRAVEL},
    "status": Verb("fleet_travel", "show_status"),
    "commander": Verb("fleet_tell", "commander"),
    "tell": Verb("fleet_tell", "tell"),
    "watch": Verb("fleet_watch", "watch"),
}


@click.group(cls=LazyGroup, verbs=VERBS)
def fleet() -> None:
    """Several booths, one gallery: takes travel, and the hub sees how each is."""

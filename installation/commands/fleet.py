"""`uglynet fleet`: several booths, one gallery, and how every booth is."""

from __future__ import annotations

import click

from installation.commands.lazy_group import LazyGroup, Verb

VERBS = {
    "commander": Verb("fleet_tell", "commander"),
    "tell": Verb("fleet_tell", "tell"),
    "watch": Verb("fleet_watch", "watch"),
}


@click.group(cls=LazyGroup, verbs=VERBS)
def fleet() -> None:
    """Several booths: how each is, and what a hub may ask of them."""

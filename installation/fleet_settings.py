"""Settings of a booth that is one of several."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass as checked

from installation.setting_kinds import STRICT, Broker, Like, restart


@checked(frozen=True, config=STRICT)
class FleetSettings:
    """A booth that is one of several. Off unless `uglynet fleet join` has set `folder`: then its
    takes travel, and others' come (by Syncthing, or whatever else keeps two folders alike). With a
    `broker` it tells how it is, and hears what the hub asks for.
    """

    folder: Annotated[
        Path | None, restart("where takes travel from and to; empty for a booth on its own")
    ] = None
    name: Annotated[
        str,
        Like(
            r"([a-z0-9][a-z0-9-]{0,39})?",
            'small letters, digits and dashes, at most 40, such as "hall-2"',
        ).checked,
        restart("what this booth is called: small letters, digits and dashes; no two alike"),
    ] = ""
    most: Annotated[
        int, Field(ge=0, le=1_000_000), restart("how many of the others' takes are held, at most")
    ] = 2000
    broker: Annotated[
        Broker,
        restart("an MQTT broker that hears how this booth is, such as mqtt://hub:1883"),
    ] = ""
    broker_user: Annotated[str, Field(max_length=200), restart("who logs in there, if need be")] = (
        ""
    )
    broker_password: Annotated[
        Path | None, restart("a file with the password for that, readable by its user alone")
    ] = None
    broker_ca: Annotated[
        Path | None, restart("a file of certificates that vouches for an mqtts broker of your own")
    ] = None
    every_s: Annotated[
        float, Field(ge=1, le=600), restart("how often it tells how it is, in seconds")
    ] = 10.0
    home_assistant: Annotated[
        bool, restart("whether it introduces itself to Home Assistant over that broker")
    ] = False
    commanders: Annotated[
        tuple[
            Annotated[
                str,
                Like(r"[A-Za-z0-9_-]{43}", "a key as `uglynet fleet commander` tells it").checked,
            ],
            ...,
        ],
        restart("public keys whose commands are heard; `uglynet fleet commander` tells a hub's"),
    ] = ()
    allow: Annotated[
        tuple[Literal["out_of_service", "restart"], ...], restart("what they may command")
    ] = ()

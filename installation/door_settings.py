"""Settings of the web side."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass as checked

from installation.setting_kinds import STRICT, Like, restart


@checked(frozen=True, config=STRICT)
class DoorSettings:
    """The web side: visitors' take-home pages, and the operators' page once a password is set.

    `address` is what the links begin with, where phones reach the door by another way than the
    machine's own address. With `approve` nobody sees a take before an operator has.
    """

    on: Annotated[bool, restart("whether phones reach visitors' pages and the operators' page")] = (
        True
    )
    port: Annotated[
        int, Field(ge=1, le=65535), restart("the port it is open at, or one of the next nine")
    ] = 8080
    address: Annotated[
        str,
        Field(max_length=200),
        Like(
            r"(https?://[^\s/?#]+(/[^\s?#]*)?)?", 'an address such as "https://example.org/ugly"'
        ).checked,
        restart("what links begin with; empty is this machine's own address"),
    ] = ""
    hotspot: Annotated[
        str,
        Like(r"[ -~]{0,32}", "up to 32 plain letters, digits and signs").checked,
        restart("the name of a Wi-Fi of its own (install --hotspot), shown as a code"),
    ] = ""
    hotspot_password: Annotated[
        str,
        Like(r"([ -~]{8,63})?", "8 to 63 plain letters, digits and signs").checked,
        restart("its password, which the code holds; visitors need not type it"),
    ] = ""
    approve: Annotated[bool, restart("others see a take only once an operator has approved it")] = (
        False
    )

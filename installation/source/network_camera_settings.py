"""Settings of a camera in the network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass as checked

from installation.one_line import address_told
from installation.setting_kinds import STRICT, Like, restart


@checked(frozen=True, config=STRICT)
class NetworkCameraSettings:
    """Where a camera in the network is, for driver = "network_camera", and who logs in there. Its
    password is no part of the address, which is told in health and journal.
    """

    address: Annotated[
        str,
        Field(max_length=500),
        Like(
            r"((rtsps?|https?)://(\[[0-9a-fA-F:.]+\]|[^\s@/?#:\[\]]+)(:\d{1,5})?([/?][^\s#@]*)?)?",
            'an address such as "rtsp://10.0.0.20/stream1"; who logs in stands below it',
        ).checked,
        restart("its stream: rtsp://..., or http://... of one that sends MJPEG"),
    ] = ""
    user: Annotated[str, Field(max_length=60), restart("who logs in there, if need be")] = ""
    password: Annotated[
        Path | None, restart("a file with the password for that, readable by its user alone")
    ] = None
    ca: Annotated[
        Path | None,
        restart("a file of certificates that vouches for a camera that has one of its own (rtsps)"),
    ] = None

    def __str__(self) -> str:
        """Its address as it may be told: some cameras want the password in it."""
        return address_told(self.address)

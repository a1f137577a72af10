"""Settings of who hears of it when something stays wrong. Off unless an address is set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass as checked

from installation.setting_kinds import STRICT, Broker, Like, restart


@checked(frozen=True, config=STRICT)
class AlertSettings:
    """Who hears of it when something stays wrong, and of each day. Without an address nothing is
    sent. What is sent names devices and counts visits: no take, no picture, no visitor. Passwords
    lie in files of one line, that only the installation's user may read.
    """

    name: Annotated[
        str, Field(max_length=60), restart("which installation it is, at the head of every alert")
    ] = "UGly-Net"
    webhook: Annotated[
        str,
        Field(max_length=300),
        Like(r"(https?://[^\s]+)?", 'an address such as "https://example.org/hook"').checked,
        restart("an address that alerts are posted to, as JSON with a `text`"),
    ] = ""
    mail_to: Annotated[
        str,
        Field(max_length=300),
        Like(
            r"([^\s@,]+@[^\s@,]+(, ?[^\s@,]+@[^\s@,]+)*)?",
            'addresses such as "one@example.org, two@example.org"',
        ).checked,
        restart("who gets alerts by e-mail; several with commas"),
    ] = ""
    mail_from: Annotated[
        str,
        Field(max_length=100),
        Like(r"([^\s@,]+@[^\s@,]+)?", 'an address such as "booth@example.org"').checked,
        restart("the sender's address; empty is the first of mail_to"),
    ] = ""
    mail_server: Annotated[
        str,
        Field(max_length=200),
        Like(r"([^\s:/]+(:\d{1,5})?)?", 'a host such as "mail.example.org:465"').checked,
        restart("the mail server, as host or host:port; 465 is TLS, else STARTTLS where it can"),
    ] = ""
    mail_user: Annotated[str, Field(max_length=200), restart("who logs in there, if need be")] = ""
    mail_password: Annotated[Path | None, restart("a file with the password for that")] = None
    mqtt: Annotated[
        Broker,
        restart("an MQTT broker, such as mqtt://host:1883; mqtts is TLS"),
    ] = ""
    mqtt_topic: Annotated[
        str,
        Field(max_length=200),
        Like(r"[^\s#+]+", 'a topic without spaces, # and +, such as "uglynet/alerts"').checked,
        restart("the topic alerts are published under"),
    ] = "uglynet/alerts"
    mqtt_user: Annotated[str, Field(max_length=200), restart("who logs in there, if need be")] = ""
    mqtt_password: Annotated[Path | None, restart("a file with the password for that")] = None
    after_min: Annotated[
        float, Field(ge=1, le=1440), restart("how long something stays wrong first, in minutes")
    ] = 10.0
    summary_at: Annotated[
        str,
        Like(r"(([01]\d|2[0-3]):[0-5]\d)?", 'a time such as "19:00"').checked,
        restart("when the day is summed up, by the machine's clock; empty for never"),
    ] = "19:00"

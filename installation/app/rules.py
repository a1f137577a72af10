"""What the settings, and what is there, allow a visit."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace

from installation.app.devices import Devices
from installation.experience import Experience, Pace
from installation.settings import Settings
from installation.vocabulary import SourceKind


def chance_seeds() -> Iterator[int]:
    """A seed for every surprise, never twice the same row of them."""
    while True:
        yield secrets.randbelow(2**31)


def pace_of(settings: Settings) -> Pace:
    """How long the phases may last."""
    visit, seconds, patience = settings.visit, settings.source.seconds, settings.visit.patience
    return Pace(
        invite_s=visit.invite_s * patience,
        countdown_s=visit.countdown_s,
        film_s=seconds,
        film_late_s=seconds + 6,
        carve_s=visit.carve_s * patience,
        idle_s=visit.idle_s * patience,
        decide_s=visit.decide_s * patience,
        gallery_s=visit.gallery_s * patience,
    )


def allowed(experience: Experience, settings: Settings, devices: Devices) -> Experience:
    """The experience, as what is set and what is there now allow it to go on."""
    privacy = settings.privacy
    filmed = devices.source.kind is SourceKind.CAMERA
    may_dream = privacy.no_camera and filmed and devices.dreamer is not None
    now = replace(
        experience,
        keeps=privacy.keeps,
        may_dream=may_dream,
        asks_for_clip=privacy.asks_for_clip,
    )
    return experience if now == experience else now

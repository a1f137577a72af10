"""Settings of how people come to play who cannot turn a knob, or cannot see the screen."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass as checked

from installation.setting_kinds import STRICT, live, restart
from installation.vocabulary import Button


@checked(frozen=True, config=STRICT)
class AccessSettings:
    """One control for a whole visit, and prompts that are spoken. `one_button` gives up what it
    does by itself: pressed, it does what the screen points at, one possibility after the other.
    """

    one_button: Annotated[
        Button | None,
        live("pressed, this button does what the screen points at; the others do what they did"),
    ] = None
    scan_s: Annotated[
        float, Field(ge=0.5, le=10), live("how long each possibility is pointed at, in seconds")
    ] = 2.0
    voice: Annotated[
        Literal["off", "espeak", "simulated"],
        restart("what speaks the prompts, in the screen's language; simulated writes them down"),
    ] = "off"
    voice_level: Annotated[int, Field(ge=1, le=100), live("how loud they are, in per cent")] = 60
    voice_words: Annotated[
        int, Field(ge=80, le=300), live("how fast they are spoken, in words a minute")
    ] = 150

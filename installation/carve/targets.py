"""What a knob may turn: a layer of a U-Net, a noise tool, a tone, a made source. Pure."""

from __future__ import annotations

import re

from installation.mistakes import did_you_mean

NOISE = "noise/"
TONE = "tone/"
SOURCE = "source/"
TONE_TARGETS = ("tone/r", "tone/g", "tone/b")
SOURCE_TARGETS = ("source/zoom", "source/bold", "source/twist", "source/mix")
"""What bends the weights of raw networks while they are filmed; no part of a net."""

NEUTRAL_TONE_AMOUNT = 0.5
"""Where a tone knob leaves its colour as it is: half way, gain 1."""

_SITE = re.compile(r"(flow|interp)/[a-z]+[0-9]*")
_TOOL = re.compile(r"noise/[a-z][a-z ]*")


def is_site(target: str) -> bool:
    """True when a target is a layer of a U-Net, not a tool, a tone, a source's knob or nothing."""
    return bool(target) and not target.startswith((NOISE, TONE, SOURCE))


def neutral(target: str) -> float:
    """The amount (0..1) that leaves a target's picture as it is."""
    return NEUTRAL_TONE_AMOUNT if target.startswith(TONE) else 0.0


def why_no_target(target: str) -> str:
    """What is wrong with a target; "" if it is one, or nothing. Which layers and tools there are,
    the model and the noise rack know."""
    known = TONE_TARGETS + SOURCE_TARGETS
    if not target or target in known or _SITE.fullmatch(target) or _TOOL.fullmatch(target):
        return ""
    hint = "expected flow/…, interp/…, noise/…, tone/r, tone/g, tone/b, source/… or nothing"
    return f'"{target}" is no target: {hint}{did_you_mean(target, known)}'

"""A quiet drone whose timbre follows the layers: pure synthesis, block by block.

Every layer is one voice, a sine a just interval above a low tone; how loud it is follows how
much its layer is carved and how lively that layer's picture is. The voices' amplitudes
never add up to more than the limit, so that no sum of them can: nothing clips. They glide,
and every phase runs on from block to block: nothing clicks. Untouched, it is silence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from installation.vocabulary import Carve, Frame

RATE_HZ = 44100

LOUDEST_DB = -18.0
"""The limit: no sample is ever above this, in dB of full scale, whatever the settings ask."""

LOWEST_HZ = 55.0
_INTERVALS = (1.0, 9 / 8, 5 / 4, 3 / 2, 5 / 3)  # a just pentatonic: any of them go together
HIGHEST_HZ = LOWEST_HZ * 2**4
GLIDE_S = 0.6
"""The time constant with which a voice follows its layer."""

_SILENT = 1e-5

Samples: TypeAlias = npt.NDArray[np.float32]
"""One channel, -1..1."""
Energies: TypeAlias = npt.NDArray[np.float64]
"""One number a layer, 0..1."""


def energies(carve: Carve, sites: Sequence[str], xray: Mapping[str, Frame]) -> Energies:
    """How lively each layer is, 0..1: how far it is cut, more so if its picture is contrasty.

    Layers nobody cut are silent.
    """
    found = np.zeros(len(sites))
    for number, site in enumerate(sites):
        cut = carve.at(site)
        if cut is not None:
            seen = xray.get(site)
            contrast = 0.25 if seen is None else min(1.0, float(seen.std()) / 96)
            found[number] = cut.amount * (0.5 + 0.5 * contrast)
    return found


def pitch_hz(voice: int) -> float:
    """A voice's frequency: up the scale, and from the top again a hair sharper."""
    octaves = 4
    step = voice % (octaves * len(_INTERVALS))
    octave, interval = divmod(step, len(_INTERVALS))
    detune = 1.0 + 0.003 * (voice // (octaves * len(_INTERVALS)))
    return min(HIGHEST_HZ, LOWEST_HZ * float(2**octave) * _INTERVALS[interval] * detune)


class Drone:
    """The voices between two blocks. `level_db` is the loudest a sample may be, in dB of full
    scale, at most LOUDEST_DB.

    Raises:
        ValueError: if there are no voices.
    """

    def __init__(self, voices: int, level_db: float = -24.0) -> None:
        if voices < 1:
            raise ValueError("a drone has at least one voice")
        self.set_level(level_db)
        self._steps = np.array([2 * math.pi * pitch_hz(n) / RATE_HZ for n in range(voices)])
        # High voices softer, as in any instrument; phases spread, so that none begins as one.
        self._weights = (LOWEST_HZ * 2 * math.pi / RATE_HZ / self._steps) ** 0.5
        self._phases = np.arange(voices) * 2.399963
        self._now = np.zeros(voices)

    def set_level(self, level_db: float) -> None:
        """The loudest a sample may be once the voices have glided there, in dB of full scale."""
        self.peak = 10 ** (min(level_db, LOUDEST_DB) / 20)

    def block(self, wanted: Energies, count: int) -> Samples:
        """The next `count` samples, the voices gliding to `wanted` (one energy a voice, 0..1)."""
        loud = np.clip(np.nan_to_num(wanted), 0.0, 1.0) * self._weights
        # Louder the more there is, but the sum of all voices never above the peak.
        target = loud * (self.peak / max(1.0, float(loud.sum())))
        share = 1.0 - math.exp(-count / (GLIDE_S * RATE_HZ))
        before, after = self._now, self._now + (target - self._now) * share
        after[(after < _SILENT) & (target == 0.0)] = 0.0
        self._now = after
        sounding = np.flatnonzero((before > 0) | (after > 0))
        at = np.arange(1, count + 1)
        out = np.zeros(count)
        for voice in sounding:
            glide = before[voice] + (after[voice] - before[voice]) * (at / count)
            out += glide * np.sin(self._phases[voice] + self._steps[voice] * at)
        self._phases = (self._phases + self._steps * count) % (2 * math.pi)
        return np.asarray(out, np.float32)

    @property
    def is_silent(self) -> bool:
        """True while nothing sounds."""
        return not self._now.any()

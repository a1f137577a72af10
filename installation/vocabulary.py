"""The words of the house: types that every room shares. This module is also the glossary.

How a device is (`Health`, `Reason`, `DeviceHealth`) is written in `device_health`.

Everything here is a frozen value. A **net** is what a visitor makes: a carve, a tone and a
noise rack over one trained model. A **carve** is a set of **cuts**, one for each carved
**site**. A **take** is a net with the video and the portrait it made.

What the visitor's words mean in the field's:

    carve, cut          an intervention on a layer's input activations at inference time
                        (network bending: Broad, Leymarie, Grierson 2021)
    site                a layer's input tensor, in the encoder, bottleneck, decoder or a skip
    operation           an affine map of the activations (gain, bias), or a permutation,
                        translation, quantisation, clipping, pooling, noising or warping of them
                        (feedback: along the motion of the pairs before)
    side                which of the two input frames' features is changed
    chisel              a spatial mask, coarse, over the feature map
    grain               a channel mask, chosen by a seed
    which layer did it  leave-one-out ablation of the cuts, by mean absolute pixel change
    X-ray               a false-colour rendering of a feature map
    mix, breed          linear interpolation, and crossover, of two carves
    mutate              random perturbation of a carve
    preview, take       rendering live, at a reduced size; rendering offline, whole
    creature, portrait  a glyph: a drawing whose marks encode the net
    dream               a sample path through a generator's latent space
    calm, governor      photosensitive-seizure safety: WCAG 2.3.1 limits on flashes
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from installation.device_health import DeviceHealth as DeviceHealth
from installation.device_health import Health as Health
from installation.device_health import Reason as Reason
from installation.one_line import one_line

Frame: TypeAlias = npt.NDArray[np.uint8]
"""A picture: read-only uint8 array, H x W x 3, RGB."""


class UglyError(Exception):
    """Something an operator or visitor can mend; its text is one line: what, and what to do."""

    def __init__(self, line: str) -> None:
        super().__init__(one_line(line))


def as_frame(array: npt.NDArray[Any]) -> Frame:
    """Return `array` as a read-only, contiguous Frame.

    Raises:
        ValueError: if it is not uint8, H x W x 3 with H, W >= 1.
    """
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 or 0 in array.shape:
        raise ValueError(f"a frame is uint8 H x W x 3, not {array.dtype} {array.shape}")
    frame: Frame = np.ascontiguousarray(array)
    if frame.flags.writeable:
        frame = frame.view()
        frame.flags.writeable = False
    return frame


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames of one size and their rate. `fps` in frames a second, above 0."""

    frames: tuple[Frame, ...]
    fps: float

    def __post_init__(self) -> None:
        if not self.frames:
            raise ValueError("a clip has at least one frame")
        if len({frame.shape for frame in self.frames}) != 1:
            raise ValueError("the frames of a clip have one size")
        if not self.fps > 0:
            raise ValueError(f"a clip's fps is above 0, not {self.fps}")

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)."""
        height, width = self.frames[0].shape[:2]
        return width, height

    @property
    def duration_s(self) -> float:
        return len(self.frames) / self.fps


class Button(str, Enum):
    """The buttons of the panel, by what they do."""

    PAGE = "page"
    OPERATION = "operation"
    RECORD = "record"
    KEEP = "keep"
    DISCARD = "discard"
    SURPRISE = "surprise"
    SOLO = "solo"
    CALM = "calm"


@dataclass(frozen=True, slots=True)
class PanelState:
    """All of a panel at one time: absolute, never deltas.

    Knobs are 0..1, clockwise up, by their number; `pressed` holds button numbers. What a
    number means is the layout's business (`carve.mapping`).
    """

    knobs: tuple[float, ...]
    pressed: frozenset[int] = frozenset()
    at_s: float = 0.0


class SourceKind(str, Enum):
    """What a source's pictures are: the visitor's own, somebody's film, or made here."""

    CAMERA = "camera"
    FILM = "film"
    MADE = "made"


class Operation(str, Enum):
    """What a cut does to a layer's input x.

    x * gain + bias: Preserve (1, 0); Add (1, +v); Subtract (1, -v); Multiply (v, 0);
    Cut off (0, 0); Invert (-1, 0). The first four and Cut Off are UGly-Net's own.

    x elsewhere: Roll across and Roll down move it round in the picture; Shuffle gives
    channels each other's place; Swap gives A what is B's, or a channel its neighbour's.

    x coarser: Quantise leaves few levels, Clip cuts the peaks, Smear across and Smear down
    put the mean of a row or a column in place of it; Noise adds grains of chance.

    x of before: Feedback drags it along the motion that the clip has had so far.
    """

    PRESERVE = "preserve"
    ADD = "add"
    SUBTRACT = "subtract"
    MULTIPLY = "multiply"
    CUT_OFF = "cut off"
    INVERT = "invert"
    ROLL_ACROSS = "roll across"
    ROLL_DOWN = "roll down"
    SHUFFLE = "shuffle"
    SWAP = "swap"
    QUANTISE = "quantise"
    CLIP = "clip"
    SMEAR_ACROSS = "smear across"
    SMEAR_DOWN = "smear down"
    NOISE = "noise"
    FEEDBACK = "feedback"


class Side(str, Enum):
    """Which frame's copy of a layer is cut: the earlier (A), the later (B), or both alike.

    Cut alike, the two still match and the motion hardly tears; cut apart, it tears at once.
    Where a layer holds no copy of its own for A and B, the side makes no difference.
    """

    A = "a"
    B = "b"
    BOTH = "both"


class ChiselShape(str, Enum):
    """Where in the picture a cut is made."""

    WHOLE = "whole"
    BLOCKS = "blocks"
    ROWS = "rows"
    COLUMNS = "columns"
    DISC = "disc"


@dataclass(frozen=True, slots=True)
class Chisel:
    """A shape, the share of the picture it covers (0..1), and a seed for where."""

    shape: ChiselShape = ChiselShape.WHOLE
    share: float = 0.4
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Grain:
    """Which share (0..1] of a layer's channels is cut; the seed chooses them."""

    share: float = 1.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """What is done at one site. `amount` is how far the knob is turned, 0..1; 0 is untouched."""

    site: str
    operation: Operation
    amount: float
    side: Side = Side.BOTH
    chisel: Chisel = Chisel()
    grain: Grain = Grain()

    def __post_init__(self) -> None:
        if not 0.0 <= self.amount <= 1.0:
            raise ValueError(f"{self.site}: an amount is 0..1, not {self.amount}")
        if not 0.0 < self.grain.share <= 1.0:
            raise ValueError(f"{self.site}: a grain's share is above 0, at most 1")
        if not 0.0 <= self.chisel.share <= 1.0:
            raise ValueError(f"{self.site}: a chisel's share is 0..1")

    @property
    def is_idle(self) -> bool:
        """True when the cut leaves its layer as it is."""
        return self.operation is Operation.PRESERVE or self.amount == 0.0


@dataclass(frozen=True, slots=True)
class Carve:
    """The cuts of all sites, at most one a site, in the order of their sites' names.

    Idle cuts are dropped, so that an untouched net is the empty carve.
    """

    cuts: tuple[Cut, ...] = ()

    @classmethod
    def of(cls, cuts: Iterable[Cut]) -> Carve:
        """Build a carve; a later cut at the same site replaces the earlier one."""
        by_site: Mapping[str, Cut] = {cut.site: cut for cut in cuts}
        kept = (cut for cut in by_site.values() if not cut.is_idle)
        return cls(tuple(sorted(kept, key=lambda cut: cut.site)))

    def __bool__(self) -> bool:
        return bool(self.cuts)

    def at(self, site: str) -> Cut | None:
        """The cut at a site, or None."""
        return next((cut for cut in self.cuts if cut.site == site), None)

    def only(self, part: str) -> Carve:
        """The cuts whose site starts with `part`, e.g. "flow/" or "interp/skip2"."""
        return Carve(tuple(cut for cut in self.cuts if cut.site.startswith(part)))


VISIBLE = 0.02
"""From this mean change of a picture (of full scale) on, a cut is said to show."""


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Site:
    """One place where a layer can be carved: the input of a layer of one U-Net.

    Read from the model's manifest, never from code. `sides` tags every channel "A", "B" or
    "-" (a channel both frames share), so its length is the number of carved values.
    `sigmas` holds each channel's standard deviation, measured on real clips. `scale` is the
    side of one of its cells in pixels of the frame (1, 2, 4, ...). `curves` are how strong
    each operation is at 0, 1/n .. 1 of a knob's turn, so that every part of the turn shows,
    and `changes` how much of the picture a full turn changes (mean of full scale): both
    measured, by the operation's value. `copies` are how many of its layer there are (2 where A
    and B each have one). `fine` marks with "+" the carved values that hold what the layer adds,
    and with "-" those it adds to; empty, all of them add.
    """

    name: str
    sides: str
    sigmas: tuple[float, ...] = field(repr=False)
    scale: int
    curves: Mapping[str, tuple[float, ...]] = field(
        default_factory=_nothing, repr=False, hash=False
    )
    changes: Mapping[str, float] = field(default_factory=_nothing, repr=False, hash=False)
    copies: int = 1
    fine: str = ""

    def strength(self, operation: Operation, amount: float) -> float:
        """The strength (0..1) of an operation at a turn of 0..1; as the turn where the
        operation was never measured here."""
        curve = self.curves.get(operation.value)
        if curve is None:
            return amount
        return float(np.interp(amount, np.linspace(0, 1, len(curve)), curve))

    def shows(self, operation: Operation) -> bool:
        """Whether an operation at full turn can be seen: VISIBLE or more, or never measured."""
        return self.changes.get(operation.value, 1.0) >= VISIBLE

    @property
    def channels(self) -> int:
        return len(self.sides)

    @property
    def part(self) -> str:
        """The U-Net it belongs to: "flow" or "interp"."""
        return self.name.split("/", 1)[0]

    @property
    def layer(self) -> str:
        """Its layer within the U-Net: "enc1", "latent", "dec3", "skip2"."""
        return self.name.split("/", 1)[1]


Tone: TypeAlias = tuple[float, float, float]
"""Gains of red, green and blue, each 0..2; (1, 1, 1) is neutral."""

NEUTRAL_TONE: Tone = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class NoiseStep:
    """One tool of the noise rack and how far its knob is turned, 0..1; 0 is untouched."""

    tool: str
    amount: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.amount <= 1.0:
            raise ValueError(f"noise/{self.tool}: an amount is 0..1, not {self.amount}")


@dataclass(frozen=True, slots=True)
class Net:
    """What a visitor made: the same net, clip and model give the same video.

    `model` is the sha256 of the trained model the carve belongs to (the manifest's "model").
    """

    model: str
    carve: Carve = Carve()
    tone: Tone = NEUTRAL_TONE
    rack: tuple[NoiseStep, ...] = ()
    name: str = ""
    seed: int = 0

    @property
    def is_untouched(self) -> bool:
        """True when it plays the clip as the trained net does."""
        active = any(step.amount > 0 for step in self.rack)
        return not self.carve and self.tone == NEUTRAL_TONE and not active


@dataclass(frozen=True, slots=True)
class FrameContext:
    """What is around a carved frame, for the tools of the rack that look further than it.

    `before` and `after` are the clip's own frames on either side, `share` (0..1) how far the
    moment lies from the first to the second, `moment_s` its time in the clip, in seconds of
    the clip as it was filmed: the same net on the same clip is then the same each time.
    """

    before: Frame
    after: Frame
    share: float = 0.0
    moment_s: float = 0.0

    @classmethod
    def still(cls, frame: Frame, moment_s: float = 0.0) -> FrameContext:
        """A frame alone: nothing moves, and no net has touched it."""
        return cls(frame, frame, 0.0, moment_s)

    @classmethod
    def of(cls, clip: Clip, position: float, since_s: float = 0.0) -> FrameContext:
        """Around `position`, 0 .. frames - 1, of a clip that itself began at `since_s`."""
        first = min(int(position), max(0, len(clip.frames) - 2))
        second = min(first + 1, len(clip.frames) - 1)
        moment_s = since_s + position / clip.fps
        return cls(clip.frames[first], clip.frames[second], position - first, moment_s)


@dataclass(frozen=True, slots=True)
class Take:
    """What a visitor kept. Times are seconds since the epoch; `stills` are the pictures the visitor
    took of it, by their paths within the gallery."""

    id: str
    net: Net
    kept_at_s: float
    expires_at_s: float
    in_gallery: bool = True
    stills: tuple[str, ...] = ()

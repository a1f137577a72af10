"""A panel layout's TOML as a schema: what may be written in it. Pure."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_validator,
)
from pydantic.dataclasses import dataclass as checked

from installation.carve.tables import MistakeAtError, within
from installation.carve.targets import why_no_target
from installation.vocabulary import Button, ChiselShape, Operation, Side

ANSWERS = (Button.RECORD, Button.KEEP, Button.DISCARD, Button.CALM)
"""The buttons no visit can do without: what begins it, the yes and the no to every question, and
the wish for a calmer show that the notice on the wall promises."""

_STRICT = ConfigDict(extra="forbid")


def _target(target: str) -> str:
    if why := why_no_target(target):
        raise MistakeAtError(why, sought=f'"{target}"')
    return target


def _above_0(share: float) -> float:
    if share == 0.0:
        raise MistakeAtError("must be above 0, or nothing is cut")
    return share


def _some(entries: list[Any]) -> list[Any]:
    if not entries:
        raise MistakeAtError("at least one is needed")
    return entries


_Share = Annotated[StrictFloat, within(0.0, 1.0)]
_Zone = Annotated[StrictFloat, within(0.0, 0.2)]
_Seed = Annotated[StrictInt, within(-(2**63), 2**63 - 1)]
_Target = Annotated[StrictStr, AfterValidator(_target)]
_Button = Annotated[Button | None, BeforeValidator(lambda name: None if name == "" else name)]


@checked(frozen=True, config=_STRICT)
class ChiselTable:
    """Where in the picture is cut."""

    shape: ChiselShape = ChiselShape.WHOLE
    share: _Share = 0.4
    seed: _Seed = 0


@checked(frozen=True, config=_STRICT)
class GrainTable:
    """Which of a layer's channels are cut."""

    share: Annotated[_Share, AfterValidator(_above_0)] = 1.0
    seed: _Seed = 0


@checked(frozen=True, config=_STRICT)
class OperationTable:
    """One of [[operations]]: a whole manner of cutting."""

    name: StrictStr
    operation: Operation
    side: Side = Side.BOTH
    chisel: ChiselTable = Field(default_factory=ChiselTable)
    grain: GrainTable = Field(default_factory=GrainTable)


@checked(frozen=True, config=_STRICT)
class PageTable:
    """One of [[pages]]: what the knobs turn while it is shown."""

    name: StrictStr
    knobs: list[_Target]

    @model_validator(mode="after")
    def _each_once(self) -> PageTable:
        for target in filter(None, self.knobs):
            if self.knobs.count(target) > 1:
                raise MistakeAtError(
                    f"{target} is on two knobs of one page", "knobs", f'"{target}"'
                )
        return self


@checked(frozen=True, config=_STRICT)
class LayoutDocument:
    """A whole layout. [midi] is the MIDI driver's (`panel/midi/midi_map`)."""

    name: StrictStr
    knobs: Annotated[StrictInt, within(1, 64)]
    operations: Annotated[list[OperationTable], AfterValidator(_some)]
    buttons: list[_Button]
    pages: Annotated[list[PageTable], AfterValidator(_some)]
    dead_zone: _Zone = 0.01
    detent: _Zone = 0.03
    inverted: list[Annotated[StrictInt, within(0, 63)]] = Field(default_factory=list)
    midi: Any = None

    @model_validator(mode="after")
    def _fits(self) -> LayoutDocument:
        for answer in ANSWERS:
            if answer not in self.buttons:
                needed = ", ".join(button.value for button in ANSWERS)
                said = f'there is no "{answer.value}"; visitors need each of {needed}'
                raise MistakeAtError(said, "buttons")
        for number_ in self.inverted:
            if number_ >= self.knobs:
                said = f"{number_} is no knob number (0..{self.knobs - 1})"
                raise MistakeAtError(said, "inverted")
        for i, page in enumerate(self.pages):
            if len(page.knobs) > self.knobs:
                said = f"{len(page.knobs)} targets for {self.knobs} knobs"
                raise MistakeAtError(said, f"pages[{i}].knobs")
        if len({page.name for page in self.pages}) != len(self.pages):
            raise MistakeAtError("two pages have the same name", "pages")
        return self

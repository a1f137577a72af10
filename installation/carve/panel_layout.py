"""A panel's layout: what each knob and button means. Pure; read from TOML text.

A layout is an operator's to rewire, so every mistake in it is told in one line that names
the file, the line and the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from installation.carve.layout_document import ANSWERS, LayoutDocument, OperationTable, PageTable
from installation.carve.tables import TomlText, checked_table
from installation.carve.targets import (
    NEUTRAL_TONE_AMOUNT,
    NOISE,
    SOURCE,
    SOURCE_TARGETS,
    TONE,
    TONE_TARGETS,
    is_site,
    neutral,
)
from installation.documents import parse_toml
from installation.vocabulary import (
    Button,
    Chisel,
    Cut,
    Grain,
    Operation,
    Side,
    Site,
)

__all__ = [
    "ANSWERS",
    "NEUTRAL_TONE_AMOUNT",
    "NOISE",
    "SOURCE",
    "SOURCE_TARGETS",
    "TONE",
    "TONE_TARGETS",
    "Manner",
    "Page",
    "PanelLayout",
    "is_site",
    "neutral",
]

_WHOLE = Chisel()
_ALL = Grain()


@dataclass(frozen=True, slots=True)
class Manner:
    """A whole way of cutting, as OPERATION steps through them: "Tear", "Blocks", "Cut off"."""

    name: str
    operation: Operation
    side: Side = Side.BOTH
    chisel: Chisel = _WHOLE
    grain: Grain = _ALL

    def cut(self, site: str, amount: float) -> Cut:
        """The cut this manner makes at a site; `amount` is 0..1."""
        return Cut(site, self.operation, amount, self.side, self.chisel, self.grain)

    @classmethod
    def of(cls, cut: Cut, name: str) -> Manner:
        """The manner in which a cut was made."""
        return cls(name, cut.operation, cut.side, cut.chisel, cut.grain)

    @classmethod
    def read(cls, entry: OperationTable) -> Manner:
        """The manner that was written."""
        chisel = Chisel(entry.chisel.shape, entry.chisel.share, entry.chisel.seed)
        grain = Grain(entry.grain.share, entry.grain.seed)
        return cls(entry.name, entry.operation, entry.side, chisel, grain)

    def same_cut_as(self, other: Manner) -> bool:
        """True when both cut alike, whatever they are called."""
        return self.cut("", 1.0) == other.cut("", 1.0)


@dataclass(frozen=True, slots=True)
class Page:
    """What the knobs mean while this page is shown: one target a knob, "" for none."""

    name: str
    targets: tuple[str, ...]

    @classmethod
    def of(cls, page: PageTable, knobs: int) -> Page:
        """A page of so many knobs as it was written; those left out turn nothing."""
        return cls(page.name, (*page.knobs, *[""] * (knobs - len(page.knobs))))


@dataclass(frozen=True, slots=True)
class PanelLayout:
    """What a panel's knobs and buttons mean.

    `buttons` tells what each button number is (None: unused); all `ANSWERS` are among them.
    `dead_zone` is the share of a knob's travel at each end that counts as the end, `detent` the
    share on either side of a tone knob's middle that counts as the middle. `inverted` holds the
    knobs wired the other way round. `dull` tells which operations hardly show at a site (see
    `knowing`).
    """

    name: str
    knobs: int
    buttons: tuple[Button | None, ...]
    pages: tuple[Page, ...]
    operations: tuple[Manner, ...]
    dead_zone: float = 0.01
    detent: float = 0.03
    inverted: frozenset[int] = frozenset()
    dull: Mapping[str, frozenset[Operation]] = field(default_factory=dict, hash=False)

    @classmethod
    def parse(cls, text: str, where: str) -> PanelLayout:
        """Read a layout from TOML; `where` names it in errors.

        Raises:
            UglyError: one line that names `where`, the line and the key.
        """
        table = parse_toml(text, where)
        found = checked_table(LayoutDocument, table, TomlText(text, where))
        return cls(
            name=found.name,
            knobs=found.knobs,
            buttons=tuple(found.buttons),
            pages=tuple(Page.of(page, found.knobs) for page in found.pages),
            operations=tuple(Manner.read(entry) for entry in found.operations),
            dead_zone=found.dead_zone,
            detent=found.detent,
            inverted=frozenset(found.inverted),
        )

    @property
    def targets(self) -> tuple[str, ...]:
        """Every target of every page, once, in the order of the pages."""
        named = (target for page in self.pages for target in page.targets if target)
        return tuple(dict.fromkeys(named))

    @property
    def sites(self) -> tuple[str, ...]:
        """The targets that are layers: what the model's manifest must know."""
        return tuple(filter(is_site, self.targets))

    def knowing(self, sites: Iterable[Site]) -> PanelLayout:
        """The layout for a model whose sites were measured: where an operation hardly shows
        even at full turn, OPERATION passes it over."""
        dull = {site.name: frozenset(o for o in Operation if not site.shows(o)) for site in sites}
        return replace(self, dull=MappingProxyType(dull))

    def lively_from(self, index: int, site: str) -> int:
        """The first operation from `index` on, round and round, that shows at a site; `index`
        itself where none does."""
        dull, count = self.dull.get(site, frozenset()), len(self.operations)
        turns = ((index + step) % count for step in range(count))
        return next((i for i in turns if self.operations[i].operation not in dull), index)

    @property
    def rack(self) -> tuple[str, ...]:
        """The noise tools, without "noise/", in the order in which they are applied."""
        return tuple(t.removeprefix(NOISE) for t in self.targets if t.startswith(NOISE))

    def amount(self, knob: int, target: str, reading: float) -> float:
        """What a knob's raw reading says about a target, 0..1, ends and detent applied."""
        turned = min(1.0, max(0.0, reading))
        if knob in self.inverted:
            turned = 1.0 - turned
        amount = min(1.0, max(0.0, (turned - self.dead_zone) / (1.0 - 2.0 * self.dead_zone)))
        if not target.startswith(TONE):
            return amount
        beyond = abs(amount - 0.5) - self.detent
        if beyond <= 0.0:
            return NEUTRAL_TONE_AMOUNT
        bent = min(0.5, 0.5 * beyond / (0.5 - self.detent))
        return 0.5 + bent if amount > 0.5 else 0.5 - bent

"""A panel's layout: what each knob and button means. Pure; read from TOML text.

A layout is an operator's to rewire, so every mistake in it is told in one line that names
the file, the line and the key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import Any, NoReturn, TypeVar

from installation.documents import parse_toml
from installation.vocabulary import (
    Button,
    Chisel,
    ChiselShape,
    Cut,
    Grain,
    Operation,
    Side,
    Site,
    UglyError,
)

NOISE = "noise/"
TONE = "tone/"
SOURCE = "source/"
TONE_TARGETS = ("tone/r", "tone/g", "tone/b")
SOURCE_TARGETS = ("source/zoom", "source/bold", "source/twist", "source/mix")
"""What bends the weights of raw networks while they are filmed; no part of a net."""

NEUTRAL_TONE_AMOUNT = 0.5
"""Where a tone knob leaves its colour as it is: half way, gain 1."""

ANSWERS = (Button.RECORD, Button.KEEP, Button.DISCARD, Button.CALM)
"""The buttons no visit can do without: what begins it, the yes and the no to every question, and
the wish for a calmer show that the notice on the wall promises."""

_SITE = re.compile(r"(flow|interp)/[a-z]+[0-9]*")
_TOOL = re.compile(r"noise/[a-z][a-z ]*")
_KEYS = frozenset(
    {"name", "knobs", "buttons", "dead_zone", "detent", "inverted", "pages", "operations", "midi"}
)
_ENTRY = re.compile(r"(?P<name>pages|operations)\[(?P<index>\d+)\]")
_WHOLE = Chisel()
_ALL = Grain()
_T = TypeVar("_T")
_E = TypeVar("_E", bound=Enum)


def is_site(target: str) -> bool:
    """True when a target is a layer of a U-Net, not a tool, a tone, a source's knob or nothing."""
    return bool(target) and not target.startswith((NOISE, TONE, SOURCE))


def neutral(target: str) -> float:
    """The amount (0..1) that leaves a target's picture as it is."""
    return NEUTRAL_TONE_AMOUNT if target.startswith(TONE) else 0.0


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

    def same_cut_as(self, other: Manner) -> bool:
        """True when both cut alike, whatever they are called."""
        return self.cut("", 1.0) == other.cut("", 1.0)


@dataclass(frozen=True, slots=True)
class Page:
    """What the knobs mean while this page is shown: one target a knob, "" for none."""

    name: str
    targets: tuple[str, ...]


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
        return _Reader(text, where).layout()

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


class _Reader:
    """Turns TOML text into a Layout, and every mistake into one line."""

    def __init__(self, text: str, where: str) -> None:
        self._text = text
        self._where = where

    def fail(self, key: str, problem: str, value: str = "") -> NoReturn:
        """Raise an UglyError at the line of `key` ("pages[1].name"), or of `value` under it."""
        line = self._line_of(key, value)
        at = f"line {line}: " if line else ""
        raise UglyError(f"{self._where}: {at}{key}: {problem}")

    def _line_of(self, key: str, value: str) -> int | None:
        """Where a mistake is, counted from 1: the parser keeps no places, so look for it."""
        lines = [line.split("#")[0] for line in self._text.splitlines()]
        start = 0
        if table := _ENTRY.match(key):
            header = re.compile(rf"\s*\[\[\s*{table['name']}\s*\]\]")
            headers = [n for n, line in enumerate(lines) if header.match(line)]
            start = dict(enumerate(headers)).get(int(table["index"]), 0)
        last = re.escape(re.sub(r"\[\d+\]", "", key).split(".")[-1])
        for sought in (
            re.escape(value) if value else None,
            rf"(^|[\s{{,]){last}\s*=",
            rf"\[{last}\]",
        ):
            for n, line in enumerate(lines[start:], start + 1):
                if sought and re.search(sought, line):
                    return n
        return None

    def take(self, table: Mapping[str, Any], key: str, kind: type[_T], at: str = "") -> _T:
        full = f"{at}.{key}" if at else key
        if key not in table:
            raise UglyError(f"{self._where}: {full} is missing")
        value = table[key]
        if kind is float and type(value) is int:
            value = float(value)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fail(full, f"expected {_KINDS[kind]}, not {value!r}")
        return value

    def choose(self, table: Mapping[str, Any], key: str, kind: type[_E], at: str) -> _E:
        value = self.take(table, key, str, at)
        return self.member(value, kind, f"{at}.{key}")

    def member(self, value: object, kind: type[_E], full: str) -> _E:
        try:
            return kind(value)
        except ValueError:
            known = ", ".join(str(member.value) for member in kind)
            self.fail(full, f'"{value}" is none of: {known}', f'"{value}"')

    def share(
        self, table: Mapping[str, Any], key: str, default: float, at: str, top: float
    ) -> float:
        if key not in table:
            return default
        value = self.take(table, key, float, at)
        if not 0.0 <= value <= top:
            self.fail(f"{at}.{key}" if at else key, f"{value} is outside 0..{top:g}")
        return value

    def only(self, table: Mapping[str, Any], known: frozenset[str], at: str) -> None:
        for key in table:
            if key not in known:
                self.fail(f"{at}.{key}" if at else key, "no such key")

    def layout(self) -> PanelLayout:
        table = parse_toml(self._text, self._where)
        self.only(table, _KEYS, "")
        knobs = self.take(table, "knobs", int)
        if not 1 <= knobs <= 64:
            self.fail("knobs", f"{knobs} is outside 1..64")
        operations = [
            self.manner(entry, f"operations[{i}]")
            for i, entry in enumerate(self.take(table, "operations", list))
        ]
        if not operations:
            self.fail("operations", "at least one is needed")
        return PanelLayout(
            name=self.take(table, "name", str),
            knobs=knobs,
            buttons=self.buttons(self.take(table, "buttons", list)),
            pages=self.pages(self.take(table, "pages", list), knobs),
            operations=tuple(operations),
            dead_zone=self.share(table, "dead_zone", 0.01, "", 0.2),
            detent=self.share(table, "detent", 0.03, "", 0.2),
            inverted=self.inverted(table, knobs),
        )

    def buttons(self, names: list[Any]) -> tuple[Button | None, ...]:
        meant: list[Button | None] = []
        for i, name in enumerate(names):
            meant.append(None if name == "" else self.member(name, Button, f"buttons[{i}]"))
        for answer in ANSWERS:
            if answer not in meant:
                needed = ", ".join(button.value for button in ANSWERS)
                self.fail(
                    "buttons", f'there is no "{answer.value}"; visitors need each of {needed}'
                )
        return tuple(meant)

    def inverted(self, table: Mapping[str, Any], knobs: int) -> frozenset[int]:
        numbers = self.take(table, "inverted", list) if "inverted" in table else []
        for number in numbers:
            if type(number) is not int or not 0 <= number < knobs:
                self.fail("inverted", f"{number!r} is no knob number (0..{knobs - 1})")
        return frozenset(numbers)

    def pages(self, tables: list[Any], knobs: int) -> tuple[Page, ...]:
        pages = [self.page(table, knobs, f"pages[{i}]") for i, table in enumerate(tables)]
        if not pages:
            self.fail("pages", "at least one is needed")
        if len({page.name for page in pages}) != len(pages):
            self.fail("pages", "two pages have the same name")
        return tuple(pages)

    def page(self, table: Any, knobs: int, at: str) -> Page:
        if not isinstance(table, dict):
            self.fail(at, "expected a table")
        self.only(table, frozenset({"name", "knobs"}), at)
        name = self.take(table, "name", str, at)
        targets = self.take(table, "knobs", list, at)
        if len(targets) > knobs:
            self.fail(f"{at}.knobs", f"{len(targets)} targets for {knobs} knobs")
        for i, target in enumerate(targets):
            self.check_target(target, f"{at}.knobs[{i}]")
        named = [target for target in targets if target]
        for target in named:
            if named.count(target) > 1:
                self.fail(f"{at}.knobs", f"{target} is on two knobs of one page", f'"{target}"')
        return Page(name, tuple(targets) + ("",) * (knobs - len(targets)))

    def check_target(self, target: Any, full: str) -> None:
        if not isinstance(target, str):
            self.fail(full, f"expected a name in quotes, not {target!r}", str(target))
        fits = _SITE.fullmatch(target) or _TOOL.fullmatch(target)
        if target and target not in TONE_TARGETS + SOURCE_TARGETS and not fits:
            hint = "expected flow/…, interp/…, noise/…, tone/r, tone/g, tone/b, source/… or nothing"
            self.fail(full, f'"{target}" is no target: {hint}', f'"{target}"')

    def manner(self, table: Any, at: str) -> Manner:
        if not isinstance(table, dict):
            self.fail(at, "expected a table")
        self.only(table, frozenset({"name", "operation", "side", "chisel", "grain"}), at)
        side = self.choose(table, "side", Side, at) if "side" in table else Side.BOTH
        return Manner(
            name=self.take(table, "name", str, at),
            operation=self.choose(table, "operation", Operation, at),
            side=side,
            chisel=self.chisel(self.inner(table, "chisel", at), f"{at}.chisel"),
            grain=self.grain(self.inner(table, "grain", at), f"{at}.grain"),
        )

    def inner(self, table: Mapping[str, Any], key: str, at: str) -> dict[str, Any]:
        return self.take(table, key, dict, at) if key in table else {}

    def chisel(self, table: dict[str, Any], at: str) -> Chisel:
        self.only(table, frozenset({"shape", "share", "seed"}), at)
        shape = self.choose(table, "shape", ChiselShape, at) if "shape" in table else _WHOLE.shape
        share = self.share(table, "share", _WHOLE.share, at, 1.0)
        return Chisel(shape, share, self.seed(table, at))

    def grain(self, table: dict[str, Any], at: str) -> Grain:
        self.only(table, frozenset({"share", "seed"}), at)
        share = self.share(table, "share", 1.0, at, 1.0)
        if share == 0.0:
            self.fail(f"{at}.share", "must be above 0, or nothing is cut")
        return Grain(share, self.seed(table, at))

    def seed(self, table: dict[str, Any], at: str) -> int:
        return self.take(table, "seed", int, at) if "seed" in table else 0


_KINDS: Mapping[type, str] = {
    str: "a name in quotes",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a table",
}

"""A net drawn for a page, and said in words: two U-shaped networks with their cuts. Pure.

Nets come as documents (`carve.nets`), since what a take holds may name layers and operations that
this program does not know; those are drawn and named as they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple, TypeAlias

from installation.door.words import DoorWords


class Mark(NamedTuple):
    """How an operation is marked: its fill and its ink, as "#rrggbb", and its sign."""

    fill: str
    ink: str
    sign: str


Marks: TypeAlias = Mapping[str, Mark]
"""By operation."""

PARTS = ("flow", "interp")
DEPTH = 5
_LAYER = re.compile(r"^(enc|dec|skip)(\d{1,2})$|^latent$")
_PLAIN = Mark("#fff5d6", "#1c1626", "?")
_INK = "#1c1626"
_WIDTH, _ROW, _TOP, _RADIUS = 320.0, 46.0, 34.0, 17.0


@dataclass(frozen=True, slots=True)
class CutSaid:
    """One cut in words: where, which operation, how far (in percent, and as it is written), what
    it does, what else."""

    where: str
    operation: str
    percent: int
    share: str
    does: str
    more: str
    sign: str
    fill: str
    ink: str


def said_cuts(net: Mapping[str, Any], words: DoorWords, marks: Marks) -> tuple[CutSaid, ...]:
    """Every cut, and every tool of the noise rack, in words, the deepest turned first."""
    found = []
    for cut in _rows(net, "cuts"):
        operation = str(cut.get("operation", ""))
        fill, ink, sign = marks.get(operation, _PLAIN)
        percent = _percent(cut)
        found.append(
            CutSaid(
                where_of(str(cut.get("site", "")), words),
                words.get(f"operation.{operation}", operation),
                percent,
                words("cut.share", percent=percent),
                words.get(f"does.{operation}"),
                _more(cut, words),
                sign,
                fill,
                ink,
            )
        )
    for step in _rows(net, "rack"):
        tool = str(step.get("tool", ""))
        name = words.get(f"tool.{tool}", tool)
        percent = _percent(step)
        share, noise = words("cut.share", percent=percent), words("part.noise")
        found.append(CutSaid(noise, name, percent, share, "", "", "⁙", *_PLAIN[:2]))
    found.sort(key=lambda each: -each.percent)
    return tuple(found)


def where_of(site: str, words: DoorWords) -> str:
    """A layer's name, and what that layer is for."""
    part, _, layer = site.partition("/")
    known = _LAYER.match(layer)
    if part not in PARTS or known is None:
        return site
    kind, number = known[1] or "latent", int(known[2] or 0)
    does = words.get(f"{part}.{kind}{max(1, min(number, DEPTH)) if known[2] else ''}")
    name = words(f"layer.{kind}", number=number)
    return f"{words(f'part.{part}')}, {name}" + (f" ({does})" if does else "")


def _more(cut: Mapping[str, Any], words: DoorWords) -> str:
    chisel = cut.get("chisel")
    shape = str(chisel.get("shape", "")) if isinstance(chisel, dict) else ""
    parts = (words.get(f"side.{cut.get('side', '')}"), words.get(f"place.{shape}"))
    return ", ".join(part for part in parts if part)


def _percent(row: Mapping[str, Any]) -> int:
    amount = row.get("amount", 0.0)
    return round(100 * min(1.0, max(0.0, float(amount)))) if _is_number(amount) else 0


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def _rows(net: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    rows = net.get(key, ())
    if not isinstance(rows, (list, tuple)):
        return ()
    return [row for row in rows if isinstance(row, Mapping)]


def count_cuts(net: Mapping[str, Any]) -> int:
    """How many layers are cut."""
    return len(_rows(net, "cuts"))


def drawing(net: Mapping[str, Any], part: str, label: str, marks: Marks) -> str:
    """One of the two networks as an SVG element: encoders down at the left, decoders up at the
    right, skips between them, the bottom below; `label` is what it is called for those who hear
    the page."""
    cuts = {
        str(cut.get("site", "")).partition("/")[2]: cut
        for cut in _rows(net, "cuts")
        if str(cut.get("site", "")).startswith(f"{part}/")
    }
    levels = [int(found[2]) for name in cuts if (found := _LAYER.match(name)) and found[2]]
    depth = min(8, max(DEPTH, *levels, 0)) if levels else DEPTH
    height = _TOP + depth * _ROW + 44
    body = "".join((*_tube(depth), *_lumps(depth, cuts, marks)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {height:g}" role="img" '
        f'class="net" aria-label="{escape(label)}">{body}</svg>'
    )


def _x(kind: str, level: int, depth: int) -> float:
    lean = 40 * float((max(0, level - 1) / depth) ** 2.2)
    return {"enc": 44 + lean, "dec": _WIDTH - 44 - lean}.get(kind, _WIDTH / 2)


def _y(level: int) -> float:
    return _TOP + (level - 1) * _ROW


def _tube(depth: int) -> Iterable[str]:
    down = [(_x("enc", n, depth), _y(n)) for n in range(1, depth + 1)]
    up = [(_x("dec", n, depth), _y(n)) for n in range(depth, 0, -1)]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (*down, (_WIDTH / 2, _y(depth + 1)), *up))
    line = 'fill="none" stroke-linejoin="round" stroke-linecap="round"'
    yield f'<polyline points="{points}" {line} stroke="{_INK}" stroke-width="14"/>'
    yield f'<polyline points="{points}" {line} stroke="#ffd9a0" stroke-width="8"/>'
    for n in range(1, depth + 1):
        left, right = _x("enc", n, depth), _x("dec", n, depth)
        yield (
            f'<line x1="{left:.1f}" y1="{_y(n):.1f}" x2="{right:.1f}" y2="{_y(n):.1f}" '
            f'stroke="{_INK}" stroke-width="3" stroke-dasharray="2 7" stroke-linecap="round"/>'
        )


def _lumps(depth: int, cuts: Mapping[str, Mapping[str, Any]], marks: Marks) -> Iterable[str]:
    places = [
        (f"{kind}{n}", kind, n) for kind in ("enc", "skip", "dec") for n in range(1, depth + 1)
    ]
    places.append(("latent", "latent", depth + 1))
    for name, kind, level in places:
        cut = cuts.get(name)
        x, y = _x(kind, level, depth), _y(level)
        radius = _RADIUS * (0.7 if kind == "skip" else 1.0)
        operation = str(cut.get("operation", "")) if cut else ""
        fill, ink, sign = marks.get(operation, _PLAIN) if cut else _PLAIN
        if cut:
            radius += 5 * _percent(cut) / 100
        yield (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" stroke="{_INK}" '
            f'stroke-width="{4 if cut else 2.5}"/>'
        )
        if cut:
            yield (
                f'<text x="{x:.1f}" y="{y + 6:.1f}" text-anchor="middle" font-size="18" '
                f'font-weight="bold" fill="{ink}">{escape(sign)}</text>'
            )

"""A model's knob curves as one SVG: how strong each operation is along a knob's turn."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from installation.show.net_picture.looks import LOOKS
from installation.vocabulary import Operation, Site

CELL, GAP, TOP = 150, 34, 70
ACROSS = 8


def curves_svg(sites: Sequence[Site], model: str) -> str:
    """One small square a site, the turn (0..1) to the right, the strength (0..1) upwards, a line
    an operation; under it the operation that changes most, and by how much at full turn."""
    rows = -(-len(sites) // ACROSS)
    width, height = ACROSS * (CELL + GAP) + GAP, TOP + rows * (CELL + GAP + 16) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="system-ui, sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="#fffbee"/>',
        f'<text x="{GAP}" y="26" font-size="18">Knob curves of model {escape(model[:12])}: '
        "turn to the right, strength upwards</text>",
    ]
    x = GAP
    for operation in Operation:
        if operation is Operation.PRESERVE:
            continue
        parts.append(f'<rect x="{x}" y="40" width="12" height="12" fill="{_hex(operation)}"/>')
        parts.append(f'<text x="{x + 16}" y="51">{escape(operation.value)}</text>')
        x += 30 + 7 * len(operation.value)
    for number, site in enumerate(sites):
        left = GAP + number % ACROSS * (CELL + GAP)
        top = TOP + number // ACROSS * (CELL + GAP + 16)
        parts += _square(site, left, top)
    return "\n".join(parts) + "\n</svg>\n"


def _square(site: Site, left: float, top: float) -> list[str]:
    found = [
        f'<rect x="{left}" y="{top}" width="{CELL}" height="{CELL}" fill="none" stroke="#16101c"/>',
        f'<text x="{left}" y="{top + CELL + 14}">{escape(site.name)}</text>',
    ]
    for name, curve in site.curves.items():
        last = len(curve) - 1
        points = " ".join(
            f"{left + CELL * k / last:.1f},{top + CELL * (1 - strength):.1f}"
            for k, strength in enumerate(curve)
        )
        colour = _hex(Operation(name))
        found.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2">'
            f"<title>{escape(name)}</title></polyline>"
        )
    if site.changes:
        best = max(site.changes, key=lambda name: site.changes[name])
        found.append(
            f'<text x="{left}" y="{top + CELL + 28}" fill="#555">'
            f"{escape(best)} {site.changes[best]:.0%}</text>"
        )
    return found


def _hex(operation: Operation) -> str:
    return "#{:02x}{:02x}{:02x}".format(*LOOKS[operation].fill)

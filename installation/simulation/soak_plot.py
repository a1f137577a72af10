"""A soak as one SVG: memory, handles and threads after every visit. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from installation.simulation.soak import Sample, Soaked

WIDTH, HEIGHT, LEFT, TOP = 900, 150, 90, 60
ROWS = (("memory", "memory, MiB", 2.0**20), ("handles", "open handles", 1.0),
        ("threads", "threads", 1.0))  # fmt: skip


def soak_svg(done: Soaked) -> str:
    """Three curves over the visits, each from zero, with how much it grew, and the figures."""
    rows = done.rows()
    told = ", ".join(f"{name} {rows[name]}" for name in list(rows)[:5])
    whole = TOP + len(ROWS) * (HEIGHT + 50)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 30} {whole}" '
        'font-family="system-ui, sans-serif" font-size="12">',
        f'<rect width="{LEFT + WIDTH + 30}" height="{whole}" fill="#fffbee"/>',
        f'<text x="{LEFT}" y="28" font-size="16">Soak: {escape(told)}</text>',
    ]
    for number, (of, name, unit) in enumerate(ROWS):
        title = f"{name}: {done.growth(of):+.1%}"
        parts += _curve(done.samples, of, unit, title, TOP + number * (HEIGHT + 50))
    return "\n".join(parts) + "\n</svg>\n"


def _curve(samples: Sequence[Sample], of: str, unit: float, title: str, top: float) -> list[str]:
    values = [getattr(sample, of) / unit for sample in samples] or [0.0]
    most, last = max(values) or 1.0, max(1, len(values) - 1)
    points = " ".join(
        f"{LEFT + WIDTH * k / last:.1f},{top + HEIGHT * (1 - value / most):.1f}"
        for k, value in enumerate(values)
    )
    return [
        f'<rect x="{LEFT}" y="{top}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#888"/>',
        f'<polyline points="{points}" fill="none" stroke="#c2185b" stroke-width="1.5"/>',
        f'<text x="{LEFT - 8}" y="{top + 12}" text-anchor="end">{most:.0f}</text>',
        f'<text x="{LEFT - 8}" y="{top + HEIGHT}" text-anchor="end">0</text>',
        f'<text x="{LEFT}" y="{top + HEIGHT + 18}">{escape(title)}, '
        f"over {len(samples)} visits</text>",
    ]

"""The parts of a model card that a command writes: tables between two marker comments.

<!-- evaluation -->
...
<!-- /evaluation -->
"""

from __future__ import annotations

import json
from pathlib import Path

CURVE_ROWS = 12


def table(rows: list[list[str]]) -> str:
    """A Markdown table, aligned so that it reads as plain text; the first row is the head."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]

    def line(row: list[str]) -> str:
        first, *rest = (
            cell.ljust(width) if k == 0 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        return "| " + " | ".join([first, *rest]) + " |"

    rule = "|" + "|".join(
        "-" * (width + 2) if k == 0 else "-" * (width + 1) + ":" for k, width in enumerate(widths)
    )
    return "\n".join([line(rows[0]), rule + "|", *(line(row) for row in rows[1:])])


def rewrite(path: Path, part: str, text: str) -> None:
    """Put `text` between the markers of `part`; everything else stays as it is."""
    old, begin, end = path.read_text(), f"<!-- {part} -->", f"<!-- /{part} -->"
    if old.count(begin) != 1 or old.count(end) != 1 or old.index(begin) > old.index(end):
        raise SystemExit(f"{path}: needs one {begin} and, after it, one {end}")
    before, after = old[: old.index(begin) + len(begin)], old[old.index(end) :]
    path.write_text(f"{before}\n{text}\n{after}")


def validations(log: Path) -> list[dict[str, float]]:
    """The log's validations in order of steps.

    A training that was stopped goes on from its last checkpoint and writes the steps since then
    anew: of what was logged twice, the later stays.
    """
    kept: list[dict[str, float]] = []
    for line in log.read_text().splitlines():
        row = json.loads(line)
        kept = [old for old in kept if old["step"] < row["step"]]
        kept.append(row)
    return [row for row in kept if "validation_gain_db" in row]


def curve(log: Path) -> str:
    """About a dozen validations of the log, the best and the last always among them."""
    rows = validations(log)
    if not rows:
        return "No validation yet."
    best = max(range(len(rows)), key=lambda k: rows[k]["validation_gain_db"])
    every = max(1, -(-len(rows) // CURVE_ROWS))
    shown = sorted({*range(0, len(rows), every), best, len(rows) - 1})
    head = ["step", "minutes", "validation, dB above blending"]
    body = [
        [
            f"{rows[k]['step']:.0f}",
            f"{rows[k]['minutes']:.0f}",
            f"{rows[k]['validation_gain_db']:+.2f}" + (" (best)" if k == best else ""),
        ]
        for k in shown
    ]
    return table([head, *body])

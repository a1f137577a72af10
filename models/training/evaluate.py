"""How good is a model on clips it was never trained on? One run prints the whole table.

    python -m models.training.evaluate MODEL_OR_CHECKPOINT DATA [--json] [--count N] [--no-rife]

MODEL_OR_CHECKPOINT is a folder with a manifest.json (through ONNX Runtime, nothing carved) or a
.pt checkpoint (its running average, through torch). DATA is what `footage` filled. For every
evaluation clip and gap g, evenly spread triplets (i, i+g, i+2g) at 448x256 are taken; the middle
frame is hidden, predicted from the outer two and compared:

    PSNR      dB, mean over triplets; beside blending, OpenCV's DIS, RIFE 3.1 and 4.25
    won       triplets on which the model is above blending
    temporal  mean |(P' - P) - (M' - M)| in levels of 255, P' and M' being the prediction and the
              truth one frame later: flicker and swimming that the source doesn't have. `source`
              is mean |M' - M|, how much the source changes by itself.
    still     mean |P - M| in levels where A, M and B agree within 3 levels: a halo or a smear
              drawn upon a background that stands still.

With --card the tables are written between the markers of a model card.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from . import card
from .footage import EVALUATION
from .measure import SIZE_PX, Triplet, blend, psnr_db, spread, triplet
from .yardsticks import Predictor, dis, of

GAPS = (1, 2, 3)
COUNTS = {1: 14, 2: 10, 3: 10}
STILL_LEVELS = 3
OURS = "ours"
# At gap 1 blending it reaches 47 dB already: sensor noise decides there, not motion.
NEARLY_STILL = "jwpIntro"


@dataclass(frozen=True, slots=True)
class Row:
    """Means over the triplets of one clip and gap (or over several of these)."""

    clip: str
    gap: int
    count: int
    psnr_db: dict[str, float]
    won_from_blend: int
    source_change: float
    temporal: dict[str, float]
    still: dict[str, float]


def moments(clip: np.ndarray, gap: int, count: int) -> Iterator[tuple[Triplet, Triplet | None]]:
    """Triplets, each with the one that starts a frame later if there is one."""
    for start in spread(clip, gap, count):
        now = triplet(clip, start, gap)
        if now is not None:
            yield now, triplet(clip, start + 1, gap)


def still_places(a: np.ndarray, m: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Where all three frames agree, bool (H, W)."""
    whole = np.stack([a, m, b]).astype(np.int16)
    return np.ptp(whole, 0).max(-1) <= STILL_LEVELS


def measured(
    name: str, clip: np.ndarray, gap: int, count: int, predictors: dict[str, Predictor]
) -> Row:
    """One row of the table."""
    psnr: dict[str, list[float]] = {who: [] for who in predictors}
    temporal: dict[str, list[float]] = {who: [] for who in predictors}
    still: dict[str, list[float]] = {who: [] for who in predictors}
    source = []
    for now, later in moments(clip, gap, count):
        a, m, b = now
        places = still_places(*now)
        change = None if later is None else later[1].astype(np.int16) - m
        if change is not None:
            source.append(float(np.abs(change).mean()))
        for who, predict in predictors.items():
            frame = predict(a, b)
            psnr[who].append(psnr_db(frame, m))
            if places.any():
                still[who].append(float(np.abs(frame.astype(np.int16) - m)[places].mean()))
            if later is not None:
                moved = predict(later[0], later[2]).astype(np.int16) - frame
                temporal[who].append(float(np.abs(moved - change).mean()))
    if not psnr[OURS]:
        raise SystemExit(f"{name}: no triplet with motion at gap {gap}")
    won = sum(us > them for us, them in zip(psnr[OURS], psnr["blend"], strict=True))
    return Row(
        name,
        gap,
        len(psnr[OURS]),
        _means(psnr),
        won,
        round(float(np.mean(source)), 3) if source else 0.0,
        _means(temporal),
        _means(still),
    )


def _means(values: dict[str, list[float]]) -> dict[str, float]:
    return {who: round(float(np.mean(of_one)), 3) for who, of_one in values.items() if of_one}


def mean_of(name: str, rows: list[Row]) -> Row:
    """The plain mean of rows: every clip counts alike, however many triplets it gave."""

    def over(field: str) -> dict[str, float]:
        given = [getattr(row, field) for row in rows]
        names = [who for who in given[0] if all(who in one for one in given)]
        return {who: round(float(np.mean([one[who] for one in given])), 3) for who in names}

    return Row(
        name,
        rows[0].gap if len({row.gap for row in rows}) == 1 else 0,
        sum(row.count for row in rows),
        over("psnr_db"),
        sum(row.won_from_blend for row in rows),
        round(float(np.mean([row.source_change for row in rows])), 3),
        over("temporal"),
        over("still"),
    )


def means(rows: list[Row]) -> list[Row]:
    """One mean row for each gap and one for all."""
    of_gaps = [mean_of("mean", [row for row in rows if row.gap == gap]) for gap in GAPS]
    return [*of_gaps, mean_of("mean", rows)]


def evaluate(
    predictors: dict[str, Predictor], data: Path, count: int | None = None
) -> tuple[list[Row], list[Row]]:
    """Rows for every clip and gap, and their means."""
    rows = []
    for video in EVALUATION:
        clip = np.load(data / "video" / f"{video.clip}.npy", mmap_mode="r")
        for gap in GAPS:
            rows.append(measured(video.clip, clip, gap, count or COUNTS[gap], predictors))
    return rows, means(rows)


def tables(rows: list[Row]) -> str:
    """The PSNR table and the table of flicker and halo, in Markdown."""
    names = list(rows[0].psnr_db)

    def label(row: Row) -> list[str]:
        return [row.clip, str(row.gap or "all"), str(row.count)]

    def cells(row: Row, values: dict[str, float], digits: int) -> list[str]:
        return [f"{values[who]:.{digits}f}" if who in values else "-" for who in names]

    quality = [["clip", "gap", "n", *names, "above blend", "won"]]
    quality += [
        [
            *label(row),
            *cells(row, row.psnr_db, 2),
            f"{row.psnr_db[OURS] - row.psnr_db['blend']:+.2f}",
            f"{row.won_from_blend}/{row.count}",
        ]
        for row in rows
    ]
    calm = [["clip", "gap", "n", "source", *(f"t {who}" for who in names)]]
    calm[0] += [f"s {who}" for who in names]
    calm += [
        [
            *label(row),
            f"{row.source_change:.2f}",
            *cells(row, row.temporal, 2),
            *cells(row, row.still, 2),
        ]
        for row in rows
    ]
    return (
        "Mean PSNR in dB at 448x256:\n\n"
        + card.table(quality)
        + "\n\nTemporal error (t) beside the source's own change, and error where nothing moves"
        + " (s), in levels of 255:\n\n"
        + card.table(calm)
    )


def verdict(rows: list[Row], averages: list[Row]) -> str:
    """The differences that matter, in a line each."""

    def above(row: Row, who: str) -> str:
        return f"{row.psnr_db[OURS] - row.psnr_db[who]:+.2f} dB"

    lively = [row for row in rows if row.gap == 1 and row.clip != NEARLY_STILL]
    lines = [
        f"gap 1, against blend: {above(averages[0], 'blend')}"
        f" ({above(mean_of('lively', lively), 'blend')} without {NEARLY_STILL}, nearly still there)"
    ]
    lines += [
        f"all gaps, against {who}: {above(averages[-1], who)}"
        for who in averages[-1].psnr_db
        if who != OURS
    ]
    return "\n".join(f"- {line}" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="an exported model's folder, or a .pt checkpoint")
    parser.add_argument("data", type=Path, help="folder that `footage` filled")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--count", type=int, help="triplets of each clip (14, or 10 above gap 1)")
    parser.add_argument("--no-rife", action="store_true", help="leave RIFE out")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--card", type=Path, help="model card whose tables to rewrite")
    parser.add_argument("--log", type=Path, help="log.jsonl, for the card's training curve")
    given = parser.parse_args()
    if given.count is not None and given.count < 1:
        parser.error("--count must be at least 1")
    torch.set_num_threads(given.threads)
    cv2.setNumThreads(given.threads)
    predictors: dict[str, Predictor] = {"blend": blend, "DIS": dis()}
    if not given.no_rife:
        from .rife import YARDSTICKS

        predictors |= {name: opened(given.data) for name, opened in YARDSTICKS.items()}
    predictors[OURS] = of(given.model, given.threads)
    rows, averages = evaluate(predictors, given.data, given.count)
    text = f"{tables(rows + averages)}\n\n{verdict(rows, averages)}"
    if given.json:
        found = {
            "model": given.model.name,
            "size_px": list(SIZE_PX),
            "rows": [asdict(row) for row in rows],
            "means": [asdict(row) for row in averages],
        }
        print(json.dumps(found, indent=1))
    else:
        print(text)
    if given.card:
        card.rewrite(given.card, "evaluation", text)
        if given.log:
            card.rewrite(given.card, "curve", card.curve(given.log))


if __name__ == "__main__":
    main()

"""The table's arithmetic, and the parts of a model card that commands write."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from models.training import card
from models.training.evaluate import Row, mean_of, measured, tables, verdict
from models.training.measure import blend, psnr_db, spread, triplet, triplets
from models.training.yardsticks import dis, of


def clip_of(levels: list[int]) -> np.ndarray:
    """Frames of one level each, with a corner that stays black."""
    clip = np.empty((len(levels), 256, 448, 3), np.uint8)
    for frame, level in zip(clip, levels, strict=True):
        frame[:] = level
    clip[:, :32, :32] = 0
    return clip


def test_psnr_of_a_known_error():
    a = np.full((8, 8, 3), 100, np.uint8)
    assert psnr_db(a, a + 10) == pytest.approx(20 * np.log10(25.5))
    assert psnr_db(a, a) > 100


def test_triplets_leave_out_cuts_stills_and_the_end():
    clip = clip_of([10, 20, 30, 30, 30, 200, 210])
    assert triplet(clip, 0, 1) is not None
    assert triplet(clip, 2, 1) is None  # nothing moves
    assert triplet(clip, 3, 1) is None  # a cut
    assert triplet(clip, 5, 1) is None  # past the end
    assert spread(clip, 1, 5) == [0, 1, 2, 3, 4]
    assert len(triplets(clip, 1, 5)) == 2


def test_a_row_measures_error_flicker_and_halo():
    clip = clip_of([10, 20, 30, 40, 50])

    def dirty(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Right where it moves, 7 levels wrong in the still corner, by turns and not."""
        frame = blend(a, b)
        if b.max() % 20:
            frame[:32, :32] = 7
        return frame

    row = measured("made-up", clip, 1, 3, {"blend": blend, "ours": dirty})
    assert (row.count, row.won_from_blend) == (3, 0)
    share = 32 * 32 / (256 * 448)
    assert row.source_change == pytest.approx(10 * (1 - share), abs=1e-3)
    assert row.temporal["blend"] == 0
    assert row.temporal["ours"] == pytest.approx(7 * share, abs=1e-3)
    assert row.still["blend"] == 0
    assert row.still["ours"] == pytest.approx(7 * 2 / 3, abs=1e-2)


def row(clip: str, gap: int, ours: float, still: dict[str, float] | None = None) -> Row:
    return Row(
        clip,
        gap,
        4,
        {"blend": 30.0, "DIS": 32.0, "ours": ours},
        3,
        1.0,
        {"blend": 1.0},
        still or {},
    )


def test_means_count_every_clip_alike():
    mean = mean_of("mean", [row("one", 1, 33.0, {"ours": 1.0}), row("two", 1, 35.0)])
    assert mean.psnr_db["ours"] == 34.0
    assert (mean.gap, mean.count, mean.won_from_blend) == (1, 8, 6)
    assert mean.still == {}  # not measured everywhere, so there is no mean
    assert mean_of("mean", [row("one", 1, 33.0), row("one", 2, 33.0)]).gap == 0


def test_tables_and_verdict_say_the_same_as_the_rows():
    rows = [row("bikes", 1, 34.25), row("jwpIntro", 1, 30.25), row("bikes", 2, 31.0)]
    averages = [mean_of("mean", rows[:2]), mean_of("mean", rows)]
    text = tables(rows + averages)
    assert "+4.25" in text
    assert "3/4" in text
    assert verdict(rows, averages).splitlines() == [
        "- gap 1, against blend: +2.25 dB (+4.25 dB without jwpIntro, nearly still there)",
        "- all gaps, against blend: +1.83 dB",
        "- all gaps, against DIS: -0.17 dB",
    ]


def test_dis_finds_a_shift_that_blending_smears():
    rng = np.random.default_rng(3)
    scene = np.kron(rng.integers(0, 256, (20, 40, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    a, m, b = (np.ascontiguousarray(scene[:128, 4 * k : 4 * k + 256]) for k in range(3))
    found, smeared = dis()(a, b), blend(a, b)
    inner = np.s_[16:-16, 16:-16]
    assert psnr_db(found[inner], m[inner]) > psnr_db(smeared[inner], m[inner]) + 6


def test_an_absent_model_is_told_in_a_line(tmp_path: Path):
    with pytest.raises(SystemExit, match="neither a checkpoint nor a folder"):
        of(tmp_path / "nothing.pt", 1)


def test_a_card_is_rewritten_between_its_markers_alone(tmp_path: Path):
    path = tmp_path / "CARD.md"
    path.write_text("# One\n<!-- curve -->\nold\n<!-- /curve -->\nmy own words\n")
    for _ in range(2):
        card.rewrite(path, "curve", "new")
    assert path.read_text() == "# One\n<!-- curve -->\nnew\n<!-- /curve -->\nmy own words\n"
    with pytest.raises(SystemExit, match="evaluation"):
        card.rewrite(path, "evaluation", "new")


def test_steps_logged_twice_count_once(tmp_path: Path):
    log = tmp_path / "log.jsonl"
    rows = [
        {"step": 50, "minutes": 1.0, "picture": 0.5},
        {"step": 60, "minutes": 1.2, "validation_gain_db": 0.1},
        {"step": 90, "minutes": 2.0, "validation_gain_db": 0.9},
        {"step": 80, "minutes": 1.8, "validation_gain_db": 0.2},  # started again from step 60
    ]
    log.write_text("\n".join(map(json.dumps, rows)) + "\n")
    assert [row["step"] for row in card.validations(log)] == [60, 80]
    curve = card.curve(log)
    assert "+0.20 (best)" in curve
    assert "+0.90" not in curve


def test_a_long_curve_stays_short_and_keeps_best_and_last(tmp_path: Path):
    log = tmp_path / "log.jsonl"
    gains = [*np.linspace(0, 2, 97), 5.0, 3.0, 3.1]
    log.write_text(
        "".join(
            json.dumps({"step": k, "minutes": k, "validation_gain_db": gain}) + "\n"
            for k, gain in enumerate(gains)
        )
    )
    lines = card.curve(log).splitlines()
    assert len(lines) <= card.CURVE_ROWS + 4
    assert "+5.00 (best)" in card.curve(log)
    assert lines[-1].split("|")[1].strip() == "99"

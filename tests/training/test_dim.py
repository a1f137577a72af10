"""A dim room is as bright as before, and noisier the less light there is."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.training.dim import dimmed, measured, table
from models.training.measure import blend, psnr_db


def test_a_dim_frame_is_as_bright_and_noisier():
    frame = np.full((120, 120, 3), 110, np.uint8)
    noisy = [dimmed(frame, stops, np.random.default_rng(1)) for stops in (0, 2, 5)]
    assert noisy[0] is frame
    assert all(abs(f.mean() - 110) < 3 for f in noisy)
    spread = [f.std() for f in noisy]
    # Four times less light, twice the shot noise; eight times less again, nearly thrice.
    assert spread[0] == 0
    assert 2 < spread[2] / spread[1] < 4.5


def test_shadows_are_noisier_than_lights():
    dark, light = np.full((80, 80, 3), 30, np.uint8), np.full((80, 80, 3), 200, np.uint8)
    stds = [dimmed(f, 3, np.random.default_rng(2)).std() for f in (dark, light)]
    assert stds[0] > stds[1]


def test_the_table_says_what_was_measured(footage: Path):
    clips = {"blend": blend, "ours": blend}
    rows = {stops: measured(clips, footage, stops, 1) for stops in (0.0, 5.0)}
    assert rows[5.0]["blend"] < rows[0.0]["blend"]
    assert rows[5.0]["noise"] < 40
    assert rows[0.0]["noise"] == psnr_db(np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2, 3)))
    text = table(rows, 1)
    assert "as filmed" in text
    assert "1/32" in text
    assert text.count("+0.00") == 2

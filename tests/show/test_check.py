"""`uglynet check`: what it finds in a film, says, draws, and exits with."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from installation.__main__ import uglynet
from installation.show.flash_safety.flash_meter import Report, judge
from installation.show.flash_safety.flash_plot import SIZE_PX, flash_plot
from installation.show.paint.palette import NO, shade
from installation.show.paint.text_layout import TextLayout
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoWriter
from installation.vocabulary import UglyError, as_frame


def check(*words: object) -> Result:
    return CliRunner().invoke(uglynet, ["check", *map(str, words)])


@pytest.fixture
def strobe(tmp_path: Path) -> Path:
    """Two seconds of peace, then six flashes a second."""
    path = tmp_path / "strobe.mp4"
    with VideoWriter(path, 24) as video:
        for number in range(96):
            light = number >= 48 and number // 2 % 2
            video.add(as_frame(np.full((36, 64, 3), 230 if light else 30, np.uint8)))
    return path


def test_a_strobe_fails_frame_by_frame(strobe: Path, tmp_path: Path) -> None:
    plot = tmp_path / "plot.png"
    ran = check(strobe, "--once", "--json", "--plot", plot)
    assert ran.exit_code == 3
    told = json.loads(ran.stdout)
    assert not told["passes"]
    assert told["worst"] == 6
    assert told["worst_in_5_s"] > told["limit_in_5_s"] == 9
    frames = told["frames"]
    assert [row["frame"] for row in frames] == list(range(96))
    assert max(row["general"] for row in frames[:48]) == 0
    assert frames[80]["general"] > 3
    assert frames[80]["at_s"] == pytest.approx(80 / 24, abs=1e-3)
    assert frames[0]["luminance"] < 0.05 < 0.7 < max(row["luminance"] for row in frames)
    drawn = cv2.imread(str(plot))
    assert drawn is not None
    assert drawn.shape == (SIZE_PX[1], SIZE_PX[0], 3)


def test_the_bundled_clip_passes_in_plain_words() -> None:
    ran = check(BUNDLED_CLIP)
    assert ran.exit_code == 0
    assert "passes" in ran.stdout


def test_what_is_wrong_is_one_line(tmp_path: Path, strobe: Path) -> None:
    (tmp_path / "cut.mp4").write_bytes(strobe.read_bytes()[:900])
    (tmp_path / "text.mp4").write_text("no film")
    for name in ("missing.mp4", "cut.mp4", "text.mp4", "."):
        error = check(tmp_path / name).exception
        assert isinstance(error, UglyError)
        assert name.strip(".") in str(error)
        assert "\n" not in str(error)


def test_a_corner_counts_where_the_eye_is_near(tmp_path: Path) -> None:
    path, near = tmp_path / "corner.mp4", tmp_path / "near.toml"
    near.write_text("[screen]\nsize_m = [1.2, 0.675]\ndistance_m = 2.0\n")
    with VideoWriter(path, 24, quality=5) as video:
        for number in range(48):
            frame = np.full((54, 96, 3), 20, np.uint8)
            frame[:16, :32] = 220 * (number // 2 % 2)
            video.add(as_frame(frame))
    assert check(path).exit_code == 0
    assert CliRunner().invoke(uglynet, ["--config", str(near), "check", str(path)]).exit_code == 3


@pytest.mark.parametrize("count", [1, 2, 70, 4000])
def test_the_plot_marks_only_what_is_too_much(count: int, letters: TextLayout) -> None:
    calm = Report(24, (0,) * count, (1,) * count, (1,) * count, (0.5,) * count)
    bad = Report(24, (5,) * count, (0,) * count, (9,) * count, (0.5,) * count)
    band = np.array(shade(NO, -0.72))
    for report, marked in ((calm, False), (bad, True)):
        drawn = flash_plot(report, "a film with a name.mp4", letters)
        assert (drawn == band).all(axis=-1).any() == marked


def test_the_ruler_judges_a_field_by_itself() -> None:
    frames = []
    for number in range(60):
        frame = np.zeros((27, 48, 3), np.uint8)
        frame[:9, :16] = 255 * (number // 2 % 2)
        frames.append(as_frame(frame))
    assert judge(frames, 30).worst == 0
    assert judge(frames, 30, field=(0.5, 0.5)).exceeds()
    for field in ((0.0, 1.0), (1.0, 1.5)):
        with pytest.raises(ValueError, match="field"):
            judge(frames, 30, field=field)

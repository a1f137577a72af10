"""The rack as its users meet it: named, pictured, measured, and safe at its extremes."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from pictures import gradient

from installation.__main__ import uglynet
from installation.noise.rack import finished
from installation.noise.tools import TOOLS
from installation.reports import bench_noise
from installation.reports.atlas_noise import OURS, ROIDL, UGLY_NET, pictures, write_atlas
from installation.show.flash_safety.film import governed
from installation.show.flash_safety.flash_meter import judge
from installation.vocabulary import Frame, FrameContext, Net, NoiseStep, UglyError, as_frame


def run(*words: str) -> str:
    result = CliRunner().invoke(uglynet, words, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_every_tool_is_listed_with_what_it_does():
    rows = json.loads(run("noise", "list", "--json"))
    assert [row["tool"] for row in rows] == list(TOOLS)
    assert all(row["does"].endswith(".") for row in rows)
    lines = run("noise", "list").splitlines()
    assert len(lines) == len(TOOLS)
    assert max(map(len, lines)) <= 100


def test_the_atlas_pictures_every_tool_it_names(tmp_path):
    page = write_atlas(tmp_path / "docs")
    text = page.read_text(encoding="utf-8")
    shown = pictures()
    for *_, name in (*ROIDL, *UGLY_NET, *OURS):
        if name in shown:
            assert (page.parent / "noise" / f"{name.replace(' ', '-')}.png").is_file()
            assert f"({'noise/' + name.replace(' ', '-')}.png)" in text
    assert set(TOOLS) <= set(shown)
    same = [name for name in TOOLS if np.array_equal(shown[name], shown["untouched"])]
    assert same == []


def test_an_atlas_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UglyError, match="cannot be written"):
        write_atlas(tmp_path / "file" / "docs")


def test_the_bench_has_a_row_for_each_claim(monkeypatch):
    monkeypatch.setattr(bench_noise, "SCENES", 2)
    monkeypatch.setattr(bench_noise, "LARGE_PX", (320, 180))
    rows = json.loads(run("bench", "noise", "--json"))
    assert set(rows["tool_ms"]) == set(TOOLS)
    for key in ("pixelate_vs_opencv", "blur_vs_opencv", "resize_vs_opencv", "depth_in_order"):
        assert rows[key] > 0
    assert "pixel_sort_vs_pixelsort" in rows


def strobe(number: int) -> Frame:
    """A bright picture and a dark one in turn, as a badly carved net might make."""
    return as_frame((gradient(96, 54) // (1 + 3 * (number % 2))).astype(np.uint8))


@pytest.mark.parametrize("tool", TOOLS)
def test_the_governor_holds_with_a_tool_at_its_extreme(tool: str):
    """A clip that jumps every frame, through the tool at full turn: judged by the ruler that
    shares no code with the governor."""
    fps, net = 25.0, Net("", rack=(NoiseStep(tool, 1.0),))
    frames = [
        finished(strobe(n), net, FrameContext(strobe(n), strobe(n + 1), 0.5, n / fps))
        for n in range(50)
    ]
    assert not judge(list(governed(frames, fps)), fps).exceeds()


def test_the_strobe_of_that_test_is_one():
    assert judge([strobe(n) for n in range(50)], 25.0).exceeds()

"""Every parser over damaged documents, some of each: read, or refused in one line. The hours are
run by hand: python -m tests.fuzz --minutes 60."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fuzz.mutations import DAMAGES, damaged
from fuzz.parsers import CASES, PARSERS, Parser
from fuzz.running import Report, run_apart, run_here, tried

from installation.settings import HOUSE
from installation.video import VideoReader
from installation.vocabulary import UglyError

FEW = {"onnx": 4, "model's graph": 8, "card's picture": 6, "film": 25}
"""Documents of the parsers that take long; of the others 80."""


@pytest.mark.parametrize("name", PARSERS)
def test_damaged_documents_are_read_or_refused_in_one_line(name: str, tmp_path: Path):
    report = run_here(PARSERS[name], 0, 600.0, FEW.get(name, 80), tmp_path)
    assert report.faults == []
    assert report.cases == FEW.get(name, 80)
    assert report.read + report.refused == report.cases


def test_damage_is_the_same_for_the_same_seed_and_is_damage():
    good = PARSERS["settings"].good()
    made = [damaged(good, "settings", seed) for seed in range(60)]
    assert made == [damaged(good, "settings", seed) for seed in range(60)]
    assert len(set(made)) > 50
    assert sum(data not in good for data in made) > 55
    assert len(set(DAMAGES)) >= 12


def broken(path: Path) -> None:
    text = path.read_bytes()
    if b"raise" in text:
        raise KeyError("nobody caught it")
    if b"lines" in text:
        raise UglyError("") from None
    if b"spin" in text:
        while True:
            pass


def test_the_watch_would_see_it(tmp_path: Path):
    parser = Parser("broken", broken, lambda: [b"plain"], within_s=0.3)
    assert tried(parser, b"plain", tmp_path) == "read"
    assert tried(parser, b"raise", tmp_path) == "KeyError in test_fuzz.py:broken"
    assert "no line" in tried(parser, b"lines", tmp_path)
    assert tried(parser, b"spin", tmp_path).startswith("hangs")


def test_a_process_that_crashes_is_a_fault_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """As a native library would: the child ends of a signal at its first document."""
    calls = []

    def child(words: list[str], **asked: object) -> subprocess.CompletedProcess:
        calls.append(words)
        Path(words[-1], "seed").write_text(words[4])
        if len(calls) == 1:
            return subprocess.CompletedProcess(words, -11, "", "Segmentation fault")
        done = Report("settings", cases=int(words[6]))
        return subprocess.CompletedProcess(words, 0, json.dumps(vars(done)), "")

    monkeypatch.setattr(subprocess, "run", child)
    report = run_apart("settings", 7, 60.0, most=5)
    assert [(fault.seed, "-11" in fault.what) for fault in report.faults] == [(7, True)]
    assert calls[1][4] == "8", "it goes on with the next document"
    assert report.cases == 5


def test_it_is_a_command():
    words = [
        sys.executable,
        "-m",
        "tests.fuzz",
        "--minutes",
        "0.02",
        "--parsers",
        "hours",
        "--json",
    ]
    ran = subprocess.run(words, cwd=HOUSE, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    (report,) = json.loads(ran.stdout)
    assert report["cases"] > 0
    assert report["faults"] == []


def test_a_film_of_a_codec_that_nobody_knows_is_refused(tmp_path: Path):
    """libav gives such a stream no codec; seen by the fuzzer."""
    data = (CASES / "01-h264-bframes.mkv").read_bytes()
    assert b"V_MPEG4/ISO/AVC" in data
    film = tmp_path / "film.mkv"
    film.write_bytes(data.replace(b"V_MPEG4/ISO/AVC", b"V_NOBODY/KNOWS."))
    with pytest.raises(UglyError, match="of a kind that is not known here"):
        VideoReader(film)

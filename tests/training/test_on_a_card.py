"""A quarter of an hour with a card: its dry run on the processor, and where there is no card."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from installation.interpolator.binding import FixedSession
from installation.reports import bench_net
from installation.settings import Settings
from installation.vocabulary import UglyError
from models.training import providers

HOUSE = Path(__file__).parents[2]


def test_without_a_card_it_says_so_in_a_line(tmp_path: Path):
    command = [sys.executable, "-m", "models.training.on_a_card", "nothing.tar", str(tmp_path)]
    hidden = {"CUDA_VISIBLE_DEVICES": "", "PATH": ""}
    told = subprocess.run(command, cwd=HOUSE, env=hidden, capture_output=True, text=True)
    assert told.returncode != 0
    assert told.stderr.startswith("no card: ")
    assert told.stderr.count("\n") == 1


def test_the_machine_with_the_card_needs_nothing_of_the_installation():
    """What trains there is imported without a module of it, or pygame, or ONNX Runtime."""
    script = (
        "import sys, models.training.on_a_card\n"
        "told = {name.split('.')[0] for name in sys.modules if name != 'installation'}\n"
        "print(sorted(told & {'installation', 'pygame', 'onnxruntime', 'av', 'pydantic'}))"
    )
    command = [sys.executable, "-c", script]
    told = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_a_provider_without_its_card_is_told_in_a_line(monkeypatch):
    monkeypatch.setattr(bench_net, "gpu_is_there", lambda: False)
    with pytest.raises(UglyError, match="no NVIDIA card here"):
        bench_net.measure_net(Settings(), "cuda")


def test_every_way_makes_the_processors_frames(model):
    told = providers.measure(model.path.parent, "cpu", (64, 32), threads=1, rounds=1)
    assert told["failed"] == {}
    assert set(told["frames_a_second"]) == {"cpu", *providers.WAYS}
    found = told["from_the_cpu"]
    assert found["plain"]["carved_most"] == found["full"]["carved_most"] == 0
    assert found["captured"]["untouched_most"] <= 1
    assert 0 < found["half"]["untouched_mean"] < 0.3


def test_a_way_that_runs_another_way_is_not_measured_as_it(model, monkeypatch):
    def refused(self, given, options=None):
        raise RuntimeError("no CUDA graph can hold it")

    monkeypatch.setattr(FixedSession, "run", refused)
    told = providers.measure(model.path.parent, "cpu", (64, 32), threads=1, rounds=1)
    assert set(told["failed"]) == {"captured", "half_captured"}
    assert "no CUDA graph" in told["failed"]["captured"]
    assert "captured" not in told["frames_a_second"]


def test_a_way_that_fails_costs_no_other(model, monkeypatch):
    opened = providers.unet_of

    def broken(model, provider, threads, memory="", fixed=False):
        if fixed:
            raise UglyError("cannot be captured")
        return opened(model, provider, threads, memory, fixed)

    monkeypatch.setattr(providers, "unet_of", broken)
    told = providers.measure(model.path.parent, "cpu", (64, 32), threads=1, rounds=1)
    assert told["failed"] == dict.fromkeys(("captured", "half_captured"), "cannot be captured")
    assert {"plain", "full", "half"} <= set(told["frames_a_second"])

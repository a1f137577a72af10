"""The soak: a small one, whole; and that it would see what it looks for."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from waiting import PATIENCE_S

from installation.__main__ import uglynet
from installation.interpolator import local_graphs
from installation.settings import Settings, changed
from installation.simulation.soak import Sample, Soak, Soaked, soak_settings
from installation.simulation.soak_devices import soak_devices
from installation.simulation.soak_faults import FAULTS

CROSSFADE = changed(Settings(), "model", driver="crossfade")


def test_visits_with_faults_lose_nothing_and_all_is_well_again(tmp_path: Path):
    settings = tmp_path / "settings.toml"
    settings.write_text('[model]\ndriver = "crossfade"\n')
    words = ["--config", str(settings), "soak", "--visits", "30", "--faults", "10", "--seed", "2"]
    plot = tmp_path / "soak.svg"
    done = CliRunner().invoke(uglynet, [*words, "--json", "--plot", str(plot)])
    assert done.exit_code == 0, done.output
    rows = json.loads(done.stdout)
    assert (rows["visits"], rows["faults"], rows["recovered"]) == (30, 10, 10)
    assert (rows["lost_takes"], rows["stuck"]) == (0, 0)
    assert rows["takes_confirmed"] > 10, "visitors truly kept something"
    assert sum(rows["faults_by_kind"].values()) == 10
    assert {"memory_growth", "handles_growth", "threads_growth", "late_ticks"} <= rows.keys()
    assert "30 visits" in "".join(ElementTree.parse(plot).getroot().itertext())


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_after_every_fault_the_show_is_well_again(tmp_path: Path, fault: str):
    soak = Soak(CROSSFADE, tmp_path / "gallery", 4, kinds=[fault])
    done = soak.run(2, 2)
    assert (done.faults, done.recovered, done.unwell) == (2, 2, [])
    assert (done.lost, done.stuck) == ([], [])


def test_every_graph_is_loaded_before_memory_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    loaded: list[str] = []
    load = local_graphs.session_of

    def noted(graph: bytes, name: str, *rest: Any) -> Any:
        loaded.append(name)
        return load(graph, name, *rest)

    monkeypatch.setattr(local_graphs, "session_of", noted)
    bench = soak_devices(soak_settings(Settings(), tmp_path / "gallery"), 1)
    bench.devices.close()
    bench.opened.close()
    each = ("flow.onnx", "flow_full.onnx", "interp.onnx", "interp_full.onnx")
    assert sorted(loaded) == sorted(2 * each), "the preview's and the takes'"


def test_a_take_that_goes_missing_or_is_damaged_is_told(tmp_path: Path):
    gallery = tmp_path / "gallery"
    soak = Soak(CROSSFADE, gallery, 4)
    soak.run(4, 0)
    assert soak.done.lost == []
    first, *_ = (gallery / "takes").iterdir()
    (first / "video.mp4").write_bytes(b"cut")
    outcomes = SimpleNamespace(kept=[SimpleNamespace(id="never-written")], not_kept=[])
    soak._hear(SimpleNamespace(booth=SimpleNamespace(outcomes=outcomes)))  # type: ignore[arg-type]
    soak._verify()
    assert soak.done.lost[0] == "never-written"
    assert any("video.mp4" in each for each in soak.done.lost[1:])


def test_a_soak_that_is_stopped_tells_what_it_found(tmp_path: Path):
    settings = tmp_path / "settings.toml"
    settings.write_text('[model]\ndriver = "crossfade"\n')
    words = ["--config", str(settings), "soak", "--visits", "100000", "--faults", "0", "--json"]
    soak = subprocess.Popen(
        [sys.executable, "-m", "installation", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert soak.stderr is not None
        assert soak.stderr.readline().startswith("visits 1,")
        soak.send_signal(signal.SIGTERM)
        told, _ = soak.communicate(timeout=PATIENCE_S)
    finally:
        soak.kill()
    rows = json.loads(told)
    assert 1 <= rows["visits"] < 100_000
    assert (soak.returncode, rows["lost_takes"], rows["stuck"]) == (0, 0, 0)


def test_growth_is_that_of_the_medians_once_all_is_warm():
    done = Soaked()
    assert done.growth("memory") == 0.0
    for number in range(50):
        memory = 500 if number < 10 else 1000 + 2 * number
        done.samples.append(Sample(number, memory, 20, 30))
    assert done.growth("memory") == pytest.approx(1089 / 1029 - 1)
    assert done.growth("handles") == 0.0


def test_a_plot_is_an_svg_and_nothing_else():
    done = CliRunner().invoke(uglynet, ["soak", "--plot", "soak.bmp"])
    assert done.exit_code == 1
    assert "ends in .svg" in str(done.exception)

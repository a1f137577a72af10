"""The net on another machine, when that machine is late, wrong or gone."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from click.testing import CliRunner
from oip_servers import SmallServer
from waiting import PATIENCE_S, eventually

from installation.__main__ import uglynet
from installation.app.assemble import open_interpolator
from installation.carve.random_nets import roll
from installation.interpolator.driver import RunCancelledError
from installation.interpolator.local_graphs import LocalGraphs
from installation.interpolator.model import Model
from installation.interpolator.remote import graphs as remote_graphs
from installation.interpolator.remote import opening
from installation.interpolator.remote.graphs import RemoteGraphs
from installation.interpolator.remote.server import Server
from installation.interpolator.sessions import Cancel
from installation.interpolator.trained import unet_of
from installation.interpolator.unet import UnetInterpolator
from installation.settings import Settings, changed
from installation.vocabulary import Clip, Health, Net, Reason, UglyError

FAILURES = ("fails", "garbage", "short", "shapes")
LATE = ("hangs", "drips")


@pytest.fixture
def server(model: Model):
    opened = SmallServer(model)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch):
    """A server that failed is left alone for a moment only."""
    monkeypatch.setattr(remote_graphs, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(remote_graphs, "LONGEST_PAUSE_S", 0.2)


def over(model: Model, address: str, deadline_s: float = PATIENCE_S, settle_s: float = PATIENCE_S):
    cancel, local = Cancel(), LocalGraphs(model, "cpu")
    graphs = RemoteGraphs(model, local, Server(address), cancel, deadline_s, settle_s)
    return UnetInterpolator(model, graphs, cancel), graphs


@pytest.mark.parametrize("mood", FAILURES)
def test_what_a_server_gets_wrong_is_made_here_and_it_comes_back(server, model, hello, mood):
    remote, graphs = over(model, server.address)
    here, net = unet_of(model, "cpu", 1), roll(model.manifest.sites, model.manifest.model, 3)
    assert graphs.made_here == 0
    server.mood = mood
    assert (remote.frame_at(hello, 1.5, net) == here.frame_at(hello, 1.5, net)).all()
    health = remote.health()
    assert (health.health, health.reason) == (Health.FAILING, Reason.SERVER_AWAY)
    assert server.address in health.note
    assert "\n" not in health.note
    assert len(health.note) < 300
    server.mood = "well"
    eventually(lambda: remote.health().health is Health.FINE, lambda: remote.health().note)
    asked = graphs.made_there
    assert (remote.frame_at(hello, 2.5, net) == here.frame_at(hello, 2.5, net)).all()
    assert graphs.made_there > asked
    remote.close()


@pytest.mark.parametrize("mood", LATE)
def test_a_frame_does_not_wait_for_a_server_that_is_late(server, model, hello, mood):
    """The server answers only after the frame was made: so nobody waited for it."""
    remote, graphs = over(model, server.address)
    here, net = unet_of(model, "cpu", 1), Net(model.manifest.model)
    server.mood, graphs._deadline_s = mood, 0.05
    assert (remote.frame_at(hello, 1.5, net) == here.frame_at(hello, 1.5, net)).all()
    assert not server.let_go.is_set()
    assert "no answer within 50 ms" in remote.health().note
    graphs._deadline_s, server.mood = PATIENCE_S, "well"
    server.let_go.set()
    eventually(lambda: remote.health().health is Health.FINE, lambda: remote.health().note)
    made = graphs.made_there
    remote.frame_at(hello, 2.5, net)
    assert graphs.made_there > made
    remote.close()


def test_a_server_that_stays_too_slow_is_not_asked_again(server, model, hello):
    remote, graphs = over(model, server.address)
    graphs._deadline_s = 1e-6
    remote.frame_at(hello, 1.5, Net(model.manifest.model))
    eventually(lambda: "too slow" in remote.health().note, lambda: remote.health().note)
    there = graphs.made_there
    remote.frame_at(hello, 2.5, Net(model.manifest.model))
    assert graphs.made_there == there
    remote.close()


def test_a_machine_that_dies_and_returns(server, model, hello):
    remote, graphs = over(model, server.address)
    here, net = unet_of(model, "cpu", 1), Net(model.manifest.model)
    remote.frame_at(hello, 0.5, net)
    server.close()
    assert (remote.frame_at(hello, 1.5, net) == here.frame_at(hello, 1.5, net)).all()
    assert remote.health().health is Health.FAILING
    again = SmallServer(model, server.port)
    eventually(lambda: remote.health().health is Health.FINE, lambda: remote.health().note)
    made = graphs.made_there
    remote.frame_at(hello, 2.5, net)
    assert graphs.made_there > made
    remote.close()
    again.close()


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        ("another net", "another net than ours"),
        ("unready", "not ready"),
        ("empty", "it has no model uglynet-"),
    ],
)
def test_a_server_that_is_none_of_ours_is_never_asked_for_a_frame(server, model, hello, mood, said):
    server.mood = mood
    remote, graphs = over(model, server.address)
    remote.frame_at(hello, 1.5, Net(model.manifest.model))
    assert graphs.made_there == 0
    assert said in remote.health().note
    remote.close()


def test_who_waits_for_a_server_is_broken_off_at_once(server, model, hello):
    remote, _ = over(model, server.address)
    server.mood = "hangs"
    raised: list[BaseException] = []

    def ask() -> None:
        try:
            remote.frame_at(hello, 1.5, Net(model.manifest.model))
        except BaseException as error:
            raised.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    eventually(lambda: remote.break_off() or not asking.is_alive())
    assert [type(error) for error in raised] == [RunCancelledError]
    assert remote.health().health is Health.FINE, "that was no fault of the server"
    remote.cancel()
    with pytest.raises(RunCancelledError):
        remote.frame_at(hello, 1.5, Net(model.manifest.model))
    remote.close()


def test_larger_frames_may_take_longer(server, model):
    remote, graphs = over(model, server.address, deadline_s=0.1)
    assert graphs._deadline_for((128, 96)) == graphs._deadline_for((256, 144)) == 0.1
    assert graphs._deadline_for((512, 288)) == pytest.approx(0.4)
    remote.close()


def test_what_is_carved_to_infinity_comes_back_as_it_was(server, model, hello):
    remote, _ = over(model, server.address)
    here = unet_of(model, "cpu", 1)
    for seed in range(4):
        net = roll(model.manifest.sites, model.manifest.model, seed, extreme=True)
        assert (remote.frame_at(hello, 1.5, net) == here.frame_at(hello, 1.5, net)).all()
    remote.close()


def test_the_settings_open_it_and_a_server_that_is_not_there_costs_nothing(
    server, model: Model, hello: Clip, monkeypatch
):
    monkeypatch.setattr(opening, "OPEN_WITHIN_S", PATIENCE_S)
    asked = changed(Settings(), "model", driver="remote", server=server.address, provider="cpu")
    opened = open_interpolator(asked)
    assert opened.health().health is Health.FINE, opened.health().note
    assert opened.model == model.manifest.model
    opened.close()
    server.close()
    opened = open_interpolator(asked)
    assert opened.health().reason is Reason.SERVER_AWAY
    opened.frame_at(hello, 0.5, Net(opened.model))
    opened.close()


def test_without_an_address_it_is_refused_in_one_line():
    with pytest.raises(UglyError, match=r"\[model\] driver .* needs server"):
        open_interpolator(changed(Settings(), "model", driver="remote"))


@pytest.mark.parametrize("address", ["http://gpu:99999", "http://gpu:abc", "grpc://:80"])
def test_what_names_no_port_or_machine_is_refused_in_one_line(address: str):
    with pytest.raises(UglyError, match=r"\[model\] server = .*(no such port|names no machine)"):
        Server(address)


@pytest.mark.parametrize("address", ["gpu:8000", "ftp://gpu", "http://", "http://gpu?x", "grpc:g"])
def test_what_is_no_address_is_refused(address: str):
    with pytest.raises(UglyError, match="server"):
        changed(Settings(), "model", server=address)


def test_the_repository_holds_graphs_that_a_server_can_load(model: Model, tmp_path: Path):
    run = CliRunner().invoke(uglynet, ["net", "repository", "-o", str(tmp_path / "models")])
    assert run.exit_code == 0, run.output
    names = [Path(line).name for line in run.output.split()]
    assert len(names) == 4
    for name in names:
        graph = tmp_path / "models" / name / "1" / "model.onnx"
        assert graph.read_bytes() in model.graphs.values()
        assert f'name: "{name}"' in (tmp_path / "models" / name / "config.pbtxt").read_text()
        assert name in (tmp_path / "models" / "config.json").read_text()
    assert np.array_equal(
        sorted(names), sorted(p.name for p in (tmp_path / "models").iterdir() if p.is_dir())
    )
    options = ort.SessionOptions()
    options.enable_mem_reuse = False  # planning it takes most of the time
    assert ort.InferenceSession(str(tmp_path / "models" / names[0] / "1" / "model.onnx"), options)


def test_a_repository_that_cannot_be_written_is_one_line(tmp_path: Path):
    (tmp_path / "file").write_text("here")
    run = CliRunner().invoke(uglynet, ["net", "repository", "-o", str(tmp_path / "file")])
    assert run.exit_code != 0
    assert "Traceback" not in run.output

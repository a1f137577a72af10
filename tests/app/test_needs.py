"""What the doctor vouches for `run` opens; what `run` refuses, or does without, it finds."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from installation.app import needs
from installation.app.assemble import open_devices
from installation.app.window import Window
from installation.carve.panel_layout import PanelLayout
from installation.commands import doctor
from installation.commands.context import Context
from installation.fleet.place import Joined, Place
from installation.gallery.store import Gallery
from installation.panel.layouts import layout_path, load_layout
from installation.settings import Settings, SourceSettings, changed
from installation.source import auto
from installation.source.cameras import Camera
from installation.source.driver import ClipForm
from installation.source.live import LiveSource, Treatment
from installation.vocabulary import (
    DeviceHealth,
    Frame,
    Health,
    SourceKind,
    UglyError,
    as_frame,
)

PATIENCE_S = 0.8


@pytest.fixture
def small(tmp_path: Path, write_clip: Callable[..., Path]) -> Settings:
    settings = changed(Settings(), "gallery", folder=tmp_path / "gallery", video_px=(64, 48))
    settings = changed(settings, "play", preview_px=(64, 48), grow=False)
    clip = write_clip(count=20)
    return changed(settings, "source", driver="file", file=clip, size_px=(64, 48), seconds=0.5)


def findings(settings: Settings) -> list[needs.Finding]:
    return [found for need in needs.NEEDS for found in need(settings, PATIENCE_S)]


def missing(settings: Settings) -> dict[str, str]:
    return {found.what: found.line for found in findings(settings) if found.state == "missing"}


@contextlib.contextmanager
def running(settings: Settings) -> Iterator[Window]:
    """As `run` starts it, before its first tick."""
    with contextlib.ExitStack() as opened:
        devices = open_devices(settings)
        opened.callback(devices.close)
        window = Window(settings, devices, size_px=(320, 240))
        opened.callback(window.close)
        yield window


def settled(window: Window, device: str) -> DeviceHealth:
    """A device's health once it is fine, or has had as long as the doctor gives it."""
    end_s = time.monotonic() + 20
    while True:
        health = next(h for h in window.health() if h.device == device)
        if health.health is Health.FINE or time.monotonic() > end_s:
            return health
        time.sleep(0.01)


REFUSED = {
    "no layout": ("panel", {"layout": "mega17"}, "panel"),
    "MIDI with an Arduino's layout": ("panel", {"driver": "midi", "layout": "uno6"}, "panel"),
    "no recording": ("panel", {"driver": "replay"}, "panel"),
    "a recording that is not there": (
        "panel", {"driver": "replay", "replay": Path("/absent.jsonl")}, "panel",
    ),
    "no words for a language": ("screen", {"languages": ("en", "eo")}, "words"),
    "no folder of words": ("screen", {"words": Path("/absent")}, "words"),
    "no clip": ("source", {"file": Path("/absent.mp4")}, "clip"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_run_refuses_the_doctor_finds_in_the_same_words(name: str, small: Settings):
    section, values, what = REFUSED[name]
    broken = changed(small, section, **values)
    with pytest.raises(UglyError) as refusal, running(broken):
        pass
    assert missing(broken)[what] == str(refusal.value)


def test_midi_without_its_libraries(small: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "installation.panel.midi.midi_ports", None)
    broken = changed(small, "panel", driver="midi", layout="nanokontrol2")
    with pytest.raises(UglyError) as refusal, running(broken):
        pass
    assert missing(broken)["panel"] == str(refusal.value)


def test_a_letterless_font_and_damaged_words(small: Settings, tmp_path: Path):
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "bad.ttf").write_bytes(b"no font")
    broken = changed(small, "screen", words=tmp_path / "words")
    with pytest.raises(UglyError) as refusal, running(broken):
        pass
    assert missing(broken)["words"] == str(refusal.value)


ILL = {
    "a port without a panel": ("panel", {"driver": "arduino", "port": "/dev/null-panel"}, "panel"),
    "a port that is no serial port": ("panel", {"driver": "arduino", "port": __file__}, "panel"),
    "a camera that is not there": ("source", {"driver": "webcam", "device": 63}, "camera"),
}


@pytest.mark.parametrize("name", ILL)
def test_what_the_show_would_do_without_the_doctor_finds(name: str, small: Settings):
    section, values, what = ILL[name]
    broken = changed(small, section, **values)
    assert what in missing(broken)
    with running(broken) as window:
        assert next(h for h in window.health() if h.device == what).health is not Health.FINE


def test_a_video_device_that_cannot_be_opened_is_no_camera(
    small: Settings, monkeypatch: pytest.MonkeyPatch
):
    for module in (auto, needs):
        monkeypatch.setattr(module, "cameras", lambda: [Camera(62)])
    broken = changed(small, "source", driver="auto", device=62)
    assert "62" in missing(broken)["camera"]


@pytest.mark.parametrize(("noise", "shade", "says"), [(9, 3, "black"), (1, 128, "same picture")])
def test_a_camera_that_gives_pictures_but_does_not_live_is_no_camera(
    small: Settings, monkeypatch: pytest.MonkeyPatch, noise: int, shade: int, says: str
):
    """A first picture proves little. The camera's clock goes by its pictures."""
    chance, now = np.random.default_rng(1), [0.0]

    def frames(stop: threading.Event) -> Iterator[Frame]:
        while not stop.wait(0.002):
            now[0] += 1.0
            yield as_frame(shade + chance.integers(0, noise, (48, 64, 3), dtype=np.uint8))

    def opened(asked: SourceSettings) -> LiveSource:
        form = ClipForm((64, 48), 20.0, 0.5)
        camera = Treatment(SourceKind.CAMERA, watched=True)
        return LiveSource("lens", frames, form, camera, clock=lambda: now[0])

    monkeypatch.setattr(needs, "open_source", opened)
    monkeypatch.setattr(needs, "JUDGED_AFTER_S", 2.0)
    watched = changed(small, "source", driver="webcam")
    (found,) = needs.camera(watched, patience_s=60.0)
    assert found.state == "missing"
    assert says in found.line


def test_what_the_doctor_passes_runs(small: Settings):
    assert missing(small) == {}
    with running(small) as window:
        for device in ("panel", "camera", "net", "gallery"):
            assert settled(window, device).health is Health.FINE, device


def test_beside_a_running_show_a_device_it_holds_is_no_fault(small: Settings):
    busy = changed(small, "panel", driver="arduino", port="/dev/null-panel")
    assert "panel" in missing(busy)
    held = Gallery(small.gallery.folder)
    assert "panel" not in missing(busy)
    assert any("running show" in found.line for found in findings(busy))
    held.close()
    assert "panel" in missing(busy)


def test_a_booth_that_is_in_no_fleet_yet_is_told_so_and_the_show_runs(
    small: Settings, tmp_path: Path
):
    place = Place(tmp_path / "fleet")
    several = changed(small, "fleet", folder=place.root)

    def told() -> tuple[str, str]:
        (found,) = needs.fleet(several)
        return found.state, found.line

    assert told() == ("note", f"{place.root}: in no fleet yet; `uglynet fleet join` or "
                              "`uglynet fleet hub`")  # fmt: skip
    place.made()
    place.write_joined(Joined("kassel", "zkm", "k" * 43))
    state, line = told()
    assert state == "note"
    assert line.startswith("kassel: not admitted yet")
    place.write_joined(Joined("zkm", "zkm", "k" * 43, role="hub"))
    assert told() == ("fine", "zkm, of the fleet of zkm")
    (place.root / "fleet.json").write_text("{")
    assert told()[0] == "note"
    assert "fleet" not in missing(several)


def test_looking_makes_no_folder_and_leaves_nothing_open(small: Settings):
    findings(small)
    assert not needs.show_is_running(small.gallery.folder)
    assert not small.gallery.folder.exists()


def test_knobs_that_would_do_nothing_are_noted(small: Settings, tmp_path: Path):
    text = layout_path("uno6").read_text(encoding="utf-8").replace("noise/tile", "noise/tail")
    (tmp_path / "mine.toml").write_text(text.replace('"page"', '""'))
    odd = changed(small, "panel", layout=str(tmp_path / "mine.toml"))
    notes = [f.line for f in needs.panel(odd, PATIENCE_S) if f.state == "note"]
    assert any("noise/tail" in line for line in notes)
    assert any("F1 only: no page" in line for line in notes)
    layout: PanelLayout = load_layout("uno6")
    known = frozenset(layout.sites) - {"flow/skip2"}
    assert needs.layout_gaps(layout, known) == ("flow/skip2",)


def test_the_doctor_looks_at_the_whole_list(monkeypatch: pytest.MonkeyPatch, small: Settings):
    looked: list[str] = []

    def look(name: str) -> Callable[[Settings, float], Iterator[needs.Finding]]:
        def at(settings: Settings, patience_s: float) -> Iterator[needs.Finding]:
            looked.append(name)
            return iter(())

        return at

    names = tuple(need.__name__ for need in needs.NEEDS)
    monkeypatch.setattr(needs, "NEEDS", tuple(map(look, names)))
    for quick in ("_net", "_display", "_disk"):
        monkeypatch.setattr(doctor, quick, lambda settings: iter(()))
    result = CliRunner().invoke(doctor.doctor, obj=Context(None, [small]))
    assert result.exit_code == 0, result.output
    assert tuple(looked) == names


def test_a_display_that_does_not_answer_is_found():
    """In a process of its own: SDL looks for its driver once."""
    environment = {k: v for k, v in os.environ.items() if k not in ("SDL_VIDEODRIVER", "DISPLAY")}
    words = "from installation.show.window.screen import display_trouble as t; print(t())"
    for display, trouble in ((":977", True), (None, False)):
        more = {"DISPLAY": display} if display else {"SDL_VIDEODRIVER": "dummy"}
        done = subprocess.run(
            [sys.executable, "-c", words], env=environment | more, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert bool(done.stdout.splitlines()[-1].strip()) == trouble, done.stdout


def test_two_builds_of_the_runtime_are_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert len(doctor.runtime_builds()) == 1
    other = tmp_path / "onnxruntime_directml-1.0.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: onnxruntime-directml\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "onnxruntime-directml" in doctor.runtime_builds()
    assert len(doctor.runtime_builds()) == 2


def test_one_button_that_the_panel_lacks_is_told():
    asked = changed(changed(Settings(), "panel", layout="uno6"), "access", one_button="solo")
    (finding,) = needs.one_button(asked)
    assert finding.state == "note"
    assert "no solo" in finding.line
    there = changed(asked, "access", one_button="calm")
    assert list(needs.one_button(there)) == []
    assert list(needs.one_button(Settings())) == []


def test_a_voice_that_is_not_installed_is_a_note_since_the_show_goes_on(
    monkeypatch: pytest.MonkeyPatch,
):
    assert list(needs.voice(Settings())) == []
    asked = changed(Settings(), "access", voice="espeak")
    monkeypatch.setenv("PATH", "/nowhere")
    (finding,) = needs.voice(asked)
    assert finding.state == "note"
    assert "apt-get install espeak-ng" in finding.line

"""Panels by the name of their driver."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from installation.drivers import PANELS, names
from installation.panel.arduino import arduino
from installation.panel.arduino.arduino import ArduinoPanel
from installation.panel.driver import PanelShape
from installation.panel.factory import open_panel
from installation.panel.onscreen import OnScreenPanel
from installation.panel.recording.recording import Recorder
from installation.panel.recording.replay import ReplayPanel
from installation.panel.simulated.simulated import SimulatedPanel
from installation.vocabulary import PanelState, UglyError

UNO6 = PanelShape(6, 6)


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    path = tmp_path / "tape.jsonl"
    with Recorder(path, UNO6) as recorder:
        recorder.note(PanelState((0.5,) * 6, frozenset({1}), 1.0))
    return path


@pytest.mark.parametrize(
    ("driver", "kind"),
    [
        ("onscreen", OnScreenPanel),
        ("arduino", ArduinoPanel),
        ("simulated", SimulatedPanel),
        ("replay", ReplayPanel),
    ],
)
def test_each_driver_opens_with_the_layouts_shape(driver: str, kind: type, tape: Path):
    assert driver in names(PANELS)
    panel = open_panel(driver, "uno6", replay=tape, port="/dev/null-panel")
    assert isinstance(panel, kind)
    assert panel.shape == UNO6
    panel.close()


def test_only_the_panel_that_was_given_the_number_will_do(monkeypatch: pytest.MonkeyPatch):
    asked: dict[str, object] = {}

    def opened(shape: PanelShape, port: str | None, **options: object) -> None:
        asked.update(options, port=port)

    monkeypatch.setattr(arduino, "ArduinoPanel", opened)
    open_panel("arduino", "uno6", port="/dev/ttyACM3", serial_number=7)
    assert (asked["port"], asked["serial_number"]) == ("/dev/ttyACM3", 7)
    open_panel("arduino", "uno6")
    assert (asked["port"], asked["serial_number"]) == (None, None)


def test_midi_needs_a_layout_for_a_controller():
    with pytest.raises(UglyError, match="for no MIDI controller"):
        open_panel("midi", "uno6")


def test_a_replay_needs_a_recording_of_the_same_shape(tape: Path, tmp_path: Path):
    with pytest.raises(UglyError, match="a recording is needed"):
        open_panel("replay", "uno6")
    with pytest.raises(UglyError, match="6 knobs and 6 buttons, the layout has 16 and 8"):
        open_panel("replay", "mega16", replay=tape)
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text(json.dumps({"version": 9}))
    with pytest.raises(UglyError, match=r"wrong\.jsonl: line 1"):
        open_panel("replay", "uno6", replay=wrong)

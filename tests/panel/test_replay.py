"""Recordings of a panel: written, read back, played on an injected clock."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.panel.driver import PanelShape
from installation.panel.onscreen import OnScreenPanel
from installation.panel.recording.recording import (
    Recorder,
    Recording,
    parse_recording,
    read_recording,
)
from installation.panel.recording.replay import ReplayPanel
from installation.vocabulary import PanelState, UglyError

SHAPE = PanelShape(2, 3)
HEADER = json.dumps({"uglynet": "panel recording", "version": 1, "knobs": 2, "buttons": 3})


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_what_is_recorded_is_played_at_its_times(tmp_path: Path):
    clock = Clock()
    panel = OnScreenPanel(SHAPE, clock)
    with Recorder(tmp_path / "visit.jsonl", SHAPE) as recorder:
        assert recorder.watch(panel)
        assert not recorder.watch(panel)
        clock.now_s += 0.5
        panel.turn_to(1, 0.25)
        recorder.watch(panel)
        clock.now_s += 0.5
        panel.press(2)
        recorder.watch(panel)
    player = ReplayPanel(tmp_path / "visit.jsonl", clock)
    assert player.latest() == PanelState((0.0, 0.0), frozenset(), 101.0)
    clock.now_s += 0.49
    assert player.latest().knobs == (0.0, 0.0)
    clock.now_s += 0.02
    assert player.latest().knobs == (0.0, 0.25)
    assert not player.is_over
    clock.now_s += 5.0
    assert player.latest().pressed == {2}
    assert player.is_over
    assert player.latest().pressed == {2}


def test_a_loop_starts_over_without_drifting():
    clock = Clock()
    states = tuple(PanelState((at_s / 2, 0.0), frozenset(), at_s) for at_s in (0.0, 1.0, 2.0))
    player = ReplayPanel(Recording(SHAPE, states), clock, loop=True)
    seen = []
    for _ in range(8):
        clock.now_s += 0.5
        seen.append(player.latest().knobs[0])
    # The last state and the first of the next round fall due together.
    assert seen == [0.0, 0.5, 0.5, 0.0, 0.0, 0.5, 0.5, 0.0]
    assert not player.is_over


def test_before_its_first_state_it_has_no_contact():
    player = ReplayPanel(Recording(SHAPE, (PanelState((1.0, 1.0), frozenset({0}), 3.0),)), Clock())
    assert player.latest() == PanelState((0.0, 0.0), frozenset(), float("-inf"))


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.floats(0, 1), st.frozensets(st.integers(0, 2))), max_size=20
    )
)
def test_a_recording_read_back_is_what_was_noted(moves: list[tuple[float, float, frozenset[int]]]):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.jsonl"
        kept = []
        with Recorder(path, SHAPE) as recorder:
            for i, (one, two, pressed) in enumerate(moves):
                state = PanelState((one, two), pressed, 7.0 + i)
                if recorder.note(state):
                    kept.append(state)
        read = read_recording(path)
    assert [s.pressed for s in read.states] == [s.pressed for s in kept]
    for got, want in zip(read.states, kept, strict=True):
        assert got.knobs == pytest.approx(want.knobs, abs=1e-4)
        assert got.at_s == pytest.approx(want.at_s - kept[0].at_s, abs=1e-4)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "empty"),
        (["{"], "line 1: not JSON"),
        (['{"version": 1}'], "line 1: expected the header"),
        ([HEADER, "[]"], "line 2: expected a JSON object"),
        ([HEADER, '{"at_s": 0}'], "line 2: expected at_s, knobs and pressed"),
        (
            [HEADER, '{"at": 0, "knobs": [0, 1], "pressed": []}'],
            r"line 2: expected at_s, knobs and pressed; at_s is missing \(there is at\)",
        ),
        ([HEADER, '{"at_s": "0", "knobs": [0, 1], "pressed": []}'], "line 2: at_s is seconds"),
        ([HEADER.replace("2", '"two"', 1)], "line 1: the header needs knobs"),
        ([HEADER, '{"at_s": 0, "knobs": [0.5], "pressed": []}'], "line 2: expected 2 knobs"),
        ([HEADER, '{"at_s": 0, "knobs": [0, 2], "pressed": []}'], "line 2: expected 2 knobs"),
        ([HEADER, '{"at_s": 0, "knobs": [0, 1], "pressed": [3]}'], "line 2: expected button"),
        ([HEADER, '{"at_s": NaN, "knobs": [0, 1], "pressed": []}'], "line 2: at_s is seconds"),
        (
            [HEADER, *(json.dumps({"at_s": s, "knobs": [0, 1], "pressed": []}) for s in (2, 1))],
            "line 3: at_s goes back",
        ),
    ],
)
def test_a_mistake_in_a_recording_names_its_line(lines: list[str], says: str):
    with pytest.raises(UglyError, match=f"visit.jsonl: {says}"):
        parse_recording(lines, "visit.jsonl")


@given(st.data())
def test_a_damaged_recording_is_read_or_refused_in_one_line(data: st.DataObject):
    state = '{"at_s": 0.5, "knobs": [0, 1], "pressed": [1]}'
    text = f"{HEADER}\n{state}\n"
    at = data.draw(st.integers(0, len(text)))
    gone = data.draw(st.integers(0, 9))
    put = data.draw(st.sampled_from(["", "1e999", '"', "null", "[", "}", "99999999", "-1", "\n"]))
    lines = (text[:at] + put + text[at + gone :]).splitlines()
    refusal = ""
    try:
        recording = parse_recording(lines, "visit.jsonl")
    except UglyError as error:
        refusal = str(error)
    if refusal:
        assert refusal.startswith("visit.jsonl: ")
        assert "\n" not in refusal
    else:
        assert all(len(s.knobs) == recording.shape.knobs for s in recording.states)


def test_a_missing_recording_is_told_in_one_line(tmp_path: Path):
    with pytest.raises(UglyError, match="cannot be read"):
        ReplayPanel(tmp_path / "none.jsonl")


def test_an_onscreen_knob_stops_at_its_ends_and_ignores_strangers():
    panel = OnScreenPanel(SHAPE, Clock())
    panel.turn_by(0, 0.4)
    panel.turn_by(0, 0.9)
    panel.turn_by(1, -0.5)
    panel.turn_to(9, 0.5)
    panel.press(9)
    assert panel.latest() == PanelState((1.0, 0.0), frozenset(), 100.0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk is played by /dev/full")
def test_a_full_disk_is_told_in_one_line():
    with (
        pytest.raises(UglyError, match="/dev/full: cannot be written"),
        Recorder(Path("/dev/full"), SHAPE) as recorder,
    ):
        recorder.note(PanelState((0.0, 0.0), frozenset(), 1.0))
    assert Path("/dev/full").is_char_device()

"""Simulated visits: `uglynet run --headless`, as `make run` plays it where there is no screen."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from xml.etree import ElementTree

import av
import cv2
import numpy as np
from staging import stage, started, surroundings

from installation.carve.nets import parse_net

PHASES = ("attract", "invite", "record", "carve", "decide", "gallery")


def test_a_simulated_visit_leaves_a_take_and_a_picture_of_every_phase(tmp_path: Path):
    settings, out = stage(tmp_path, slow=3, seconds=1.0, countdown_s=1.2), tmp_path / "out"
    words = ("--config", settings, "run", "--headless", "--panel", "simulated")
    words += ("--visits", 1, "--out", out, "--json")
    with started(tmp_path, *words, environment=surroundings()) as program:
        assert program.status() == 0, program.told()
        told = json.loads("".join(program.out))
        assert program.has_said("simulated visitors use the on-screen panel"), "it is told"
    assert told["stopped"] is False
    (take,) = map(Path, told["takes"])
    with av.open(str(take / "video.mp4")) as video:
        stream = video.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert (stream.width, stream.height) == (64, 48)
        frames = sum(1 for _ in video.decode(stream))
    filmed = round(1.0 * 20)
    assert frames == (filmed - 1) * 3 + 1
    net = parse_net((take / "net.json").read_bytes(), "net.json")
    assert net.carve.cuts
    drawing = ElementTree.parse(take / "portrait.svg").getroot()
    assert drawing.tag.endswith("svg")
    assert len(drawing) > 20, "a creature has many strokes"
    portrait = cv2.imread(str(take / "portrait.png"))
    assert portrait is not None
    assert portrait.std() > 5

    shots = sorted(Path(told["screenshots"]).rglob("*.png"))
    for phase in PHASES:
        assert any(phase in shot.name for shot in shots), phase
    pictures = [cv2.imread(str(shot)).astype(int) for shot in shots]
    for shot, picture in zip(shots, pictures, strict=True):
        assert picture.shape == (360, 640, 3)
        assert picture.std() > 20, f"{shot.name} is blank"
    for number, picture in enumerate(pictures):
        for other in range(number):
            assert np.any(picture != pictures[other]), (shots[other].name, shots[number].name)
    assert not (tmp_path / "gallery").exists(), "the real gallery is left alone"


def test_stopped_midway_it_ends_well_and_keeps_nothing(tmp_path: Path):
    words = ("--config", stage(tmp_path), "run", "--headless", "--out", tmp_path / "out", "--json")
    with started(tmp_path, *words, environment=surroundings()) as program:
        program.hears("visit 1: carve")
        program.signal(signal.SIGTERM)
        assert program.status() == 0, program.told()
        told = json.loads("".join(program.out))
    assert told["stopped"] is True
    assert told["takes"] == []
    assert list((tmp_path / "out" / "gallery" / "takes").iterdir()) == []

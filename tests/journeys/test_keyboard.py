"""A whole visit by keyboard: the program itself, on a display of its own, and only its keys."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from display import Display, colours_of, display
from staging import Program, stage, started, surroundings, takes_in
from waiting import eventually

from installation.carve.nets import parse_net
from installation.gallery.reading import GalleryReader
from installation.gallery.record import NET, VIDEO
from installation.show.scenes.screen_layout import arrange
from installation.video import VideoReader

# Some Xvfb machines are busy: no test here asserts a time.


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Display]:
    with display(tmp_path_factory.mktemp("display")) as shown:
        yield shown


@pytest.fixture
def run(tmp_path: Path, screen: Display):
    """Start the installation in `tmp_path` and wait until it shows itself."""
    programs: list[Program] = []

    def start(*flags: str, **asked: object) -> Program:
        settings = stage(tmp_path, **asked)  # type: ignore[arg-type]
        program = Program(
            tmp_path,
            *("--verbose", "--config", settings, "run", *flags),
            environment=surroundings(DISPLAY=screen.name),
        )
        programs.append(program)
        # Its line at the start comes once everything is open: before, a splash hears no key.
        program.hears("UGly-Net ")
        eventually(lambda: program.process.poll() is not None or screen.shows(), program.told)
        assert program.process.poll() is None, program.told()
        return program

    yield start
    for program in programs:
        program.close()


def at(program: Program, phase: str, visit: int = 1) -> None:
    program.hears(f"visit {visit}: {phase}")


def carving(screen: Display, program: Program) -> None:
    """Go to CARVE from ATTRACT."""
    screen.key("r")
    at(program, "carve")


def saving(screen: Display, program: Program) -> None:
    """Go to where a take is being saved, from CARVE."""
    screen.key("s", "k")
    at(program, "decide")
    screen.key("k", "k")
    at(program, "gallery")


@contextlib.contextmanager
def stalled(program: Program) -> Iterator[None]:
    """The program gets no processor: what hands do waits for it."""
    program.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        program.process.send_signal(signal.SIGCONT)


def test_a_whole_visit(run, screen: Display, tmp_path: Path):
    program = run()
    gallery = tmp_path / "gallery"
    attract = screen.picture()
    screen.key("Up")
    at(program, "invite")
    eventually(lambda: _differs(screen.picture(), attract))
    screen.key("r")
    at(program, "record")
    at(program, "carve")
    assert takes_in(gallery) == [], "nothing of a visitor touches the disk before KEEP"
    with stalled(program):  # whatever the machine does meanwhile
        screen.key("Right", "Right", "Prior", "Prior", "Prior", "Up")
        screen.key("Tab", "Left", "Prior", "Prior")
    screen.key("k")
    at(program, "decide")
    assert takes_in(gallery) == []
    screen.key("k")
    screen.key("k")
    at(program, "gallery")
    (take,) = eventually(lambda: takes_in(gallery), program.told)
    program.hears("visit 1: TakeKept")
    net = parse_net((take / NET).read_bytes(), "kept")
    assert {cut.site for cut in net.carve.cuts} == {"flow/enc3", "interp/enc2"}
    with VideoReader(take / VIDEO) as reader:
        shapes = {frame.shape for frame in reader.frames()}
    assert shapes == {(48, 64, 3)}
    at(program, "attract")
    assert screen.shows()
    screen.key("Escape")
    assert program.status() == 0, program.told()
    kept = GalleryReader(gallery)
    (recorded,) = kept.takes()
    kept.close()
    assert (recorded.id, recorded.in_gallery) == (take.name, True)
    # Somebody asks for it to be deleted, as the handbook tells.
    words = ("--config", tmp_path / "settings.toml", "gallery", "delete", take.name[:6], "--yes")
    with started(tmp_path, *words, environment=surroundings()) as deleting:
        assert deleting.status() == 0, deleting.told()
    assert takes_in(gallery) == []


def test_a_turned_knob_changes_the_picture_on_the_screen(run, screen: Display, tmp_path: Path):
    # A clip in which nothing moves: what changes in its place, a hand has changed.
    program = run(moving=False)
    carving(screen, program)
    x, y, w, h = (int(v) for v in arrange(640, 360).clip.inset(12))

    def clip() -> np.ndarray:
        return screen.picture()[y : y + h, x : x + w].astype(float)

    def far(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.abs(a - b).mean())

    # It has come, and what is drawn on top of it has gone.
    def rests() -> bool:
        """The same for a second: not merely between two pictures of a busy machine."""
        first = clip()
        time.sleep(1.0)
        # The screen that waits for its first frame rests too, but has few colours.
        return colours_of(first) > 500 and far(clip(), first) < 0.5

    eventually(rests, program.told)
    before = clip()
    screen.key("Tab", "End")  # the first layer of the picture net, all the way
    eventually(lambda: far(clip(), before) > 5, program.told)
    screen.key("Home")
    eventually(lambda: far(clip(), before) < 2, program.told)
    screen.key("Escape")
    assert program.status() == 0, program.told()


@pytest.mark.parametrize(
    ("number", "net"), [(signal.SIGTERM, True), (signal.SIGINT, False), (signal.SIGHUP, False)]
)
def test_asked_to_stop_it_stops(run, screen: Display, number: signal.Signals, net: bool):
    program = run(net=net)
    carving(screen, program)
    program.signal(number)
    assert program.status() == 0, program.told()
    assert "Traceback" not in program.told()


def test_a_take_being_saved_when_it_is_stopped_is_kept(run, screen: Display, tmp_path: Path):
    program = run(slow=6, seconds=1.0, video_px=(256, 192))
    carving(screen, program)
    saving(screen, program)
    gallery = tmp_path / "gallery"
    eventually(lambda: list((gallery / "takes").glob(".partial-*")), program.told)
    program.signal(signal.SIGTERM)
    program.signal(signal.SIGINT)  # an impatient hand
    assert takes_in(gallery) == [], "the test came too late to see anything"
    program.signal(signal.SIGTERM)
    assert program.status() == 0, program.told()
    (take,) = takes_in(gallery)
    with VideoReader(take / VIDEO) as reader:
        assert len(list(reader.frames())) > 6 * 15
    kept = GalleryReader(gallery)
    assert [found.id for found in kept.takes()] == [take.name]
    kept.close()


def test_a_full_screen_shows_no_pointer_and_no_stray_key_ends_it(run, screen: Display):
    """Before a real panel: whoever finds a keyboard or a mouse can't end the show by chance."""
    program = run("--fullscreen", panel="arduino", net=False)
    eventually(lambda: not screen.pointer_shows(), program.told)
    for x in range(100, 500, 40):
        screen.hands("mousemove", x, 300, "click", 1, "click", 3)
        assert not screen.pointer_shows()
    screen.key("Escape", "alt+F4", "ctrl+c", "ctrl+q", "ctrl+w", "super", "alt+Tab", "F12", "F5")
    screen.hands("type", "--delay", 30, "Hello, is anybody there? 1234567890")
    screen.key("Escape")
    screen.key("F1")
    time.sleep(0.5)
    assert program.process.poll() is None, program.told()
    assert "Traceback" not in program.told()
    screen.key("Escape")
    assert program.status() == 0, program.told()


def test_the_pointer_shows_only_while_it_turns_knobs_on_the_screen(run, screen: Display):
    program = run("--fullscreen", net=False)
    eventually(lambda: not screen.pointer_shows(), program.told)
    screen.hands("mousemove", 320, 320)
    screen.hands("mousemove", 330, 325)
    eventually(screen.pointer_shows, program.told)
    eventually(lambda: not screen.pointer_shows(), program.told)
    screen.key("F1", "Escape")
    assert program.status() == 0, program.told()


def test_without_a_display_it_says_so_in_one_line(tmp_path: Path):
    settings = stage(tmp_path)
    environment = surroundings(DISPLAY=":987654")
    with started(tmp_path, "--config", settings, "run", environment=environment) as program:
        assert program.status() == 1
        assert len([line for line in program.said if line.startswith("uglynet: ")]) == 1
        assert "Traceback" not in program.told()
        assert "no screen to show on" in program.told()


def _differs(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(np.abs(a.astype(int) - b).mean() > 5)

"""The window without a display: what it shows, and what mouse and keys become."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pygame
import pytest
from moments import BUTTONS, moment, picture

from installation.experience import Phase
from installation.show.scenes.phases import scene
from installation.show.scenes.screen_layout import arrange
from installation.show.window.keymap import (
    SORT_KEYS,
    ButtonDown,
    ButtonUp,
    Input,
    Key,
    KnobDragged,
    KnobSelected,
    Quit,
)
from installation.show.window.screen import DRAG_KNOBS, Screen
from installation.show.words import Words
from installation.vocabulary import UglyError, as_frame

SIZE = (640, 360)
LAYOUT = arrange(*SIZE)
TURN = KnobDragged(0, 0.04)


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    made = Screen(SIZE)
    pygame.event.clear()
    yield made
    made.close()
    made.close()


def seen() -> npt.NDArray[np.uint8]:
    """What the window shows."""
    surface = pygame.display.get_surface()
    return np.ascontiguousarray(pygame.surfarray.array3d(surface).swapaxes(0, 1))


def post(*events: tuple[int, dict[str, object]]) -> None:
    for kind, fields in events:
        pygame.event.post(pygame.event.Event(kind, fields))


def happened(screen: Screen) -> tuple[Input, ...]:
    return screen.events(LAYOUT, 16, BUTTONS)


def test_the_window_shows_what_was_drawn(screen: Screen, tongues: dict[str, Words]) -> None:
    for shift in range(3):
        changed = screen.draw(scene(moment(Phase.CARVE, 1 + shift / 12, frame=picture(shift=shift)),
                                    LAYOUT, tongues["en"]))  # fmt: skip
        assert changed
        screen.present(screen.frame)
        assert np.array_equal(seen(), screen.frame)


def test_a_governed_frame_is_shown_and_then_let_go(
    screen: Screen, tongues: dict[str, Words]
) -> None:
    screen.draw(scene(moment(Phase.CARVE), LAYOUT, tongues["en"]))
    screen.present()
    held = as_frame(np.full((SIZE[1], SIZE[0], 3), 90, np.uint8))
    screen.present(held)
    assert (seen() == 90).all()
    screen.draw(scene(moment(Phase.CARVE, frame=picture(shift=5)), LAYOUT, tongues["en"]))
    screen.present(screen.frame)
    assert np.array_equal(seen(), screen.frame)


def test_a_frame_of_another_size_is_refused(screen: Screen) -> None:
    with pytest.raises(ValueError, match="shows"):
        screen.present(picture(10, 10))


def test_a_screenshot_is_a_png_of_the_picture(
    screen: Screen, tongues: dict[str, Words], tmp_path: Path
) -> None:
    screen.draw(scene(moment(Phase.ATTRACT), LAYOUT, tongues["ko"]))
    screen.screenshot(tmp_path / "shot.png")
    read = cv2.imread(str(tmp_path / "shot.png"))
    assert read is not None
    assert np.array_equal(read[:, :, ::-1], screen.frame)
    with pytest.raises(UglyError, match="cannot be written"):
        screen.screenshot(tmp_path / "nowhere" / "shot.png")


def test_dragging_a_knob_up_or_right_turns_it_up(screen: Screen) -> None:
    knob = LAYOUT.knobs[2]
    x, y = map(int, knob.centre)
    post(
        (pygame.MOUSEBUTTONDOWN, {"button": 1, "pos": (x, y)}),
        (pygame.MOUSEMOTION, {"pos": (x, y - 10), "rel": (0, -10), "buttons": (1, 0, 0)}),
        (pygame.MOUSEMOTION, {"pos": (x + 5, y - 10), "rel": (5, 0), "buttons": (1, 0, 0)}),
        (pygame.MOUSEBUTTONUP, {"button": 1, "pos": (x, y)}),
        (pygame.MOUSEMOTION, {"pos": (x, y), "rel": (9, 9), "buttons": (0, 0, 0)}),
    )
    travel = DRAG_KNOBS * knob.h
    assert happened(screen) == (
        KnobSelected(2), KnobDragged(2, 10 / travel), KnobDragged(2, 5 / travel)
    )  # fmt: skip


def test_a_button_goes_down_and_up_even_if_the_pointer_left_it(screen: Screen) -> None:
    x, y = map(int, LAYOUT.buttons[5].centre)
    post(
        (pygame.MOUSEBUTTONDOWN, {"button": 1, "pos": (x, y)}),
        (pygame.MOUSEBUTTONUP, {"button": 1, "pos": (1, 1)}),
        (pygame.MOUSEBUTTONDOWN, {"button": 3, "pos": (x, y)}),
    )
    assert happened(screen) == (ButtonDown(5), ButtonUp(5))


def test_keys_turn_knobs_and_press_buttons(screen: Screen) -> None:
    def key(code: int, scancode: int, kind: int) -> tuple[int, dict[str, object]]:
        return kind, {"key": code, "scancode": scancode, "mod": 0, "unicode": ""}

    post(
        key(pygame.K_RIGHT, 79, pygame.KEYDOWN),
        key(pygame.K_UP, 82, pygame.KEYDOWN),
        key(pygame.K_r, 21, pygame.KEYDOWN),
        key(pygame.K_r, 21, pygame.KEYUP),
        # The key of digit 2 on a French keyboard writes é: it is the digit all the same.
        key(ord("é"), 31, pygame.KEYDOWN),
        key(ord("é"), 31, pygame.KEYUP),
        key(pygame.K_F1, 58, pygame.KEYDOWN),
        key(pygame.K_ESCAPE, 41, pygame.KEYDOWN),
    )
    assert happened(screen) == (
        KnobSelected(1), KnobDragged(1, 0.04), ButtonDown(4), ButtonUp(4), ButtonDown(1),
        ButtonUp(1), Key("f1", True), Quit(),
    )  # fmt: skip


def test_a_key_held_down_repeats_turning_and_nothing_else(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installation.show.window.held_keys.FIRST_S", 0.0)
    for code, scancode in ((pygame.K_UP, 82), (pygame.K_F1, 58), (pygame.K_r, 21)):
        fields = {"key": code, "scancode": scancode, "mod": 0, "unicode": ""}
        post((pygame.KEYDOWN, fields))
    assert happened(screen) == (TURN, Key("f1", True), ButtonDown(4), TURN)
    post((pygame.KEYUP, {"key": pygame.K_UP, "scancode": 82, "mod": 0, "unicode": ""}))
    assert TURN not in happened(screen)


def test_closing_the_window_asks_to_quit(screen: Screen) -> None:
    post((pygame.QUIT, {}))
    assert happened(screen) == (Quit(),)


def test_a_resized_window_gets_a_new_picture(screen: Screen, tongues: dict[str, Words]) -> None:
    screen.draw(scene(moment(Phase.CARVE), LAYOUT, tongues["en"]))
    screen.present()
    post((pygame.VIDEORESIZE, {"size": (400, 500), "w": 400, "h": 500}))
    happened(screen)
    assert screen.size_px == (400, 500)
    screen.draw(scene(moment(Phase.CARVE), arrange(400, 500), tongues["en"]))
    screen.present()
    assert seen().shape == (500, 400, 3)
    assert np.array_equal(seen(), screen.frame)


def test_a_pointer_over_a_hidden_panel_does_nothing(screen: Screen) -> None:
    x, y = map(int, LAYOUT.knobs[2].centre)
    post((pygame.MOUSEBUTTONDOWN, {"button": 1, "pos": (x, y)}))
    assert screen.events(arrange(*SIZE, panel=False), 16, BUTTONS) == ()


def test_no_display_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "no such driver")
    with pytest.raises(UglyError, match="no screen"):
        Screen(SIZE)


def test_a_tiny_screen_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    with pytest.raises(UglyError, match="240"):
        Screen((200, 200))
    pygame.display.quit()


def test_arrow_keys_with_shift_sort_instead_of_turning(screen: Screen) -> None:
    fields = {"key": pygame.K_UP, "scancode": 82, "mod": pygame.KMOD_LSHIFT, "unicode": ""}
    post((pygame.KEYDOWN, fields), (pygame.KEYUP, {**fields, "mod": 0}))
    told = happened(screen)
    assert told[0] == Key("shift up", True)
    assert SORT_KEYS[told[0].name] == "up"
    assert not any(isinstance(event, KnobDragged) for event in told)

"""The window: shows scenes, and turns mouse and keyboard into plain events.

pygame must be used from the main thread only.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pygame

from installation.show.paint.compositor import Compositor
from installation.show.paint.shapes import Rect, Scene
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.screen_layout import SMALLEST_PX, Part, ScreenLayout, hit
from installation.show.window.held_keys import HeldKeys
from installation.show.window.keymap import (
    SELECT_KEYS,
    SORT_KEYS,
    TURN_KEYS,
    ButtonDown,
    ButtonUp,
    Input,
    Key,
    Keyboard,
    KnobDragged,
    KnobSelected,
    Quit,
)
from installation.video import png_bytes
from installation.vocabulary import Button, Frame, UglyError

WHEEL_STEP = 0.04
"""How far (share of its travel) one notch of the mouse wheel turns a knob."""

DRAG_KNOBS = 2.5
"""A drag over this many knobs' heights turns a knob all the way."""

POINTER_S = 3.0
"""How long a pointer that no longer moves stays on a full screen."""

UNREACHABLE = "the display that is set cannot be reached"

_COMBINED = pygame.KMOD_CTRL | pygame.KMOD_ALT | pygame.KMOD_META
"""With one of these held down a key is meant for the desktop, not for the show."""

_DIGITS = {30 + i: str(i + 1) for i in range(9)}
"""USB usage codes of the digit row: 1..9 wherever a keyboard writes its digits."""


def _is_seen() -> bool:
    """False if SDL fell back, unasked, to a driver without a screen: nothing would be seen."""
    driver = pygame.display.get_driver()
    return driver not in ("dummy", "offscreen") or driver == os.environ.get("SDL_VIDEODRIVER")


def display_trouble() -> str:
    """Why no window could be opened on the display that is set; "" if one could."""
    already = pygame.display.get_init()
    try:
        pygame.display.init()
        return "" if _is_seen() else UNREACHABLE
    except pygame.error as error:
        return f"no screen to show on: {error}"
    finally:
        if not already:
            pygame.display.quit()


class Screen:
    """A window, or the whole screen, and the pointer and keyboard before it.

    `size_px` is (width, height); None takes the desktop's. SDL_VIDEODRIVER is respected, so
    that "dummy" shows nothing and works anywhere. `fonts` are folders with further fonts.

    Raises:
        UglyError: if there is no display, or it is smaller than 240 pixels a side.
    """

    def __init__(
        self,
        size_px: tuple[int, int] | None = (1280, 720),
        *,
        fullscreen: bool = False,
        title: str = "UGly-Net",
        fonts: Iterable[Path] = (),
    ) -> None:
        self._flags = pygame.FULLSCREEN if fullscreen else pygame.RESIZABLE
        # A stray Alt+Tab must not fold the show away.
        os.environ.setdefault("SDL_VIDEO_MINIMIZE_ON_FOCUS_LOSS", "0")
        try:
            pygame.display.init()
            if not _is_seen():
                raise pygame.error(UNREACHABLE)
            if pygame.display.get_driver() == "x11":
                # Else SDL sends every picture through OpenGL, which without a graphics card
                # costs ten times as much as handing it to the X server.
                os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
            self._surface = pygame.display.set_mode(size_px or (0, 0), self._flags)
        except pygame.error as error:
            raise UglyError(f"no screen to show on: {error}") from None
        if min(self._surface.get_size()) < SMALLEST_PX:
            raise UglyError(f"a screen of at least {SMALLEST_PX} px a side is needed")
        pygame.display.set_caption(title)
        pygame.mouse.set_visible(not fullscreen)
        pygame.key.stop_text_input()  # nothing is typed here: no input method need pop up
        self._letters = TextLayout(fonts)
        self._stage = Compositor(*self._surface.get_size(), self._letters)
        self._keyboard = Keyboard()
        self._held = HeldKeys()
        self._grabbed: int | None = None
        self._moved_s = -math.inf
        self._pushed: int | None = None
        self._dirty: list[Rect] = []
        self._whole = True

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) now; a window can be resized."""
        return self._stage.size_px

    @property
    def letters(self) -> TextLayout:
        """The letters texts are set in."""
        return self._letters

    def draw(self, scene: Scene) -> tuple[Rect, ...]:
        """Paint a scene, off the screen as yet; return where, in whole pixels."""
        rects = self._stage.draw(scene)
        self._dirty += rects
        return rects

    @property
    def frame(self) -> Frame:
        """The composed picture: read-only, and good until the next `draw`."""
        return self._stage.frame

    def present(self, frame: Frame | None = None) -> None:
        """Show `frame` (such as the governor's) or, without one, what was drawn.

        Handing back `frame` itself costs only what changed since it was last shown.
        """
        own = self._stage.frame
        if frame is not None and frame is not own:
            if frame.shape != own.shape:
                raise ValueError(f"the screen shows {own.shape}, not {frame.shape}")
            self._copy(frame, None)
            pygame.display.flip()
            self._whole = True  # what is on the screen is not what was drawn
        elif self._whole:
            self._copy(own, None)
            pygame.display.flip()
            self._whole = False
        elif self._dirty:
            for rect in self._dirty:
                self._copy(own, rect)
            pygame.display.update([(int(r.x), int(r.y), int(r.w), int(r.h)) for r in self._dirty])
        self._dirty = []

    def _copy(self, frame: Frame, rect: Rect | None) -> None:
        """Bring pixels to the window's surface; straight into its memory where that is 32 bit."""
        height, width = frame.shape[:2]
        x, y, w, h = (int(v) for v in rect) if rect else (0, 0, width, height)
        surface = self._surface
        if surface.get_bytesize() == 4 and surface.get_masks()[:3] == (0xFF0000, 0xFF00, 0xFF):
            buffer = surface.get_buffer()
            pixels = np.frombuffer(buffer, np.uint8)  # type: ignore[call-overload]
            pitched = pixels.reshape(surface.get_height(), surface.get_pitch())
            target = pitched[:, : width * 4].reshape(height, width, 4)
            cv2.cvtColor(
                frame[y : y + h, x : x + w], cv2.COLOR_RGB2BGRA, dst=target[y : y + h, x : x + w]
            )
            del target, pitched, pixels, buffer
            return
        image = pygame.image.frombuffer(frame.tobytes(), (width, height), "RGB")
        surface.blit(image, (x, y), (x, y, w, h))

    def screenshot(self, path: Path) -> None:
        """Write what was drawn last as a PNG file.

        Raises:
            UglyError: if the file cannot be written.
        """
        try:
            path.write_bytes(png_bytes(self._stage.frame))
        except OSError as error:
            raise UglyError(f"{path}: cannot be written ({error.strerror})") from None

    def close(self) -> None:
        """Close the window; may be called twice."""
        pygame.display.quit()

    # Hands.

    def events(
        self, layout: ScreenLayout, knobs: int = 16, buttons: Sequence[Button | None] = ()
    ) -> tuple[Input, ...]:
        """What mouse and keyboard did since the last call.

        `knobs` and `buttons` are the panel's, for the keyboard; the pointer finds only what
        the layout shows.
        """
        happened: list[Input] = []
        self._show_pointer(layout.panel is not None)
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                happened.append(Quit())
            elif event.type in (pygame.KEYDOWN, pygame.KEYUP):
                happened += self._key(event, knobs, buttons)
            elif event.type == pygame.VIDEORESIZE:
                self._resize(event.size)
            elif event.type in (pygame.WINDOWEXPOSED, pygame.WINDOWRESTORED):
                self._whole = True
            else:
                happened += self._pointer(event, layout)
        return (*happened, *self._repeated(knobs))

    def _key(
        self, event: pygame.event.Event, knobs: int, buttons: Sequence[Button | None]
    ) -> tuple[Input, ...]:
        down = event.type == pygame.KEYDOWN
        if down and event.mod & _COMBINED:
            return ()
        name = _DIGITS.get(event.scancode) or pygame.key.name(event.key).lower()
        if event.mod & pygame.KMOD_SHIFT and f"shift {name}" in SORT_KEYS:
            name = f"shift {name}"
        if down:
            self._held.down(event.scancode, name)
        else:  # the name it went down with, whatever the layout says by now
            name = self._held.up(event.scancode, name)
        self._keyboard, meant = self._keyboard.read(name, down, knobs, buttons)
        return tuple(m for m in meant if not (isinstance(m, Key) and not m.name))

    def _repeated(self, knobs: int) -> list[Input]:
        """A key held down repeats choosing and turning a knob, nothing else."""
        meant: list[Input] = []
        for name in self._held.due():
            if name in SELECT_KEYS or name in TURN_KEYS:
                self._keyboard, again = self._keyboard.read(name, True, knobs, ())
                meant += again
        return meant

    def _pointer(self, event: pygame.event.Event, layout: ScreenLayout) -> list[Input]:
        if event.type == pygame.MOUSEWHEEL:
            found = hit(layout, *pygame.mouse.get_pos())
            if found is None or found.part is not Part.KNOB or not event.y:
                return []
            return [*self._select(found.number), KnobDragged(found.number, WHEEL_STEP * event.y)]
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            found = hit(layout, *event.pos)
            if found is None:
                return []
            if found.part is Part.KNOB:
                self._grabbed = found.number
                return self._select(found.number)
            self._pushed = found.number
            return [ButtonDown(found.number)]
        if event.type == pygame.MOUSEBUTTONUP and event.button == 1:
            pushed, self._pushed, self._grabbed = self._pushed, None, None
            return [] if pushed is None else [ButtonUp(pushed)]
        if event.type == pygame.MOUSEMOTION and self._grabbed is not None:
            if self._grabbed >= len(layout.knobs):
                return []
            travel = DRAG_KNOBS * layout.knobs[self._grabbed].h
            delta = (event.rel[0] - event.rel[1]) / travel
            return [KnobDragged(self._grabbed, delta)] if delta else []
        return []

    def _show_pointer(self, wanted: bool) -> None:
        """On a full screen a pointer shows while it is moved over knobs, and for a little
        while after."""
        if not self._flags & pygame.FULLSCREEN:
            return
        now_s = time.monotonic()  # pygame's own clock stands still unless all of it is begun
        if wanted and pygame.mouse.get_rel() != (0, 0):
            self._moved_s = now_s
        visible = wanted and now_s - self._moved_s < POINTER_S
        if visible != pygame.mouse.get_visible():
            pygame.mouse.set_visible(visible)

    def _select(self, knob: int) -> list[Input]:
        if self._keyboard.knob == knob:
            return []
        self._keyboard = Keyboard(knob, self._keyboard.held)
        return [KnobSelected(knob)]

    def _resize(self, size: tuple[int, int]) -> None:
        surface = pygame.display.get_surface()
        width, height = (max(SMALLEST_PX, side) for side in size)
        if surface is None or (width, height) != surface.get_size():
            surface = pygame.display.set_mode((width, height), self._flags)
        self._surface = surface
        if surface.get_size() != self._stage.size_px:
            self._stage = Compositor(*surface.get_size(), self._letters)
            self._dirty = []
        self._whole = True

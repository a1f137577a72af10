"""A scene kept painted on one canvas: only the sheets that changed are painted anew."""

from __future__ import annotations

from installation.show.paint.canvas import Canvas, blank, paint
from installation.show.paint.parts import changed_parts
from installation.show.paint.shapes import Rect, Scene, Sheet
from installation.show.paint.sprites import Sprites
from installation.show.paint.text_layout import TextLayout
from installation.vocabulary import Frame

PATIENCE = 3
"""How many draws a sheet that can wait does wait at most."""

_BUSY = 0.05
"""The share of the canvas from which on what was painted counts as much."""


class Compositor:
    """A canvas of `width` x `height` pixels that follows the scene. Needs no display."""

    def __init__(self, width: int, height: int, letters: TextLayout) -> None:
        self._letters = letters
        self._canvas: Canvas = blank(width, height)
        self._backdrop: Canvas = blank(width, height)
        self._sprites = Sprites(letters, width * height)
        self._shown: Scene = ()
        self._waits: dict[int, int] = {}
        self._frame: Frame = self._canvas.view()
        self._frame.flags.writeable = False

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)."""
        height, width = self._canvas.shape[:2]
        return width, height

    @property
    def frame(self) -> Frame:
        """The composed picture: read-only, and good until the next `draw`."""
        return self._frame

    def draw(self, scene: Scene) -> tuple[Rect, ...]:
        """Bring the canvas to a scene; return the rectangles whose pixels were painted."""
        if not scene:
            return ()
        shown = self._shown
        self._shown = scene
        first = not shown or (shown[0] is not scene[0] and shown[0] != scene[0])
        if first:
            paint(self._backdrop, scene[0], self._letters)
        if first or [s.box for s in shown] != [s.box for s in scene]:
            self._canvas[:] = self._backdrop
            for sheet in scene[1:]:
                paint(self._canvas, sheet, self._letters, self._backdrop, self._sprites.draw)
            self._waits = {}
            width, height = self.size_px
            return (Rect(0, 0, width, height),)
        return self._follow(shown, scene)

    def _follow(self, shown: Scene, scene: Scene) -> tuple[Rect, ...]:
        """Paint the sheets that changed; of those that can wait, one at a time, and none
        beside another large one unless they have waited long."""
        dirty: list[Rect] = []
        painted: list[Sheet] = []
        kept = list(scene)
        waiting: list[int] = []
        for number, (old, new) in enumerate(zip(shown[1:], scene[1:], strict=True), 1):
            covered = any(under.touches(new.box) for under in painted)
            if old == new and not covered:
                continue
            if new.can_wait and old.can_wait and not covered:
                waiting.append(number)
                continue
            self._repaint(old, new, dirty, painted, covered=covered)
        busy = sum(rect.w * rect.h for rect in dirty) > _BUSY * self._canvas[..., 0].size
        urgent = PATIENCE
        for number in sorted(waiting, key=lambda n: -self._waits.get(n, 0)):
            waits = self._waits.get(number, 0)
            if busy and waits < urgent:
                kept[number] = shown[number]
                self._waits[number] = waits + 1
                continue
            self._repaint(shown[number], scene[number], dirty, painted, covered=False)
            for above, sheet in enumerate(scene[number + 1 :], number + 1):
                if scene[number].touches(sheet.box):  # what lies on top stays on top
                    self._paint(sheet, dirty, painted)
                    kept[above] = sheet
            self._waits.pop(number, None)
            busy, urgent = True, 2 * PATIENCE  # one at a time, unless another has starved
        self._shown = tuple(kept)
        return tuple(dirty)

    def _repaint(
        self, old: Sheet, new: Sheet, dirty: list[Rect], painted: list[Sheet], *, covered: bool
    ) -> None:
        """Paint a sheet over what it was: only what changed of it, where that can be told and
        nothing has `covered` it."""
        parts = None if covered else changed_parts(old, new)
        if parts is None:
            self._paint(new, dirty, painted)
            return
        for sheet in parts.anew:
            self._paint(sheet, dirty, painted)
        for sheet in parts.onto:
            self._note(paint(self._canvas, sheet, self._letters), sheet, dirty, painted)

    def _paint(self, sheet: Sheet, dirty: list[Rect], painted: list[Sheet]) -> None:
        rect = paint(self._canvas, sheet, self._letters, self._backdrop, self._sprites.draw)
        self._note(rect, sheet, dirty, painted)

    def _note(
        self, rect: Rect | None, sheet: Sheet, dirty: list[Rect], painted: list[Sheet]
    ) -> None:
        if rect is not None:
            dirty.append(rect)
            painted.append(sheet)

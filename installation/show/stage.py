"""A scene kept painted on one canvas: only the sheets that changed are painted anew."""

from __future__ import annotations

from installation.show.canvas import Canvas, blank, paint
from installation.show.letters import Letters
from installation.show.strokes import Rect, Scene, Sheet
from installation.vocabulary import Frame


class Stage:
    """A canvas of `width` x `height` pixels that follows the scene. Needs no display."""

    def __init__(self, width: int, height: int, letters: Letters) -> None:
        self._letters = letters
        self._canvas: Canvas = blank(width, height)
        self._backdrop: Canvas = blank(width, height)
        self._shown: Scene = ()
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
                paint(self._canvas, sheet, self._letters, self._backdrop)
            width, height = self.size_px
            return (Rect(0, 0, width, height),)
        dirty: list[Rect] = []
        painted: list[Sheet] = []
        for old, new in zip(shown[1:], scene[1:], strict=True):
            if old == new and not any(new.box.overlaps(under.box) for under in painted):
                continue
            if (rect := paint(self._canvas, new, self._letters, self._backdrop)) is not None:
                dirty.append(rect)
                painted.append(new)
        return tuple(dirty)

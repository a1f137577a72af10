"""What of a sheet changed, as smaller sheets: of one that is made of groups and pictures. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from installation.show.paint.shapes import Group, Picture, Rect, Sheet, Stroke, whole_pixels

_MOST = 0.5
"""The share of a sheet from which on painting all of it is no more work."""


class Parts(NamedTuple):
    """What brings a sheet, as it is painted, to what it is now."""

    anew: tuple[Sheet, ...]
    onto: tuple[Sheet, ...]
    """Painted afterwards, on what is there."""


def changed_parts(old: Sheet, new: Sheet) -> Parts | None:
    """What of a sheet changed; None where all of it is to be painted."""
    if new.spares or old.spares or old.box != new.box:
        return None
    if old.ground is not None or new.ground is not None:  # a shape that is cut off looks otherwise
        return None
    if len(old.strokes) != len(new.strokes):
        return None
    frames: list[Picture] = []
    boxes: list[Rect] = []
    for number, (was, stroke) in enumerate(zip(old.strokes, new.strokes, strict=True)):
        if was is stroke or was == stroke:
            continue
        before, after = _bounds(was), _bounds(stroke)
        if before is None or after is None:
            return None
        above = new.strokes[number + 1 :]
        if isinstance(stroke, Picture) and _only_frame(was, stroke) and _is_free(after, above):
            frames.append(stroke)
        else:
            boxes += [before] if before == after else [before, after]
    boxes = [box for box in map(whole_pixels, boxes) if box.overlaps(new.box)]
    if sum(box.w * box.h for box in boxes) > _MOST * new.box.w * new.box.h:
        return None
    anew = [_part(new, box) for box in boxes]
    if not all(anew):
        return None
    return Parts(tuple(filter(None, anew)), tuple(_framed(new, picture) for picture in frames))


def _only_frame(was: Stroke, picture: Picture) -> bool:
    return isinstance(was, Picture) and picture.stands_as(was)


def _bounds(stroke: Stroke) -> Rect | None:
    """What a group or a picture stays within; None for others."""
    if isinstance(stroke, Group):
        return stroke.bounds
    return stroke.box.inset(-stroke.width - 1) if isinstance(stroke, Picture) else None


def _is_free(box: Rect, above: tuple[Stroke, ...]) -> bool:
    """Whether nothing is painted on top of a box."""
    bounds = map(_bounds, above)
    return not any(found is None or found.overlaps(box) for found in bounds)


def _part(sheet: Sheet, box: Rect) -> Sheet | None:
    """A sheet as far as it lies in a box of whole pixels; None where its strokes cannot tell."""
    kept = []
    for stroke in sheet.strokes:
        bounds = _bounds(stroke)
        if bounds is None:
            return None
        if bounds.overlaps(box):
            kept.append(stroke)
    return replace(sheet, box=_clipped(box, sheet.box), strokes=tuple(kept))


def _framed(sheet: Sheet, picture: Picture) -> Sheet:
    """A sheet's picture alone."""
    box = whole_pixels(picture.box.inset(-picture.width - 1))
    return Sheet(_clipped(box, sheet.box), None, (picture,))


def _clipped(box: Rect, within: Rect) -> Rect:
    x, y = max(box.x, within.x), max(box.y, within.y)
    right, bottom = min(box.right, within.right), min(box.bottom, within.bottom)
    return Rect(x, y, max(0.0, right - x), max(0.0, bottom - y))

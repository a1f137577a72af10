"""The atlas: every site and every way to cut it, as pictures with their measured change."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import cv2
import numpy as np

from installation.interpolator.difference import change, unlikeness
from installation.interpolator.driver import Interpolator
from installation.video import fitted
from installation.vocabulary import (
    VISIBLE,
    Carve,
    Chisel,
    ChiselShape,
    Clip,
    Cut,
    Frame,
    Net,
    Operation,
    Side,
    Site,
    as_frame,
)

THUMB_PX = (128, 80)
LABEL_PX = 14
WHOLE = Chisel()


@dataclass(frozen=True, slots=True)
class Way:
    """A way to cut any site, at full turn."""

    name: str
    operation: Operation
    chisel: Chisel = WHOLE

    def cut(self, site: Site) -> Cut:
        """One frame's copy where there is one (so that the match tears), else the whole."""
        side = Side.A if "A" in site.sides and site.part == "flow" else Side.BOTH
        return Cut(site.name, self.operation, 1.0, side, self.chisel)


WAYS = (
    *(Way(o.value, o) for o in Operation if o is not Operation.PRESERVE),
    Way("multiply, blocks", Operation.MULTIPLY, Chisel(ChiselShape.BLOCKS, 0.45, 1)),
    Way("roll across, rows", Operation.ROLL_ACROSS, Chisel(ChiselShape.ROWS, 0.5, 2)),
    Way("quantise, columns", Operation.QUANTISE, Chisel(ChiselShape.COLUMNS, 0.5, 3)),
)


@dataclass(frozen=True, slots=True)
class Plate:
    """One picture of the atlas. `changed` is the mean absolute change as a share of full
    scale, `unlike` the structural unlikeness (0 the same, 1/2 nothing in common)."""

    site: str
    way: str
    frame: Frame
    changed: float
    unlike: float


def plates(
    interpolator: Interpolator,
    clip: Clip,
    ways: Sequence[Way] = WAYS,
    sites: Sequence[Site] | None = None,
) -> Iterator[Plate]:
    """Carve the middle of the middle pair of `clip` in every way at every site (or those given),
    in their order; the first plate is the untouched picture."""
    position = (len(clip.frames) - 1) // 2 + 0.5 if len(clip.frames) > 1 else 0.0
    plain = interpolator.frame_at(clip, position, Net(interpolator.model))
    yield Plate("", "untouched", plain, 0.0, 0.0)
    for site in interpolator.sites if sites is None else sites:
        for way in ways:
            net = Net(interpolator.model, Carve.of([way.cut(site)]))
            frame = interpolator.frame_at(clip, position, net)
            yield Plate(site.name, way.name, frame, change(frame, plain), unlikeness(frame, plain))


def thumb(plate: Plate) -> Frame:
    """The plate's picture, small, with what it shows written above it."""
    width, height = THUMB_PX
    canvas = np.full((height + LABEL_PX, width, 3), 16, np.uint8)
    canvas[LABEL_PX:] = fitted(plate.frame, THUMB_PX)
    words = f"{plate.site} {plate.way}".strip()
    for text, x in ((words[:22], 2), (f"{plate.changed:.0%}", width - 22)):
        bright = (255, 206, 20) if plate.changed >= VISIBLE else (150, 150, 150)
        cv2.putText(canvas, text, (x, 10), cv2.FONT_HERSHEY_PLAIN, 0.55, bright, 1, cv2.LINE_AA)
    return as_frame(canvas)


def sheets(made: Sequence[Plate]) -> dict[str, Frame]:
    """One sheet a U-Net: a row a site, a column a way."""
    found = {}
    for part, of_part in groupby(made[1:], lambda plate: plate.site.split("/")[0]):
        rows = [
            np.hstack([thumb(plate) for plate in row])
            for _, row in groupby(of_part, lambda plate: plate.site)
        ]
        found[part] = as_frame(np.vstack(rows))
    return found


def _inline(frame: Frame) -> str:
    ok, data = cv2.imencode(".webp", frame[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, 60])
    assert ok
    return "data:image/webp;base64," + base64.b64encode(data.tobytes()).decode()


def lively_sites(made: Sequence[Plate]) -> list[str]:
    """The sites that some way of cutting changes visibly, in order."""
    best: dict[str, float] = {}
    for plate in made[1:]:
        best[plate.site] = max(best.get(plate.site, 0.0), plate.changed)
    return [site for site, most in best.items() if most >= VISIBLE]


_STYLE = """
body{font:16px/1.4 system-ui,sans-serif;background:#16101c;color:#fffbee;margin:2em}
h1,h2{color:#ffce14}table{border-collapse:collapse}th{position:sticky;top:0;background:#16101c;
font-weight:600;padding:.3em;font-size:.8em;text-align:left}td{padding:2px;font-size:.75em}
td img{display:block;width:128px;height:80px}.dull{color:#8a8494}
"""


def page(made: Sequence[Plate], model: str, clip_name: str) -> str:
    """All of it as one HTML page with its pictures inside."""
    ways = list(dict.fromkeys(plate.way for plate in made[1:]))
    total = len({plate.site for plate in made[1:]})
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><title>UGly-Net atlas</title>",
        f"<style>{_STYLE}</style><h1>Atlas</h1>",
        f"<p>Every site of the model {html.escape(model[:12])} and every way to cut it, at full "
        f"turn, on {html.escape(clip_name)}. The number is the mean change of the picture, as a "
        f"share of full scale; {len(lively_sites(made))} of {total} sites change it by "
        f"{VISIBLE:.0%} or more.</p>",
        f'<p>Untouched:<br><img src="{_inline(fitted(made[0].frame, THUMB_PX))}"></p>',
    ]
    for part, of_part in groupby(made[1:], lambda plate: plate.site.split("/")[0]):
        parts.append(f"<h2>{html.escape(part)}</h2><table><tr><th>")
        parts += [f"<th>{html.escape(way)}" for way in ways]
        for site, row in groupby(of_part, lambda plate: plate.site):
            parts.append(f"<tr><th>{html.escape(site)}")
            for plate in row:
                dull = "" if plate.changed >= VISIBLE else " class=dull"
                image = _inline(fitted(plate.frame, THUMB_PX))
                parts.append(
                    f'<td{dull}><img loading=lazy alt="" src="{image}">{plate.changed:.1%}'
                )
        parts.append("</table>")
    return "\n".join(parts) + "</html>\n"

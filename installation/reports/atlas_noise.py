"""The noise atlas: every function of the two works, where it is here, and a picture of it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from installation.files import write_whole
from installation.noise.plain import toned
from installation.noise.tools import TOOLS
from installation.source.choice import BUNDLED_CLIP
from installation.source.made import made
from installation.video import VideoReader, fitted, png_bytes
from installation.vocabulary import Frame, FrameContext, UglyError, as_frame

SIZE_PX = (256, 144)
FIRST, APART = 20, 3
"""Which frame of the bundled clip is pictured, and how far its neighbour is: so that it moves."""

Row = tuple[str, str, str]
"""What a work calls it, where it is here, and the name of its picture ("" for none)."""

ROIDL: tuple[Row, ...] = (
    ("Pixel sort by brightness", "`noise/sort right, left, down, up`", "sort right"),
    ("Pixel sort by hue", "`noise/hue sort right, left, down, up`", "hue sort down"),
    ("The arrow keys sort", "Shift and an arrow key, on the screen's own panel", "sort up"),
    ("Auto sort", "`noise/auto sort`, `noise/auto hue sort`", "auto sort"),
    ("Generate cloud", "`--source clouds`", "clouds"),
    ("Generate landscape", "`--source landscapes`", "landscapes"),
    ("Generate books", "`--source books`", "books"),
    ("Pixelate", "`noise/pixelate`", "pixelate"),
    ("Blur", "`noise/blur`", "blur"),
    ("Sharpen", "`noise/sharpen`", "sharpen"),
    ("Enhance (dream)", "`noise/enhance`", "enhance"),
    ("Colorize", "`noise/colorize` and four more palettes", "colorize neon"),
    ("RGB split", "`noise/rgb split`, `noise/rgb split down`", "rgb split"),
    ("Depth map", "`noise/depth map`", "depth map"),
    ("Exploration 2, depth shading", "`noise/depth shade`, `noise/depth move`", "depth shade"),
    ("Saturate", "`noise/saturate`", "saturate"),
    ("Sampler", "`noise/sampler` and four more regions", "sampler right"),
    ("Tile", "`noise/tile`", "tile"),
    ("Save", "KEEP held for a second: a PNG with its net inside", ""),
    ("Exploration 1, raw networks", "`--source networks`, one alone with `--cell`", "networks"),
)

UGLY_NET: tuple[Row, ...] = (
    ("Slow motion by two U-Nets", "`uglynet carve`", ""),
    ("Four carve points a U-Net, here every layer", "`flow/…`, `interp/…` on the knobs", ""),
    ("Preserve, Add, Multiply, Subtract, Cut off", "`OPERATION`; `uglynet net make --cut`", ""),
    ("Substitute by width or height", "`smear across`, `smear down`", ""),
    ("RGB tone", "`tone/r`, `tone/g`, `tone/b`", "tone"),
    ("Render of up to five minutes", "`uglynet carve CLIP -o OUT.mp4`", ""),
    ("Gallery of videos with their nets", "`uglynet gallery list`", ""),
)

OURS: tuple[Row, ...] = (
    ("Amplify: what the net added, magnified", "`noise/amplify`", "amplify"),
    ("Posterise", "`noise/posterise`", "posterise"),
    ("Palettes", "`noise/colorize fire, ice, neon, print`", "colorize fire"),
)


def pictures() -> dict[str, Frame]:
    """Every tool at a lively turn and every source made here, by name, SIZE_PX each.

    A source whose model is not there is left out.
    """
    with VideoReader(BUNDLED_CLIP) as reader:
        taken = list(islice(reader.frames(), FIRST, FIRST + APART + 1))
    frame, after = fitted(taken[0], SIZE_PX), fitted(taken[-1], SIZE_PX)
    scene = FrameContext(frame, after, 0.5, 1.4)
    shown = {"untouched": frame}
    for name, tool in TOOLS.items():
        # What the net added is shown on a clip a net has touched: here, on a plain blend.
        given = as_frame(cv2.addWeighted(frame, 0.5, after, 0.5, 0)) if name == "amplify" else frame
        around = FrameContext.still(frame, 1.4) if name == "amplify" else scene
        shown[name] = tool(given, 0.7, around)
    shown["tone"] = toned(frame, (1.5, 0.8, 0.5))
    for name in ("networks", "clouds", "landscapes", "books"):
        try:
            shown[name] = made(name, seed=1).at(9.0, SIZE_PX)
        except UglyError:
            continue
    return shown


def sheet(shown: dict[str, Frame], columns: int = 5) -> Frame:
    """All pictures with their names, in rows."""
    width, height = SIZE_PX
    cells = []
    for name, frame in shown.items():
        cell = np.full((height + 20, width, 3), 255, np.uint8)
        cell[:height] = frame
        at, font = (4, height + 15), cv2.FONT_HERSHEY_SIMPLEX
        cv2.putText(cell, name, at, font, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
        cells.append(cell)
    while len(cells) % columns:
        cells.append(np.full_like(cells[0], 255))
    rows = [np.hstack(cells[k : k + columns]) for k in range(0, len(cells), columns)]
    return as_frame(np.vstack(rows))


def _table(rows: tuple[Row, ...], shown: dict[str, Frame]) -> list[str]:
    lines = ["| there | here | picture |", "|---|---|---|"]
    for there, here, name in rows:
        picture = f"![{name}](noise/{_file(name)})" if name in shown else ""
        lines.append(f"| {there} | {here} | {picture} |")
    return lines


def _file(name: str) -> str:
    return name.replace(" ", "-") + ".png"


def write_atlas(out: Path) -> Path:
    """Write OUT/noise.md, OUT/noise/*.png and OUT/noise-sheet.png; returns the page's path.

    Raises:
        UglyError: one line if they cannot be written.
    """
    shown = pictures()
    named = {name for _, _, name in (*ROIDL, *UGLY_NET, *OURS) if name}
    lines = [
        "# Noise and dreams: every function of both works, and where it is",
        "",
        "Made by `uglynet noise atlas -o docs`. How to use each: [the rack](rack.md).",
        "",
        '## Alex Roidl, "Elements of disruption"',
        "",
        *_table(ROIDL, shown),
        "",
        "## UGly-Net (Lee, Sung, Lee, Park)",
        "",
        *_table(UGLY_NET, shown),
        "",
        "## Added here",
        "",
        *_table(OURS, shown),
        "",
        "## All tools and sources",
        "",
        "![All of them on one clip](noise-sheet.png)",
        "",
    ]
    try:
        (out / "noise").mkdir(parents=True, exist_ok=True)
        for name in sorted(named & set(shown)):
            write_whole(out / "noise" / _file(name), png_bytes(shown[name]))
        write_whole(out / "noise-sheet.png", png_bytes(sheet(shown)))
        write_whole(out / "noise.md", "\n".join(lines).encode())
    except OSError as error:
        raise UglyError(f"{out}: cannot be written ({error.strerror})") from None
    return out / "noise.md"

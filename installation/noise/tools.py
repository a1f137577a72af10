"""The rack's tools by name, in the default order.

After Alex Roidl's noise tool ("Elements of disruption"). A tool takes a Frame, an amount 0..1
and the Scene around the frame, returns a Frame of the same shape, and at 0 the frame as it is.
"""

from __future__ import annotations

from installation.noise.added import amplify
from installation.noise.depth import depth_map, depth_move, depth_shade
from installation.noise.enhance import enhance
from installation.noise.palettes import PALETTES, colorize
from installation.noise.plain import (
    REGIONS,
    Tool,
    blur,
    pixelate,
    posterise,
    rgb_split,
    sampler,
    saturate,
    sharpen,
    tile,
)
from installation.noise.sorting import DIRECTIONS, auto_sort, pixel_sort

TOOLS: dict[str, Tool] = {
    # First what looks at the net and the clip, while they still match.
    "amplify": amplify,
    "depth shade": depth_shade,
    "depth move": depth_move,
    "depth map": depth_map,
    # Where the picture is looked at.
    **{f"sampler{region}": sampler(region) for region in REGIONS},
    "tile": tile,
    # What becomes of its detail.
    "blur": blur,
    "sharpen": sharpen,
    "enhance": enhance,
    "pixelate": pixelate,
    # What order its pixels are in.
    **{f"sort {way}": pixel_sort("brightness", way) for way in DIRECTIONS},
    **{f"hue sort {way}": pixel_sort("hue", way) for way in DIRECTIONS},
    "auto sort": auto_sort("brightness"),
    "auto hue sort": auto_sort("hue"),
    # Its colours, last, so that they stay what they are painted.
    "saturate": saturate,
    "posterise": posterise,
    **{f"colorize{palette}": colorize(palette) for palette in PALETTES},
    "rgb split": rgb_split(down=False),
    "rgb split down": rgb_split(down=True),
}
"""Every tool by its name, in the default order."""

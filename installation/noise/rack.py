"""The rack: a net's noise tools, one after another, and its tone."""

from __future__ import annotations

from installation.noise.plain import toned
from installation.noise.tools import TOOLS
from installation.vocabulary import Frame, FrameContext, Net, UglyError


def finished(frame: Frame, net: Net, scene: FrameContext) -> Frame:
    """What the net's rack and tone make of a carved frame; the frame itself if both are idle.

    A tool this program doesn't know is left out here; `check_rack` tells of it beforehand.
    """
    for step in net.rack:
        tool = TOOLS.get(step.tool)
        if tool is not None and step.amount > 0:
            frame = tool(frame, step.amount, scene)
    return toned(frame, net.tone)


def check_rack(net: Net, where: str) -> None:
    """Raise UglyError if the net names a noise tool that doesn't exist."""
    for step in net.rack:
        if step.tool not in TOOLS:
            raise UglyError(
                f'{where}: there is no noise tool "{step.tool}"; there are: {", ".join(TOOLS)}'
            )

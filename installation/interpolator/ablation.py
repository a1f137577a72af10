"""Who did this? Ranks a carve's sites by how much the picture returns when each is healed."""

from __future__ import annotations

from collections.abc import Iterator

from installation.interpolator.difference import change
from installation.interpolator.driver import Interpolator, Ranking
from installation.vocabulary import Carve, Clip, Frame, Net

MOMENTS = (0.3, 0.7)
"""Where in the clip it is judged, as shares of its length."""


def ranking(interpolator: Interpolator, clip: Clip, net: Net) -> Iterator[Ranking | None]:
    """Find out step by step: None after each frame's work, and the ranking at the end.

    A net with fewer than two cuts needs no frame. Tone and rack are left out: they are no
    layer's doing.
    """
    cuts = net.carve.cuts
    if len(cuts) < 2:
        yield tuple((cut.site, 1.0) for cut in cuts)
        return
    positions = [share * (len(clip.frames) - 1) for share in MOMENTS]
    # As in a carved frame, the pair's own frames are no yardstick: halfway they never stand.
    positions = [int(p) + 0.5 if len(clip.frames) > 1 else 0.0 for p in positions]
    lost: dict[str, float] = {}
    whole = 0.0
    for position in positions:
        plain = interpolator.frame_at(clip, position, Net(net.model))
        yield None
        whole += _far(interpolator, clip, position, net, plain)
        yield None
        for cut in cuts:
            rest = Carve(tuple(other for other in cuts if other is not cut))
            left = _far(interpolator, clip, position, Net(net.model, rest), plain)
            lost[cut.site] = lost.get(cut.site, 0.0) + left
            yield None
    shares = ((site, (whole - left) / max(whole, 1e-9)) for site, left in lost.items())
    yield tuple(sorted(shares, key=lambda found: (-found[1], found[0])))


def _far(interpolator: Interpolator, clip: Clip, position: float, net: Net, plain: Frame) -> float:
    return change(interpolator.frame_at(clip, position, Net(net.model, net.carve)), plain)

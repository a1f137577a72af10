"""What a clip's motion leaves behind, and that it is the same however a frame is come to."""

from __future__ import annotations

import numpy as np
import pytest

from installation.interpolator.difference import change
from installation.interpolator.feedback import FURTHEST, REMEMBERED, carried
from installation.interpolator.local_graphs import LocalGraphs
from installation.interpolator.model import Model
from installation.interpolator.render import rendered
from installation.interpolator.trained import unet_of
from installation.interpolator.unet import UnetInterpolator
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, fitted
from installation.vocabulary import VISIBLE, Carve, Clip, Cut, Frame, Net, Operation, Side

SHAPE = (4, 6)


def moving(x: float, y: float = 0.0) -> np.ndarray:
    motion = np.zeros((1, 9, *SHAPE), np.float32)
    motion[:, 0], motion[:, 1], motion[:, 2:] = x, y, 7
    return motion


def test_without_a_past_nothing_is_dragged():
    assert not carried([], SHAPE).any()
    assert not carried([moving(0)], SHAPE).any()


def test_content_comes_from_where_the_motion_came_from():
    found = carried([moving(0.2, -0.1)], SHAPE)
    assert found.shape == (1, 2, *SHAPE)
    assert (found[:, 0] < 0).all()
    assert (found[:, 1] > 0).all()
    np.testing.assert_allclose(found[:, 0], -2 * found[:, 1], rtol=1e-5)


def test_what_was_longer_ago_counts_less_and_more_of_it_drags_further():
    lately, long_ago = (
        carried([moving(x), moving(0.01 - x)], SHAPE)[0, 0, 0, 0] for x in (0.0, 0.01)
    )
    assert lately < long_ago < 0
    ways = [-carried([moving(0.01)] * n, SHAPE)[0, 0, 0, 0] for n in (1, 2, 4, 8)]
    assert ways == sorted(ways)
    furthest = -carried([moving(1e4)] * 8, SHAPE)[0, 0, 0, 0]
    assert furthest == pytest.approx(FURTHEST * SHAPE[1], rel=1e-3)


@pytest.fixture(scope="module")
def clip() -> Clip:
    with VideoReader(BUNDLED_CLIP) as reader:
        frames = [fitted(f, (128, 96)) for f in reader.frames()][20 : 20 + 3 * 14 : 3]
    return Clip(tuple(frames), 8.0)


def fed(unet: UnetInterpolator, site: str, amount: float = 1.0) -> Net:
    return Net(unet.model, Carve.of([Cut(site, Operation.FEEDBACK, amount, Side.A)]))


def made(unet: UnetInterpolator, clip: Clip, positions: list[float], net: Net) -> list[Frame]:
    return [unet.frame_at(clip, position, net) for position in positions]


@pytest.mark.parametrize("site", ["flow/enc2", "interp/enc2"])
def test_a_frame_is_the_same_wherever_playing_began(model: Model, clip: Clip, site: str):
    one, other = unet_of(model, "cpu", 1), unet_of(model, "cpu", 1)
    net = fed(one, site)
    (alone,) = made(one, clip, [10.5], net)
    played = made(other, clip, [k + 0.5 for k in range(11)], net)
    assert (played[-1] == alone).all()
    # A carve of before leaves nothing behind either.
    made(one, clip, [9.5], Net(one.model, Carve.of([Cut("flow/dec3", Operation.ADD, 1.0)])))
    assert (made(one, clip, [10.5], net)[0] == alone).all()
    for unet in (one, other):
        unet.close()


def test_what_was_shows_and_the_first_pair_has_no_past(model: Model, clip: Clip):
    unet = unet_of(model, "cpu", 1)
    plain = made(unet, clip, [0.5, 8.5], Net(unet.model))
    for site in ("flow/enc2", "interp/enc2"):
        first, later = made(unet, clip, [0.5, 8.5], fed(unet, site))
        # Pulled along nothing, a value keeps all but its last bit.
        assert np.abs(first.astype(int) - plain[0]).max() <= 1, site
        assert change(later, plain[1]) >= VISIBLE, site
        (less,) = made(unet, clip, [8.5], fed(unet, site, 0.3))
        assert 0 < change(less, plain[1]) < change(later, plain[1]), site
    unet.close()


def test_a_rendered_film_melts_as_the_preview_did(model: Model, clip: Clip):
    """Though it is rendered a pair at a time, shared out among several interpolators."""
    live = unet_of(model, "cpu", 1)
    net, slow = fed(live, "interp/enc2"), 2
    workers = [unet_of(model, "cpu", 1) for _ in range(2)]

    def same(frame: Frame, _net: Net, _context: object) -> Frame:
        return frame

    film = list(rendered(clip.frames, clip.fps, slow, net, workers, same))
    assert len(film) == (len(clip.frames) - 1) * slow + 1
    assert len(clip.frames) > REMEMBERED + 2
    for index, frame in enumerate(film):
        assert (frame == live.frame_at(clip, index / slow, net)).all(), index
    for unet in (live, *workers):
        unet.close()


def test_a_film_in_pairs_asks_for_no_pair_twice(model: Model, clip: Clip, monkeypatch):
    """Each clip that a film is rendered in holds all but one pair of the clip before."""
    unet = unet_of(model, "cpu", 1)
    asked: list[str] = []
    run = LocalGraphs.run

    def counted(self: LocalGraphs, graph: str, *given: object) -> object:
        asked.append(graph)
        return run(self, graph, *given)

    monkeypatch.setattr(LocalGraphs, "run", counted)
    for end in (10, 11, 12):
        part = Clip(clip.frames[end - 10 : end], clip.fps)
        unet.frame_at(part, 8.5, fed(unet, "interp/enc2"))
    # The motion of each pair once: eight before, its own, and then one more a clip.
    assert asked.count("flow") == 9 + 2
    unet.close()

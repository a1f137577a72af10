"""Every moment, on several screens, in every language: nothing is cut off or unreadable."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from moments import CLIP, MOMENTS, NET, PANEL, moment, picture

from installation.experience import Phase
from installation.show.net_picture.network import PEN, boxes, lump_of, places
from installation.show.net_picture.node_shape import BEATS, lump_strokes
from installation.show.paint.canvas import blank, paint
from installation.show.paint.palette import PAPER, SUN
from installation.show.paint.shapes import (
    Blob,
    Colour,
    Dot,
    Group,
    Line,
    Picture,
    Rect,
    Sheet,
    Stroke,
    Text,
    contrast,
)
from installation.show.paint.text_layout import TextLayout
from installation.show.scenes.attract_demo import DEMO_SITES
from installation.show.scenes.phases import scene
from installation.show.scenes.screen_layout import arrange
from installation.show.view_model import View
from installation.show.words import Words
from installation.vocabulary import Button, Carve, Cut, Net, Operation, SourceKind

SCREENS = ((1920, 1080), (1280, 720), (1080, 1920), (1024, 768), (2560, 1080))
LANGUAGES = ("en", "de", "fr", "ko")


def extent(stroke: Stroke) -> Rect:
    """The rectangle a stroke's ink may reach, its pen included."""
    if isinstance(stroke, Group):
        parts = [extent(part) for part in stroke.strokes]
        left, top = min(r.x for r in parts), min(r.y for r in parts)
        right, bottom = max(r.right for r in parts), max(r.bottom for r in parts)
        return Rect(left, top, right - left, bottom - top)
    if isinstance(stroke, (Text, Picture)):
        pen = stroke.width if isinstance(stroke, Picture) else 0.0
        return stroke.box.inset(-pen)
    if isinstance(stroke, Dot):
        r = stroke.radius
        return Rect(stroke.centre.x - r, stroke.centre.y - r, 2 * r, 2 * r)
    filled = isinstance(stroke, Blob) and stroke.fill is not None
    pen = stroke.width if filled else stroke.width / 2
    xs, ys = [p.x for p in stroke.points], [p.y for p in stroke.points]
    return Rect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)).inset(-pen)


def inside(inner: Rect, outer: Rect, slack: float = 1.0) -> bool:
    return (
        inner.x >= outer.x - slack
        and inner.y >= outer.y - slack
        and inner.right <= outer.right + slack
        and inner.bottom <= outer.bottom + slack
    )


@pytest.mark.parametrize("size", SCREENS, ids=str)
@pytest.mark.parametrize("name", MOMENTS)
def test_nothing_is_cut_off_by_its_sheet(
    name: str, size: tuple[int, int], tongues: dict[str, Words]
) -> None:
    for panel in (True, False):
        backdrop, *sheets = scene(MOMENTS[name], arrange(*size, panel=panel), tongues["en"])
        for sheet in sheets:
            assert inside(sheet.box, backdrop.box, 0)
            card = len(sheet.strokes) > 20 and sheet.ground is not None and name != "service"
            for stroke in sheet.strokes:
                if not card or isinstance(stroke, Text):  # a creature's rays fill its card
                    assert inside(extent(stroke), sheet.box, 1.5), (name, stroke)


@pytest.mark.parametrize("size", SCREENS, ids=str)
@pytest.mark.parametrize("name", MOMENTS)
def test_sheets_do_not_cross(name: str, size: tuple[int, int], tongues: dict[str, Words]) -> None:
    view = replace(MOMENTS[name], service=None)
    _, *sheets = scene(view, arrange(*size), tongues["en"])
    for one, other in itertools.combinations(sheets, 2):
        if one.box.inset(0.5).overlaps(other.box.inset(0.5)):
            assert inside(other.box, one.box), (one.box, other.box)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MOMENTS)
def test_words_fit_their_boxes_and_are_large_enough(
    name: str, language: str, letters: TextLayout, tongues: dict[str, Words]
) -> None:
    for size in SCREENS[1:4]:
        layout = arrange(*size)
        for sheet in scene(MOMENTS[name], layout, tongues[language]):
            for text in (s for s in sheet.strokes if isinstance(s, Text) and s.words):
                setting = letters.set(text)
                height, width = setting.letters.shape
                assert setting.x >= -1, text
                assert setting.y >= -1, text
                assert setting.x + width <= text.box.w + 1, text
                assert setting.y + height <= text.box.h + 1, text
                on_panel = layout.panel is not None and layout.panel.overlaps(sheet.box)
                least = 1.2 if on_panel else 2.0  # hundredths of the shorter side
                assert setting.size_px >= least * layout.unit, (text.words, setting.size_px)


@pytest.mark.parametrize("size", [(1280, 720), (1080, 1920)], ids=str)
@pytest.mark.parametrize("name", MOMENTS)
def test_words_contrast_with_what_lies_under_them(
    name: str, size: tuple[int, int], letters: TextLayout, tongues: dict[str, Words]
) -> None:
    """WCAG 1.4.3: at least 4.5 to 1, or an outline that is as plain."""
    sheets = scene(MOMENTS[name], arrange(*size), tongues["en"])
    canvas, ground = blank(*size), blank(*size)
    paint(ground, sheets[0], letters)
    canvas[:] = ground
    for sheet in sheets[1:]:
        bare = tuple(s for s in sheet.strokes if not isinstance(s, Text))
        paint(canvas, replace(sheet, strokes=bare), letters, ground)
        for text in (s for s in sheet.strokes if isinstance(s, Text) and s.words):
            if text.edge is not None:
                assert contrast(text.colour, text.edge) >= 4.5
                continue
            setting = letters.set(text)
            h, w = setting.letters.shape
            x, y = round(text.box.x) + setting.x, round(text.box.y) + setting.y
            under = canvas[y : y + h, x : x + w][setting.letters[: size[1] - y] > 128]
            for quantile in (5, 50, 95):
                colour = Colour(*(int(c) for c in np.percentile(under, quantile, axis=0)))
                assert contrast(text.colour, colour) >= 4.5, text


@pytest.mark.parametrize("name", MOMENTS)
def test_equal_views_give_equal_scenes(name: str, tongues: dict[str, Words]) -> None:
    layout = arrange(1280, 720)
    again = replace(MOMENTS[name])
    assert scene(MOMENTS[name], layout, tongues["en"]) == scene(again, layout, tongues["en"])


def changed(one: tuple[Sheet, ...], other: tuple[Sheet, ...]) -> list[Rect]:
    return [b.box for a, b in zip(one, other, strict=True) if a != b]


def test_a_new_film_picture_changes_the_film_only(tongues: dict[str, Words]) -> None:
    layout = arrange(1280, 720)
    view = moment(Phase.CARVE)
    after = replace(view, frame=picture(shift=10))
    rects = changed(scene(view, layout, tongues["en"]), scene(after, layout, tongues["en"]))
    assert rects == [layout.clip]


def test_the_network_wobbles_and_only_one_half_of_it_at_a_time(tongues: dict[str, Words]) -> None:
    layout = arrange(1280, 720)
    seen = []
    for tick in range(60):
        one, other = (
            scene(moment(Phase.CARVE, 2.0 + t / 60), layout, tongues["en"])
            for t in (tick, tick + 1)
        )
        halves = [r for r in changed(one, other) if r.overlaps(layout.nets)]
        assert len(halves) <= 1
        seen += halves
    assert len(set(seen)) == 2
    assert 22 <= len(seen) <= 26  # twelve times a second each


def test_calm_slows_the_wobble(tongues: dict[str, Words]) -> None:
    layout = arrange(1280, 720)
    steps = 0
    for tick in range(60):
        one, other = (
            scene(moment(Phase.CARVE, 2.0 + t / 60, calm=True), layout, tongues["en"])
            for t in (tick, tick + 1)
        )
        steps += sum(r.overlaps(layout.nets) for r in changed(one, other))
    assert steps <= 10


def test_the_tone_paints_the_ground(tongues: dict[str, Words]) -> None:
    layout = arrange(1280, 720)
    grounds = {
        scene(moment(Phase.CARVE, net=Net("m", tone=tone)), layout, tongues["en"])[0].ground
        for tone in ((1.0, 1.0, 1.0), (2.0, 0.5, 0.5), (0.3, 1.0, 2.0), (0.4, 1.8, 0.4))
    }
    assert len(grounds) == 4


def test_nobody_is_told_that_they_are_filmed_who_is_not(tongues: dict[str, Words]) -> None:
    layout = arrange(1280, 720)
    for language in tongues.values():
        said: dict[SourceKind, set[str]] = {}
        for kind in SourceKind:
            said[kind] = set()
            for phase, filming in (
                (Phase.INVITE, False), (Phase.RECORD, False), (Phase.RECORD, True)
            ):  # fmt: skip
                view = moment(phase, source=kind, filming=filming)
                shown = scene(view, layout, language)
                said[kind] |= {t.words for sheet in shown for t in sheet.strokes
                               if isinstance(t, Text)}  # fmt: skip
        filmed = {language("invite.line"), language("record.ready"), language("record.filming")}
        assert filmed <= said[SourceKind.CAMERA]
        assert not filmed & (said[SourceKind.FILM] | said[SourceKind.MADE])
        assert language("invite.film") in said[SourceKind.FILM]
        assert language("invite.made") in said[SourceKind.MADE]


def test_the_countdown_counts_whole_seconds(tongues: dict[str, Words]) -> None:
    layout = arrange(1280, 720)
    said = []
    for now_s in (0.1, 1.1, 2.1):
        for sheet in scene(moment(Phase.RECORD, now_s), layout, tongues["en"]):
            said += [s.words for s in sheet.strokes if isinstance(s, Text) and s.words.isdigit()]
    assert said == ["3", "2", "1"]


def test_attract_shows_the_net_that_made_the_film(tongues: dict[str, Words]) -> None:
    """In an empty gallery the demo film plays by turns with a poster, beside its own net."""
    layout = arrange(1280, 720)

    def network_of(now_s: float, net: Net) -> list[Sheet]:
        sheets = scene(moment(Phase.ATTRACT, now_s, net=net), layout, tongues["en"])
        return [s for s in sheets[1:] if s.box.overlaps(layout.side.inset(2))]

    assert network_of(13.25, NET) != network_of(13.25, Net("m"))
    assert network_of(5.25, NET) == network_of(5.25, Net("m"))


def test_a_knob_at_nothing_looks_untouched_whatever_net_is_shown(
    tongues: dict[str, Words],
) -> None:
    layout = arrange(1280, 720)
    resting = replace(PANEL, touched="", knobs=tuple(replace(k, amount=0.0) for k in PANEL.knobs))
    one, other = (
        scene(moment(Phase.ATTRACT, net=net, panel=resting), layout, tongues["en"])
        for net in (NET, Net("m"))
    )
    assert one[-24:] == other[-24:]  # the sixteen knobs and eight buttons


def said(view: View, words: Words) -> list[str]:
    sheets = scene(view, arrange(1280, 720), words)
    return [s.words for sheet in sheets for s in sheet.strokes if isinstance(s, Text)]


def test_a_net_is_called_by_its_name_where_it_is_shown(tongues: dict[str, Words]) -> None:
    words = tongues["en"]
    kept = moment(Phase.GALLERY, net=replace(NET, name="Bofi"))
    assert "Bofi" in said(kept, words)
    hint = words("attract.take_up")
    assert f"Bofi, made by a visitor · {hint}" in said(MOMENTS["attract_creature"], words)
    nameless = replace(MOMENTS["attract_creature"].gallery, name="")
    assert not any("visitor" in s for s in said(moment(Phase.ATTRACT, gallery=nameless), words))


def test_a_net_is_taken_up_only_where_there_is_the_button(tongues: dict[str, Words]) -> None:
    words, view = tongues["en"], MOMENTS["attract_creature"]
    there = view.panel.buttons
    assert Button.SURPRISE in there
    without = tuple(None if button is Button.SURPRISE else button for button in there)
    told = said(replace(view, panel=replace(view.panel, buttons=without)), words)
    assert "Bofi, made by a visitor" in told
    assert not any(words("attract.take_up") in line for line in told)


def test_a_waiting_knob_says_so(tongues: dict[str, Words]) -> None:
    words = tongues["en"]
    knobs = tuple(replace(k, waiting=k.target == PANEL.touched) for k in PANEL.knobs)
    view = moment(Phase.CARVE, panel=replace(PANEL, knobs=knobs))
    assert words("carve.catch") in said(view, words)


def test_the_net_whose_layers_the_knobs_turn_is_tagged(tongues: dict[str, Words]) -> None:
    words = tongues["en"]

    def tagged(part: str) -> list[str]:
        knobs = tuple(replace(k, target=k.target.replace("flow/", f"{part}/")) for k in PANEL.knobs)
        view = moment(Phase.CARVE, panel=replace(PANEL, knobs=knobs))
        under = scene(view, arrange(1280, 720), words)[0].strokes
        return [s.words for s in under if isinstance(s, Text) and s.colour == PAPER]

    assert tagged("flow") == [words("page.flow")]
    assert tagged("interp") == [words("page.interp")]
    assert tagged("noise") == []


def test_what_a_layer_sees_is_drawn_inside_its_lump(tongues: dict[str, Words]) -> None:
    layout = arrange(1280, 720)
    seen = picture(64, 36)
    view = moment(Phase.CARVE, xray={"flow/enc1": seen, "interp/latent": seen})
    inner = [
        s
        for sheet in scene(view, layout, tongues["en"])
        for s in sheet.strokes
        if isinstance(s, Picture) and s.frame is seen
    ]
    assert len(inner) == 2
    assert all(layout.nets.holds(*s.box.centre) and s.shape for s in inner)


@pytest.mark.parametrize("phase", Phase)
def test_a_picture_that_is_late_leaves_no_hole(phase: Phase, tongues: dict[str, Words]) -> None:
    """Every phase stands without a clip; where a clip belongs, something waits for it."""
    layout = arrange(1280, 720)
    with_clip, without = (
        scene(moment(phase, 13.25, frame=clip), layout, tongues["en"]) for clip in (CLIP, None)
    )
    if phase is not Phase.ATTRACT:  # which then shows its poster
        assert [s.box for s in with_clip] == [s.box for s in without]
    assert all(sheet.strokes or sheet.ground for sheet in without)


@pytest.mark.parametrize("target", ["noise/pixel sort", "tone/g", "", "interp/skip2"])
def test_every_kind_of_target_can_be_touched(target: str, tongues: dict[str, Words]) -> None:
    knobs = (replace(PANEL.knobs[0], target=target, amount=0.5), *PANEL.knobs[1:])
    view = moment(Phase.CARVE, panel=replace(PANEL, knobs=knobs, touched=target))
    for panel in (True, False):
        assert scene(view, arrange(1280, 720, panel=panel), tongues["en"])


def test_a_model_with_other_sites_is_drawn_as_well(tongues: dict[str, Words]) -> None:
    few = tuple(
        replace(moment(Phase.CARVE).sites[0], name=name)
        for name in ("flow/enc1", "flow/enc2", "flow/latent", "flow/dec1", "flow/skip1")
    )
    net = Net("m", Carve.of([Cut("flow/enc2", Operation.ADD, 0.5), *NET.carve.cuts]))
    view = moment(Phase.CARVE, sites=few, net=net)
    layout = arrange(1280, 720)
    sheets = scene(view, layout, tongues["en"])
    assert sum(s.box.overlaps(layout.nets) for s in sheets[1:]) == 1  # one U, so one half
    assert any(isinstance(s, Line) for s in sheets[0].strokes)


def test_after_deciding_it_says_which_layer_did_most(tongues: dict[str, Words]) -> None:
    words = tongues["en"]
    line = f"{words('decide.top')}: {words('flow.latent')}"
    assert line not in said(MOMENTS["decide_share"], words)
    assert line in said(MOMENTS["decide_top"], words)
    gone = replace(MOMENTS["decide_top"], top_site="flow/enc5")  # healed meanwhile
    assert not any(words("decide.top") in text for text in said(gone, words))


def test_every_layer_shows_what_it_sees(tongues: dict[str, Words]) -> None:
    """Layers without an X-ray are drawn as ever."""

    def lenses(view: View) -> int:
        sheets = scene(view, arrange(960, 540), tongues["en"])
        return sum(
            isinstance(s, Picture) and s.shape is not None for x in sheets for s in x.strokes
        )

    view = MOMENTS["carve_xray"]
    assert lenses(view) == len(view.sites)
    some = {name: frame for name, frame in view.xray.items() if name.startswith("flow/skip")}
    assert lenses(replace(view, xray=some)) == 5
    assert lenses(MOMENTS["carve"]) == 0


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (1024, 768)])
@pytest.mark.parametrize("operation", Operation)
def test_no_swollen_lump_is_cut_off_at_its_nets_edge(
    operation: Operation, size: tuple[int, int]
) -> None:
    nets, unit = arrange(*size).nets, min(size) / 100
    for part, column in zip(("flow", "interp"), nets.columns(2), strict=True):
        box = boxes(("flow", "interp"), nets)[part == "interp"]
        for place in places(DEMO_SITES, part, box).lumps:
            lump = lump_of(place, Cut(place.site, operation, 0.5), touched=True, pen=PEN * unit)
            for step in range(0, BEATS, 4):
                for stroke in lump_strokes(lump, step, SUN):
                    if isinstance(stroke, Blob):
                        xs = [at.x for at in stroke.points]
                        assert column.x - 1.5 <= min(xs), (place.site, step)
                        assert max(xs) <= column.right + 1.5, (place.site, step)

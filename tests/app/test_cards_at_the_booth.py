"""Cards at the booth: one held up to the camera plays, one that was kept is printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from photographs import Shot, photographed
from test_booth import Visit
from waiting import eventually

from installation.carve.packing import SITES, packed
from installation.carve.random_nets import roll
from installation.experience import Notice, Phase
from installation.interpolator.model import Model
from installation.show.net_picture.card import Printout, card_picture
from installation.show.paint.qr_code import qr_code
from installation.source.card_reader import CardReader
from installation.source.codes import codes_in
from installation.source.driver import ClipForm
from installation.source.file import FileSource
from installation.source.webcam import WebcamSource
from installation.vocabulary import Button, Frame, Net, as_frame

EMPTY = as_frame(np.full((720, 1280, 3), 90, np.uint8))


class Lens(FileSource):
    """The bundled film's source, before whose lens the test holds what it likes."""

    held: Frame = EMPTY

    def large(self) -> Frame | None:
        return self.held


def shot_of(net: Net, model: str, shot: Shot | None = None) -> Frame:
    card = card_picture(Printout(net, SITES, qr_code(packed(net, model)), "2026-11-27", "Hold me!"))
    return photographed(card, shot or Shot(height=0.6, turned=8, tilted=15))


@pytest.fixture(scope="module")
def net(model: Model) -> Net:
    return roll(model.manifest.sites, model.manifest.model, 5)


@pytest.fixture
def lens(write_clip) -> Iterator[Lens]:
    opened = Lens(write_clip(count=40, fps=20), ClipForm((64, 48), 20.0, 0.5))
    yield opened
    opened.close()


@pytest.fixture
def visit(tmp_path: Path, write_clip, lens: Lens) -> Iterator[Visit]:
    opened = Visit(
        tmp_path / "gallery",
        write_clip(count=40, fps=20),
        printer={"driver": "simulated", "address": str(tmp_path / "printed")},
    )
    reader = CardReader(lens)
    if opened.devices.cards is not None:
        opened.devices.cards.close()
    # Another eye for the same booth.
    object.__setattr__(opened.devices, "cards", reader)
    yield opened
    opened.close()


def invited(visit: Visit) -> None:
    visit.turn(1, 0.3)
    assert visit.view.experience.phase is Phase.INVITE


def test_a_card_held_up_while_invited_grows_on_the_knobs(visit: Visit, lens: Lens, net: Net):
    invited(visit)
    lens.held = shot_of(net, net.model)
    visit.until(lambda view: view.experience.notice is Notice.CARD_READ, 0.001)
    amounts = []
    while visit.booth.net.carve != net.carve:
        amounts.append(sum(cut.amount for cut in visit.booth.net.carve.cuts))
        visit.tick(0.1)
        assert len(amounts) < 60
    assert len(amounts) > 5, "it grows, rather than jumps"
    assert amounts == sorted(amounts)
    assert visit.view.experience.phase is Phase.INVITE
    # The demonstration plays with it, and the visitor films and carves on.
    visit.until(lambda view: visit.booth.shows_newest)
    visit.film()
    assert visit.booth.net.carve == net.carve


def test_the_knobs_must_pick_a_cards_values_up(visit: Visit, lens: Lens, net: Net):
    invited(visit)
    lens.held = shot_of(net, net.model)
    visit.until(lambda view: visit.booth.net.carve == net.carve, 0.05)
    held = {cut.site: cut.amount for cut in net.carve.cuts}
    for number, target in enumerate(visit.devices.layout.pages[0].targets):
        if target in held:
            visit.panel.turn_to(number, 0.05)
            visit.tick()
            assert visit.booth.hand.amount(target) == held[target]


def test_a_card_is_told_once_while_it_is_held(visit: Visit, lens: Lens, net: Net):
    invited(visit)
    lens.held = shot_of(net, net.model)
    visit.until(lambda view: visit.booth.net.carve == net.carve, 0.05)
    cards = visit.devices.cards
    assert cards is not None
    for angle in (3, 5, 7):
        lens.held = shot_of(net, net.model, Shot(height=0.6, turned=angle))
        for _ in range(20):
            visit.tick()
    visit.turn(0, 1.0)
    changed = visit.booth.net
    for _ in range(20):
        visit.tick()
    assert visit.booth.net == changed


def test_a_card_from_elsewhere_is_said_to_be_and_a_menu_is_nothing(
    visit: Visit, lens: Lens, net: Net
):
    invited(visit)
    lens.held = shot_of(replace(net, model="d" * 64), "")
    visit.until(lambda view: view.experience.notice is Notice.CARD_UNKNOWN, 0.001)
    assert not any(cut in net.carve.cuts for cut in visit.booth.net.carve.cuts)
    menu = cv2.resize(qr_code(b"https://example.org/menu"), (600, 600), interpolation=0)
    lens.held = as_frame(np.pad(menu, ((60, 60), (340, 340), (0, 0)), constant_values=255))
    assert codes_in(lens.held)
    for _ in range(50):
        visit.tick(0.001)
    assert visit.view.experience.notice is Notice.CARD_UNKNOWN


def test_nobody_looks_for_cards_in_any_other_phase(visit: Visit, lens: Lens, net: Net):
    lens.held = shot_of(net, net.model)
    for _ in range(30):
        visit.tick()
    assert visit.view.experience.phase is Phase.ATTRACT
    assert not visit.booth.net.carve
    cards = visit.devices.cards
    assert cards is not None
    assert cards.shown() is None


def printed(visit: Visit) -> list[Path]:
    return sorted(Path(visit.settings.printer.address).glob("*.png"))


def kept(visit: Visit) -> None:
    visit.turn(1, 0.6)
    visit.film()
    visit.turn(3, 0.8)
    visit.push(Button.KEEP)
    visit.push(Button.KEEP)
    visit.push(Button.DISCARD)
    visit.until(lambda view: view.experience.notice is Notice.SAVED)


def test_what_was_kept_is_printed_when_its_visitor_asks_once(visit: Visit):
    kept(visit)
    number = visit.devices.layout.buttons.index(Button.KEEP)
    assert number in visit.view.panel.lamps, "KEEP does something here"
    assert printed(visit) == []
    visit.push(Button.KEEP)
    assert visit.view.experience.notice is Notice.PRINTING
    assert number not in visit.view.panel.lamps
    visit.push(Button.KEEP)
    printer = visit.devices.printer
    assert printer is not None
    assert eventually(printer.printed) == 1
    (picture,) = printed(visit)
    seen = cv2.cvtColor(cv2.imread(str(picture)), cv2.COLOR_BGR2RGB)
    (code,) = codes_in(as_frame(np.pad(seen, ((20, 20), (20, 20), (0, 0)), constant_values=255)))
    (take,) = visit.booth.outcomes.kept
    assert code == packed(take.net, take.net.model)
    assert any(health.device == "printer" for health in visit.view.health)


def test_an_operator_may_have_all_printed(visit: Visit):
    wanted = replace(visit.settings.printer, prints="always")
    always = Visit(
        visit.settings.gallery.folder.parent / "other",
        visit.settings.source.file,
        printer=vars(wanted),
    )
    try:
        kept(always)
        printer = always.devices.printer
        assert printer is not None
        assert eventually(printer.printed) == 1
        always.push(Button.KEEP)
        assert always.view.experience.notice is Notice.SAVED, "there is nothing to ask for"
    finally:
        always.close()


def test_without_a_printer_keep_does_nothing_in_the_gallery(tmp_path: Path, write_clip):
    plain = Visit(tmp_path / "gallery", write_clip(count=40, fps=20))
    try:
        kept(plain)
        plain.push(Button.KEEP)
        assert plain.view.experience.notice is Notice.SAVED
    finally:
        plain.close()


def test_a_camera_is_asked_for_enough_to_read_a_card(monkeypatch: pytest.MonkeyPatch):
    asked: dict[int, float] = {}

    class Capture:
        def __init__(self, *_: object) -> None: ...
        def isOpened(self) -> bool:  # noqa: N802
            return True

        def set(self, key: int, value: float) -> None:
            asked[key] = value

        def read(self) -> tuple[bool, np.ndarray]:
            return True, np.random.default_rng(1).integers(0, 255, (720, 1280, 3), np.uint8)

        def release(self) -> None: ...

    monkeypatch.setattr(cv2, "VideoCapture", Capture)
    for cards, least in ((True, (1280, 720)), (False, (640, 360))):
        camera = WebcamSource("a camera", ClipForm((64, 48), 20.0, 0.5), cards=cards)
        eventually(lambda camera=camera: camera.large() is not None)
        frame = camera.large()
        camera.close()
        assert (asked[cv2.CAP_PROP_FRAME_WIDTH], asked[cv2.CAP_PROP_FRAME_HEIGHT]) == least
        assert frame.shape == (720, 1280, 3)

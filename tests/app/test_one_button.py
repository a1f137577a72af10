"""A whole visit by one button: nothing has to be held, turned, or pressed together."""

from __future__ import annotations

import pytest
from test_show import Stage

from installation.app.show import Ticked
from installation.carve.panel_layout import PanelLayout
from installation.experience import Experience, Notice, Phase, Question
from installation.gallery.driver import TakeToKeep
from installation.panel.layouts import layout_names, load_layout
from installation.settings import load_settings
from installation.show.scenes.scanning import said, scan_sheets
from installation.show.view_model import Choice, Hold
from installation.show.window.keymap import ButtonDown, ButtonUp
from installation.show.words import languages
from installation.vocabulary import Button, Carve, Cut, Net, Operation


class Switch:
    """Somebody with one button, who waits until what they want is pointed at."""

    def __init__(self, layout: str = "mega16", button: Button = Button.SOLO, **sections: dict):
        access = sections.pop("access", {"one_button": button})
        self.stage = Stage(access=access, panel={"layout": layout}, **sections)
        self.number = self.stage.devices.layout.buttons.index(button)
        self.stage.tick()

    def press(self) -> Ticked:
        self.stage.tick(ButtonDown(self.number))
        self.stage.tick(ButtonUp(self.number))
        return self.stage.tick()

    def choose(self, wanted: Choice) -> Ticked:
        for _ in range(400):
            view = self.stage.tick().view
            scan = view.scan
            assert scan is not None
            assert wanted in scan.offered, (wanted, view.experience.phase, scan.offered)
            if scan.at is not None and scan.offered[scan.at] is wanted:
                return self.press()
        raise AssertionError(f"{wanted} was never pointed at")

    def carve(self) -> None:
        assert self.press().view.experience.phase is Phase.INVITE
        self.choose(Button.RECORD)
        self.stage.until(Phase.CARVE)


def one_of(layout: PanelLayout) -> list[Button]:
    return [button for button in layout.buttons if button is not None]


@pytest.mark.parametrize("layout", layout_names())
def test_a_whole_visit_by_any_one_button_of_any_panel(layout: str):
    for button in one_of(load_layout(layout)):
        switch = Switch(layout, button)
        switch.carve()
        switch.choose(Button.SURPRISE)
        carved = switch.stage.tick().view
        assert carved.net.seed, "a net was rolled, without a knob turned"
        switch.choose(Button.KEEP)
        assert switch.stage.tick().view.experience.phase is Phase.DECIDE
        switch.choose(Button.KEEP)
        assert switch.stage.tick().view.experience.question is Question.SHARE
        view = switch.choose(Button.DISCARD).view
        assert view.experience.phase is Phase.GALLERY
        while view.experience.notice is Notice.SAVING:
            view = switch.stage.tick().view
        assert view.experience.notice is Notice.SAVED
        (kept,) = switch.stage.show.booth.outcomes.kept
        assert kept
        switch.stage.until(Phase.ATTRACT)


def test_every_answer_can_be_given():
    thrown = Switch()
    thrown.carve()
    thrown.choose(Button.KEEP)
    assert thrown.choose(Button.DISCARD).view.experience.phase in (Phase.ATTRACT, Phase.INVITE)
    assert not thrown.stage.show.booth.outcomes.kept
    again = Switch()
    again.carve()
    assert again.choose(Button.RECORD).view.experience.phase is Phase.RECORD
    healed = Switch()
    healed.carve()
    assert healed.choose(Button.SURPRISE).view.net.seed
    assert not healed.choose(Button.DISCARD).view.net.seed
    calm = Switch()
    calm.press()
    assert calm.choose(Button.CALM).view.experience.calm
    before = calm.stage.show.booth.language
    calm.choose(Button.OPERATION)
    assert calm.stage.show.booth.language != before


def test_to_stay_is_a_choice_too():
    switch = Switch()
    switch.carve()
    switch.choose(Button.KEEP)
    view = switch.stage.tick().view
    left_s = view.experience.left_s(view.now_s)
    view = switch.choose(None).view
    assert view.experience.phase is Phase.DECIDE
    assert view.experience.left_s(view.now_s) >= left_s - 0.5


def test_a_second_press_in_haste_answers_no_question():
    switch = Switch()
    switch.carve()
    switch.choose(Button.KEEP)
    view = switch.press().view  # meant for KEEP, and too late
    assert (view.experience.phase, view.experience.question) == (Phase.DECIDE, Question.KEEP)
    assert view.scan is not None
    assert view.scan.at is None, "nothing is pointed at yet"


def test_the_button_held_presses_once():
    switch = Switch()
    switch.stage.tick(ButtonDown(switch.number))
    for _ in range(100):
        view = switch.stage.tick().view
    assert (view.experience.phase, view.experience.filming) == (Phase.INVITE, False)


def test_the_other_buttons_do_what_they_did_and_the_one_can_be_taken_away_while_it_runs():
    switch = Switch()
    switch.stage.push(Button.RECORD)
    switch.stage.until(Phase.CARVE)
    switch.stage.tick(ButtonDown(switch.number))
    assert not switch.stage.tick().view.experience.solo, "it gave up what it did"
    switch.stage.tick(ButtonUp(switch.number))
    switch.stage.show.adopt(load_settings(None))
    assert switch.stage.tick().view.scan is None
    switch.stage.tick(ButtonDown(switch.number))
    assert switch.stage.tick().view.experience.solo


def test_what_is_pointed_at_blinks_on_the_panel_and_is_said_below_the_picture():
    switch = Switch()
    switch.press()
    layout = switch.stage.show.layout((1280, 720))
    plain = Stage().show.layout((1280, 720))
    assert layout.strip is not None
    assert layout.strip.bottom == plain.screen.bottom == 720
    assert layout.screen.bottom == layout.strip.y
    words = switch.stage.show.words["en"]
    for _ in range(60):
        view = switch.stage.tick().view
        (sheet,) = scan_sheets(view, layout, words)
        assert sheet.box == layout.strip
    assert Stage().tick().view.scan is None
    assert plain.strip is None


def test_where_prompts_are_spoken_the_question_is_heard_before_anything_is_pointed_at():
    switch = Switch()
    spoken = Switch(access={"one_button": Button.SOLO, "voice": "simulated"})
    began = []
    for each in (switch, spoken):
        each.press()
        ticks = 0
        while (scan := each.stage.tick().view.scan) is not None and scan.at is None:
            ticks += 1
        began.append(ticks)
    assert began[0] < 15 < 50 < began[1]


def test_solo_lasts_from_one_press_to_the_next():
    switch = Switch()
    switch.carve()
    switch.choose(Button.SURPRISE)
    switch.choose(Hold.MORE)
    assert switch.choose(Hold.SOLO).view.experience.solo
    view = switch.choose(Hold.LET_GO).view
    assert not view.experience.solo
    assert view.scan is not None
    assert Button.SURPRISE in view.scan.offered, "and all is as it was"


def test_the_net_is_bred_with_a_strangers_from_one_press_to_the_next():
    switch = Switch()
    stage = switch.stage
    stage.archive.keep_days = 1e5  # kept by a clock that began in 1970
    carve = Carve.of([Cut("flow/enc1", Operation.ADD, 0.5)])
    stranger = Net(stage.devices.interpolator.model, carve, name="Wofi")
    stage.archive.add(stage.devices.demo, stranger)
    switch.carve()
    switch.choose(Button.SURPRISE)
    before = stage.tick().view.net
    switch.choose(Hold.MORE)
    switch.choose(Hold.BREED)
    for _ in range(20):
        view = stage.tick().view
    assert view.experience.breeding
    assert view.mate
    view = switch.choose(Hold.LET_GO).view
    assert not view.experience.breeding
    assert view.net != before, "and it stays what it became"


def test_without_a_stranger_there_is_nobody_to_breed_with():
    switch = Switch()
    switch.carve()
    view = switch.choose(Hold.MORE).view
    assert view.scan is not None
    assert Hold.BREED not in view.scan.offered


def test_a_still_is_taken_with_what_is_kept():
    switch = Switch()
    switch.carve()
    switch.choose(Button.SURPRISE)
    switch.choose(Hold.MORE)
    assert switch.choose(Hold.STILL).view.experience.phase is Phase.DECIDE
    kept: list[TakeToKeep] = []
    keep = switch.stage.archive.keep

    def keeping(order: TakeToKeep) -> bool:
        kept.append(order)
        return keep(order)

    switch.stage.archive.keep = keeping
    for _ in range(20):  # the still is being taken: there is nothing to choose yet
        switch.stage.tick()
    switch.choose(Button.KEEP)
    switch.stage.tick()
    switch.choose(Button.DISCARD)
    assert [len(order.stills) for order in kept] == [1]


def test_what_nobody_wants_more_of_leads_back_by_itself_and_so_does_the_word_for_it():
    switch = Switch()
    switch.carve()
    switch.choose(Hold.MORE)
    for _ in range(200):
        view = switch.stage.tick().view
    assert view.scan is not None
    assert Hold.MORE in view.scan.offered
    switch.choose(Hold.MORE)
    view = switch.choose(Hold.BACK).view
    assert view.scan is not None
    assert Hold.MORE in view.scan.offered


def test_what_is_held_ends_with_the_time_to_carve():
    switch = Switch()
    switch.carve()
    switch.choose(Hold.MORE)
    switch.choose(Hold.SOLO)
    view = switch.stage.until(Phase.ATTRACT).view
    assert not view.experience.solo
    switch.carve()
    view = switch.stage.tick().view
    assert view.scan is not None
    assert Button.SURPRISE in view.scan.offered


def test_every_possibility_of_one_button_has_a_name_in_every_language():
    for words in languages().values():
        names = [said(hold, Experience(phase=Phase.CARVE), words) for hold in Hold]
        assert len(set(names)) == len(names)

"""What is spoken: phase, question, layer and strength, the end that is near, what is pointed at."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_one_button import Switch
from test_show import Stage

from installation.access_settings import AccessSettings
from installation.app.prompts import Prompter, knob_prompt, phase_prompt
from installation.experience import Experience, Notice, Phase, Question
from installation.show.audio.voice import Prompt, Voice
from installation.show.view_model import KnobPicture, PanelPicture, View
from installation.show.words import languages
from installation.vocabulary import Button, Carve, Cut, DeviceHealth, Health, Net, Operation

TONGUES = languages()
NET = Net("m", Carve.of([Cut("interp/enc3", Operation.SUBTRACT, 0.7)]))


class Ear(Voice):
    """A voice that is only heard."""

    def __init__(self) -> None:
        self.heard: list[Prompt] = []

    def say(self, prompt: Prompt) -> None:
        self.heard.append(prompt)

    def health(self) -> DeviceHealth:
        return DeviceHealth("voice", Health.FINE)

    def close(self) -> None:
        """Nothing speaks."""


def view(phase: Phase, now_s: float = 0.0, **changes) -> View:
    return replace(View(Experience(phase=phase), now_s, NET), **changes)


@pytest.mark.parametrize("language", TONGUES)
def test_every_phase_and_question_and_outcome_says_something_else(language: str):
    words, said = TONGUES[language], set()
    moments = [
        *(Experience(phase=phase) for phase in Phase if phase is not Phase.GALLERY),
        Experience(phase=Phase.RECORD, filming=True),
        Experience(phase=Phase.DECIDE, question=Question.SHARE),
        Experience(phase=Phase.DECIDE, question=Question.CLIP),
        *(
            Experience(phase=Phase.GALLERY, notice=notice)
            for notice in (Notice.SAVING, Notice.SAVED, Notice.SAVE_FAILED, Notice.NET_ALONE)
        ),
    ]
    for moment in moments:
        said.add(phase_prompt(View(moment, 0.0, NET), words))
    assert len(said) == len(moments)
    assert "" not in said
    assert not [text for text in said if "{" in text]


@pytest.mark.parametrize("language", TONGUES)
def test_the_layer_in_hand_is_named_with_its_net_and_strength(language: str):
    words = TONGUES[language]
    panel = PanelPicture(touched="interp/enc3", manner="Subtract")
    said = knob_prompt(view(Phase.CARVE, panel=panel), words)
    for part in (words("speak.interp"), "3", words("operation.subtract"), "70"):
        assert part in said
    whole = knob_prompt(view(Phase.CARVE, panel=replace(panel, touched="flow/latent")), words)
    assert words("speak.latent") in whole
    tool = PanelPicture(touched="noise/blur", knobs=(KnobPicture("noise/blur", 0.25),))
    said = knob_prompt(view(Phase.CARVE, panel=tool), words)
    assert words("tool.blur") in said
    assert "25" in said
    assert knob_prompt(view(Phase.CARVE), words) == ""


def spoken(stage: Stage) -> Ear:
    ear = Ear()
    stage.show.prompter = Prompter(ear)
    return ear


def test_a_visit_is_spoken_through_each_thing_once():
    stage = Stage(clip=Stage().devices.demo)
    ear = spoken(stage)
    words = stage.show.words["en"]
    stage.tick()
    stage.push(Button.RECORD)
    stage.until(Phase.CARVE)
    stage.push(Button.KEEP)
    stage.push(Button.KEEP)
    for _ in range(300):
        view = stage.tick().view
        if view.experience.phase is Phase.ATTRACT:
            break
    texts = [prompt.text for prompt in ear.heard]
    assert texts == [
        words("speak.attract"),
        words("record.ready"),
        words("record.filming"),
        words("speak.carve"),
        *(phase_prompt(replace(view, experience=Experience(phase=Phase.DECIDE, question=q)), words)
          for q in (Question.KEEP, Question.SHARE)),
        words("stay.touch"),
        words("speak.attract"),
    ]  # fmt: skip
    assert any(health.device == "voice" for health in stage.tick().view.health)


def test_a_knob_is_named_once_it_rests_and_not_while_it_turns():
    prompter, words, heard = Prompter(ear := Ear()), TONGUES["en"], []
    access = AccessSettings()

    def at(now_s: float, amount: float) -> list[str]:
        net = Net("m", Carve.of([Cut("flow/enc1", Operation.ADD, amount)]))
        panel = PanelPicture(touched="flow/enc1", manner="Add")
        carving = replace(view(Phase.CARVE, now_s, panel=panel), net=net)
        prompter.follow(carving, words, access, silent=False)
        heard[:] = [prompt.text for prompt in ear.heard]
        return heard[1:]

    assert at(0.0, 0.1) == []
    for tenth in range(1, 8):
        assert at(tenth / 10, 0.1 + tenth / 20) == []
    assert at(1.2, 0.45) == []
    assert at(1.4, 0.45) == ["Motion net, layer 1 on the way down: Add, 45 per cent"]
    assert at(3.0, 0.45) == heard[1:], "and not again"


def test_what_one_button_is_pointed_at_is_spoken():
    switch = Switch()
    ear = spoken(switch.stage)
    switch.press()
    for _ in range(80):
        switch.stage.tick()
    texts = [prompt.text for prompt in ear.heard]
    for name in ("Record", "Language", "Calm", "More time"):
        assert texts.count(f"Now: {name}") == 1, texts


def test_out_of_service_it_is_silent():
    stage = Stage(screen={"out_of_service": True})
    ear = spoken(stage)
    for _ in range(5):
        stage.tick()
    assert ear.heard == []

"""Breeding with a stranger's net harms no eye: judged by the ruler, not by the governor."""

from __future__ import annotations

from dataclasses import replace

from test_show import Stage, strobe

from installation.carve.random_nets import name_of, roll
from installation.experience import Phase
from installation.interpolator.model import Model
from installation.interpolator.trained import unet_of
from installation.show.flash_safety.flash_meter import judge
from installation.show.flash_safety.governor import FLASHES
from installation.vocabulary import Button, Clip, Frame

FPS = 10


def bred(model: Model, governor: str) -> tuple[list[Frame], set[str]]:
    """Six seconds of SURPRISE held: a light that goes on and off, seen by a net that turns into a
    stranger's; and the names of the strangers."""
    clip = strobe(1)
    net = unet_of(model, "cpu", 1)
    stage = Stage(clip, drawn=True, net=net, flash={"governor": governor},
                  source={"seconds": 2.0})  # fmt: skip
    stranger = replace(roll(net.sites, net.model, 4), name=name_of(4))
    stage.archive.keep_days = 1e5  # kept by a clock that began in 1970
    stage.archive.add(Clip(clip.frames[:2], clip.fps), stranger)
    stage.push(Button.RECORD)
    stage.until(Phase.CARVE)
    stage.devices.panel.turn_to(2, 0.4)
    stage.shown.clear()
    number = stage.devices.layout.buttons.index(Button.SURPRISE)
    stage.devices.panel.press(number)
    mates = {stage.tick().view.mate for _ in range(6 * FPS)}
    return stage.shown, mates - {""}


def test_an_eye_sees_no_flashes_while_nets_are_bred(model: Model):
    bare, mates = bred(model, "off")
    assert mates, "a stranger was there to breed with"
    assert judge(bare, FPS).worst > FLASHES, "without the governor it would flash"
    shown, _ = bred(model, "on")
    found = judge(shown, FPS)
    assert not found.exceeds()
    assert found.worst <= FLASHES

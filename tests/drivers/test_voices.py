"""One contract for every voice: the newest prompt at once, whoever asks never waits, and where
nothing speaks the health says so."""

from __future__ import annotations

import json
import shlex
import sys
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from waiting import eventually

from installation.show.audio.voice import (
    EspeakTongue,
    Prompt,
    SimulatedTongue,
    Tongue,
    Voice,
    open_voice,
)
from installation.vocabulary import Health, Reason

STAND_IN = """
import json, sys, time
text = sys.stdin.buffer.read().decode()
with open({log!r}, "a", encoding="utf-8") as log:
    print(json.dumps([sys.argv[1:], text]), file=log, flush=True)
if "for ever" in text:
    time.sleep(600)
sys.exit(3 if "no device" in text else 0)
"""


def command(folder: Path, python: str) -> str:
    """A program of ours in espeak-ng's place."""
    body = folder / "stand_in.py"
    body.write_text(python, encoding="utf-8")
    file = folder / "espeak-ng"
    file.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {body} "$@"\n')
    file.chmod(0o755)
    return str(file)


@dataclass
class Heard:
    voice: Voice
    tongue: Tongue
    log: Path

    def said(self) -> list[str]:
        if isinstance(self.tongue, SimulatedTongue):
            return [prompt.text for prompt in self.tongue.said]
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        return [json.loads(line)[1] for line in lines]


@pytest.fixture(params=["simulated", "espeak"])
def heard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Heard]:
    log = tmp_path / "said"
    tongue: Tongue = SimulatedTongue()
    if request.param == "espeak":
        tongue = EspeakTongue(command(tmp_path, STAND_IN.format(log=str(log))))
    voice = Voice(tongue)
    yield Heard(voice, tongue, log)
    voice.close()
    voice.close()


def test_it_says_what_it_is_told(heard: Heard):
    heard.voice.say(Prompt("Keep it?"))
    eventually(lambda: heard.said() == ["Keep it?"])
    heard.voice.say(Prompt("--stdout 간직 -f/etc/passwd", "ko"))
    eventually(lambda: heard.said()[1:] == ["--stdout 간직 -f/etc/passwd"])
    assert heard.voice.health().health is Health.FINE
    assert heard.voice.health().reason is Reason.SPEAKS


def test_silence_is_nothing_said(heard: Heard):
    heard.voice.say(Prompt(""))
    heard.voice.say(Prompt("after"))
    eventually(lambda: heard.said() == ["after"])


def test_the_newest_breaks_off_what_is_being_said_and_nobody_waits(tmp_path: Path):
    log = tmp_path / "said"
    voice = Voice(EspeakTongue(command(tmp_path, STAND_IN.format(log=str(log)))))
    heard = Heard(voice, EspeakTongue(), log)
    voice.say(Prompt("this goes on for ever"))
    eventually(lambda: heard.said() == ["this goes on for ever"])
    voice.say(Prompt("now this"))
    eventually(lambda: heard.said()[1:] == ["now this"])
    voice.say(Prompt("and again for ever"))
    eventually(lambda: len(heard.said()) == 3)
    voice.close()
    living = (process for process in Path("/proc").iterdir() if process.name.isdigit())
    assert not [process for process in living if str(tmp_path) in cmdline(process)]


def cmdline(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def test_its_settings_reach_it(tmp_path: Path):
    log = tmp_path / "said"
    voice = Voice(EspeakTongue(command(tmp_path, STAND_IN.format(log=str(log)))))
    voice.say(Prompt("Behalten?", "de", level=35, words=120))
    eventually(lambda: log.exists() and log.read_text().endswith("\n"))
    asked, text = json.loads(log.read_text())
    assert (asked, text) == (["-v", "de", "-a", "70", "-s", "120", "--stdin"], "Behalten?")
    voice.close()


def test_where_it_is_not_installed_and_where_no_headphone_is_the_operator_hears(tmp_path: Path):
    lacking = Voice(EspeakTongue(str(tmp_path / "nowhere")))
    lacking.say(Prompt("Keep it?"))
    eventually(lambda: lacking.health().reason is Reason.NO_VOICE)
    assert "apt-get install espeak-ng" in lacking.health().note
    lacking.close()
    log = tmp_path / "said"
    voice = Voice(EspeakTongue(command(tmp_path, STAND_IN.format(log=str(log)))))
    voice.say(Prompt("no device"))
    eventually(lambda: voice.health().health is Health.MISSING)
    voice.say(Prompt("it is back"))
    eventually(lambda: voice.health().health is Health.FINE)
    voice.close()


def test_off_is_no_voice_at_all():
    assert open_voice("off") is None
    simulated = open_voice("simulated")
    assert simulated is not None
    simulated.close()


@pytest.mark.parametrize("language", ["en", "de", "fr", "ko"])
def test_the_real_one_speaks_every_language_of_ours(language: str, tmp_path: Path, tongues_said):
    """Into a file, in place of a sound device."""
    wav = tmp_path / "said.wav"
    file = tmp_path / "to-a-file"
    file.write_text(f'#!/bin/sh\nexec espeak-ng "$@" -w {wav}\n')
    file.chmod(0o755)
    speech = EspeakTongue(str(file)).begin(Prompt(tongues_said[language], language))
    eventually(speech.ended)
    with wave.open(str(wav)) as sound:
        assert sound.getnframes() / sound.getframerate() > 0.7


@pytest.fixture
def tongues_said() -> dict[str, str]:
    from installation.show.words import languages

    return {name: words("speak.carve") for name, words in languages().items()}

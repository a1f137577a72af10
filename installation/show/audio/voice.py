"""Prompts spoken aloud, the newest at once, whatever was being said. Off unless asked for.

A thread of its own starts what speaks and looks after it: whoever asks never waits. Where nothing
speaks, the show goes on in silence and the health says so.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import threading
from typing import NamedTuple, Protocol

from installation.vocabulary import DeviceHealth, Health, Reason, UglyError
from installation.worker import Latest, Worker

_log = logging.getLogger(__name__)

ESPEAK = "espeak-ng"
LOOK_S = 0.1
"""How often it is looked whether there is something newer to say."""


class Prompt(NamedTuple):
    """What is said in which language ("" is silence): `level` in per cent, 1..100, `words` a
    minute."""

    text: str = ""
    language: str = "en"
    level: int = 60
    words: int = 150


class Speech(Protocol):
    """Something being said."""

    def ended(self) -> bool:
        """Whether it has been said. Raises UglyError if it could not be."""

    def break_off(self) -> None:
        """Fall silent at once; may be called twice."""


class Tongue(Protocol):
    """Says things. Called in the voice's own thread."""

    name: str

    def begin(self, prompt: Prompt) -> Speech:
        """Begin to say it. Raises UglyError if nothing speaks here."""


class Voice:
    """Says what it was last told, and breaks off for it whatever it says."""

    def __init__(self, tongue: Tongue) -> None:
        self._tongue = tongue
        self._wanted = Latest(Prompt())
        self._version, self._trouble = 0, ""
        self._worker = Worker("voice", self._run, device="voice", within_s=5.0)

    def say(self, prompt: Prompt) -> None:
        """Say this next; an empty one is silence. Never waits."""
        self._wanted.put(prompt)

    def health(self) -> DeviceHealth:
        trouble = self._trouble or self._worker.failure
        if trouble:
            return DeviceHealth("voice", Health.MISSING, trouble, Reason.NO_VOICE)
        return DeviceHealth("voice", Health.FINE, self._tongue.name, Reason.SPEAKS)

    def close(self) -> None:
        """Fall silent; may be called twice."""
        self._worker.close()

    def _run(self, stop: threading.Event) -> None:
        speech: Speech | None = None
        try:
            while not stop.is_set():
                newer = self._wanted.wait_newer(self._version, LOOK_S)
                try:
                    speech = self._begun(speech) if newer else self._going_on(speech)
                except UglyError as error:
                    if str(error) != self._trouble:
                        _log.error("the voice is silent: %s", error)
                    self._trouble, speech = str(error), None
        finally:
            if speech is not None:
                speech.break_off()

    def _begun(self, speech: Speech | None) -> Speech | None:
        """What is said now, in place of `speech`."""
        if speech is not None:
            speech.break_off()
        self._version, prompt = self._wanted.versioned()
        return self._tongue.begin(prompt) if prompt.text else None

    def _going_on(self, speech: Speech | None) -> Speech | None:
        """`speech`, until it has been said."""
        if speech is None or not speech.ended():
            return speech
        self._trouble = ""
        return None


class _Process:
    """What espeak-ng says."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def ended(self) -> bool:
        code = self._process.poll()
        if code:
            raise UglyError(
                f"{ESPEAK} ended with {code}: plug a headphone in, and look what aplay -l names"
            )
        return code is not None

    def break_off(self) -> None:
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)


class EspeakTongue:
    """espeak-ng, on the sound device that the system names first."""

    name = ESPEAK

    def __init__(self, command: str = ESPEAK) -> None:
        self._command = command

    def begin(self, prompt: Prompt) -> Speech:
        # Its own scale goes to 200, where 100 is plain.
        asked = ["-v", prompt.language, "-a", str(2 * prompt.level), "-s", str(prompt.words)]
        try:
            process = subprocess.Popen(
                [self._command, *asked, "--stdin"],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except OSError:
            raise UglyError(
                f"{self._command} is not there: sudo apt-get install espeak-ng, or set "
                '[access] voice = "off"'
            ) from None
        assert process.stdin is not None
        # A prompt is far below what a pipe holds: this does not wait.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(prompt.text.encode())
            process.stdin.close()
        return _Process(process)


class _Noted:
    def ended(self) -> bool:
        return True

    def break_off(self) -> None:
        """It had been said already."""


class SimulatedTongue:
    """Writes what would be said into the log, and remembers it: to try it without a headphone."""

    name = "simulated"

    def __init__(self) -> None:
        self.said: list[Prompt] = []

    def begin(self, prompt: Prompt) -> Speech:
        _log.info("says (%s): %s", prompt.language, prompt.text)
        self.said.append(prompt)
        return _Noted()


def open_voice(driver: str) -> Voice | None:
    """The voice of a driver ("espeak", "simulated"), None for "off"."""
    if driver == "off":
        return None
    return Voice(EspeakTongue() if driver == "espeak" else SimulatedTongue())

"""What is spoken beside the picture: the phase, the layer in hand and its strength, the time that
runs out, what one button is pointed at."""

from __future__ import annotations

from dataclasses import replace

from installation.access_settings import AccessSettings
from installation.carve.targets import is_site
from installation.experience import Notice, Phase
from installation.show.audio.voice import Prompt, Voice
from installation.show.scenes.panel_picture import target_name
from installation.show.scenes.scanning import said
from installation.show.view_model import View
from installation.show.words import Words
from installation.vocabulary import Operation, SourceKind

SETTLED_S = 0.6
"""How long a knob must rest before its strength is named: while it turns, nobody is talked over."""

_RECORDS = {
    SourceKind.CAMERA: ("record.ready", "record.filming"),
    SourceKind.FILM: ("record.film_ready", "record.film_now"),
    SourceKind.MADE: ("record.made_ready", "record.made_now"),
}
_INVITES = {
    SourceKind.CAMERA: "invite.line",
    SourceKind.FILM: "invite.film",
    SourceKind.MADE: "invite.made",
}
_TOLD = {
    Notice.SAVED: "gallery.saved",
    Notice.SAVED_WITHOUT_STILL: "notice.still_not_kept",
    Notice.SAVE_FAILED: "notice.save_failed",
    Notice.PRINTING: "notice.printing",
    Notice.NET_ALONE: "gallery.net_alone",
}


def phase_prompt(view: View, words: Words) -> str:
    """What a phase, a question or its outcome is, and what can be done."""
    e = view.experience
    if e.phase is Phase.ATTRACT:
        return words("speak.attract")
    if e.phase is Phase.INVITE:
        line = "invite.line" if e.keeps else "invite.nothing_kept"
        invites = line if view.source is SourceKind.CAMERA else _INVITES[view.source]
        failed = e.notice is Notice.CAMERA_FAILED
        first = words("notice.camera_failed" if failed else "invite.call")
        return f"{first if first.endswith('!') else f'{first}.'} {words(invites)}"
    if e.phase is Phase.RECORD:
        return words(_RECORDS[view.source][1 if e.filming else 0])
    if e.phase is Phase.CARVE:
        return words("speak.carve")
    if e.phase is Phase.DECIDE:
        asked = e.question.value
        return words(
            "speak.answer",
            question=words(f"decide.{asked}"),
            yes=words(f"decide.{asked}_yes"),
            no=words(f"decide.{asked}_no"),
        )
    return words(_TOLD.get(e.notice, "gallery.saving"))


def layer_name(site: str, words: Words) -> tuple[str, str]:
    """A site's net and its layer, in words."""
    net, layer = site.split("/", 1)
    kind, number = layer.rstrip("0123456789"), layer.lstrip("abcdefghijklmnopqrstuvwxyz")
    key = {"enc": "speak.down", "dec": "speak.up", "skip": "speak.skip"}.get(kind, "speak.latent")
    return words(f"speak.{net}"), words(key, number=number)


def knob_prompt(view: View, words: Words) -> str:
    """What the knob in hand is, and how far it is turned; "" for none."""
    target = view.panel.touched
    if not target:
        return ""
    if is_site(target):
        net, layer = layer_name(target, words)
        cut = view.net.carve.at(target)
        if cut is None or cut.operation is Operation.PRESERVE:
            return words("speak.whole", name=f"{net}, {layer}")
        manner = words.named(view.panel.manner, "manner", "operation")
        percent = f"{100 * cut.amount:.0f}"
        return words("speak.cut", net=net, layer=layer, manner=manner, percent=percent)
    found = (knob.amount for knob in view.panel.knobs if knob.target == target)
    amount = next(found, None)
    name = target_name(target, words)
    return (
        words("speak.knob", name=name, percent=f"{100 * amount:.0f}") if amount is not None else ""
    )


class Prompter:
    """Says what is new in the view; the newest word wins."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._moment: tuple[object, ...] = ()
        self._knob, self._knob_s, self._named = "", 0.0, ""
        self._warned = False
        self._pointed = ""

    def follow(self, view: View, words: Words, access: AccessSettings, *, silent: bool) -> View:
        """Say what is new, if anything is; the view with the voice's health."""
        text = "" if silent else self._new(view, words)
        if text:
            self._voice.say(Prompt(text, words.language, access.voice_level, access.voice_words))
        return replace(view, health=(*view.health, self._voice.health()))

    def _new(self, view: View, words: Words) -> str:
        e = view.experience
        attract = e.phase is Phase.ATTRACT  # it changes the language by itself
        tongue = "" if attract else words.language
        moment = (e.phase, e.question, e.notice, e.filming, tongue, attract or e.visit)
        knob = knob_prompt(view, words) if e.phase in (Phase.INVITE, Phase.CARVE) else ""
        if moment != self._moment:
            self._moment, self._warned, self._pointed = moment, False, ""
            self._knob = self._named = knob
            return phase_prompt(view, words)
        if knob != self._knob:
            self._knob, self._knob_s = knob, view.now_s
        if knob != self._named and view.now_s - self._knob_s >= SETTLED_S:
            self._named = knob
            return knob
        return self._warning(view, words) or self._pointing(view, words)

    def _warning(self, view: View, words: Words) -> str:
        """How to stay, once each time that the end is near."""
        e = view.experience
        was, self._warned = self._warned, e.is_warned(view.now_s)
        # Where a phase is told of its end from its beginning on, what it is comes first.
        fresh = e.elapsed_s(view.now_s) < 1.0
        if fresh or was or not self._warned:
            self._warned = self._warned and not fresh
            return ""
        return words("stay.touch" if e.may_stay(view.now_s) else "stay.over")

    def _pointing(self, view: View, words: Words) -> str:
        """What one button is pointed at."""
        if view.scan is None or view.scan.at is None:
            self._pointed = ""
            return ""
        name = said(view.scan.offered[view.scan.at], view.experience, words)
        if name == self._pointed:
            return ""
        self._pointed = name
        return words("speak.pointed", name=name)

    def close(self) -> None:
        self._voice.close()

"""What is told of visitors' privacy, on paper (the first layer) and on the page /privacy (the
second): from the settings, in four languages. Pure.

After the European Data Protection Board's Guidelines 3/2019, paragraphs 111 to 119: who answers,
what for, what is kept and how long, the rights, and where to read more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from installation.door.words import DoorWords

FILLED_IN = ("operator", "contact", "authority")
"""What every notice has to name; a data protection officer not everybody has."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """The facts, as the settings say them; `seconds` is how long a visitor is filmed, `days` how
    long a take is kept, `page` the operator's own second layer ("" for the door's).
    `computed_elsewhere`: another machine computes the net. In a `fleet` what is shown travels to
    the other booths.
    """

    operator: str = ""
    contact: str = ""
    officer: str = ""
    authority: str = ""
    purpose: str = ""
    page: str = ""
    days: float = 30.0
    seconds: float = 2.0
    keeps: bool = True
    asks_for_clip: bool = False
    no_camera: bool = True
    computed_elsewhere: bool = False
    fleet: bool = False

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Privacy:
        """The facts in a settings' document, section by section."""
        told = dict(settings.get("privacy", {}))
        gallery, source = settings.get("gallery", {}), settings.get("source", {})
        told |= {"days": gallery.get("keep_days", 30.0), "seconds": source.get("seconds", 2.0)}
        told["computed_elsewhere"] = settings.get("model", {}).get("driver") == "remote"
        told["fleet"] = bool(settings.get("fleet", {}).get("folder"))
        return cls(**{key: told[key] for key in cls.__dataclass_fields__ if key in told})

    @property
    def gaps(self) -> tuple[str, ...]:
        """The settings that are not filled in, and so are blanks on paper."""
        return tuple(f"privacy.{key}" for key in FILLED_IN if not getattr(self, key))

    def lead(self, words: DoorWords) -> str:
        """What bystanders have to hear first."""
        key = "lead" if self.no_camera else "lead_always"
        return words(f"privacy.{key}", seconds=f"{self.seconds:g}")

    def first(self, words: DoorWords) -> tuple[tuple[str, str], ...]:
        """The first layer: headings, and what stands below each."""
        blank = words("privacy.blank")
        contact = self.contact or blank
        who = words("privacy.who_text", operator=self.operator or blank, contact=contact)
        if self.officer:
            who = f"{who}\n{words('privacy.officer_text', officer=self.officer)}"
        kept = words("privacy.kept_nothing")
        if self.keeps:
            kept = words("privacy.kept_text", days=f"{self.days:g}")
            if self.asks_for_clip:
                kept = f"{kept} {words('privacy.kept_clip')}"
            kept += f" {words('privacy.kept_fleet_text')}" if self.fleet else ""
        back = words("privacy.back_text", contact=contact)
        told = [
            ("who", who),
            ("purpose", self.purpose or words("privacy.purpose_text")),
            ("kept", kept),
            *((("back", back),) if self.keeps else ()),
            ("rights", words("privacy.rights_text", authority=self.authority or blank)),
        ]
        return tuple((words(f"privacy.{key}"), text) for key, text in told)

    def second(self, words: DoorWords) -> tuple[tuple[str, str], ...]:
        """What the second layer tells besides."""
        told = {
            key: words(f"privacy.{key}_text") for key in ("basis", "where", "technical", "children")
        }
        if self.computed_elsewhere or self.fleet:
            parts = ["where_computed"] if self.computed_elsewhere else []
            parts.append("where_fleet_text" if self.fleet else "where_kept")
            told["where"] = " ".join(words(f"privacy.{part}") for part in parts)
        return tuple((words(f"privacy.{key}"), text) for key, text in told.items())

"""The pages of a gallery as plain files: for a stick, a folder or any web server. Nothing in them
runs, and all addresses are relative, so that they also open from a disk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from installation.door.net_drawing import PARTS, Marks, count_cuts, drawing, said_cuts
from installation.door.site_parts import HERE, environment
from installation.door.take_pages import KINDS, day, is_still
from installation.door.takes import SeenTake
from installation.door.words import DoorWords, own_texts

STYLE = HERE / "static" / "door.css"


@dataclass(frozen=True, slots=True)
class WebTake:
    """A take as it is shown to everybody: its folder's name in the site, where its net is played
    (from the site's first page; "" for nowhere), and its family by folder and name."""

    take: SeenTake
    folder: str
    play: str = ""
    family: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class WebGallery:
    """The pages of takes, the newest first, in `languages`; `texts` are the show's words."""

    title: str
    takes: Sequence[WebTake]
    languages: Sequence[str]
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    marks: Marks = field(default_factory=dict)
    exported: str = ""

    def pages(self) -> dict[str, str]:
        """Every page by its path in the site."""
        found = {}
        for number, language in enumerate(self.languages):
            words = DoorWords(language, {**self.texts.get(language, {}), **own_texts(language)})
            index = self._rendered("web_index.html", words, "", {"takes": self.takes})
            found[f"{language}.html"] = index
            if not number:
                found["index.html"] = index
            for one in self.takes:
                path = f"takes/{one.folder}/{language}.html"
                found[path] = self._rendered("web_take.html", words, "../../", self._of(one, words))
        return found

    def _of(self, one: WebTake, words: DoorWords) -> dict[str, object]:
        take = one.take
        label = words("take.net_alt", count=count_cuts(take.net))
        return {
            "one": one,
            "take": take,
            "kept": day(take.kept_at_s),
            "has": {name: name in take.files for name in KINDS},
            "stills": [name for name in sorted(take.files) if is_still(name)],
            "cuts": said_cuts(take.net, words, self.marks),
            "drawings": [
                (
                    name := words(f"part.{part}"),
                    drawing(take.net, part, f"{label} {name}", self.marks),
                )
                for part in PARTS
            ],
        }

    def _rendered(
        self, template: str, words: DoorWords, root: str, context: Mapping[str, object]
    ) -> str:
        every = {
            "words": words,
            "languages": [(each, own_texts(each)["name"]) for each in self.languages],
            "title": self.title,
            "root": root,
            "exported": self.exported,
            "day": day,
        }
        return environment().get_template(template).render({**every, **context})


def files_of(take: SeenTake) -> dict[str, Path]:
    """A take's files that everybody may have, by name."""
    return {name: path for name, path in take.files.items() if name in KINDS or is_still(name)}

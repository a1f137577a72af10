"""What hangs beside the installation: the notice on privacy, the sign on flashing pictures, the
wall text; a page a language."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeAlias

from pydantic import TypeAdapter

from installation.door.privacy import Privacy
from installation.door.words import LANGUAGES, DoorWords, own_texts
from installation.settings import Settings
from installation.show.paint.notice_page import A4_MM, PX_PER_MM, Notice, notice_page
from installation.show.paint.qr_code import qr_code
from installation.show.paint.text_layout import TextLayout
from installation.vocabulary import Frame

Pages: TypeAlias = Mapping[str, tuple[Notice, ...]]


def privacy_of(settings: Settings) -> Privacy:
    """What is told of visitors' privacy, by the settings."""
    return Privacy.of(json.loads(TypeAdapter(Settings).dump_json(settings)))


def second_layer(settings: Settings, address: str) -> str:
    """Where more is told: the operator's own page, or the door's at `address`; "" if nowhere."""
    return settings.privacy.page or (f"{address}/privacy" if address else "")


def notices(settings: Settings, link: str) -> Pages:
    """The three papers by their names, a page for each of the screen's languages that there are
    words for; `link` is what their codes lead to ("" for none)."""
    told = [name for name in settings.screen.languages if name in LANGUAGES] or [LANGUAGES[0]]
    privacy = privacy_of(settings)
    code = qr_code(link.encode()) if link else None
    made: dict[str, Callable[[DoorWords], Notice]] = {
        "privacy": lambda words: _privacy(privacy, words, code, link, settings.screen.title),
        "flashes": lambda words: _flashes(privacy, words, settings.screen.title),
        "wall": lambda words: _wall(words, settings.screen.title),
    }
    words = [DoorWords(name, own_texts(name)) for name in told]
    return {name: tuple(make(each) for each in words) for name, make in made.items()}


def _privacy(
    privacy: Privacy, words: DoorWords, code: Frame | None, link: str, title: str
) -> Notice:
    blocks = (("", privacy.lead(words)), *privacy.first(words))
    says = words("privacy.more_at", link=link) if link else ""
    return Notice(words("privacy.title"), blocks, code, says, title)


def _flashes(privacy: Privacy, words: DoorWords, title: str) -> Notice:
    contact = privacy.contact or words("privacy.blank")
    texts = (
        words("sign.flashes_text"),
        words("sign.flashes_who"),
        words("sign.flashes_help", contact=contact),
    )
    blocks = tuple(("", text) for text in texts)
    return Notice(words("sign.flashes"), blocks, foot=title, warns=True)


def _wall(words: DoorWords, title: str) -> Notice:
    keys = ("wall_text", "wall_how", "wall_kept", "wall_works")
    return Notice(title, tuple(("", words(f"sign.{key}")) for key in keys))


def as_pdf(pages: tuple[Notice, ...]) -> bytes:
    """Notices as a PDF, A4, a page each."""
    # fpdf2 takes nearly half a second to import, for no use where no page is asked for.
    from installation.show.paint.pdf import pdf_pages

    letters = TextLayout()
    drawn = [notice_page(page, letters) for page in pages]
    return pdf_pages(drawn, A4_MM, PX_PER_MM, title=pages[0].title, letters=letters)

"""Settings of what may be kept of visitors, and of who answers for it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass as checked

from installation.setting_kinds import STRICT, Like, live, restart


@checked(frozen=True, config=STRICT)
class PrivacySettings:
    """What may be kept of visitors, and who answers for it: `uglynet notice` prints it, the door's
    page /privacy tells it. With `keeps` false, for school groups, nothing is kept and nobody is
    asked.
    """

    keeps: Annotated[
        bool, live("false, for school groups: nothing is kept, and the screen never asks")
    ] = True
    asks_for_clip: Annotated[
        bool, live("ask a third question: may the film itself be kept, to be rendered anew?")
    ] = False
    no_camera: Annotated[
        bool, live("who would rather not be filmed may play with a dream (DISCARD)")
    ] = True
    operator: Annotated[
        str, Field(max_length=200), restart("who answers for it: full name and address")
    ] = ""
    contact: Annotated[
        str, Field(max_length=200), restart("where visitors ask: e-mail, telephone or a desk")
    ] = ""
    officer: Annotated[
        str, Field(max_length=200), restart("the data protection officer, if there is one")
    ] = ""
    authority: Annotated[
        str, Field(max_length=200), restart("the authority that visitors may complain to")
    ] = ""
    purpose: Annotated[
        str, Field(max_length=300), restart("what it is for; empty: our own words, translated")
    ] = ""
    page: Annotated[
        str,
        Field(max_length=200),
        Like(r"(https?://[^\s?#]+)?", 'an address such as "https://example.org/privacy"').checked,
        restart("the address of your own privacy page; empty is the door's"),
    ] = ""

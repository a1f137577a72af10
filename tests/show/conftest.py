"""What every test of the show needs: fonts and words, read once."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import pytest

from installation.show.paint.text_layout import TextLayout
from installation.show.words import Words, languages


@pytest.fixture(scope="session")
def letters() -> TextLayout:
    return TextLayout()


@pytest.fixture(scope="session")
def tongues() -> dict[str, Words]:
    return languages()

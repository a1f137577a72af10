"""Whether a page is well, as every browser test asks."""

from __future__ import annotations

import os

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SHOTS = os.environ.get("DOOR_SCREENSHOTS")


def assert_well(page: Page, name: str) -> None:
    """Nothing that axe-core finds, nothing wider than the screen."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
    found = Axe().run(page)
    told = [
        (one["id"], one["impact"], [node["html"][:120] for node in one["nodes"][:3]])
        for one in found.response["violations"]
    ]
    assert told == [], name
    wide = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide[0] <= wide[1], name

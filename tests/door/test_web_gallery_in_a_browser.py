"""The web gallery in real Chromium, opened from a disk: nothing serves it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from doors import NOW_S, kept
from playwright.sync_api import Browser, Page, expect
from waiting import PATIENCE_S

from installation.app.web_gallery import write_web_gallery
from installation.interpolator.model import Model
from installation.settings import Settings
from installation.source.choice import BUNDLED_CLIP
from installation.vocabulary import Carve, Cut, Net, Operation

PATIENT_MS = 1000 * PATIENCE_S
PHONE, SMALL, DESK = (390, 844), (320, 640), (1280, 900)


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory, model: Model) -> Path:
    folder = tmp_path_factory.mktemp("gallery")
    cuts = [Cut("flow/enc1", Operation.ADD, 0.8), Cut("interp/dec2", Operation.MULTIPLY, 0.5)]
    kept(folder / "gallery", net=Net(model.manifest.model, Carve.of(cuts), name="Zibo"))
    settings = replace(Settings(), gallery=replace(Settings().gallery, folder=folder / "gallery"))
    write_web_gallery(settings, folder / "web", NOW_S)
    return folder / "web"


def opened(browser: Browser, size: tuple[int, int] = PHONE) -> Page:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, locale="en")
    page.set_default_timeout(PATIENT_MS)
    return page


@pytest.mark.parametrize("size", [SMALL, DESK], ids=["phone", "desk"])
def test_every_page_is_for_everybody(browser: Browser, gallery: Path, size):
    page = opened(browser, size)
    page.goto((gallery / "index.html").as_uri())
    for step in (None, "Zibo", "Deutsch", "UGly-Net"):
        if step:
            page.get_by_role("link", name=step).first.click()
        told = [(one["id"], one["impact"]) for one in Axe().run(page).response["violations"]]
        assert told == [], step
        wide, room = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= room, step
    page.close()


def test_a_net_is_played_at_home_from_a_stick(browser: Browser, gallery: Path):
    page = opened(browser)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((gallery / "index.html").as_uri())
    page.get_by_role("link", name="Zibo").click()
    page.get_by_role("link", name="Play with it at home").click()
    expect(page.locator("#name")).to_have_text("Zibo", timeout=PATIENT_MS)
    page.set_input_files("#pick", BUNDLED_CLIP)
    expect(page.locator("#save")).to_be_enabled(timeout=PATIENT_MS)
    lively = """() => {
        const picture = document.getElementById("picture");
        const { data } = picture.getContext("2d").getImageData(0, 0, picture.width, picture.height);
        return new Set(data).size;
    }"""
    assert page.evaluate(lively) > 50, "a picture, not a ground"
    assert errors == []
    page.close()


def test_without_its_one_script_it_says_that_it_wants_an_address(
    browser: Browser, gallery: Path, tmp_path: Path
):
    for path in (gallery / "play").iterdir():
        if path.is_file() and path.name != "disk-files.js":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    page = opened(browser)
    page.goto((tmp_path / "index.html").as_uri())
    expect(page.locator("#told")).to_contain_text("web address", timeout=PATIENT_MS)
    told = [one["id"] for one in Axe().run(page).response["violations"]]
    assert told == []
    page.close()

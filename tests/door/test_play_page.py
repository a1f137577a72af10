"""The page to play at home, in a visitor's hands: filmed, carved, saved, and nothing sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from waiting import PATIENCE_S, eventually

from installation.carve.nets import settled
from installation.carve.packing import packed, packed_in, unpacked
from installation.carve.random_nets import roll
from installation.interpolator.model import Model
from installation.show.words import languages
from installation.video import VideoReader, VideoWriter
from installation.vocabulary import Carve, Cut, Net, Operation, as_frame

PHONE = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def net(model: Model) -> Net:
    return settled(roll(model.manifest.sites, model.manifest.model, 3))


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport=PHONE, locale="de-DE", has_touch=True, accept_downloads=True
    )
    context.set_default_timeout(PATIENCE_S * 1000)
    yield context
    context.close()


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A second of something that moves, upright, as phones film."""
    import numpy as np

    path = tmp_path / "film.mp4"
    y, x = np.mgrid[0:320, 0:180]
    with VideoWriter(path, 12) as video:
        for n in range(6):
            planes = [x + 8 * n, y // 2 + 5 * n, 200 - x // 2]
            video.add(as_frame(np.stack(planes, 2).astype(np.uint8)))
    return path


class Watched:
    """A page, what it asked for and what went wrong in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.wrong: list[str] = []
        page.on("request", lambda request: self.asked.append(f"{request.method} {request.url}"))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on(
            "console",
            lambda said: self.wrong.append(said.text) if said.type == "error" else None,
        )

    def said(self) -> str:
        return self.page.inner_text("#told")

    def whole(self) -> int:
        """The number of the last round that was made to its end."""
        return int(self.page.evaluate("() => document.body.dataset.whole || 0"))

    def net(self, model: str) -> Net:
        found = packed_in(self.page.url.encode())
        assert found is not None
        return unpacked(found, "address", [model])


def link_to(address: str, net: Net, model: str) -> str:
    from installation.carve.packing import linked

    return linked(f"{address}/index.html", packed(net, model))


def test_a_visitor_films_carves_and_keeps(
    phone: BrowserContext, play_address: str, net: Net, film: Path, tmp_path: Path
):
    seen = Watched(phone.new_page())
    page = seen.page
    page.goto(link_to(play_address, net, net.model))
    page.wait_for_selector(".knob")
    german = languages()["de"]
    assert page.get_attribute("html", "lang") == "de"
    assert page.inner_text("#title") == german("play.title")
    assert page.inner_text("#name") == net.name
    assert page.locator(".knob").count() == 16
    # Filmed by the phone's own camera program, as on plain http.
    assert page.get_attribute("#film", "capture") == "environment"
    assert page.get_attribute("#film", "accept") == "video/*"
    page.set_input_files("#film", film)
    eventually(seen.whole, lambda: (seen.said(), seen.wrong))
    # A knob turned by keys, its tool changed, and the other net's knobs.
    page.locator('[data-site="flow/enc4"]').focus()
    page.keyboard.press("End")
    first = seen.net(net.model)
    cut = first.carve.at("flow/enc4")
    assert cut is not None
    assert cut.amount == 1
    page.click("#tool")
    changed = seen.net(net.model).carve.at("flow/enc4")
    assert changed is not None
    assert (changed.operation, changed.chisel) != (cut.operation, cut.chisel)
    page.locator("#pages button").nth(1).click()
    page.locator('[data-site="interp/dec1"]').focus()
    page.keyboard.press("PageUp")
    assert seen.net(net.model).carve.at("interp/dec1") is not None
    eventually(lambda: page.is_enabled("#save"), lambda: (seen.said(), seen.wrong))
    with page.expect_download() as waiting:
        page.click("#save")
    video = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(video)
    with VideoReader(video) as reader:
        frames = list(reader.frames())
    assert len(frames) >= 5
    assert frames[0].shape == (144, 256, 3)
    page.click("#own")
    assert seen.net(net.model).carve == net.carve
    page.click("#whole")
    assert not seen.net(net.model).carve
    assert seen.wrong == []
    assert {line.split(" ")[0] for line in seen.asked} == {"GET"}, "nothing is sent"
    assert all(
        line.startswith((f"GET {play_address}/", "GET blob:", "GET data:")) for line in seen.asked
    )


def test_a_finger_turns_a_knob(phone: BrowserContext, play_address: str, net: Net):
    page = phone.new_page()
    page.goto(f"{play_address}/index.html")
    knob = page.locator('[data-site="flow/latent"]')
    knob.scroll_into_view_if_needed()
    box = knob.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44, "large enough for a finger"
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] - 60, steps=4)
    page.mouse.up()
    cut = Watched(page).net(net.model).carve.at("flow/latent")
    assert cut is not None
    assert cut.amount == pytest.approx(0.5, abs=0.02)
    assert knob.get_attribute("aria-valuenow") == "50"


def test_all_operations_that_show_at_a_layer_are_within_reach(
    phone: BrowserContext, play_address: str, model: Model
):
    page, manifest = phone.new_page(), model.manifest
    page.goto(f"{play_address}/index.html")
    page.locator("#pages button").nth(1).click()
    (site,) = (site for site in manifest.sites if site.name == "interp/enc1")
    page.locator(f'[data-site="{site.name}"]').focus()
    page.keyboard.press("End")
    found = set()
    for _ in range(18):
        cut = Watched(page).net(manifest.model).carve.at(site.name)
        assert cut is not None
        found.add(cut.operation)
        page.click("#tool")
    active = set(Operation) - {Operation.PRESERVE}
    assert found == {operation for operation in active if site.shows(operation)}
    about = page.request.get(f"{play_address}/made/net.json").json()
    assert {manner["operation"] for manner in about["manners"]} == {o.value for o in active}


@pytest.mark.parametrize("language", ["en", "de", "fr", "ko"])
def test_nothing_is_cut_off_on_the_smallest_phone(
    phone: BrowserContext, play_address: str, net: Net, language: str
):
    page = phone.new_page()
    page.goto(link_to(play_address, net, net.model))
    page.wait_for_selector(".knob")
    page.select_option("#language", language)
    assert page.get_attribute("html", "lang") == language
    assert page.inner_text("#save") == languages()[language]("play.save")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
    small = page.evaluate(
        "() => [...document.querySelectorAll('button, label.button, select')]"
        ".filter((e) => e.offsetParent).map((e) => e.getBoundingClientRect())"
        ".filter((r) => r.height < 44 || r.width < 44).length"
    )
    assert small == 0


@pytest.mark.parametrize("fragment", ["", "#", "#garbage", "#VQE", "#VQHst" + "A" * 400])
def test_a_link_without_a_net_is_no_dead_end(
    phone: BrowserContext, play_address: str, fragment: str
):
    seen = Watched(phone.new_page())
    seen.page.goto(f"{play_address}/index.html{fragment}")
    seen.page.wait_for_selector(".knob")
    if len(fragment) > 1:
        eventually(lambda: seen.said() == languages()["de"]("play.no_net"), seen.said)
    assert seen.wrong == []


def test_a_net_of_a_newer_booth_is_said_to_be_newer(
    phone: BrowserContext, play_address: str, net: Net
):
    stranger = cast(Operation, SimpleNamespace(value="double"))
    newer = replace(net, carve=Carve((Cut("flow/enc1", stranger, 0.5),)))
    seen = Watched(phone.new_page())
    seen.page.goto(link_to(play_address, newer, net.model))
    seen.page.wait_for_selector(".knob")
    eventually(lambda: seen.said() == languages()["de"]("play.newer_net"), seen.said)
    assert seen.wrong == []


def test_a_film_that_is_none_is_said_to_be(
    phone: BrowserContext, play_address: str, tmp_path: Path
):
    seen = Watched(phone.new_page())
    seen.page.goto(f"{play_address}/index.html")
    seen.page.wait_for_selector(".knob")
    (tmp_path / "text.mp4").write_text("no film")
    seen.page.set_input_files("#pick", tmp_path / "text.mp4")
    eventually(lambda: seen.said() == languages()["de"]("play.no_film"), seen.said)


def test_the_live_camera_is_offered_where_it_may_be(
    phone: BrowserContext, play_address: str, net: Net
):
    seen = Watched(phone.new_page())
    seen.page.goto(link_to(play_address, Net(net.model), net.model))
    seen.page.wait_for_selector(".knob")
    assert seen.page.is_visible("#camera"), "127.0.0.1 is a secure context"
    seen.page.click("#camera")
    eventually(
        lambda: seen.page.evaluate("() => document.getElementById('progress').value > 0"),
        lambda: (seen.said(), seen.wrong),
    )
    assert seen.wrong == []


def test_what_has_not_arrived_is_told(phone: BrowserContext, play_address: str, net: Net):
    seen: Any = Watched(phone.new_page())
    seen.page.route("**/*.onnx.gz", lambda route: route.fulfill(status=404))
    seen.page.goto(link_to(play_address, net, net.model))
    eventually(lambda: seen.said() == languages()["de"]("play.offline"), seen.said)


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_serious(browser: Browser, play_address: str, net: Net, width: int):
    context = browser.new_context(viewport={"width": width, "height": 700}, bypass_csp=True)
    page = context.new_page()
    page.goto(link_to(play_address, net, net.model))
    page.wait_for_selector(".knob")
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
    context.close()

"""The page that shows every booth, in real Chromium, over a real broker: keyboard alone, axe."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from brokers import Eye, mosquitto
from playwright.sync_api import Browser, Page, expect
from waiting import PATIENCE_S, eventually
from well import assert_well

from installation.door.passwords import set_password
from installation.door.server import listen, serve
from installation.door.words import LANGUAGES
from installation.fleet_watch.commands import OUT_OF_SERVICE, RESTART, Rules
from installation.fleet_watch.told import LOST
from installation.fleet_watch.topics import Topics
from installation.fleet_watch.watch_pages import WatchPages, watch_words
from installation.fleet_watch.watching import Commander, Watching
from installation.show.words import languages

PASSWORD = "four words in a row"
SMALL, DESK = (320, 640), (1280, 900)
sizes = pytest.mark.parametrize("size", [SMALL, DESK], ids=["phone", "desk"])


class Place:
    """A hub with its page, and booths that the test speaks for."""

    def __init__(self, url: str, mouth: Eye, commander: Commander) -> None:
        self.url, self.mouth, self.commander = url, mouth, commander

    def says(self, booth: str, kind: str, document: object) -> None:
        self.mouth.says(f"uglynet/{booth}/{kind}", json.dumps(document).encode(), retain=True)

    def beats(self, booth: str, **numbers: float) -> None:
        topic = Topics(booth).beat
        self.mouth.says(topic, json.dumps({"every_s": 600, "phase": "carve", **numbers}).encode())

    def fill(self) -> None:
        self.says("halle-1", "state", {"state": "open", "since": 1.79e9, "version": "0.9.0"})
        self.says("halle-1", "health/camera", {"health": "failing", "reason": "black"})
        self.says("halle-1", "health/net", {"health": "fine", "reason": ""})
        self.says("halle-2", "state", {"state": "open", "since": 1.79e9, "version": "0.9.0"})
        self.says("halle-2", "health/net", {"health": "fine", "reason": ""})
        allow = [OUT_OF_SERVICE, RESTART]
        self.says("halle-2", "challenge", {"challenge": "now", "allow": allow})
        self.says("keller", "state", {"state": "closed", "since": 1.79e9})
        self.says("werkstatt", "state", {"state": "out of service", "since": 1.79e9})
        self.says("turm", "state", LOST)
        self.says("depot", "state", {"state": "stopped", "since": 1.79e9})
        for booth in ("halle-1", "halle-2", "keller", "werkstatt"):
            self.beats(booth, fps=29.7, late_ms_p99=3.2, temperature_c=61, disk_free_gb=41.3,
                       disk_takes=3900, uptime_s=26000, visits_today=87, kept_today=31)  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with mosquitto(tmp_path) as there, contextlib.ExitStack() as opened:
        mouth = there.eye("uglynet/+/command")
        watching = Watching(there.broker)
        watching.begin()
        opened.callback(watching.close)
        set_password(tmp_path / "watch", PASSWORD)
        commander = Commander.at(tmp_path / "commander.key")
        pages = WatchPages(watching, tmp_path / "watch", languages(), commander, every_s=0.2)
        listening = opened.enter_context(listen(0, "127.0.0.1"))
        loops: list[asyncio.AbstractEventLoop] = []
        ends: list[asyncio.Event] = []

        async def main() -> None:
            ends.append(asyncio.Event())
            loops.append(asyncio.get_running_loop())

            async def until_told(leave) -> None:
                await ends[0].wait()
                leave()

            await serve(pages.site(), listening, (until_told,))

        thread = threading.Thread(target=lambda: asyncio.run(main()))
        thread.start()
        eventually(lambda: loops)
        try:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            yield Place(url, mouth, commander)
        finally:
            loops[0].call_soon_threadsafe(ends[0].set)
            thread.join()


class Hand:
    """Somebody at the page, and everything it complained of."""

    def __init__(
        self, browser: Browser, place: Place, size: tuple[int, int], language: str
    ) -> None:
        viewport = {"width": size[0], "height": size[1]}
        self.context = browser.new_context(viewport=viewport, locale=language)  # type: ignore[arg-type]
        self.context.set_default_timeout(1000 * PATIENCE_S)
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda said: self.complaints.append(said.text)
                     if said.type == "error" else None)  # fmt: skip
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(f"{place.url}/?lang={language}")

    def logs_in(self) -> None:
        page = self.page
        tab_to(page, "#password")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("#booths", state="attached")

    def is_well(self, name: str) -> None:
        assert_well(self.page, name)


def tab_to(page: Page, selector: str) -> None:
    """Go there by Tab alone."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement === document.querySelector({selector!r})"):
            return
    raise AssertionError(f"{selector} cannot be reached by Tab")


@pytest.fixture
def visit(browser: Browser, place: Place):
    opened: list[Hand] = []

    def begin(size: tuple[int, int] = DESK, language: str = "en") -> Hand:
        opened.append(Hand(browser, place, size, language))
        return opened[-1]

    yield begin
    for hand in opened:
        assert [url for url in hand.asked if not url.startswith(place.url)] == []
        assert hand.complaints == []
        hand.context.close()


@sizes
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_booth_is_a_card_and_those_in_need_come_first(visit, place: Place, size, language):
    place.fill()
    hand = visit(size, language)
    hand.is_well(f"watch-login-{language}-{size[0]}")
    hand.logs_in()
    page, words = hand.page, watch_words(language)
    expect(page.locator("#booths > li")).to_have_count(6)
    names = page.locator("#booths h2").all_text_contents()
    assert names == ["turm", "halle-1", "depot", "werkstatt", "halle-2", "keller"]
    ill = page.locator('[data-booth="halle-1"]')
    expect(ill.locator(".trouble strong")).to_contain_text(languages()[language]("device.camera"))
    expect(ill.locator(".trouble .do")).to_have_text(words("do.light"))
    expect(page.locator('[data-booth="turm"] .state')).to_have_text(words("state.lost"))
    expect(page.locator('[data-booth="keller"] .state')).to_have_text(words("state.closed"))
    hand.is_well(f"watch-{language}-{size[0]}")


def test_what_changes_is_seen_and_said_and_who_is_at_a_button_stays_there(visit, place: Place):
    place.fill()
    hand = visit()
    hand.logs_in()
    page = hand.page
    tab_to(page, '[data-booth="halle-2"] button')
    place.says("halle-2", "health/camera", {"health": "missing", "reason": "unplugged"})
    expect(page.locator('[data-booth="halle-2"] .trouble')).to_have_count(1)
    place.says("keller", "state", LOST)
    expect(page.locator('[data-booth="keller"] .state')).to_have_text("lost")
    expect(page.locator("#told")).to_have_text("keller: lost")
    assert page.evaluate("document.activeElement.closest('li')?.dataset.booth") == "halle-2"
    place.mouth.says(Topics("depot").state, b"", retain=True)
    expect(page.locator('[data-booth="depot"]')).to_have_count(0)


@sizes
def test_a_command_is_given_by_keyboard_alone_and_only_by_who_is_sure(visit, place: Place, size):
    place.fill()
    hand = visit(size)
    hand.logs_in()
    page = hand.page
    tab_to(page, '[data-booth="halle-2"] button')
    page.keyboard.press("Enter")
    expect(page.locator("#sure")).to_be_visible()
    hand.is_well(f"watch-sure-{size[0]}")
    page.keyboard.press("Enter")  # it begins at "no"
    expect(page.locator("#sure")).to_be_hidden()
    page.keyboard.press("Enter")
    tab_to(page, "#yes")
    page.keyboard.press("Enter")
    commands = eventually(lambda: place.mouth.documents(Topics("halle-2").command))
    rules = Rules("halle-2", (place.commander.key.public,), (OUT_OF_SERVICE,))
    command = rules.command(json.dumps(commands[0]).encode(), ("now",), {})
    assert command.wanted.on
    assert len(commands) == 1
    answer = {"by": command.by, "count": command.count, "well": True, "line": "done"}
    place.mouth.says(Topics("halle-2").answer, json.dumps(answer).encode())
    expect(page.locator("#told")).to_have_text("halle-2 has done so.")


def test_nobody_there_is_said(visit, place: Place):
    hand = visit()
    hand.logs_in()
    expect(hand.page.locator("#none")).to_have_text("No booth has said anything yet.")
    hand.is_well("watch-none")

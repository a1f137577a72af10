"""The door in real Chromium: at a phone's size and a desk's, by keyboard alone, heard by axe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from doors import Home, in_thread, kept, parts
from playwright.sync_api import Browser, Page, expect
from waiting import PATIENCE_S, eventually
from well import assert_well

from installation.app.door_process import operator_pages
from installation.app.door_spec import DOOR, Spec
from installation.app.site_writer import SiteWriter
from installation.carve.nets import net_document
from installation.door.history import History
from installation.door.messages import Baking, Device, Live
from installation.door.operator_tools import OperatorTools
from installation.door.passwords import set_password
from installation.door.statistics import Statistics
from installation.door.words import LANGUAGES, own_texts
from installation.gallery.store import new_token
from installation.vocabulary import Net

PHONE, SMALL, DESK = (390, 844), (320, 640), (1280, 900)
PASSWORD = "four words in a row"
"""A folder for screenshots, for who wants to look at them."""

sizes = pytest.mark.parametrize("size", [SMALL, DESK], ids=["phone", "desk"])


class Showing:
    """A show that an operator looks at."""

    live: Live | None = Live(
        1.8e9, "carve", 7, (Device("panel", "fine", "Mega on ttyACM0", 1.79e9),
                            Device("camera", "failing", "frozen", 1.79e9)),
        {"fps": 29.7, "late_ms_p99": 3.2, "uptime_s": 7200.0, "disk_takes": 4000.0}, "0.1.0",
    )  # fmt: skip
    picture = b""
    changed: ClassVar[dict[str, object]] = {}


class Place:
    """A door on a real port, with its operators' side."""

    def __init__(self, home: Home, made, port: int) -> None:
        self.home, self.parts, self.port = home, made, port
        self.url = f"http://127.0.0.1:{port}"

    @property
    def take(self) -> str:
        return f"{self.url}/t/{self.home.token}"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    home = kept(tmp_path)
    set_password(tmp_path / DOOR, PASSWORD)
    made = parts(tmp_path)
    spec = Spec(str(tmp_path), 0, settings={"visit": {"carve_s": 180.0}})
    statistics = Statistics(tmp_path / DOOR, lambda: 1.8e9)
    statistics.count("visits", 12)
    operators = operator_pages(spec, made, statistics, None, Showing())
    history = History(tmp_path / DOOR, lambda: None, lambda: 1.8e9)
    for track in history._tracks.values():
        track.load({"at": [1799990000, 1799990060, 1799990120], "fps": [29.0, 30.0, 28.0]})
    tools = OperatorTools(operators.entrance, history, SiteWriter(spec.settings))
    with in_thread(made, (*tools.routes(), *operators.routes())) as port:
        yield Place(home, made, port)
    made.close()


class Visitor:
    """A page, and everything it asked for and complained of."""

    def __init__(self, browser: Browser, size: tuple[int, int], language: str = "en") -> None:
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

    def is_well(self, name: str) -> None:
        assert_well(self.page, name)


@pytest.fixture
def visit(browser: Browser, place: Place):
    opened: list[Visitor] = []

    def begin(size: tuple[int, int] = PHONE, language: str = "en") -> Visitor:
        opened.append(Visitor(browser, size, language))
        return opened[-1]

    yield begin
    for one in opened:
        outside = [url for url in one.asked if not url.startswith((place.url, "blob:", "data:"))]
        one.context.close()
        assert outside == [], "nothing is loaded from elsewhere"


@sizes
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_take_is_for_everybody(visit, place: Place, size, language: str):
    visitor = visit(size, language)
    visitor.page.goto(place.take)
    assert visitor.page.locator("html").get_attribute("lang") == language
    visitor.is_well(f"take-{language}-{size[0]}")
    assert visitor.complaints == []


@sizes
def test_the_other_pages_are_for_everybody_too(visit, place: Place, size):
    visitor = visit(size)
    page = visitor.page
    page.goto(place.url)
    visitor.is_well(f"home-{size[0]}")
    page.get_by_label(own_texts("en")["home.code"]).fill("BCDFGHJK")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    visitor.is_well(f"wrong-{size[0]}")
    page.goto(f"{place.url}/t/{new_token()}")
    visitor.is_well(f"gone-{size[0]}")
    page.goto(f"{place.url}/privacy")
    visitor.is_well(f"privacy-{size[0]}")
    page.goto(place.take)
    page.get_by_role("button", name=own_texts("en")["withdraw.hide"]).click()
    expect(page.get_by_role("status")).to_contain_text(own_texts("en")["withdraw.hidden"])
    visitor.is_well(f"hidden-{size[0]}")
    page.get_by_role("button", name=own_texts("en")["withdraw.delete"]).click()
    visitor.is_well(f"sure-{size[0]}")
    page.get_by_role("button", name=own_texts("en")["withdraw.yes"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(own_texts("en")["receipt.title"])
    visitor.is_well(f"receipt-{size[0]}")
    with page.expect_download() as saved:
        page.get_by_role("button", name=own_texts("en")["receipt.save"]).click()
    assert "SHA-256" in Path(saved.value.path()).read_text()
    assert not place.home.own.exists()


def test_the_video_plays_in_the_page_and_loops(visit, place: Place):
    visitor = visit()
    visitor.page.goto(place.take)
    video = visitor.page.locator("video")
    assert video.get_attribute("playsinline") is not None
    eventually(
        lambda: visitor.page.evaluate("document.querySelector('video').currentTime > 0.2"),
        look_s=0.1,
    )
    visitor.page.evaluate("document.querySelector('video').currentTime = 0.9")
    eventually(
        lambda: visitor.page.evaluate("document.querySelector('video').currentTime < 0.5"),
        look_s=0.1,
    )
    assert not visitor.page.evaluate("document.querySelector('video').ended")


def test_everything_is_saved_under_the_creatures_name(visit, place: Place):
    page = visit().page
    page.goto(place.take)
    for key, name in (("save.video", "video.mp4"), ("save.net", "net.json")):
        with page.expect_download() as saved:
            page.get_by_role("link", name=own_texts("en")[key], exact=True).click()
        assert saved.value.suggested_filename.startswith("Wofi")
        assert Path(saved.value.path()).read_bytes() == (place.home.own / name).read_bytes()


def test_by_keyboard_alone_one_gets_everywhere_and_can_take_it_back(visit, place: Place):
    visitor = visit(DESK)
    page = visitor.page
    page.goto(place.take)
    seen: list[str] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement?.innerText || document.activeElement?.id")
        seen.append(str(focused))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none" or focused == "video", focused  # it marks its own controls
        if focused == own_texts("en")["withdraw.delete"]:
            break
    for key in ("save.video", "save.net", "withdraw.hide"):
        assert own_texts("en")[key] in seen
    page.keyboard.press("Enter")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    focused = page.evaluate("document.activeElement.innerText")
    assert focused == own_texts("en")["withdraw.yes"], "the question has the focus"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # no, keep it
    page.wait_for_url(place.take)
    assert place.home.own.is_dir()


def test_the_page_fills_in_by_itself_when_the_video_is_baked(visit, place: Place):
    token = new_token()
    net = net_document(Net("c" * 64, name="Nunu"))
    place.parts.offers.note(Baking(token, "BCDFGHJK", 1.9e9, 0.3, net))
    visitor = visit(SMALL)
    visitor.page.goto(place.url)
    visitor.page.get_by_label(own_texts("en")["home.code"]).fill("bcdf ghjk")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url(f"{place.url}/t/{token}")
    visitor.is_well("baking")
    place.parts.offers.note(Baking(token, progress=0.7))
    eventually(
        lambda: visitor.page.evaluate("document.getElementById('progress').value === 0.7"),
        look_s=0.1,
    )
    kept(place.home.folder, token=token)
    visitor.page.wait_for_selector("video")


@sizes
def test_an_operator_logs_in_looks_and_moderates_by_keyboard(visit, place: Place, size):
    visitor = visit(size)
    page = visitor.page
    page.goto(f"{place.url}/operator")
    visitor.is_well(f"login-{size[0]}")
    page.get_by_label("Password").focus()
    page.keyboard.type("wrong password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("not the password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Mega on ttyACM0")).to_be_visible()
    expect(page.get_by_text("1 to 1 of 1")).to_be_visible()
    expect(page.get_by_role("rowheader", name="visits")).to_be_visible()
    visitor.is_well(f"operator-{size[0]}")
    page.get_by_role("button", name="Delete Wofi").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo Wofi")).to_be_visible()
    visitor.is_well(f"doomed-{size[0]}")
    page.get_by_role("button", name="Undo Wofi").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Delete Wofi")).to_be_visible()
    assert place.home.own.is_dir()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    failed = "Failed to load resource: the server responded with a status of 403"
    assert [line for line in visitor.complaints if not line.startswith(failed)] == []

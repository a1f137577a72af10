"""The small parts of the door: words, addresses, limits, offers, drawings, the audit log."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
from doors import MADE, NOW_S, Clock
from hypothesis import given
from hypothesis import strategies as st

from installation.carve.nets import net_document
from installation.carve.packing import SITES
from installation.door.address import Interface, best_address, default_route, told_address
from installation.door.audit import LARGEST_BYTES, Audit, take_mark
from installation.door.limits import CODE, Guard
from installation.door.messages import Baking
from installation.door.net_drawing import PARTS, drawing, said_cuts, where_of
from installation.door.offers import LETTERS, Offers, new_code, typed
from installation.door.words import LANGUAGES, DoorWords, chosen_language, own_texts
from installation.gallery.store import new_token
from installation.show.words import languages


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_names(language: str):
    first, own = own_texts("en"), own_texts(language)
    assert set(own) == set(first)
    for key, text in first.items():
        assert own[key].strip()
        assert names(own[key]) == names(text), key


@pytest.mark.parametrize(
    ("asked", "accept", "language"),
    [
        ("", "", "en"),
        ("", "de-CH,de;q=0.9,en;q=0.8", "de"),
        ("", "nl, fr;q=0.2, ko;q=0.3", "ko"),
        ("", "fr;q=0, en;q=0.1", "en"),
        ("fr", "de", "fr"),
        ("xx", "de", "de"),
        ("", "de;q=x, fr", "de"),
        ("", ",;,q=1,," * 5000, "en"),
    ],
)
def test_the_language_is_the_visitors(asked: str, accept: str, language: str):
    assert chosen_language(asked, accept) == language


@given(st.text(max_size=80))
def test_no_header_breaks_the_choice(accept: str):
    assert chosen_language("", accept) in LANGUAGES


def test_the_address_is_one_that_phones_reach():
    every = [
        Interface("lo", "127.0.0.1"),
        Interface("docker0", "172.17.0.1"),
        Interface("eth1", "10.0.0.5"),
        Interface("wlan0", "192.168.4.2"),
        Interface("eth9", "10.1.1.1", up=False),
        Interface("usb0", "169.254.3.3"),
    ]
    assert best_address(every, "wlan0") == "192.168.4.2"
    assert best_address(every, "") == "10.0.0.5"
    assert best_address(every[:2] + every[4:], "lo") == ""
    route = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
    route += "eth1\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\n"
    route += "wlan0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\n"
    assert default_route(route) == "wlan0"
    assert default_route("") == ""


@pytest.mark.parametrize(
    ("given_", "address", "port", "told"),
    [
        ("", "10.0.0.5", 8080, "http://10.0.0.5:8080"),
        ("", "10.0.0.5", 80, "http://10.0.0.5"),
        ("https://m.example/net/", "10.0.0.5", 8080, "https://m.example/net"),
        ("", "", 8080, ""),
    ],
)
def test_the_link_says_where(given_: str, address: str, port: int, told: str):
    assert told_address(given_, address, port) == told


def test_limits_are_per_client_and_for_all():
    guard = Guard()
    assert [guard.allows("code", "10.0.0.1", CODE) for _ in range(11)] == [True] * 10 + [False]
    assert guard.allows("code", "10.0.0.2", CODE)
    others = [guard.allows("code", f"10.0.1.{n}", CODE) for n in range(60)]
    assert others.count(True) == 60 - 11, "all together have a limit, too"


def test_who_is_counted_is_not_remembered_by_address():
    guard, other = Guard(), Guard()
    assert guard.who("192.168.1.7") == guard.who("::ffff:192.168.1.7")
    assert guard.who("192.168.1.7") != guard.who("192.168.1.8")
    assert guard.who("2001:db8::1") == guard.who("2001:db8::2"), "one household's network"
    assert "192" not in guard.who("192.168.1.7")
    assert guard.who("192.168.1.7") != other.who("192.168.1.7")
    assert guard.who("rubbish") == "nobody"


def test_codes_are_letters_that_nobody_mistakes():
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 8 and set(code) <= set(LETTERS) for code in codes)
    assert not set("AEIOUY10") & set(LETTERS)
    assert typed("bcdf-ghjk") == "BCDFGHJK"


def test_offers_are_forgotten_in_time_and_number():
    clock = Clock()
    offers = Offers(clock)
    first = new_token()
    offers.note(Baking(first, "BCDFGHJK", NOW_S + 600))
    assert offers.token_of("BCDFGHJK") == first
    for _ in range(64):
        offers.note(Baking(new_token()))
    assert offers.with_token(first) is None
    assert offers.token_of("") == "", "no code is nobody's code"
    late = new_token()
    offers.note(Baking(late))
    clock.now_s += 3601
    assert offers.with_token(late) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cut_is_said_in_every_language(language: str):
    words = DoorWords(language, own_texts(language))
    said = said_cuts(net_document(MADE), words, {})
    assert [cut.percent for cut in said] == [100, 80, 50, 35]
    assert all(cut.where for cut in said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_layer_of_both_nets_is_told_of_by_its_voice(language: str):
    """On a take's page as on the screen; the show's own texts come with the door's."""
    shown = languages()[language].texts
    words = DoorWords(language, {**shown, **own_texts(language)})
    for site in SITES:
        assert shown[site.replace("/", ".")] in where_of(site, words)
    for site in ("flow/enc9", "interp/skip0"):  # of another model
        assert "(" in where_of(site, words)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["site", "operation", "amount", "chisel", "cuts", "rack", "side", "tool"]),
        inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["cuts", "rack", "name"]), json_values, max_size=3))
def test_a_net_of_any_shape_is_drawn_without_a_fault_and_without_markup(net):
    words = DoorWords("en", own_texts("en"))
    said_cuts(net, words, {})
    for part in PARTS:
        text = drawing(net, part, "<&>", {})
        assert text.startswith("<svg")
        assert "<&>" not in text


def test_the_audit_names_no_take_and_keeps_no_line_too_long(tmp_path: Path):
    clock = Clock()
    audit = Audit(tmp_path / "door", keep_s=100, clock=clock)
    audit.note("visitor delete", "take-id-7")
    text = (tmp_path / "door" / "audit.jsonl").read_text()
    assert "take-id-7" not in text
    assert json.loads(text)["take"] == take_mark("take-id-7")
    clock.now_s += 1000
    for _ in range(LARGEST_BYTES // 60):
        audit.note("x" * 30)
    text = (tmp_path / "door" / "audit.jsonl").read_text()
    assert len(text) < LARGEST_BYTES + 200
    assert take_mark("take-id-7") not in text, "its days were over"
    assert all(json.loads(line) for line in text.splitlines())
    assert audit.newest(5)[0]["what"] == "x" * 30

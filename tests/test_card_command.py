"""`uglynet net card` and `net read`: a net onto paper and back, as it is typed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
from photographs import Shot, photographed

from installation.__main__ import main
from installation.carve.nets import parse_net
from installation.carve.packing import linked, packed
from installation.source.codes import codes_in_photograph
from installation.vocabulary import as_frame


def typed(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["uglynet", *map(str, words)])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    return lambda *words: typed(monkeypatch, *words)


def pixels(path: Path) -> np.ndarray:
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("extreme", [(), ("--extreme",)])
def test_a_net_comes_back_from_its_card(typing, seed: int, extreme: tuple[str, ...]):
    assert typing("net", "randomise", "--seed", seed, *extreme, "-o", "n.json") == 0
    assert typing("net", "card", "n.json", "-o", "card.png") == 0
    # From the pixels alone, also where another program has saved the picture anew.
    cv2.imwrite("again.jpg", cv2.imread("card.png"), [cv2.IMWRITE_JPEG_QUALITY, 70])
    for picture in ("card.png", "again.jpg"):
        assert typing("net", "read", picture, "-o", f"{picture}.json") == 0
        assert Path(f"{picture}.json").read_bytes() == Path("n.json").read_bytes()


def test_a_net_that_no_visitors_hand_makes_comes_back_to_the_last_bit(typing):
    document = {
        "format": "uglynet-net", "version": 1, "model": "c0" * 32, "name": 'Ж "quoted" \\ 🦑',
        "seed": 2**63 - 1, "tone": [0.1 + 0.2, 2, 0],
        "cuts": [
            {"site": "flow/tail77", "operation": "swap", "amount": 1 / 3},
            {"site": "interp/enc1", "operation": "add", "amount": 1e-9, "side": "b",
             "chisel": {"shape": "whole", "share": 0.9, "seed": 12345678901234},
             "grain": {"share": 1, "seed": 3}},
        ],
        "rack": [{"tool": "a tool of tomorrow", "amount": 0.123456789}],
    }  # fmt: skip
    Path("n.json").write_text(json.dumps(document))
    assert typing("net", "card", "n.json", "-o", "card.png") == 0
    assert typing("net", "read", "card.png", "-o", "back.json") == 0
    back = parse_net(Path("back.json").read_bytes(), "back")
    assert back == parse_net(Path("n.json").read_bytes(), "n")


def test_a_photograph_of_a_printed_card_is_read(typing):
    typing("net", "randomise", "--seed", 8, "-o", "n.json")
    assert typing("net", "card", "n.json", "-o", "card.pdf") == 0
    page = pypdfium2.PdfDocument("card.pdf")[0]
    printed = page.render(scale=200 / 72, rev_byteorder=True).to_numpy()[..., :3]
    taken = photographed(as_frame(printed), Shot(height=0.5, turned=20, tilted=25, blur_px=1))
    cv2.imwrite("photo.jpg", cv2.cvtColor(taken, cv2.COLOR_RGB2BGR))
    assert typing("net", "read", "photo.jpg", "-o", "back.json") == 0
    assert Path("back.json").read_bytes() == Path("n.json").read_bytes()


def test_a_card_that_a_phone_can_open_holds_a_link(typing):
    typing("net", "randomise", "--seed", 8, "-o", "n.json")
    page = "https://museum.example/play/"
    assert typing("net", "card", "n.json", "-o", "card.png", "--link", page) == 0
    net = parse_net(Path("n.json").read_bytes(), "n")
    (code,) = codes_in_photograph(as_frame(pixels(Path("card.png"))))
    assert code.decode() == linked(page, packed(net, net.model))
    assert typing("net", "read", "card.png", "-o", "back.json") == 0
    assert Path("back.json").read_bytes() == Path("n.json").read_bytes()


def test_every_verb_that_reads_nets_reads_a_card_file(typing, capsys):
    typing("net", "randomise", "--seed", 8, "-o", "n.json")
    typing("net", "card", "n.json", "-o", "card.png")
    capsys.readouterr()
    assert typing("net", "show", "card.png", "--json") == 0
    assert json.loads(capsys.readouterr().out) == json.loads(Path("n.json").read_text())


def test_what_is_no_card_gets_one_line_and_leaves_nothing(typing, capsys):
    typing("net", "randomise", "--seed", 8, "-o", "n.json")
    typing("net", "card", "n.json", "-o", "card.png")
    whole = Path("card.png").read_bytes()
    Path("half.png").write_bytes(whole[: len(whole) // 3])
    Path("empty.png").write_bytes(b"")
    Path("text.png").write_text("a card")
    cv2.imwrite("grey.png", np.full((300, 300, 3), 90, np.uint8))
    capsys.readouterr()
    for name, says in (
        ("half.png", "half.png: "),
        ("empty.png", "no PNG or JPEG"),
        ("text.png", "no PNG or JPEG"),
        ("grey.png", "no net's QR code can be read"),
        ("missing.png", "cannot be read"),
        (".", "cannot be read"),
    ):
        assert typing("net", "read", name, "-o", "out.json") == 1, name
        said = capsys.readouterr().err
        assert says in said
        assert said.startswith("uglynet: ")
        assert said.count("\n") == 1
        assert not Path("out.json").exists()


def test_a_strangers_code_is_told_from_none(typing, capsys):
    import segno

    segno.make("https://example.org").save("menu.png", scale=8)
    assert typing("net", "read", "menu.png", "-o", "out.json") == 1
    assert "holds no net" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("-o", "card.gif"), "a card is a .png or a .pdf"),
        (("-o", "card.png", "--language", "xx"), "there is no language xx"),
        (("-o", "card.png", "--link", "museum.example"), "begins with http"),
        (("-o", "n.json"), "is what is read"),
    ],
)
def test_a_wish_that_cannot_be_met_gets_one_line(typing, capsys, words, says: str):
    typing("net", "randomise", "--seed", 8, "-o", "n.json")
    before = Path("n.json").read_bytes()
    assert typing("net", "card", "n.json", *words) == 1
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert Path("n.json").read_bytes() == before

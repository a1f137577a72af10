"""TOML, JSON and paths from any hand: plain values, or one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from installation.carve.nets import parse_net
from installation.carve.panel_layout import PanelLayout
from installation.documents import home_expanded, parse_json, parse_toml, read_text
from installation.panel.recording.recording import parse_recording, read_recording
from installation.settings import load_settings, parse_settings
from installation.vocabulary import UglyError

HEADER = '{"uglynet": "panel recording", "version": 1, "knobs": 1, "buttons": 1}'
DIGITS = "9" * 5000
BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 4000 + "]" * 4000,
        ".".join("a" * 3000) + " = 1",
        f"a = {DIGITS}",
        "a = 0x" + "f" * 5000,
    ],
)
def test_absurd_toml_is_one_short_line_wherever_it_is_read(text: str):
    for parse in (
        lambda: parse_toml(text, "x.toml"),
        lambda: parse_settings(text, "x.toml", Path()),
        lambda: PanelLayout.parse(text, "x.toml"),
    ):
        with pytest.raises(UglyError, match=r"x\.toml: .*(too deeply|too many digits)") as caught:
            parse()
        assert len(str(caught.value)) < 100


@pytest.mark.parametrize("text", ["[" * 50_000, '{"version": ' * 3000, f'{{"a": {DIGITS}}}'])
def test_absurd_json_is_one_short_line_wherever_it_is_read(text: str):
    for parse in (
        lambda: parse_json(text, "x"),
        lambda: parse_net(text, "x"),
        lambda: parse_recording([HEADER, text], "x"),
    ):
        with pytest.raises(
            UglyError, match=r"x: .*(too deeply|too many digits|not JSON)"
        ) as caught:
            parse()
        assert len(str(caught.value)) < 200


def test_a_byte_order_mark_is_harmless(tmp_path: Path):
    (tmp_path / "a.toml").write_bytes(BOM + b'[source]\ndriver = "file"\n')
    assert load_settings(tmp_path / "a.toml").source.driver == "file"
    (tmp_path / "a.jsonl").write_bytes(BOM + HEADER.encode())
    assert read_recording(tmp_path / "a.jsonl").states == ()
    assert parse_json(BOM + b"[1]", "x") == parse_json(BOM.decode() + "[1]", "x") == [1]


def test_what_is_no_text_is_one_line(tmp_path: Path):
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "a.toml", tmp_path / "none.toml", tmp_path):
        with pytest.raises(UglyError, match="cannot be read"):
            read_text(path)


def test_a_home_that_nobody_knows(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", "/somewhere")
    assert home_expanded(Path("~/a"), "x") == Path("/somewhere/a")
    with pytest.raises(UglyError, match="x: ~nobody-at-all/a: there is no user nobody-at-all"):
        home_expanded(Path("~nobody-at-all/a"), "x")

    def unknown(path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", unknown)
    with pytest.raises(UglyError, match="give the whole path"):
        home_expanded(Path("~/a"), "x")


@pytest.mark.parametrize(
    "text", ['{"\\ud800": 1}', '["a\\udfffb"]', '{"a": {"b": "\\udc00\\ud800"}}']
)
def test_half_a_letter_is_no_text(text: str):
    """It could neither be printed nor written; a whole one, made of two halves, can."""
    with pytest.raises(UglyError, match="half a letter"):
        parse_json(text, "net.json")
    assert parse_json('["\\ud83d\\ude00"]', "net.json") == ["\N{GRINNING FACE}"]

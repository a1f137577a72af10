"""A take's record: what is written is what is read, and what is wrong is said in a line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kept_takes import NET_, NOON_S

from installation.gallery.record import (
    LATEST_S,
    FileSum,
    Record,
    document_of,
    moment,
    parse_record,
    record_text,
)
from installation.vocabulary import UglyError

RECORD = Record(
    id="abc",
    net=document_of(NET_),
    kept_at_s=NOON_S,
    expires_at_s=NOON_S + 1.5,
    show=True,
    files={"video.mp4": FileSum(3, "a" * 64), "20270115-Bobo.png": FileSum(0, "b" * 64)},
    stills=("20270115-Bobo.png",),
)
DOCUMENT = json.loads(record_text(RECORD))

times = st.floats(allow_nan=True, allow_infinity=True).map(moment)


@given(times, times, times, st.booleans(), st.booleans())
def test_what_is_written_is_what_is_read(kept_s, expires_s, floor_s, show, take_home):
    record = Record(
        "A-z_9",
        document_of(NET_),
        kept_s,
        expires_s,
        show,
        take_home,
        told="doubted",
        not_before_s=floor_s,
        leaps_s=0.125,
        files=RECORD.files,
        stills=RECORD.stills,
    )
    assert parse_record(record_text(record), "take") == record
    assert 0 <= record.kept_at_s <= LATEST_S


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("id", "../up", "id"),
        ("version", 2, "newer version"),
        ("version", "1", "version"),
        ("kept", "yesterday", "kept"),
        ("expires", "2027-02-30T00:00:00Z", "no such time"),
        ("consent", {"show": True}, "consent.take_home"),
        ("consent", {"show": "perhaps", "take_home": False}, "consent.show"),
        ("moderation", "odd", "moderation"),
        ("model", "f" * 64, "model"),
        ("files", {"../../etc/passwd": {"bytes": 1, "sha256": "a" * 64}}, "files"),
        ("files", {".hidden": {"bytes": 1, "sha256": "a" * 64}}, "files"),
        ("files", {"video.mp4": {"bytes": -1, "sha256": "a" * 64}}, "files.video.mp4.bytes"),
        ("stills", ["not-here.png"], "stills"),
        ("smell", "good", "smell"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(key: str, value: object, says: str):
    with pytest.raises(UglyError, match=r"take\.json: ") as refused:
        parse_record(json.dumps({**DOCUMENT, key: value}), "take.json")
    assert says in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize("text", ["", "[]", "null", "[" * 100_000, '{"format": 1}', b"\xff\xfe"])
def test_what_is_no_record_is_no_traceback(text: str | bytes):
    with pytest.raises(UglyError, match=r"^take\.json: "):
        parse_record(text, "take.json")


def test_a_hidden_take_is_not_shown():
    hidden = parse_record(json.dumps({**DOCUMENT, "moderation": "hidden"}), "x")
    assert RECORD.take().in_gallery
    assert not hidden.take().in_gallery

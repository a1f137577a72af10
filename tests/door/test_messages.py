"""The talk between show and door: what is said is what is heard, and garbage is never believed."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.door.messages import (
    LARGEST_JSON,
    Alive,
    Baking,
    Change,
    Counted,
    Device,
    Done,
    GarbledError,
    Live,
    Message,
    Open,
    Order,
    Picture,
    Splitter,
    encoded,
)

TOKEN = "aA0_-" * 5
texts = st.text(max_size=60)
numbers = st.floats(0, 1e9)
devices = st.builds(Device, texts, st.sampled_from(["fine", "missing", "failing"]), texts, numbers)
messages = st.one_of(
    st.builds(Live, numbers, texts, st.integers(0, 10**6), st.lists(devices, max_size=4).map(tuple),
              st.dictionaries(texts, numbers, max_size=5), texts),
    st.builds(Baking, st.just(TOKEN), st.sampled_from(["", "BCDFGHJK"]), numbers, st.floats(0, 1)),
    st.builds(Done, st.integers(), st.booleans(), texts),
    st.builds(Counted, texts, numbers),
    st.builds(Picture, st.binary(max_size=300)),
    st.builds(Open, st.integers(0, 65535), texts, texts),
    st.builds(Change, st.integers(), st.dictionaries(texts, numbers, max_size=3)),
    st.builds(Alive, st.booleans(), st.integers(0, 99)),
    st.builds(Order, st.integers(), st.sampled_from(["hide", "delete", "pin"]), st.just("abc")),
)  # fmt: skip


@given(st.lists(messages, max_size=6), st.data())
def test_what_is_said_is_what_is_heard_however_it_is_cut(said: list[Message], data: st.DataObject):
    stream = b"".join(encoded(message) for message in said)
    splitter, heard = Splitter(), []
    while stream:
        count = data.draw(st.integers(1, len(stream)))
        heard += splitter.feed(stream[:count])
        stream = stream[count:]
    assert heard == said


@given(st.binary(max_size=200))
def test_garbage_is_refused_or_waited_on_and_never_anything_else(garbage: bytes):
    try:
        heard = list(Splitter().feed(garbage))
    except GarbledError:
        return
    assert all(isinstance(message, Message) for message in heard)  # type: ignore[arg-type]


@given(messages, st.data())
def test_a_byte_that_was_changed_on_the_way_never_raises_anything_else(message, data):
    stream = bytearray(encoded(message))
    stream[data.draw(st.integers(0, len(stream) - 1))] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(GarbledError):
        list(Splitter().feed(bytes(stream)))


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b'{"number": 1}', b"null", b"\xff\xfe",
     b'{"number": 1, "act": "burn", "take_id": "a"}',
     b'{"number": 1, "act": "delete", "take_id": "../../etc"}',
     b'{"number": 1, "act": "delete", "take_id": "a", "more": 1}'],
)  # fmt: skip
def test_an_order_that_is_none_is_refused(body: bytes):
    with pytest.raises(GarbledError):
        list(Splitter().feed(bytes([18]) + len(body).to_bytes(4, "big") + body))


def test_a_length_without_end_is_refused_before_it_is_waited_for():
    with pytest.raises(GarbledError):
        list(Splitter().feed(bytes([18]) + b"\xff\xff\xff\xff"))
    with pytest.raises(GarbledError):
        encoded(Done(1, True, facts={"long": "x" * LARGEST_JSON}))

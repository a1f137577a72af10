"""The wire, from the host's side: the golden bytes, damage, and a million wrong inputs."""

from __future__ import annotations

import itertools
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.panel.arduino import protocol
from installation.panel.arduino.protocol import (
    ButtonMoved,
    Event,
    Identity,
    Kind,
    KnobMoved,
    Pong,
    Receiver,
    ResetCause,
    State,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "wire"


def golden(name: str) -> list[list[str]]:
    lines = (GOLDEN / name).read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


FRAMES = {
    name: (int(kind, 16), int(sequence, 16), bytes.fromhex(payload.strip("-")), bytes.fromhex(wire))
    for name, kind, sequence, payload, wire in golden("frames.txt")
}


def wire(*names: str) -> bytes:
    return b"".join(FRAMES[name][3] for name in names)


@pytest.mark.parametrize("name", FRAMES)
def test_golden_frames_are_written_byte_for_byte(name: str):
    kind, sequence, payload, bytes_ = FRAMES[name]
    assert protocol.frame(kind, sequence, payload) == bytes_


@pytest.mark.parametrize(
    ("name", "built"),
    [
        ("hello", protocol.hello(0)),
        ("ping-zeros", protocol.ping(2, bytes(5))),
        ("lamps-some-blink", protocol.lamps(4, frozenset({0, 2}), frozenset({1}))),
        ("lamps-dark", protocol.lamps(5, frozenset())),
        ("ask", protocol.ask(6)),
        ("name", protocol.name(7, 0xC0FFEE)),
    ],
)
def test_what_the_host_says_is_the_golden_frame(name: str, built: bytes):
    assert built == wire(name)


MEGA = Identity(1, (1, 1), 2, 16, 8, ResetCause.POWER, 0xC0FFEE)
UNO = Identity(1, (1, 1), 1, 6, 6, ResetCause.WATCHDOG, 0)
MEGA_STATE = State(
    123456,
    3,
    frozenset({0, 7}),
    frozenset({0}),
    (1, 0, 0, 0, 0, 0, 0, 255),
    tuple(i * 1023 // 15 for i in range(16)),
)


@pytest.mark.parametrize(
    ("names", "events"),
    [
        (["identity-mega"], (MEGA,)),
        (["identity-mega", "state-mega"], (MEGA, MEGA_STATE)),
        (["identity-uno-unnamed", "pong"], (UNO, Pong(b"abc"))),
        (
            ["identity-uno-unnamed", "state-uno"],
            (
                UNO,
                State(0, 0, frozenset(), frozenset(), (0,) * 6, (0, 1, 512, 1022, 1023, 0)),
            ),
        ),
        (
            ["identity-mega", "knob", "button-down", "button-up"],
            (MEGA, KnobMoved(15, 1023), ButtonMoved(3, True, 7), ButtonMoved(3, False, 7)),
        ),
    ],
)
def test_what_the_panel_says_is_understood(names: list[str], events: tuple[Event, ...]):
    assert Receiver().feed(wire(*names)) == events


@pytest.mark.parametrize("line", golden("streams.txt"), ids=lambda line: line[0])
def test_golden_streams_damage_is_counted_and_the_rest_read(line: list[str]):
    _, frames, errors, stream = line
    receiver = Receiver()
    receiver.feed(bytes.fromhex(stream))
    assert (receiver.frames, receiver.errors) == (int(frames), int(errors))


def test_before_identity_nothing_is_understood_but_it_is_noticed():
    receiver = Receiver()
    assert receiver.feed(wire("state-mega", "knob", "button-down")) == ()
    assert (receiver.frames, receiver.errors, receiver.strange) == (3, 0, 0)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (Kind.KNOB, b"\x10\0\0"),  # knob 16 of 16
        (Kind.KNOB, b"\0\0\4"),  # reading 1024
        (Kind.KNOB, b"\0\0"),
        (Kind.BUTTON, b"\x08\1\1"),
        (Kind.BUTTON, b"\0\2\1"),
        (Kind.STATE, bytes(49)),
        (Kind.STATE, bytes(48) + b"\xff\xff"),
        (Kind.IDENTITY, bytes(11)),
        (0x7F, b"new"),
    ],
)
def test_a_good_frame_that_makes_no_sense_is_no_event(kind: int, payload: bytes):
    receiver = Receiver()
    receiver.feed(wire("identity-mega"))
    assert receiver.feed(protocol.frame(kind, 1, payload)) == ()
    assert (receiver.strange, receiver.errors) == (1, 0)


def test_a_newer_identity_may_say_more():
    receiver = Receiver()
    kind, sequence, payload, _ = FRAMES["identity-mega"]
    assert receiver.feed(protocol.frame(kind, sequence, payload + b"more")) == (MEGA,)


def test_missing_frames_are_counted():
    receiver = Receiver()
    receiver.feed(wire("identity-mega"))
    for sequence in (1, 2, 5, 6):
        receiver.feed(protocol.frame(Kind.PONG, sequence))
    assert receiver.lost == 2
    receiver.feed(wire("identity-mega"))  # a restart is no loss
    assert receiver.lost == 2


def test_a_payload_too_long_is_refused():
    with pytest.raises(ValueError, match="at most 64"):
        protocol.frame(1, 0, bytes(65))


@given(st.binary(max_size=64), st.integers(0, 255), st.integers(0, 255))
def test_stuffing_leaves_no_zero_and_can_be_undone(payload: bytes, kind: int, sequence: int):
    framed = protocol.frame(kind, sequence, payload)
    assert framed[0] == framed[-1] == 0
    assert 0 not in framed[1:-1]
    raw = protocol.unstuff(framed[1:-1])
    assert raw is not None
    assert raw[:-4] == bytes((kind, sequence)) + payload


@given(st.binary(max_size=600))
def test_cobs_round_trip_of_any_length(data: bytes):
    assert 0 not in protocol.stuff(data)
    assert protocol.unstuff(protocol.stuff(data)) == data


@given(st.lists(st.integers(0, 300), max_size=30))
def test_however_the_stream_is_cut_the_events_are_the_same(cuts: list[int]):
    stream = b"\x13\x37" + wire("identity-mega", "state-mega", "knob", "button-down", "pong")
    places = sorted({min(cut, len(stream)) for cut in cuts} | {0, len(stream)})
    receiver = Receiver()
    events: list[Event] = []
    for start, end in itertools.pairwise(places):
        events += receiver.feed(stream[start:end])
    assert tuple(events) == Receiver().feed(stream)
    assert len(events) == 5


def _mutated(chance: random.Random, good: bytes) -> bytes:
    """`good`, damaged so that its frame cannot be whole any more."""
    out = bytearray(good)
    way = chance.randrange(6)
    at = chance.randrange(1, len(out) - 1)
    if way == 0:
        out[at] ^= 1 << chance.randrange(8)
    elif way == 1:
        del out[at]
    elif way == 2:
        out.insert(at, chance.randrange(1, 256))
    elif way == 3:
        out[at] ^= chance.randrange(1, 256)
        other = chance.randrange(1, len(out) - 1)
        if other != at:
            out[other] ^= chance.randrange(1, 256)
    elif way == 4:
        out[at:] = chance.randbytes(len(out) - at - 1) + b"\0"
        if out == good:
            out[at] ^= 1
    else:
        out = out[:at] + bytearray(FRAMES["state-mega"][3])[at + 1 :]
        if bytes(out) in KNOWN:
            out = bytearray(b"\x01\x00")
    return bytes(out)


KNOWN = {entry[3] for entry in FRAMES.values()}


def test_a_million_random_and_mutated_inputs_invent_nothing():
    """Half random bytes, half damaged frames: no exception, no event, no growing memory."""
    chance = random.Random(20)
    receiver = Receiver()
    receiver.feed(wire("identity-mega"))
    goods = [FRAMES[name][3] for name in ("knob", "button-down", "state-mega", "pong")]
    inputs = 0
    invented: list[Event] = []
    noise = chance.randbytes(1 << 16)
    for _ in range(500):
        batch = []
        for _ in range(1000):
            at = chance.randrange(1 << 15)
            batch.append(noise[at : at + chance.randrange(1, 24)])
            batch.append(b"\0" + _mutated(chance, goods[chance.randrange(4)]))
        inputs += len(batch)
        for piece in batch:
            invented += receiver.feed(piece)
        assert sys.getsizeof(receiver._rest) < 256
    assert inputs == 1_000_000
    assert invented == []
    assert receiver.errors > 500_000
    assert receiver.feed(b"\0" + wire("knob")) == (KnobMoved(15, 1023),)

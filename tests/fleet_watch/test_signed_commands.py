"""Who may command what: signed by somebody trusted, to this booth, allowed, fresh, and once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.fleet.signing import Key
from installation.fleet_watch.commands import (
    CHALLENGE_LASTS_S,
    DOES,
    HIGHEST,
    OUT_OF_SERVICE,
    RESTART,
    Challenges,
    Command,
    Counts,
    Rules,
    Wanted,
    command_payload,
)
from installation.simulation.stepped import SteppedClock
from installation.vocabulary import UglyError

HUB, STRANGER = Key(b"h" * 32), Key(b"s" * 32)
RULES = Rules("halle-2", (HUB.public,), DOES)
OUT = Wanted("halle-2", OUT_OF_SERVICE, on=True)
AGAIN = Wanted("halle-2", RESTART)
GOOD = ("now", "before")


def refused(payload: bytes, rules: Rules = RULES, counts: dict[str, int] | None = None) -> str:
    with pytest.raises(UglyError) as told:
        rules.command(payload, GOOD, counts or {})
    return str(told.value)


@pytest.mark.parametrize("wanted", [OUT, AGAIN, Wanted("halle-2", OUT_OF_SERVICE, on=False)])
@pytest.mark.parametrize("challenge", GOOD)
def test_what_is_signed_allowed_and_fresh_may_be_obeyed(wanted: Wanted, challenge: str):
    payload = command_payload(wanted, HUB, 7, challenge)
    assert RULES.command(payload, GOOD, {HUB.public: 6}) == Command(wanted, HUB.public, 7)


def test_everything_else_is_refused_and_said():
    good = command_payload(OUT, HUB, 7, "now")
    unsigned = json.dumps({"to": "halle-2", "do": RESTART, "count": 7, "challenge": "now"})
    assert refused(unsigned.encode()) == "not signed"
    assert refused(command_payload(OUT, STRANGER, 7, "now")).startswith("signed by a stranger")
    assert refused(good.replace(b'"on": true', b'"on": false')) == "changed since it was signed"
    assert refused(command_payload(Wanted("halle-1", RESTART), HUB, 7, "now")) == (
        "for another booth"
    )
    only_restart = Rules("halle-2", (HUB.public,), (RESTART,))
    assert refused(good, only_restart) == "not allowed here: out_of_service"
    assert refused(good, counts={HUB.public: 7}).startswith("given before")
    assert refused(command_payload(OUT, HUB, 7, "long ago")).startswith("too old")
    assert "count" in refused(command_payload(OUT, HUB, HIGHEST + 1, "now"))
    strange = HUB.signed({"to": "halle-2", "do": "sing", "count": 1, "challenge": "now"})
    assert refused(json.dumps(strange).encode()) == "not a command that booths know"


def test_who_trusts_nobody_or_allows_nothing_hears_nothing():
    assert RULES.hears
    assert not Rules("halle-2", (), DOES).hears
    assert not Rules("halle-2", (HUB.public,), ()).hears


@given(data=st.binary(max_size=300) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["to", "do", "on", "count", "challenge", "by", "signature", "x"]), inner),
).map(lambda found: json.dumps(found).encode()))  # fmt: skip
def test_whatever_bytes_come_nothing_unsigned_is_obeyed(data: bytes):
    assert refused(data)


@given(
    document=st.fixed_dictionaries(
        {},
        optional={
            "to": st.sampled_from(["halle-1", "halle-2", 2, None]),
            "do": st.sampled_from([*DOES, "sing", 3, None]),
            "on": st.sampled_from([True, False, 1, "on"]),
            "count": st.sampled_from([0, 1, 5, 6, 7, -3, True, 2**53, "7", 6.5]),
            "challenge": st.sampled_from(["now", "before", "old", None, ["now"]]),
        },
    )
)
def test_of_what_the_hub_itself_signs_only_whole_fresh_commands_are_obeyed(document):
    payload = json.dumps(HUB.signed(document)).encode()
    try:
        command = RULES.command(payload, GOOD, {HUB.public: 5})
    except UglyError:
        return
    assert document["to"] == "halle-2"
    assert document["do"] in DOES
    assert type(document["count"]) is int
    assert 5 < document["count"] < 2**53
    assert document["challenge"] in GOOD
    assert ("on" in document) == (document["do"] == OUT_OF_SERVICE)
    assert command.wanted.on is document.get("on", False)


@settings(max_examples=60)
@given(counts=st.lists(st.integers(1, 12), min_size=1, max_size=20))
def test_no_count_is_obeyed_twice_whatever_restarts_lie_between(tmp_path_factory, counts):
    path = tmp_path_factory.mktemp("booth") / "beats" / "counts.json"
    obeyed = []
    for count in counts:
        try:  # as after a restart each time: nothing is remembered but the file
            command = RULES.command(
                command_payload(AGAIN, HUB, count, "now"), GOOD, Counts(path).read()
            )
        except UglyError:
            continue
        Counts(path).note(command.by, command.count)
        obeyed.append(count)
    assert obeyed == sorted(set(obeyed))
    assert obeyed[0] == counts[0]


@pytest.mark.parametrize("text", ["[]", "{", '{"x": "y"}', '{"x": true}', "\ud800"])
def test_where_the_counts_cannot_be_read_nothing_is_obeyed(tmp_path: Path, text: str):
    path = tmp_path / "counts.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(UglyError, match="move it away"):
        Counts(path).read()


def test_where_a_count_cannot_be_written_it_is_told(tmp_path: Path):
    (tmp_path / "beats").write_text("a file where a folder should be")
    with pytest.raises(UglyError, match=r"move it away|cannot be written"):
        Counts(tmp_path / "beats" / "counts.json").note(HUB.public, 1)


def test_who_commands_never_counts_down_even_if_the_clock_goes_back(tmp_path: Path):
    counts = Counts(tmp_path / "key.count")
    first = counts.next(HUB.public, 1.8e9)
    assert first == 1_800_000_000_000
    assert Counts(tmp_path / "key.count").next(HUB.public, 1.7e9) == first + 1


@given(steps=st.lists(st.floats(0, 200), max_size=30))
def test_a_challenge_is_good_for_a_minute_and_never_for_more_than_two(steps: list[float]):
    clock = SteppedClock()
    number = iter(range(1000))
    challenges = Challenges(clock, lambda: str(next(number)))
    first_s: dict[str, float] = {}
    for step in steps:
        good = challenges.good()
        assert len(set(good)) == len(good) <= 2
        for each in good:
            first_s.setdefault(each, clock.now_s)
            assert clock.now_s - first_s[each] < 2 * CHALLENGE_LASTS_S
        clock.now_s += step
        if step < CHALLENGE_LASTS_S:
            assert good[0] in challenges.good(), "who has just read it has the time to quote it"

"""Which take is shown next."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from installation.gallery.attract_order import NEWEST, Entry, Takes
from installation.vocabulary import Net, Take, UglyError

NET = Net("d" * 64)


def take(number: int, *, shown: bool = True, expires_s: float = 1e9) -> Take:
    return Take(f"take{number}", NET, float(number), expires_s, shown)


def takes_of(takes: list[Take]) -> Takes:
    return Takes(map(Entry.of, takes))


def test_nothing_to_show_is_none():
    assert takes_of([]).next(0, 0) is None
    assert takes_of([take(1, shown=False), take(2, expires_s=5)]).next(3, 10) is None


@given(st.integers(1, 40), st.integers(0, 60))
def test_private_and_expired_takes_are_never_shown(count: int, start: int):
    takes = [take(n, shown=n % 3 != 0, expires_s=100 if n % 5 == 0 else 1e9) for n in range(count)]
    playable = {take.id for take in takes if take.in_gallery and take.expires_at_s > 200}
    for turn in range(start, start + 80):
        shown = takes_of(takes).next(turn, 200)
        assert (shown.id in playable) if shown else not playable
        later = takes_of(takes).at(known_s=200).next(turn, 0)
        assert later == shown, "a clock that was set back brings nothing back"


@given(st.integers(1, 40))
def test_every_take_comes_round_and_the_newest_often(count: int):
    takes = [take(n) for n in range(count)]
    turns = [takes_of(takes).next(turn, 0) for turn in range(2 * count + 2 * NEWEST)]
    assert {t.id for t in turns if t} == {t.id for t in takes}
    if count > NEWEST:
        newest = {t.id for t in takes[-NEWEST:]}
        assert sum(t is not None and t.id in newest for t in turns) >= len(turns) // 2


def test_a_net_is_read_when_its_take_is_shown_and_a_damaged_one_is_passed_over():
    read = []

    def load(number: int) -> Take:
        read.append(number)
        if number % 2:
            raise UglyError("damaged")
        return take(number)

    takes = Takes(Entry(f"take{n}", float(n), 1e9, True, lambda n=n: load(n)) for n in range(1000))
    assert len(takes) == 1000
    assert read == []
    shown = [takes.next(turn, 0) for turn in range(20)]
    assert all(shown)
    assert len(read) <= 100
    assert takes[1].id == "take998"

"""Which take is shown next."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from installation.gallery.curation import NEWEST, next_take, playable
from installation.vocabulary import Net, Take

NET = Net("d" * 64)


def take(number: int, *, shown: bool = True, expires_s: float = 1e9) -> Take:
    return Take(f"take{number}", NET, "v", "p", "s", float(number), expires_s, shown)


def test_nothing_to_show_is_none():
    assert next_take([], 0, 0) is None
    assert next_take([take(1, shown=False), take(2, expires_s=5)], 3, 10) is None


@given(st.integers(1, 40), st.integers(0, 60))
def test_private_and_expired_takes_are_never_shown(count: int, start: int):
    takes = [take(n, shown=n % 3 != 0, expires_s=100 if n % 5 == 0 else 1e9) for n in range(count)]
    for turn in range(start, start + 80):
        shown = next_take(takes, turn, 200)
        assert shown is None or shown in playable(takes, 200)


@given(st.integers(1, 40))
def test_every_take_comes_round_and_the_newest_often(count: int):
    takes = [take(n) for n in range(count)]
    turns = [next_take(takes, turn, 0) for turn in range(2 * count + 2 * NEWEST)]
    assert {t.id for t in turns if t} == {t.id for t in takes}
    if count > NEWEST:
        newest = {t.id for t in takes[-NEWEST:]}
        assert sum(t is not None and t.id in newest for t in turns) >= len(turns) // 2

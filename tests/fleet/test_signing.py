"""What is signed can be proved, by whom, and cannot be changed."""

from __future__ import annotations

import stat
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.fleet.signing import Key, canonical, is_public, key_at, verified
from installation.vocabulary import UglyError

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words | st.floats(-1e6, 1e6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
documents = st.dictionaries(words.filter(lambda key: key not in ("by", "signature")), values)
SEED = bytes(range(32))


@given(documents)
def test_what_is_signed_is_known_for_its_signers(document: dict) -> None:
    key = Key(SEED)
    signed = key.signed(document)
    assert verified(signed, {key.public}) == key.public
    assert {k: v for k, v in signed.items() if k not in ("by", "signature")} == document


@given(documents, words, values)
def test_whatever_is_changed_is_noticed(document: dict, word: str, value: object) -> None:
    key = Key(SEED)
    signed = key.signed(document)
    changed = {**signed, word: value}
    if canonical(changed) == canonical(signed):
        return
    with pytest.raises(UglyError):
        verified(changed, {key.public, Key(bytes(32)).public})


def test_a_stranger_is_told_from_a_friend() -> None:
    signed = Key(bytes(32)).signed({"what": "withdraw"})
    with pytest.raises(UglyError, match="stranger"):
        verified(signed, {Key(SEED).public})


@pytest.mark.parametrize("by", [None, 7, "", "x" * 43, "=" * 43, "A" * 44, "é" * 43])
def test_what_is_no_key_is_none(by: object) -> None:
    signed = Key(SEED).signed({})
    with pytest.raises(UglyError, match="not signed"):
        verified({**signed, "by": by}, {by} if isinstance(by, str) else ())
    assert not (isinstance(by, str) and is_public(by))


def test_a_key_written_in_another_way_is_not_the_same() -> None:
    public = Key(SEED).public
    # The last letter holds four bits of the key and two that nobody reads.
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = public[:-1] + letters[letters.index(public[-1]) ^ 1]
    assert not is_public(twin)


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path) -> None:
    path = tmp_path / "fleet" / "key"
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(key_at(path).public)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {key_at(path).public}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["key"]


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"short\n", b"A" * 200])
def test_a_damaged_key_is_said_and_not_replaced(tmp_path, damage: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(damage)
    with pytest.raises(UglyError) as caught:
        key_at(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == damage

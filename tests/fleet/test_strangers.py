"""What arrives is believed only where it is signed, whole and sane; each refusal is one line."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from booths import Booth, carry, fleet_of, meet

from installation.fleet.notes import Note, note_document
from installation.fleet.signing import Key, canonical
from installation.fleet.travelling import TRAVELLING, outward, travelling_text

Harm = Callable[[Path, Booth, Path], object]
"""Given a take's folder as it arrived, the booth it is of, and a folder of secrets beside."""


def _signed_again(**changes) -> Harm:
    def harm(take: Path, home: Booth, beside: Path) -> None:
        from dataclasses import replace

        record = replace(outward(home.record(take.name), home.name), **changes)
        (take / TRAVELLING).write_text(travelling_text(record, home.place.key()))

    return harm


def _in_take(change: Callable[[dict], object]) -> Harm:
    def harm(take: Path, home: Booth, beside: Path) -> None:
        document = json.loads((take / TRAVELLING).read_text())
        document.pop("signature")
        document.pop("by")
        change(document)
        (take / TRAVELLING).write_text(json.dumps(home.place.key().signed(document)))

    return harm


def _by_a_stranger(take: Path, home: Booth, beside: Path) -> None:
    record = outward(home.record(take.name), home.name)
    (take / TRAVELLING).write_text(travelling_text(record, Key(b"s" * 32)))


def _link(to: str, *, folder: bool = False) -> Harm:
    def harm(take: Path, home: Booth, beside: Path) -> None:
        path = take if folder else take / to
        secret = beside / "secret"
        if folder:
            shutil.copytree(take, secret)
            shutil.rmtree(take)
        else:
            shutil.copy(path, secret)
            path.unlink()
        path.symlink_to(secret)

    return harm


def _pipe(take: Path, home: Booth, beside: Path) -> None:
    (take / "video.mp4").unlink()
    os.mkfifo(take / "video.mp4")


HARMS: dict[str, tuple[Harm, str]] = {
    "another video": (
        lambda take, *_: (take / "video.mp4").write_bytes(b"V" * 900),
        "not what its booth has signed",
    ),
    "a stranger's": (_by_a_stranger, "signed by a stranger"),
    "a letter changed": (
        lambda take, *_: (take / TRAVELLING).write_text(
            (take / TRAVELLING).read_text().replace("Bobo", "Bibi")
        ),
        "changed since it was signed",
    ),
    "no signature": (
        lambda take, *_: (take / TRAVELLING).write_text(
            json.dumps({"format": "uglynet-travelling-take", "version": 1, "take": {}})
        ),
        "not signed",
    ),
    "not JSON": (lambda take, *_: (take / TRAVELLING).write_bytes(b"\xff{"), "not JSON"),
    "nested": (lambda take, *_: (take / TRAVELLING).write_text("[" * 9999), "nested too deeply"),
    "endless": (lambda take, *_: (take / TRAVELLING).write_bytes(b" " * (2 << 20)), "too large"),
    "newer": (_in_take(lambda document: document.update(version=2)), "newer version"),
    "more than a take": (_in_take(lambda document: document.update(more=1)), "no travelling take"),
    "a path": (
        _in_take(lambda document: document["take"]["files"].update(
            {"../../../x": {"bytes": 1, "sha256": "0" * 64}})),
        "not a take's record",
    ),
    "a still": (
        _in_take(lambda document: document["take"]["files"].update(
            {"still.png": {"bytes": 1, "sha256": "0" * 64}})),
        "not a take as kassel sends them",
    ),
    "absurd size": (
        _in_take(lambda document: document["take"]["files"]["video.mp4"].update(bytes=1 << 40)),
        "too large",
    ),
    "no video": (
        _in_take(lambda document: document["take"]["files"].pop("video.mp4")), "has no video.mp4",
    ),
    "private": (_signed_again(show=False), "did not agree"),
    "for ever": (_signed_again(expires_at_s=9e9), "longer than ten years"),
    "in another's name": (_signed_again(booth="fleet/lyon"), "not a take as kassel sends them"),
    "of this very booth": (_signed_again(booth="hub's"), "not a take as kassel sends them"),
    "another id": (_signed_again(id="other"), "another take"),
    "no net": (_in_take(lambda document: document["take"]["net"].update(cuts="x")), "cuts"),
    "a link": (_link("video.mp4"), "no plain file"),
    "a linked record": (_link(TRAVELLING), "a link"),
    "a linked folder": (_link("", folder=True), "a link"),
    "a pipe": (_pipe, "no plain file"),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMS)
def test_nothing_that_is_not_as_it_was_signed_is_taken_up(
    tmp_path: Path, harm: str, caplog: pytest.LogCaptureFixture
):
    hub, home = fleet_of(tmp_path, "hub", "kassel")
    bad, good = home.keep(), home.keep()
    home.look()
    carry(home, hub)
    beside = tmp_path / "beside"
    beside.mkdir()
    at = hub.place.inboxes / "kassel" / "takes" / bad
    whole = tmp_path / "whole"
    shutil.copytree(at, whole)
    HARMS[harm][0](at, home, beside)
    for _ in range(3):
        looked = hub.look()
    assert hub.takes() == {good}, "the others are none the worse"
    (why,) = looked.refused.values()
    assert HARMS[harm][1] in why
    assert len([line for line in caplog.messages if "refused" in line]) == 1, "told once"
    if at.is_symlink():
        at.unlink()
    else:
        shutil.rmtree(at)
    shutil.copytree(whole, at)
    looked = hub.look()
    assert hub.takes() == {bad, good}, "once it is as it was signed, it is taken up"
    assert looked.refused == {}


@pytest.mark.parametrize(
    ("signer", "refused"), [("kassel", False), ("lyon", None), ("stranger", True)]
)
def test_who_may_withdraw(tmp_path: Path, signer: str, refused: bool | None):
    booths = hub, home, away = fleet_of(tmp_path, "hub", "kassel", "lyon")
    take = home.keep()
    meet(booths)
    keys = {"kassel": home.place.key(), "lyon": away.place.key(), "stranger": Key(b"s" * 32)}
    key, box = keys[signer], "lyon" if signer == "lyon" else "kassel"
    note = Note(key.public, 77, take, "withdraw", 1.9e9)
    text = canonical(key.signed(note_document(note)))
    (hub.place.inboxes / box / "notes" / note.name).write_bytes(text)
    looked = hub.look()
    if refused is None:
        assert looked.refused == {}, "a booth may say so, but of its own takes only"
    else:
        assert bool(looked.refused) == refused
    assert (take in hub.takes()) == (signer != "kassel")


def test_an_old_list_of_who_belongs_does_not_count(tmp_path: Path):
    from installation.fleet.joining import admit, dismiss, found_fleet, join_fleet
    from installation.fleet.place import Place

    hub, home = fleet_of(tmp_path, "hub", "kassel")
    line = found_fleet(hub.place, "hub").text
    admit(hub.place, join_fleet(Place(tmp_path / "lyon"), "lyon", line).text)
    old = (hub.place.out / "booths.json").read_bytes()
    meet((hub, home))
    dismiss(hub.place, "lyon")
    meet((hub, home))
    (home.place.inboxes / "hub" / "booths.json").write_bytes(old)
    looked = home.look()
    assert set(home.fleet.members.booths) == {"hub", "kassel"}
    assert looked.trouble == []
    for damage in (b"{", old.replace(b"lyon", b"lion")):
        (home.place.inboxes / "hub" / "booths.json").write_bytes(damage)
        home.restart()
        looked = home.look()
        assert len(looked.trouble) == 1
        assert set(home.fleet.members.booths) == {"hub", "kassel"}


def test_a_note_that_came_by_half_is_read_once_it_is_whole(tmp_path: Path):
    hub, home = fleet_of(tmp_path, "hub", "kassel")
    take = home.keep()
    meet((hub, home))
    key = home.place.key()
    note = Note(key.public, 77, take, "hide", 1.9e9)
    text = canonical(key.signed(note_document(note)))
    path = hub.place.inboxes / "kassel" / "notes" / note.name
    path.write_bytes(text[:40])
    assert len(hub.look().refused) == 1
    path.write_bytes(text)
    assert hub.look().refused == {}
    assert take not in hub.takes()

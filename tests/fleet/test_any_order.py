"""Whatever comes in whatever order, how often and how late: the gallery is the same in the end."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from booths import Booth, fleet_of
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.fleet.notes import Note, Notes, Says, note_document
from installation.fleet.signing import Key, canonical

OWNER, HUB, STRANGER = "owner", "hub", "stranger"
SAYS: tuple[Says, ...] = ("hide", "unhide", "pin", "unpin", "withdraw")
notes = st.builds(
    Note,
    by=st.sampled_from((OWNER, HUB, STRANGER)),
    counter=st.integers(1, 5),
    take=st.sampled_from("ab"),
    says=st.sampled_from(SAYS),
)


@given(st.lists(notes), st.randoms(use_true_random=False), st.lists(notes))
def test_notes_hold_alike_in_any_order_and_however_often(said, chance, again):
    shuffled = said + [note for note in again if note in said]
    chance.shuffle(shuffled)
    one, other = Notes(), Notes()
    for note in said:
        one.add(note)
    for note in shuffled:
        other.add(note)
    for take in "ab":
        found = one.standing(take, (OWNER, HUB))
        assert found == other.standing(take, (OWNER, HUB))
        heard = [note for note in said if note.take == take and note.by != STRANGER]
        assert found.withdrawn == any(note.says == "withdraw" for note in heard)


@dataclass(frozen=True)
class World:
    """A hub, what its booth has ever said (the takes' folders), and its key."""

    hub: Booth
    takes: tuple[Path, ...]
    key: Key


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    tmp = tmp_path_factory.mktemp("world")
    hub, home = fleet_of(tmp, "hub", "kassel")
    for _ in range(3):
        home.keep()
    home.look()
    hub.look()
    shutil.copytree(hub.root, tmp / "at first")
    return World(hub, tuple(sorted((home.place.out / "takes").iterdir())), home.place.key())


def fresh(hub: Booth) -> None:
    """The hub as it was at first."""
    shutil.rmtree(hub.root)
    shutil.copytree(hub.root.with_name("at first"), hub.root)
    hub.restart()
    for name in ("takes", "notes"):
        (hub.place.inboxes / "kassel" / name).mkdir(parents=True)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("note"), st.integers(0, 11)),
        st.tuples(st.just("take"), st.integers(0, 2)),
        st.tuples(st.just("lose"), st.integers(0, 2)),
        st.tuples(st.just("half"), st.integers(0, 2)),
        st.tuples(st.just("look"), st.just(0)),
        st.tuples(st.just("restart"), st.just(0)),
    ),
    max_size=16,
)


@settings(max_examples=40, deadline=None)
@given(
    said=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(SAYS)), max_size=12),
    steps=steps,
    stale=st.booleans(),
)
def test_the_gallery_is_the_same_whatever_came_when(world: World, said, steps, stale: bool):
    hub = world.hub
    fresh(hub)
    box = hub.place.inboxes / "kassel"
    history = [
        Note(world.key.public, number, world.takes[take].name, says, 1.9e9)
        for number, (take, says) in enumerate(said, 1)
    ]

    def tell(note: Note) -> None:
        text = canonical(world.key.signed(note_document(note)))
        (box / "notes" / note.name).write_bytes(text)

    def bring(take: Path, *, whole: bool = True) -> None:
        goal = box / "takes" / take.name
        shutil.rmtree(goal, ignore_errors=True)
        shutil.copytree(take, goal)
        if not whole:
            (goal / "video.mp4").write_bytes(b"half")

    told_gone: set[str] = set()
    for what, number in steps:
        if what == "note" and number < len(history):
            tell(history[number])
        elif what in ("take", "half"):
            bring(world.takes[number], whole=what == "take")
        elif what == "lose":
            shutil.rmtree(box / "takes" / world.takes[number].name, ignore_errors=True)
        elif what == "restart":
            hub.restart()
        elif what == "look":
            hub.look()
            told_gone |= {note.take for note in notes_in(box) if note.says == "withdraw"}
            assert not hub.takes() & told_gone, "what is withdrawn never comes back"
    for note in history:  # at last everything has come; what is outdated may be there still, or not
        newest = Notes()
        for each in history:
            newest.add(each)
        if stale or newest.newest(note.take, note.by, note.about) == note:
            tell(note)
        else:
            (box / "notes" / note.name).unlink(missing_ok=True)
    for take in world.takes:
        bring(take)
    for _ in range(2):
        looked = hub.look()
    everything = Notes()
    for note in history:
        everything.add(note)
    for take in world.takes:
        standing = everything.standing(take.name, (world.key.public,))
        assert (take.name in hub.takes()) != (standing.withdrawn or standing.hidden)
        if take.name in hub.takes():
            record = hub.record(take.name)
            assert (record.shown, record.pinned) == (True, standing.pinned)
    assert not looked.trouble
    assert not looked.refused


def notes_in(box: Path) -> list[Note]:
    """The notes that have come, by their names."""
    found = []
    for path in (box / "notes").iterdir():
        counter, says, take = path.stem.split("-", 2)
        found.append(Note("", int(counter), take, says))  # type: ignore[arg-type]
    return found

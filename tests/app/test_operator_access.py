"""The first password, made on the screen."""

from __future__ import annotations

from pathlib import Path

from waiting import eventually

from installation.app.operator_access import OperatorAccess, new_password
from installation.door.passwords import SHORTEST, is_password, set_password, stored


def keys(access: OperatorAccess) -> list[str]:
    return [fact.key for fact in access.facts("http://10.0.0.2:8080")]


def shown(access: OperatorAccess) -> str:
    names = eventually(
        lambda: next((dict(f.names) for f in access.facts("a") if f.key == "password_made"), None)
    )
    return names["password"]


def test_where_there_is_none_f4_makes_one_that_lets_in_and_is_shown_until_the_page_closes(
    tmp_path: Path,
):
    access = OperatorAccess(tmp_path / "door")
    access.ask()
    assert not stored(tmp_path / "door"), "nobody has opened the page"
    access.follow(True)
    eventually(lambda: keys(access) == ["password_none"])
    assert not stored(tmp_path / "door"), "looking makes none"
    access.ask()
    first = shown(access)
    assert is_password(stored(tmp_path / "door"), first)
    access.follow(False)
    assert keys(access) == []
    access.follow(True)
    access.ask()
    second = eventually(lambda: (found := shown(access)) != first and found)
    assert is_password(stored(tmp_path / "door"), second), "not written down: made anew"


def test_one_that_somebody_set_is_never_replaced(tmp_path: Path):
    access = OperatorAccess(tmp_path)
    access.follow(True)
    eventually(lambda: keys(access) == ["password_none"])
    set_password(tmp_path, "four words in a row")  # by the command, meanwhile
    access.ask()
    eventually(lambda: keys(access) == [])
    assert is_password(stored(tmp_path), "four words in a row")


def test_a_disk_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "door").write_text("a file in its place")
    access = OperatorAccess(tmp_path / "door")
    access.follow(True)
    eventually(lambda: keys(access) == ["password_none"])
    access.ask()
    eventually(lambda: keys(access) == ["password_failed"])


def test_passwords_are_long_and_never_the_same():
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(each) >= 2 * SHORTEST for each in made)

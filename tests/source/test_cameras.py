"""A camera is known by its name and its port, whatever its number is now."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from installation.source.cameras import Camera, cameras, found_again

linux = pytest.mark.skipif(sys.platform != "linux", reason="Video4Linux")


def plug(root: Path, number: int, name: str, port: str, index: int = 0) -> None:
    """A device as Video4Linux shows it."""
    (root / "dev").mkdir(exist_ok=True)
    (root / "dev" / f"video{number}").touch()
    usb = root / "usb" / port
    usb.mkdir(parents=True, exist_ok=True)
    folder = root / "sys" / f"video{number}"
    folder.mkdir(parents=True)
    (folder / "name").write_text(f"{name}\n")
    (folder / "index").write_text(f"{index}\n")
    (folder / "device").symlink_to(usb)


@linux
def test_cameras_are_listed_with_what_they_are_known_by(tmp_path: Path):
    plug(tmp_path, 0, "HD Cam", "1-2", index=1)  # its second device gives no pictures
    plug(tmp_path, 2, "HD Cam", "1-2")
    (tmp_path / "dev" / "video-dec").touch()
    first, second = cameras(tmp_path / "sys", tmp_path / "dev")
    assert (first.number, first.name, first.index) == (2, "HD Cam", 0)
    assert first.place.endswith("1-2")
    assert (second.number, second.index) == (0, 1)
    assert first.told == "camera 2 (HD Cam)"


@linux
def test_where_the_system_tells_nothing_the_number_is_all_there_is(tmp_path: Path):
    (tmp_path / "video3").touch()
    assert cameras(tmp_path / "absent", tmp_path) == [Camera(3)]
    assert cameras(tmp_path / "absent", tmp_path / "absent") == []


KNOWN = Camera(0, "HD Cam", "/usb/1-2")


@pytest.mark.parametrize(
    ("there", "number"),
    [
        ([Camera(0, "HD Cam", "/usb/1-2")], 0),
        ([Camera(1, "HD Cam", "/usb/1-2")], 1),  # came back under another number
        ([Camera(0, "Other", "/usb/1-2"), Camera(1, "HD Cam", "/usb/1-3")], 1),
        ([Camera(0, "HD Cam", "/usb/1-3"), Camera(4, "HD Cam", "/usb/1-2")], 4),  # two alike
        ([Camera(0, "HD Cam", "/usb/1-2", index=1), Camera(1, "HD Cam", "/usb/1-2")], 1),
        ([Camera(0, "Other", "/usb/1-2")], None),
        ([], None),
    ],
)
def test_a_camera_is_found_again(there: list[Camera], number: int | None):
    found = found_again(KNOWN, there)
    assert (found.number if found else None) == number


def test_its_twin_beside_it_is_not_taken_for_it():
    twin = Camera(1, "HD Cam", "/usb/1-3")
    beside = [Camera(1, "HD Cam", "/usb/1-2", index=1), twin]
    assert found_again(KNOWN, [twin], beside) is None
    assert found_again(KNOWN, [twin, Camera(4, "HD Cam", "/usb/1-2")], beside) == Camera(
        4, "HD Cam", "/usb/1-2"
    )
    moved = Camera(2, "HD Cam", "/usb/1-7")
    assert found_again(KNOWN, [twin, moved], beside) == moved


def test_one_without_a_name_is_found_by_its_number():
    assert found_again(Camera(2), [Camera(1), Camera(2)]) == Camera(2)
    assert found_again(Camera(2), [Camera(1)]) is None

"""Dreams: endless pictures from a folder, and every damage to it told in one line."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from installation.source.dreams import DREAMS, FOLDER, Dream
from installation.source.made import made
from installation.vocabulary import UglyError

SIZE = (96, 54)


def change(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other).mean())


@pytest.mark.parametrize("name", DREAMS)
def test_it_goes_on_smoothly_and_elsewhere_and_is_the_same_each_time(name: str):
    dream = Dream(name, seed=2)
    here = dream.at(5.0, SIZE)
    assert here.shape == (54, 96, 3)
    np.testing.assert_array_equal(Dream(name, seed=2).at(5.0, SIZE), here)
    assert change(dream.at(5.04, SIZE), here) < 6
    assert change(dream.at(900.0, SIZE), here) > 6
    assert change(Dream(name, seed=3).at(5.0, SIZE), here) > 6
    assert here.std() > 5


@pytest.mark.parametrize("size", [(16, 16), (54, 96), (640, 360), (301, 17)])
@pytest.mark.parametrize("name", DREAMS)
def test_it_fills_any_size(name: str, size: tuple[int, int]):
    assert Dream(name).at(0.0, size).shape == (size[1], size[0], 3)


@pytest.mark.parametrize("file", ["manifest.json", "dream.onnx", "stations.npy"])
@pytest.mark.parametrize("damage", ["gone", "cut", "other"])
def test_damage_is_told_in_one_line_that_names_the_file(tmp_path: Path, file: str, damage: str):
    shutil.copytree(FOLDER / "clouds", tmp_path / "clouds")
    path = tmp_path / "clouds" / file
    data = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "other":
        path.write_bytes(b'{"format": "something else"}')
    with pytest.raises(UglyError) as told:
        Dream("clouds", folder=tmp_path)
    assert file in str(told.value)
    assert "\n" not in str(told.value)


def test_an_unknown_name_is_told_with_those_there_are():
    with pytest.raises(UglyError, match=r'no source is called "fog".*clouds'):
        made("fog")

"""The simulation of a fleet measures a fleet that is whole."""

from __future__ import annotations

import pytest

from installation.reports import bench_fleet


def test_every_figure_is_there_for_every_number_of_booths(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bench_fleet, "BOOTHS", (1, 2))
    said: list[str] = []
    rows = bench_fleet.measure_fleet(10, said.append)
    assert rows.pop("booths") == [1, 2]
    assert rows.pop("takes_each") == 10
    assert {*rows} == {
        "send_ms", "join_s", "converge_s", "look_ms", "start_s", "rebuild_s",
        "disk_kib_a_take", "inodes_a_take", "memory_bytes_a_take",
    }  # fmt: skip
    assert all(len(each) == 2 and min(each) > 0 for each in rows.values())

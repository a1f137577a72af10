"""Real Syncthings: partitions, late booths, a full hub, takes withdrawn while a booth is away."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from carriers import network

from installation.gallery.changes import withdraw
from installation.gallery.reading import GalleryReader
from installation.gallery.verify import disagreements


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose path leaves room for a socket's name, wherever the tests' own lies."""
    with tempfile.TemporaryDirectory(prefix="fleet-", dir="/tmp") as folder:
        yield Path(folder)


def test_two_syncthings_speak_to_nobody_else_and_carry_a_take(short_path: Path):
    with network(short_path, "hub", "kassel") as net:
        home = net.carriers["kassel"].booth
        take = home.keep()
        net.until("at the hub", lambda: net.all_show({take}))
        for carrier in net.carriers.values():
            options = carrier.talk.get("config/options")
            on = [
                key
                for key in ("globalAnnounceEnabled", "localAnnounceEnabled", "relaysEnabled",
                            "natEnabled", "crashReportingEnabled", "startBrowser")
                if options[key]
            ]  # fmt: skip
            assert on == []
            assert options["urAccepted"] == -1
            assert options["autoUpgradeIntervalH"] == 0
            for folder in carrier.talk.get("config/folders"):
                assert folder["versioning"]["type"] == ""
                assert folder["type"] in ("sendonly", "receiveonly")
            assert carrier.home.socket.is_socket()
        withdraw(home.gallery, take)
        net.until("gone", lambda: all(
            each.booth.traces(take) == [] for each in net.carriers.values()))  # fmt: skip


def test_three_with_a_partition_a_late_booth_and_a_full_hub(short_path: Path):
    with network(short_path, "hub", "kassel", "lyon") as net:
        hub, kassel, lyon = net.carriers.values()
        first, second, third = (kassel.booth.keep() for _ in range(3))
        own = hub.booth.keep()
        net.until("everywhere", lambda: net.all_show({first, second, third, own}))

        lyon.wire.is_cut = True  # a partition
        lyon.booth.time.off_s = 200 * 86400.0  # ... in which its clock runs mad
        withdraw(kassel.booth.gallery, first)
        alone = lyon.booth.keep()
        fourth = kassel.booth.keep()
        net.until(
            "without the first",
            lambda: net.all_show({second, third, fourth, own}, "lyon"),
        )
        kassel.kill()  # the power fails there
        hub.booth.fleet.say(second, "withdraw")
        hub.booth.fleet.say(third, "hide")
        net.until("withdrawn at the hub", lambda: hub.booth.shown() == {fourth, own}, ("kassel",))
        assert first in lyon.booth.takes(), "it has heard of nothing yet"
        lyon.booth.time.off_s = -200 * 86400.0
        lyon.wire.is_cut = False
        late = net.join("graz")  # comes while kassel is away
        net.until(
            "as the hub says, also where nobody was told before",
            lambda: net.all_show({fourth, own, alone}, "kassel"),
            ("kassel",),
        )
        kassel.start()
        net.until("everywhere the same", lambda: net.all_show({fourth, own, alone}))
        for carrier in net.carriers.values():
            # What is hidden is with its own booth alone.
            assert carrier.booth.takes() - {third} == {fourth, own, alone}
            assert carrier.booth.traces(first) == carrier.booth.traces(second) == []
            assert carrier.looked.refused == {}
            assert carrier.looked.trouble == []
            reader = GalleryReader(carrier.booth.gallery)
            assert list(disagreements(reader)) == []
            reader.close()
        assert late.booth.attract() == {fourth, own, alone}


def test_a_full_hub_loses_nothing(short_path: Path):
    with network(short_path, "hub", "kassel", "lyon") as net:
        hub, kassel, lyon = net.carriers.values()
        net.until("known to all", net.all_carry)
        folder = hub.talk.get("config/folders/uglynet-kassel")
        plenty = folder["minDiskFree"]
        full = {**folder, "minDiskFree": {"value": 100, "unit": "%"}}
        hub.talk.put("config/folders/uglynet-kassel", full)
        take, other = kassel.booth.keep(), lyon.booth.keep()
        net.until(
            "lyon's everywhere",
            lambda: all(other in each.booth.takes() for each in net.carriers.values()),
        )
        net.until("said", lambda: hub.talk.get("folder/errors", folder="uglynet-kassel")["errors"]
                  or hub.talk.get("db/status", folder="uglynet-kassel")["needFiles"])  # fmt: skip
        assert take not in hub.booth.takes()
        hub.talk.put("config/folders/uglynet-kassel", {**folder, "minDiskFree": plenty})
        net.until("all everywhere", lambda: net.all_show({take, other}))

"""The introduction is what Home Assistant's own schema takes (components/mqtt/schemas.py, and the
platforms' own), as far as that can be said without it."""

from __future__ import annotations

import json
import re

import pytest

from installation.fleet_watch.home_assistant import config_topic, introduction
from installation.fleet_watch.told import NUMBERS, DayCount, beat_document
from installation.fleet_watch.topics import Topics, address_of, payload_of

DEVICES = [("camera", "Camera"), ("net", "Net")]
TOLD = introduction("halle-2", DEVICES, 10.0, "1.2")
SHARED = {"platform", "name", "unique_id", "state_topic", "value_template", "device_class",
          "entity_category", "availability_topic", "availability_template", "expire_after",
          "json_attributes_topic"}  # fmt: skip
KEYS = {
    "sensor": SHARED | {"state_class", "unit_of_measurement", "options"},
    "binary_sensor": SHARED,
}
UNITS = {"temperature": {"°C"}, "data_size": {"GiB"}, "duration": {"ms", "s"}, "enum": {None}}
"""Which units a sensor's device class may have, of those that we use (components/sensor/const)."""


def test_it_lies_where_home_assistant_looks():
    assert config_topic("halle-2") == "homeassistant/device/uglynet/halle-2/config"
    assert re.fullmatch(
        r"homeassistant/device/([a-zA-Z0-9_-]+/)?[a-zA-Z0-9_-]+/config", config_topic("a-b-9")
    )


def test_its_head_has_what_is_required_and_nothing_unknown():
    assert set(TOLD) == {"device", "origin", "components", "qos"}
    assert set(TOLD["device"]) <= {"identifiers", "name", "manufacturer", "model", "sw_version"}
    assert TOLD["device"]["identifiers"] == ["uglynet-halle-2"]
    assert TOLD["origin"]["name"]
    json.loads(payload_of(TOLD))


@pytest.mark.parametrize("key", TOLD["components"])
def test_every_component_is_whole(key: str):
    component = TOLD["components"][key]
    assert set(component) <= KEYS[component["platform"]]
    assert component["unique_id"] == f"uglynet-halle-2-{key}"
    assert component["state_topic"].startswith("uglynet/halle-2/")
    address = address_of(component["state_topic"])
    assert address is not None
    kind = component.get("device_class")
    if component["platform"] == "sensor":
        assert component.get("unit_of_measurement") in UNITS.get(kind, {"fps", None})
        assert (kind == "enum") == ("options" in component)
        assert not (kind == "enum" and "state_class" in component)
        assert component.get("state_class", "measurement") in ("measurement", "total_increasing")
    else:
        assert kind in ("problem", "connectivity")
    assert component.get("entity_category", "diagnostic") == "diagnostic"
    for name in ("value_template", "availability_template"):
        text = component.get(name, "{{ }}")
        assert text.count("{{") == text.count("}}") == 1
    field = re.search(r"value_json\.(\w+)", component["value_template"])
    assert field is not None
    if address.kind == "beat":
        whole = beat_document(dict.fromkeys(NUMBERS, 1.0), DayCount(), "carve", 10.0, 1.8e9)
        assert field[1] in whole


def test_no_two_have_one_name():
    names = [component["unique_id"] for component in TOLD["components"].values()]
    assert len(set(names)) == len(names)


def test_nothing_can_be_pressed_as_nothing_there_can_sign():
    assert {each["platform"] for each in TOLD["components"].values()} == {"sensor", "binary_sensor"}
    assert Topics("halle-2").command not in json.dumps(TOLD)

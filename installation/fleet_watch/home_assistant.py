"""How a booth introduces itself to Home Assistant: one retained message for the whole device.

Format: https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload (since 2024.11),
topic homeassistant/device/NODE/OBJECT/config; checked against `DEVICE_DISCOVERY_SCHEMA` of Home
Assistant's own `components/mqtt/schemas.py`. Pure.

There is nothing to press: Home Assistant cannot sign, and a booth obeys no command that is not
signed. `uglynet fleet watch` and `uglynet fleet tell` can.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from installation.fleet_watch.told import State
from installation.fleet_watch.topics import ROOT, Topics

PREFIX = "homeassistant"


class _Number(NamedTuple):
    """A value of the beat as a sensor: its name, unit, device class and state class."""

    name: str
    unit: str = ""
    kind: str = ""
    state: str = "measurement"
    diagnostic: bool = True


NUMBERS: Mapping[str, _Number] = {
    "fps": _Number("Frames a second", "fps"),
    "late_ms_p99": _Number("Tick late", "ms", "duration"),
    "temperature_c": _Number("Temperature", "°C", "temperature"),
    "disk_free_gb": _Number("Disk free", "GiB", "data_size"),
    "disk_takes": _Number("Room for takes"),
    "uptime_s": _Number("Running for", "s", "duration"),
    "visits_today": _Number("Visits today", state="total_increasing", diagnostic=False),
    "kept_today": _Number("Kept today", state="total_increasing", diagnostic=False),
}
_NOT_RUNNING = f"['{State.LOST.value}', '{State.STOPPED.value}']"


def config_topic(booth: str) -> str:
    """Where the introduction lies; the name is a level of its own, as a broker's list of who may
    write what goes by whole levels."""
    return f"{PREFIX}/device/{ROOT}/{booth}/config"


def introduction(
    booth: str, devices: Iterable[tuple[str, str]], every_s: float, version: str
) -> dict[str, Any]:
    """The booth as a device of Home Assistant's; `devices` are its own, by key and by name."""
    topics, own = Topics(booth), _object(booth)
    running = {
        "availability_topic": topics.state,
        "availability_template": "{{ 'offline' if value_json.state in "
        + _NOT_RUNNING
        + " else 'online' }}",
    }
    components: dict[str, Any] = {
        "state": {
            "platform": "sensor",
            "name": "State",
            "device_class": "enum",
            "options": [state.value for state in State if state is not State.SILENT],
            "state_topic": topics.state,
            "value_template": "{{ value_json.state }}",
        },
        "running": {
            "platform": "binary_sensor",
            "name": "Running",
            "device_class": "connectivity",
            "entity_category": "diagnostic",
            "state_topic": topics.state,
            "value_template": "{{ 'OFF' if value_json.state in " + _NOT_RUNNING + " else 'ON' }}",
        },
    }
    for key, name in devices:
        components[f"health_{_slug(key)}"] = {
            "platform": "binary_sensor",
            "name": name,
            "device_class": "problem",
            "entity_category": "diagnostic",
            "state_topic": topics.health(key),
            "value_template": "{{ 'ON' if value_json.trouble else 'OFF' }}",
            "json_attributes_topic": topics.health(key),
            **running,
        }
    for key, number in NUMBERS.items():
        components[key] = {**_sensor(key, number, topics, every_s), **running}
    for key, component in components.items():
        component["unique_id"] = f"{own}-{key}"
    return {
        "device": {
            "identifiers": [own],
            "name": f"UGly-Net {booth}",
            "manufacturer": "UGly-Net",
            "model": "Booth",
            "sw_version": version,
        },
        "origin": {"name": "UGly-Net", "sw_version": version},
        "components": components,
        "qos": 1,
    }


def _sensor(key: str, number: _Number, topics: Topics, every_s: float) -> dict[str, Any]:
    made: dict[str, Any] = {
        "platform": "sensor",
        "name": number.name,
        "state_topic": topics.beat,
        "value_template": "{{ value_json." + key + " | default(None) }}",
        "state_class": number.state,
        "expire_after": max(30, round(3 * every_s)),
    }
    if number.unit:
        made["unit_of_measurement"] = number.unit
    if number.kind:
        made["device_class"] = number.kind
    if number.diagnostic:
        made["entity_category"] = "diagnostic"
    return made


def _object(booth: str) -> str:
    return f"uglynet-{booth}"


def _slug(key: str) -> str:
    return key.replace(" ", "_")

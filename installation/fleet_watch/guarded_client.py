"""paho-mqtt's client with a thread that no broker can end: not by bytes that are no MQTT either."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode

from installation.worker import give_way

PAUSE_S = 5.0
"""How long it waits before it connects again to what it could not understand."""


class GuardedClient(Client):
    """`ended` is set by whoever wants no more of it; `on_garbage` is told of what came, or went
    wrong, in the network's thread."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ended = threading.Event()
        self.on_garbage: Callable[[Exception], None] = lambda error: None

    def loop_forever(
        self, timeout: float = 1.0, retry_first_connection: bool = False
    ) -> MQTTErrorCode:
        """As paho's; `loop_start` runs it in a thread, which stands back behind the screen's."""
        give_way()
        while True:
            try:
                return super().loop_forever(timeout, retry_first_connection)
            except Exception as error:
                self.on_garbage(error)
            if self.ended.wait(PAUSE_S):
                return MQTTErrorCode.MQTT_ERR_SUCCESS
            try:
                self.reconnect()  # what was half read is forgotten
            except OSError:
                continue  # paho tries again, with back-off

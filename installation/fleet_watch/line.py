"""The line to a broker: a thread that keeps a connection, and nobody else ever waits for it.

paho-mqtt connects, and connects again with back-off, when the broker is away. MQTT 5 is spoken, as
only that can tell a client why it was hung up on: such as when another one has its name.
"""

from __future__ import annotations

import logging
import math
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from installation.fleet_watch.topics import LARGEST, Said
from installation.mqtt import Broker, unreached

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessageInfo

    from installation.fleet_watch.guarded_client import GuardedClient

_log = logging.getLogger(__name__)

KEEPALIVE_S = 20
"""A peer that says nothing for one and a half of these is gone."""

CONNECTED_WITHIN_S = 5.0
SOONEST_S, LATEST_S = 1, 60
"""How long paho waits before it connects again: at first, and at most."""

OTHERS_TURN_S = 60
"""Whoever has our name keeps it for so long, so that two do not push each other out all day."""

ON_THE_WAY = 32
"""So many messages may be on their way; a broker that takes none gets no more."""

BUDGET, WITHIN_S, BREATH_S = 20, 1.0, 0.25
"""More than so many messages within so many seconds, and each more is only read after a breath:
the broker has to wait, and we don't."""

TAKEN_OVER = 0x8E
"""MQTT 5's reason code for a client whose name another one took (3.14.2.1)."""

UNTOLD = 0x80
"""What paho says where nobody gave a reason."""

SHORT_S, SHORTS = 10.0, 2
"""Some brokers don't give that reason (mosquitto 2.0.11): but who is let in and hung up on after
less than so many seconds, so often in a row, very likely has another one's name."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that came. `retained`: it was there before we listened."""

    topic: str
    payload: bytes
    retained: bool


class Line:
    """A connection to `broker` under `name`, which hears `subjects` and gives what comes to `hear`
    (called in the line's own thread), so many a second (`budget`) as they come. `will` is what the
    broker says when we are gone.

    `say` never waits; what was not connected is not said, and not kept.
    """

    def __init__(
        self,
        broker: Broker,
        name: str,
        *,
        will: Said | None = None,
        subjects: Sequence[str] = (),
        hear: Callable[[Heard], None] = lambda heard: None,
        budget: int = BUDGET,
    ) -> None:
        self._broker, self._name, self._will = broker, name, will
        self._subjects, self._hear = tuple(subjects), hear
        self._client: GuardedClient | None = None
        self._way: deque[MQTTMessageInfo] = deque()
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._times = deque[float](maxlen=budget)
        self._taken_s = self._breath_s = self._let_in_s = -math.inf
        self._shorts = 0
        self._connected = self._greeted = False
        self.trouble = ""
        """Why nothing is said, in a line; "" while it is."""
        self.connections = 0
        """How often it was connected so far."""

    def begin(self) -> None:
        """Connect, and keep connected; returns at once.

        Raises:
            UglyError: one line, if the library, the password or the certificates are not there.
        """
        client = self._broker.prepared(self._made, CONNECTED_WITHIN_S)
        client.max_queued_messages_set(ON_THE_WAY)
        client.reconnect_delay_set(SOONEST_S, LATEST_S)
        if self._will is not None:
            will = self._will
            client.will_set(will.topic, will.payload, will.quality, will.retain)
        client.on_connect, client.on_connect_fail = self._in, self._failed
        client.on_disconnect, client.on_message = self._out, self._came
        client.on_subscribe = self._listening
        client.on_garbage, client.ended = self._garbled, self._ended
        client.connect_async(self._broker.host, self._broker.port, KEEPALIVE_S)
        self._client = client
        client.loop_start()

    @property
    def begun(self) -> bool:
        """Whether it tries to be connected."""
        return self._client is not None

    @property
    def connected(self) -> bool:
        """Whether the broker has let us in, and what we asked to hear comes."""
        return self._connected

    @property
    def named_twice(self) -> bool:
        """Whether another one had our name a while ago."""
        return time.monotonic() - self._taken_s < 3 * OTHERS_TURN_S

    @property
    def babbles(self) -> bool:
        """Whether the broker sends more than anybody reads."""
        return time.monotonic() - self._breath_s < 10 * WITHIN_S

    @property
    def settled(self) -> bool:
        """Whether all that was said has arrived; what was said before a connection broke off is
        said again after it, and must not come after anything newer."""
        with self._lock:
            self._forget_arrived()
            return not self._way

    def say(self, said: Said) -> bool:
        """Say it; whether it is on its way."""
        client = self._client
        with self._lock:
            self._forget_arrived()
            if client is None or not self._connected or len(self._way) >= ON_THE_WAY:
                return False
            told = client.publish(said.topic, said.payload, said.quality, said.retain)
            if told.rc != 0:
                return False
            self._way.append(told)
        return True

    def wait_settled(self, within_s: float) -> bool:
        """Wait until all that was said has arrived; False if it did not in time."""
        end_s = time.monotonic() + within_s
        while not self.settled:
            if time.monotonic() > end_s or not self._connected:
                return False
            time.sleep(0.01)
        return True

    def close(self) -> None:
        """Hang up: the broker does not say our will then. May be called twice."""
        client, self._client = self._client, None
        if client is None:
            return
        self._ended.set()
        client.disconnect()
        client.loop_stop()
        self._connected = False

    def _forget_arrived(self) -> None:
        while self._way and _arrived(self._way[0]):
            self._way.popleft()

    def _made(self, paho: ModuleType) -> GuardedClient:
        from installation.fleet_watch.guarded_client import GuardedClient

        version: Any = paho.CallbackAPIVersion.VERSION2
        return GuardedClient(version, self._name, protocol=paho.MQTTv5)

    @property
    def _at(self) -> str:
        return f"{self._broker.setting}: {self._broker.host}:{self._broker.port}"

    def _told(self, trouble: str) -> None:
        if trouble and trouble != self.trouble:
            _log.warning("%s", trouble)
        self.trouble = trouble

    # In paho's thread.

    def _failed(self, client: Client, userdata: Any) -> None:
        error = sys.exc_info()[1]  # paho calls this while it handles it, and tells it nobody
        if isinstance(error, Exception):
            self._told(f"{self._at} {unreached(error)}")

    def _garbled(self, error: Exception) -> None:
        self._connected = False
        self._told(f"{self._at} cannot be understood ({type(error).__name__}); is that a broker?")

    def _in(self, client: Client, userdata: Any, flags: Any, reason: Any, _: Any) -> None:
        if self._ended.is_set():
            client.disconnect()
            return
        if reason.is_failure:
            self._told(f"{self._at} refuses ({reason}); broker_user, broker_password?")
            return
        self._greeted, self._let_in_s = True, time.monotonic()
        if self._subjects:
            self.trouble = f"{self._at} has not said yet that we may listen"
            client.subscribe([(subject, 1) for subject in self._subjects])
        else:
            self._let_in("")

    def _listening(self, client: Client, userdata: Any, _: Any, reasons: Any, __: Any) -> None:
        if self._ended.is_set():
            return
        deaf = [
            subject for subject, reason in zip(self._subjects, reasons, strict=False)
            if reason.is_failure
        ]  # fmt: skip
        trouble = f"does not let {self._name} hear {deaf[0]}; the broker's rights?" if deaf else ""
        self._let_in(trouble and f"{self._at} {trouble}")

    def _let_in(self, trouble: str) -> None:
        self._told(trouble)
        self.connections += 1
        self._connected = True

    def _out(self, client: Client, userdata: Any, flags: Any, reason: Any, _: Any) -> None:
        was, self._connected, self._greeted = self._greeted, False, False
        if self._ended.is_set():
            return
        now_s = time.monotonic()
        if was:
            self._shorts = self._shorts + 1 if now_s - self._let_in_s < SHORT_S else 0
        if reason.value == TAKEN_OVER or self._shorts >= SHORTS:
            self._taken_s = now_s
            client.reconnect_delay_set(OTHERS_TURN_S, 5 * OTHERS_TURN_S)
            self._told(
                f"{self._at} hangs up: is another one called {self._name}, too? [fleet] name"
            )
            return
        client.reconnect_delay_set(SOONEST_S, LATEST_S)
        if was or not self.trouble:
            why = "" if reason.value == UNTOLD else f" ({reason})"
            self._told(f"{self._at} hung up{why}")

    def _came(self, client: Client, userdata: Any, message: Any) -> None:
        now_s = time.monotonic()
        if (
            len(self._times) == self._times.maxlen
            and now_s - self._times[0] < WITHIN_S
            and not message.retain
        ):
            self._breath_s = now_s
            self._ended.wait(BREATH_S)
        self._times.append(now_s)
        if len(message.payload) <= LARGEST:
            self._hear(Heard(message.topic, bytes(message.payload), bool(message.retain)))


def _arrived(told: MQTTMessageInfo) -> bool:
    try:
        return told.is_published()
    except (ValueError, RuntimeError):  # it was given up
        return True

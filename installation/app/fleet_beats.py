"""How this booth is, told to the fleet's broker; what it is asked for, heard.

The main thread only leaves what it sees; a worker of its own, "fleet beats", says it. Nobody ever
waits for the broker, and what it does wrong is told as a device's health.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from installation import __version__
from installation.alerts.driver import Alert
from installation.app.alerting import plainly
from installation.app.door_sight import DoorSight
from installation.app.fleet_orders import FleetOrders, beats_folder
from installation.experience import Phase
from installation.fleet_settings import FleetSettings
from installation.fleet_watch.day import Day
from installation.fleet_watch.home_assistant import config_topic, introduction
from installation.fleet_watch.line import Heard, Line
from installation.fleet_watch.retained import Retained
from installation.fleet_watch.told import (
    LOST,
    Happening,
    State,
    beat_document,
    event_document,
    health_document,
    state_document,
)
from installation.fleet_watch.topics import Said, Topics, payload_of
from installation.login import Login
from installation.mqtt import Broker
from installation.settings import Settings
from installation.show.view_model import View
from installation.show.words import Words
from installation.vocabulary import DeviceHealth, Health, Reason, UglyError
from installation.worker import Latest, Worker

DEVICE = "broker"
LOOK_S = 0.25
BEGIN_AGAIN_S = 30.0
EVENTS, COMMANDS = 200, 16
"""So many events and commands wait at most; what is more is let go, events the oldest first."""

SAY_GOODBYE_S = 2.0


def broker_of(fleet: FleetSettings) -> Broker:
    """The broker of the settings."""
    login = Login(fleet.broker_user, fleet.broker_password)
    return Broker(fleet.broker, login, fleet.broker_ca)


def checked(fleet: FleetSettings) -> None:
    """Raise UglyError if the settings of the broker lack something."""
    if fleet.broker and not fleet.name:
        raise UglyError("[fleet] broker needs name: what this booth is called, such as halle-2")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the main thread saw at a tick; `kept` and `not_kept` count takes since the start."""

    view: View
    kept: int
    not_kept: int

    @property
    def state(self) -> State:
        if self.view.out_of_service:
            return State.OUT_OF_SERVICE
        return State.OPEN if self.view.closed is None else State.CLOSED

    @property
    def visiting(self) -> bool:
        return self.view.experience.phase is not Phase.ATTRACT


class Beats:
    """Tells the broker of the settings how the show is, in `words`, and lets who may command.
    `clock` is steady, `wall_clock` in seconds since the epoch.

    Raises:
        UglyError: if the settings lack this booth's name.
    """

    def __init__(
        self,
        settings: Settings,
        words: Words,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        checked(settings.fleet)
        self._fleet, self._words = settings.fleet, words
        self._clock, self._wall_clock = clock, wall_clock
        self._topics, folder = Topics(settings.fleet.name), beats_folder(settings)
        self.sight = DoorSight(settings.gallery.folder, wall_clock, clock)
        self.orders = FleetOrders(settings, clock, wall_clock)
        self._heard = deque[bytes](maxlen=COMMANDS)
        self._events = deque[bytes](maxlen=EVENTS)
        self._number = 0
        self._retained, self._day = (
            Retained(folder / "topics.json"),
            Day(folder / "day.json", wall_clock()),
        )
        self._seen = Latest[_Seen | None](None)
        self._last: _Seen | None = None
        self._state: tuple[State, float] | None = None
        self._since: dict[str, tuple[DeviceHealth, float]] = {}
        self._beat_s = self._tried_s = float("-inf")
        self._connections = 0
        commands = (self._topics.command,) if self.orders.rules.hears else ()
        broker = broker_of(settings.fleet)
        self._host = broker.host
        self._line = Line(
            broker,
            settings.fleet.name,
            will=Said(self._topics.state, payload_of(LOST), 1, retain=True),
            subjects=commands,
            hear=self._hear,
        )
        self._worker = Worker("fleet beats", self._run, device=DEVICE, within_s=30.0, clock=clock)

    # For the main thread, and whoever has alerts.

    def beside(self, view: View) -> View:
        """The view, with the broker's health beside the others'."""
        return replace(view, health=(*view.health, self.health()))

    def follow(self, view: View, kept: int, not_kept: int) -> None:
        """This is how the show is; so many takes were kept, or could not be, since its start."""
        self._seen.put(_Seen(view, kept, not_kept))

    def tell(self, alert: Alert) -> None:
        """Tell of an alert. Raises UglyError while the broker does not listen."""
        if not self._line.connected:
            raise UglyError(self._line.trouble or "[fleet] broker is just being called")
        about = {"kind": alert.kind.value, "device": alert.device}
        self._happened(Happening.ALERT, title=alert.title, text=alert.text, **about)

    def health(self) -> DeviceHealth:
        """How the broker is."""
        line, host = self._line, self._host
        if self._worker.failure:
            why = self._worker.failure
            return DeviceHealth(DEVICE, Health.FAILING, why, Reason.FAULT, why)
        if line.named_twice:
            why = line.trouble or f"is another booth called {self._fleet.name}, too?"
            return DeviceHealth(DEVICE, Health.FAILING, why, Reason.NAMED_TWICE, self._fleet.name)
        if line.trouble:
            return DeviceHealth(DEVICE, Health.FAILING, line.trouble, Reason.NOT_HEARD, host)
        if line.babbles:
            return DeviceHealth(DEVICE, Health.FAILING, "it babbles", Reason.BABBLES, host)
        if not line.connected:
            return DeviceHealth(DEVICE, Health.MISSING, "it is just called", Reason.OPENING)
        note = f"{host} hears how {self._fleet.name} is"
        return DeviceHealth(DEVICE, Health.FINE, note, Reason.HEARS, host)

    def close(self) -> None:
        """Say that the show has stopped, and hang up."""
        self._worker.close(SAY_GOODBYE_S + 5)

    # The line's thread.

    def _hear(self, heard: Heard) -> None:
        if not heard.retained:  # a command that was left lying there is none
            self._heard.append(heard.payload)

    # The worker.

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self._call()
            self._look()
            self._say(stopped=False)
            stop.wait(LOOK_S)
        self._look()
        self._say(stopped=True)
        self._line.wait_settled(SAY_GOODBYE_S)
        self._day.keep()
        self._line.close()

    def _call(self) -> None:
        """Call the broker, where that was not possible yet."""
        now_s = self._clock()
        if self._line.begun or now_s - self._tried_s < BEGIN_AGAIN_S:
            return
        self._tried_s = now_s
        try:
            self._line.begin()
        except UglyError as error:
            self._line.trouble = str(error)

    def _look(self) -> None:
        """What happened since the last look; what is asked for."""
        while self._heard:
            self.orders.obey(self._heard.popleft(), lambda told: self._answer(payload_of(told)))
        seen, last = self._seen.get(), self._last
        if seen is None:
            return
        self._last = seen
        if self._state is None or self._state[0] is not seen.state:
            self._state = (seen.state, self._wall_clock())
        for health in seen.view.health:
            held = self._since.get(health.device)
            if held is None or _sameness(held[0]) != _sameness(health):
                self._since[health.device] = (health, self._wall_clock())
        visits = seen.view.experience.visit - (last.view.experience.visit if last else 0)
        kept = seen.kept - (last.kept if last else 0)
        self._day.count(max(0, visits), max(0, kept), self._wall_clock())
        self._compare(last, seen)

    def _compare(self, last: _Seen | None, seen: _Seen) -> None:
        number = seen.view.experience.visit
        before = last.view.experience.visit if last else 0
        if last is not None and last.visiting and (number != before or not seen.visiting):
            self._happened(Happening.VISIT_ENDED)
        if number != before:
            self._happened(Happening.VISIT_BEGAN)
        for _ in range(min(EVENTS, seen.kept - (last.kept if last else 0))):
            self._happened(Happening.TAKE_KEPT)
        for _ in range(min(EVENTS, seen.not_kept - (last.not_kept if last else 0))):
            self._happened(Happening.TAKE_NOT_KEPT)
        out, was = seen.view.out_of_service, last is not None and last.view.out_of_service
        if out != was:
            self._happened(Happening.OUT_OF_SERVICE if out else Happening.BACK_IN_SERVICE)

    def _happened(self, happening: Happening, **more: str) -> None:
        self._number += 1
        told = event_document(happening, self._number, self._wall_clock(), **more)
        self._events.append(payload_of(told))

    def _answer(self, payload: bytes) -> None:
        self._line.say(Said(self._topics.answer, payload, 1))

    def _say(self, *, stopped: bool) -> None:
        """Bring the broker to what holds now; then what happened; then a beat."""
        line = self._line
        if line.connections != self._connections:
            self._connections = line.connections
            self._retained.forget()
        if self._last is None or not line.connected or not (stopped or line.settled):
            return
        if not self._retained.bring(self._wanted(stopped), line.say):
            return
        while self._events:
            event = self._events.popleft()
            if not line.say(Said(self._topics.event, event, 1)):
                self._events.appendleft(event)
                return
        now_s = self._clock()
        if not stopped and now_s - self._beat_s >= self._fleet.every_s:
            self._beat_s = now_s
            self._day.keep()
            line.say(Said(self._topics.beat, self._beat(self._last.view), 0))

    def _beat(self, view: View) -> bytes:
        live, now_s = self.sight.live(), self._wall_clock()
        values = live.values if live is not None else {}
        phase, day = view.experience.phase.value, self._day.count(0, 0, now_s)
        return payload_of(beat_document(values, day, phase, self._fleet.every_s, now_s))

    def _wanted(self, stopped: bool) -> dict[str, bytes]:
        """What the broker is to keep of this booth."""
        assert self._state is not None
        topics, (state, since_s) = self._topics, self._state
        if stopped:
            state, since_s = State.STOPPED, self._wall_clock()
        wanted = {topics.state: payload_of(state_document(state, since_s, __version__))}
        if not stopped:
            if self.orders.rules.hears:
                wanted[topics.challenge] = payload_of(self.orders.challenge())
            for device, (health, at_s) in self._since.items():
                told = health_document(health, plainly(health, self._words), at_s)
                wanted[topics.health(device)] = payload_of(told)
        if self._fleet.home_assistant:
            devices = [(key, self._words.named(key, "device")) for key in self._since]
            every_s = self._fleet.every_s
            told = introduction(self._fleet.name, devices, every_s, __version__)
            wanted[config_topic(self._fleet.name)] = payload_of(told)
        return wanted


class OverTheFleet:
    """One more way that alerts take: as an event at the fleet's broker. A `Messenger`."""

    name = "the fleet's broker"

    def __init__(self, beats: Beats) -> None:
        self._beats = beats

    def send(self, alert: Alert) -> None:
        """Send it. Raises UglyError while the broker does not listen."""
        self._beats.tell(alert)


def _sameness(health: DeviceHealth) -> tuple[Health, Reason]:
    return health.health, health.reason

"""Devices being opened in a thread of their own, so that the screen is there at once and a stop
need not wait for a model."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from installation.app.assemble import open_devices
from installation.app.devices import Devices
from installation.interpolator.sessions import Cancel
from installation.settings import Settings
from installation.worker import Latest, Worker

STOPS_WITHIN_S = 30.0
"""How long what was being opened may take to be let go of: a firmware that is being built, a
graph on its way to a GPU."""

Open = Callable[[Cancel], Devices]


class Loading:
    """Opens the devices of the settings; `devices` is asked for them until they are there.

    Whoever gets them closes them. `open_them` is what is called, with what breaks it off.
    """

    def __init__(self, settings: Settings, open_them: Open | None = None) -> None:
        self._open = open_them or _opening(settings)
        self._cancel = Cancel()
        self._came = Latest[Devices | Exception | None](None)
        # Prompt: the devices' threads would inherit it, if it gave way.
        self._worker = Worker("loading", self._run, prompt=True)

    def _run(self, stop: Event) -> None:
        try:
            self._came.put(self._open(self._cancel))
        except Exception as error:  # told by whoever asks
            self._came.put(error)

    def devices(self) -> Devices | None:
        """The devices, once they are all open; at once.

        Raises:
            UglyError: what `open_devices` raised.
        """
        came = self._came.get()
        if isinstance(came, Exception):
            raise came
        return came

    def give_up(self) -> None:
        """Nobody waits any more: break it off, and close what came all the same."""
        self._cancel.ask()
        if not self._worker.close(STOPS_WITHIN_S):
            return
        came = self._came.get()
        if isinstance(came, Devices):
            came.close()

    def done(self) -> None:
        """The devices were taken."""
        self._worker.close()


def _opening(settings: Settings) -> Open:
    return lambda cancel: open_devices(settings, cancel=cancel)

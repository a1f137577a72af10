"""The splash: a screen that is there at once, and goes on ticking while the rest is opened."""

from __future__ import annotations

import time
from collections.abc import Callable

from installation.app.devices import Devices
from installation.app.loading import Loading
from installation.app.window import Stop, undisturbed
from installation.settings import Settings
from installation.show.scenes.screen_layout import arrange
from installation.show.scenes.splash import splash
from installation.show.window.keymap import Quit
from installation.show.window.screen import Screen
from installation.show.words import Words

TICK_S = 0.05


def wait_for_devices(
    settings: Settings,
    screen: Screen,
    words: Words,
    loading: Loading,
    stop: Stop,
    *,
    clock: Callable[[], float] = time.monotonic,
    rest: Callable[[float], None] = time.sleep,
) -> Devices | None:
    """Show the splash until the devices are there, and return them; None if `stop` was asked for.

    Raises:
        UglyError: what was wrong with a device.
    """
    with undisturbed():
        while not stop.asked:
            layout = arrange(*screen.size_px, panel=False)
            for event in screen.events(layout):
                # As in the show: on a full screen a stray key ends nothing.
                if isinstance(event, Quit) and not settings.screen.fullscreen:
                    stop.ask()
            screen.draw(splash(settings.screen.title, clock(), layout, words))
            screen.present()
            devices = loading.devices()
            if devices is not None:
                loading.done()
                return devices
            rest(TICK_S)
    return None

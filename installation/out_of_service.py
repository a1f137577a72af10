"""The out-of-service screen: a program of its own that needs neither net, gallery nor settings.

    python -m installation.out_of_service

shows "back soon" on the whole screen, with the code of what the show ended of (`last_words`), until
it is asked to end (SIGTERM, SIGINT, SIGHUP).
"""

from __future__ import annotations

import signal
import sys
import threading

from installation.last_words import LastWords, heard
from installation.show.paint.shapes import Scene
from installation.show.scenes.outage import outage
from installation.show.scenes.screen_layout import arrange
from installation.show.window.keymap import Quit
from installation.show.window.screen import Screen
from installation.show.words import languages
from installation.vocabulary import UglyError

LOOK_S = 0.5
"""How often the window is asked whether it was uncovered, resized or closed."""


def show(words: LastWords, *, fullscreen: bool = True) -> None:
    """Show the picture until a signal ends it, or, in a window, until that is closed.

    Raises:
        UglyError: if there is no screen.
    """
    over = threading.Event()
    kept = {
        number: signal.signal(number, lambda *_: over.set())
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    }
    try:
        screen = Screen(None if fullscreen else (1280, 720), fullscreen=fullscreen)
        try:
            _shown(screen, words, over, fullscreen)
        finally:
            screen.close()
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _shown(screen: Screen, words: LastWords, over: threading.Event, fullscreen: bool) -> None:
    tongues = languages()
    first = ("en", "de", "fr", "ko")
    order = [tongues[name] for name in (*first, *(tongues.keys() - set(first))) if name in tongues]
    drawn: tuple[tuple[int, int], Scene] | None = None
    while not over.is_set():
        happened = screen.events(arrange(*screen.size_px, panel=False))
        if not fullscreen and any(isinstance(event, Quit) for event in happened):
            return
        if drawn is None or drawn[0] != screen.size_px:
            drawn = (screen.size_px, outage(int(words.outage), screen.size_px, order))
        screen.draw(drawn[1])
        screen.present()
        over.wait(LOOK_S)


def main() -> int:
    """Show it; the exit status."""
    words = heard()
    told = f": {words.line}" if words.line else ""
    print(f"out of service, code {int(words.outage)}{told}", file=sys.stderr, flush=True)
    try:
        show(words)
    except UglyError as error:
        print(f"uglynet: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

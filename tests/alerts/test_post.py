"""The post tries again, never twice what arrived, and whoever gives it something never waits."""

from __future__ import annotations

import threading

from waiting import eventually

from installation.alerts.driver import Alert, Kind
from installation.alerts.post import GIVEN_UP_S, PAUSES_S, WAITING, Post
from installation.simulation.stepped import SteppedClock
from installation.vocabulary import Health, Reason, UglyError

ALERT = Alert(Kind.TROUBLE, "title", "text")


class Way:
    def __init__(self, name: str, failures: int = 0) -> None:
        self.name, self.failures, self.tries = name, failures, 0
        self.sent: list[Alert] = []
        self.gate = threading.Event()
        self.gate.set()

    def send(self, alert: Alert) -> None:
        self.gate.wait(20)
        self.tries += 1
        if self.tries <= self.failures:
            raise UglyError(f"{self.name} is away")
        self.sent.append(alert)


def test_what_one_way_cannot_is_tried_again_by_that_one_alone():
    clock, good, bad = SteppedClock(), Way("good"), Way("bad", failures=2)
    post = Post((good, bad), clock)
    post.give(ALERT)
    eventually(lambda: (len(good.sent), bad.tries) == (1, 1))
    eventually(lambda: post.health().reason is Reason.NOT_SENT)
    assert "bad is away" in post.health().note
    for tries, pause_s in enumerate(PAUSES_S[:2], 2):
        clock.now_s += pause_s
        eventually(lambda tries=tries: bad.tries == tries)
    eventually(lambda: bad.sent == [ALERT])
    eventually(lambda: post.health().health is Health.FINE)
    assert good.sent == [ALERT]
    assert post.sent == 2
    post.close()


def test_a_way_that_breaks_stands_in_no_others_way():
    """Whatever it raises: a server's name that is none, a sign in a password."""

    class Broken(Way):
        def send(self, alert: Alert) -> None:
            self.tries += 1
            raise UnicodeError("label too long")

    clock, broken, good = SteppedClock(), Broken("broken"), Way("good")
    post = Post((broken, good), clock)
    for number in range(3):
        post.give(Alert(Kind.TROUBLE, str(number), "text"))
    eventually(lambda: [alert.title for alert in good.sent] == ["0", "1", "2"])
    eventually(lambda: "label too long" in post.health().note)
    assert "are its settings right?" in post.health().note
    eventually(lambda: broken.tries == 3)
    clock.now_s += 2 * GIVEN_UP_S
    eventually(lambda: broken.tries == 6)
    clock.now_s += 2 * GIVEN_UP_S
    post.close()
    assert broken.tries == 6, "after a day they are let go"


def test_what_stays_away_for_a_day_is_let_go():
    clock, away = SteppedClock(), Way("away", failures=10**6)
    post = Post((away,), clock)
    post.give(ALERT)
    eventually(lambda: away.tries == 1)
    clock.now_s += GIVEN_UP_S
    eventually(lambda: away.tries == 2)
    clock.now_s += GIVEN_UP_S
    away.failures = 0
    post.give(Alert(Kind.WELL, "another", ""))
    eventually(lambda: [alert.title for alert in away.sent] == ["another"])
    post.close()


def test_a_server_that_hangs_keeps_nobody_waiting():
    hung = Way("hung")
    hung.gate.clear()
    post = Post((hung,))
    for _ in range(3 * WAITING):
        post.give(ALERT)
    hung.gate.set()
    eventually(lambda: len(hung.sent) >= WAITING)
    post.close()

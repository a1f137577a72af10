"""Supervised threads and the overwriting slot."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from installation import worker as threads
from installation.worker import NICENESS, Latest, Worker, giving_way


def test_latest_keeps_the_newest_only():
    slot = Latest(0)
    for value in range(1, 1001):
        slot.put(value)
    assert slot.get() == 1000
    assert slot.versioned() == (1000, 1000)


def test_a_reader_is_woken_by_what_is_newer():
    slot = Latest("old")
    version, _ = slot.versioned()
    assert not slot.wait_newer(version, 0.01)
    threading.Timer(0.05, slot.put, ["new"]).start()
    assert slot.wait_newer(version, 10)
    assert slot.get() == "new"


def test_a_worker_that_fails_starts_again(caplog):
    tries: list[int] = []
    well = threading.Event()

    def work(stop: threading.Event) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise ValueError("the cable fell out")
        well.set()
        stop.wait()

    worker = Worker("camera", work)
    assert well.wait(20)
    assert len(tries) == 3
    assert worker.failure.get() == "ValueError: the cable fell out"
    assert worker.running
    assert worker.close()
    assert worker.close()
    assert not worker.running


def test_close_does_not_wait_for_ever_for_a_stuck_call():
    let_go = threading.Event()
    worker = Worker("stuck", lambda stop: let_go.wait() and None)
    assert not worker.close(timeout_s=0.05)
    let_go.set()
    assert worker.close()


def nice() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.fixture
def niceness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "NICENESS", NICENESS)  # as in a show


linux = pytest.mark.skipif(sys.platform != "linux", reason="threads have a niceness on Linux only")


@linux
def test_workers_give_way_unless_they_are_prompt(niceness):
    heard: dict[str, int] = {}

    def worker(name: str, **asked: bool) -> None:
        done = threading.Event()

        def work(stop: threading.Event) -> None:
            heard[name] = nice()
            inner = threading.Thread(target=lambda: heard.update({f"of {name}": nice()}))
            inner.start()
            inner.join()
            done.set()

        made = Worker(name, work, **asked)
        assert done.wait(20)
        made.close()

    before = nice()
    worker("net")
    worker("panel", prompt=True)
    assert heard["panel"] == heard["of panel"] == before == nice()
    assert heard["net"] == heard["of net"] == max(before, NICENESS)


@linux
def test_what_gives_way_answers_as_usual(niceness):
    before = nice()
    assert giving_way(nice) == max(before, NICENESS)
    assert nice() == before
    with pytest.raises(ValueError, match="no such net"):
        giving_way(lambda: (_ for _ in ()).throw(ValueError("no such net")))

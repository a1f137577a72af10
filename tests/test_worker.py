"""Supervised threads and the overwriting slot."""

from __future__ import annotations

import threading

from installation.worker import Latest, Worker


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

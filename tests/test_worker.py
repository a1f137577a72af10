"""Supervised threads and the overwriting slot."""

from __future__ import annotations

import os
import sys
import threading

import pytest
from waiting import PATIENCE_S

from installation import worker as threads
from installation.supervision import stragglers, trouble
from installation.vocabulary import UglyError
from installation.worker import NICENESS, Latest, Worker, giving_way, taking_up_to, workers


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
    assert worker.failure == "ValueError: the cable fell out"
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


class Gated:
    """Work whose rounds the test lets through one by one, on a clock only the test moves."""

    def __init__(self, *, fails: bool = False) -> None:
        self.now_s, self.fails, self.rounds = 100.0, fails, 0
        self.gate = threading.Semaphore(0)
        self.done = threading.Semaphore(0)

    def __call__(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.rounds += 1
            self.done.release()
            self.gate.acquire(timeout=PATIENCE_S)
            if self.fails:
                raise OSError("no space left")

    def clock(self) -> float:
        return self.now_s


def test_a_worker_that_looks_whether_to_stop_is_alive_and_one_that_hangs_ages():
    work = Gated()
    worker = Worker("net", work, within_s=10, clock=work.clock)
    assert work.done.acquire(timeout=PATIENCE_S)
    work.now_s += 30  # it is in a call that does not return
    assert worker.state().age_s == 30
    work.gate.release()
    assert work.done.acquire(timeout=PATIENCE_S)
    assert worker.state().age_s == 0
    work.gate.release(2)
    assert worker.close(20)


def test_what_waits_to_be_stopped_rests_and_does_not_age():
    now, waiting = [0.0], threading.Event()

    def work(stop: threading.Event) -> None:
        waiting.set()
        stop.wait()

    worker = Worker("idle", work, clock=lambda: now[0])
    assert waiting.wait(20)
    now[0] = 1e6
    while worker.state().age_s:  # until it is in its wait
        pass
    assert worker.close(20)


def test_a_beat_in_the_middle_of_something_long_counts_and_a_strangers_does_not():
    now, go, gone_on = [0.0], threading.Event(), threading.Event()
    let_go = threading.Event()

    def work(stop: threading.Event) -> None:
        go.wait(60)
        worker.beat()
        gone_on.set()
        let_go.wait(60)

    worker = Worker("archive", work, clock=lambda: now[0])
    now[0] = 50.0
    worker.beat()  # from this thread, which proves nothing
    assert worker.state().age_s == 50
    go.set()
    assert gone_on.wait(20)
    assert worker.state().age_s == 0
    let_go.set()
    assert worker.close(20)


def test_what_may_take_long_says_so_and_is_no_hang_meanwhile():
    now, within, let_go = [0.0], threading.Event(), threading.Event()
    after = threading.Event()

    def work(stop: threading.Event) -> None:
        with taking_up_to(100):
            within.set()
            let_go.wait(60)
        after.set()
        stop.wait()

    worker = Worker("net", work, within_s=10, clock=lambda: now[0])
    assert within.wait(20)
    now[0] = 60.0
    assert not trouble(worker.state())[1]
    now[0] = 101.0
    assert "not moved" in trouble(worker.state())[1]
    let_go.set()
    assert after.wait(20)
    assert worker.state().within_s == 10
    assert worker.close(20)
    with taking_up_to(5):  # elsewhere than in a worker
        pass


def test_a_failure_is_over_once_it_works_again_but_not_forgotten(caplog, monkeypatch):
    monkeypatch.setattr(Worker, "FIRST_PAUSE_S", 0.0)
    work = Gated(fails=True)
    worker = Worker("archive", work, clock=work.clock)
    for _ in range(3):
        assert work.done.acquire(timeout=PATIENCE_S)
        work.gate.release()
    assert work.done.acquire(timeout=PATIENCE_S)
    assert worker.failure == "OSError: no space left"
    assert worker.state().failures == 3
    told = [r for r in caplog.records if "no space left" in r.getMessage()]
    assert len(told) == 1, "told once, then counted"
    work.fails = False
    work.now_s += Worker.SETTLED_S
    state = worker.state()
    assert (state.failure, state.failures) == ("", 3)
    assert state.last_failure == "OSError: no space left"
    assert state.last_failed_s > 0
    assert any("works again" in r.getMessage() for r in caplog.records)
    work.gate.release(3)
    assert worker.close(20)


def test_the_pause_before_the_next_try_is_no_work_that_goes_well(monkeypatch):
    work = Gated(fails=True)
    pausing, go_on = threading.Event(), threading.Event()

    def wait(timeout: float | None = None) -> bool:
        pausing.set()
        return not go_on.wait(60)

    worker = Worker("archive", work, clock=work.clock)
    monkeypatch.setattr(worker._stop, "wait", wait)
    assert work.done.acquire(timeout=PATIENCE_S)
    work.gate.release()
    assert pausing.wait(20)
    work.now_s += 10 * Worker.SETTLED_S
    assert worker.failure == "OSError: no space left"
    work.fails = False
    go_on.set()
    work.gate.release(3)
    assert worker.close(20)


def test_its_pause_is_short_again_after_it_has_worked(monkeypatch):
    work = Gated(fails=True)
    pauses: list[float] = []
    worker = Worker("camera", work, clock=work.clock)
    monkeypatch.setattr(worker._stop, "wait", lambda timeout=None: pauses.append(timeout))
    for worked_s in (0.0, 0.0, 0.0, Worker.SETTLED_S, 0.0):
        assert work.done.acquire(timeout=PATIENCE_S)
        work.now_s += worked_s
        work.gate.release()
    assert work.done.acquire(timeout=PATIENCE_S)
    assert pauses == [0.25, 0.5, 1.0, 0.25, 0.5]
    work.fails = False
    work.gate.release(3)
    assert worker.close(20)


def test_what_an_operator_can_mend_is_one_line_without_a_traceback(caplog):
    tried = threading.Event()

    def work(stop: threading.Event) -> None:
        tried.set()
        raise UglyError("/mnt/stick: cannot be written")

    worker = Worker("archive", work)
    assert tried.wait(20)
    assert worker.close(20)
    (told,) = caplog.records
    assert "/mnt/stick: cannot be written" in told.getMessage()
    assert told.exc_info is None


def test_what_breaks_off_because_it_is_to_stop_has_not_failed(caplog):
    begun = threading.Event()

    def work(stop: threading.Event) -> None:
        begun.set()
        stop.wait()
        raise RuntimeError("broken off")

    worker = Worker("player", work)
    assert begun.wait(20)
    assert worker.close(20)
    assert worker.state().failures == 0
    assert not caplog.records


def test_workers_are_known_until_they_have_ended():
    let_go = threading.Event()
    worker = Worker("stuck", lambda stop: let_go.wait(60) and None)
    assert worker in workers()
    assert not worker.close(0)
    assert worker in workers()
    assert "stuck" in stragglers()
    let_go.set()
    assert worker.close(20)
    assert worker not in workers()
    assert "stuck" not in stragglers()


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

"""How workers' beats and devices' words become one health, now and before."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time

from installation.supervision import Supervision, judged, trouble
from installation.vocabulary import DeviceHealth, Health, Reason
from installation.worker import WorkerState

FINE = DeviceHealth("camera", Health.FINE, "camera 0, 448 x 256")
NO_TROUBLE = (Reason.NONE, "")
ALIVE = WorkerState("source camera 0", "camera", True, False, 0.1, 15.0)


def worker(**values: object) -> WorkerState:
    known = {name: getattr(ALIVE, name) for name in ALIVE.__slots__}
    return WorkerState(**{**known, **values})


def test_a_worker_that_beats_leaves_its_device_as_it_says():
    assert judged([FINE], [ALIVE]) == (FINE,)
    assert trouble(ALIVE) == NO_TROUBLE


def test_one_that_hangs_ended_or_fails_makes_its_device_fail_and_no_other():
    panel = DeviceHealth("panel", Health.FINE, "Uno")
    for bad, said in (
        (worker(age_s=15.5), "not moved for 16 s"),
        (worker(running=False), "has ended"),
        (worker(failure="OSError: no space left"), "no space left"),
    ):
        camera, other = judged([FINE, panel], [bad])
        assert camera.health is Health.FAILING
        assert said in camera.note
        assert other == panel


def test_one_that_was_asked_to_stop_is_no_trouble():
    assert trouble(worker(running=False, asked_to_stop=True)) == NO_TROUBLE
    assert trouble(worker(age_s=99.0, asked_to_stop=True)) == NO_TROUBLE


def test_health_is_what_is_true_now_with_how_often_and_when_it_failed():
    wall, seen = [1.7e9], [ALIVE]
    watched = Supervision(lambda: wall[0], lambda: seen)
    assert watched.judge([FINE]) == (FINE,)
    seen[0] = worker(age_s=20.0)
    (hangs,) = watched.judge([FINE])
    assert hangs.health is Health.FAILING
    assert watched.judge([FINE])[0].note.count("failed once") == 1
    wall[0] += 60
    seen[0] = ALIVE
    (again,) = watched.judge([FINE])
    at = time.strftime("%H:%M:%S", time.localtime(1.7e9))
    assert again.health is Health.FINE
    assert f"failed once, last at {at}" in again.note
    assert "not moved" in again.note
    watched.judge([DeviceHealth("camera", Health.MISSING, "unplugged")])
    assert "failed 2 times" in watched.judge([FINE])[0].note


def test_a_device_that_was_never_there_has_not_failed():
    watched = Supervision(look=list)
    missing = DeviceHealth("panel", Health.MISSING, "nothing is plugged in")
    assert watched.judge([missing]) == (missing,)
    assert watched.judge([missing]) == (missing,)


def test_a_process_whose_worker_never_comes_back_ends_with_its_status_and_says_why():
    """A thread that is still in a native call when the interpreter goes takes the process down
    by a signal; and one that never returns would keep nobody from leaving."""
    program = """
        import threading
        from installation.supervision import leave_if_stuck
        from installation.worker import Worker
        begun = threading.Event()
        def work(stop):
            begun.set()
            threading.Lock().acquire() or None
            threading.Event().wait()
        worker = Worker("net", work)
        begun.wait()
        leave_if_stuck(3)  # nothing was asked to stop: it returns
        worker.close(0)
        print("kept", end="")
        leave_if_stuck(7)
        print("unreachable")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 7
    assert done.stdout == "kept"
    assert "ending without waiting any longer for: net" in done.stderr

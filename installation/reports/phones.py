"""Phones that download at once, for the bench: a process of its own that imports nothing heavy and
stands back behind all others, since real phones have processors of their own.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import threading
import time

LOOPBACK, PATIENCE_S = "127.0.0.1", 300.0


def _phone(port: int, token: str, size: int, end_s: float, told: list[int]) -> None:
    """One phone: downloads until the end; adds (downloads, bytes, failures) to `told`."""
    while time.monotonic() < end_s:
        status, got = _downloaded(port, token)
        well = status == 200 and got == size
        told[0] += int(well)
        told[1] += got
        told[2] += int(not well)


def _downloaded(port: int, token: str) -> tuple[int, int]:
    """Download a take's video on a connection of its own: the status (0: none) and the bytes."""
    phone = http.client.HTTPConnection(LOOPBACK, port, timeout=PATIENCE_S)
    count = 0
    try:
        phone.request("GET", f"/t/{token}/video.mp4")
        answer = phone.getresponse()
        while part := answer.read(1 << 16):
            count += len(part)
        return answer.status, count
    except (OSError, http.client.HTTPException):
        return 0, count
    finally:
        phone.close()


def _crowd(port: int, token: str, size: int, phones: int, seconds: float) -> list[int]:
    os.nice(19)
    if hasattr(os, "SCHED_IDLE"):  # phones have processors of their own
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    end_s = time.monotonic() + seconds
    told = [[0, 0, 0] for _ in range(phones)]
    threads = [
        threading.Thread(target=_phone, args=(port, token, size, end_s, each)) for each in told
    ]
    for thread in threads:
        thread.start()
    print("dialling", flush=True)
    for thread in threads:
        thread.join()
    return [sum(each[number] for each in told) for number in range(3)]


if __name__ == "__main__":
    print(json.dumps(_crowd(*json.loads(sys.argv[1]))))

"""Threads that come and go leave no arenas behind, and what is free goes back to the system."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import ctypes, sys, threading
from installation.app.heap import few_arenas, give_back
if sys.argv[1] == "few":
    assert few_arenas()
gate = threading.Barrier(24)
def work():
    gate.wait()
    kept = [bytearray(700) for _ in range(200)]
    gate.wait()
threads = [threading.Thread(target=work) for _ in range(24)]
[each.start() for each in threads]
[each.join() for each in threads]
stream = ctypes.CDLL(None).fopen
stream.restype = ctypes.c_void_p
file = stream(b"/dev/stdout", b"w")
ctypes.CDLL(None).malloc_info(0, ctypes.c_void_p(file))
ctypes.CDLL(None).fclose(ctypes.c_void_p(file))
assert give_back() in (True, False)
"""


def arenas(word: str) -> int:
    words = [sys.executable, "-c", PROGRAM, word]
    ran = subprocess.run(words, capture_output=True, text=True, check=True)
    return ran.stdout.count("<heap nr=")


def test_many_threads_share_two_arenas():
    assert arenas("few") <= 2 < arenas("many")

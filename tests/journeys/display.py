"""A display of the test's own (Xvfb), a hand on its keyboard (xdotool), and an eye on it (xwd)."""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from waiting import PATIENCE_S


class _Pointer(ctypes.Structure):
    """XFixesCursorImage, of X11/extensions/Xfixes.h; pixels are ARGB, one in each long."""

    _fields_ = (
        ("x", ctypes.c_short), ("y", ctypes.c_short),
        ("width", ctypes.c_ushort), ("height", ctypes.c_ushort),
        ("xhot", ctypes.c_ushort), ("yhot", ctypes.c_ushort),
        ("serial", ctypes.c_ulong), ("pixels", ctypes.POINTER(ctypes.c_ulong)),
        ("atom", ctypes.c_ulong), ("name", ctypes.c_char_p),
    )  # fmt: skip


class Display:
    """A running Xvfb."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.environment = {**os.environ, "DISPLAY": name}

    def hands(self, *words: object) -> str:
        """Let xdotool do something; what it prints."""
        done = subprocess.run(
            ["xdotool", *map(str, words)],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=True,
        )
        return done.stdout

    def key(self, *names: str) -> None:
        """Tap keys, one after the other."""
        self.hands("key", "--delay", 60, *names)

    def pointer_shows(self) -> bool:
        """Whether there is anything to see of the mouse pointer: its picture, which no dump of
        the screen holds, has an opaque pixel."""
        x11, xfixes = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXfixes.so.3")
        x11.XOpenDisplay.restype = ctypes.c_void_p
        xfixes.XFixesGetCursorImage.restype = ctypes.POINTER(_Pointer)
        opened = ctypes.c_void_p(x11.XOpenDisplay(self.name.encode()))
        assert opened, f"{self.name} cannot be reached"
        try:
            first, error = ctypes.c_int(), ctypes.c_int()
            xfixes.XFixesQueryExtension(opened, ctypes.byref(first), ctypes.byref(error))
            found = xfixes.XFixesGetCursorImage(opened)
            assert found, "the X server tells of no pointer"
            image = found.contents
            pixels = image.pixels[: image.width * image.height]
            return any(pixel >> 24 & 0xFF for pixel in pixels)
        finally:
            x11.XCloseDisplay(opened)

    def shows(self, colours: int = 50) -> bool:
        """Whether there is more to see than an empty screen: more colours than these."""
        return colours_of(self.picture()) > colours

    def picture(self) -> np.ndarray:
        """The whole screen as it is now: height x width x 3, RGB."""
        dump = subprocess.run(
            ["xwd", "-root", "-silent"],
            env=self.environment,
            capture_output=True,
            timeout=PATIENCE_S,
            check=True,
        ).stdout
        return read_xwd(dump)


def read_xwd(dump: bytes) -> np.ndarray:
    """An X window dump of 32 bits a pixel, as RGB."""
    header = struct.unpack(">25I", dump[:100])
    size, width, height, order, bits, line = (header[i] for i in (0, 4, 5, 7, 11, 12))
    masks, colours = header[14:17], header[19]
    assert bits == 32, header
    start = size + 12 * colours
    kind = np.dtype(">u4" if order else "<u4")
    rows = np.frombuffer(dump, kind, height * line // 4, start).reshape(height, line // 4)
    shifts = [(mask & -mask).bit_length() - 1 for mask in masks]
    planes = [(rows[:, :width] & mask) >> shift for mask, shift in zip(masks, shifts, strict=True)]
    return np.stack(planes, -1).astype(np.uint8)


def colours_of(picture: np.ndarray) -> int:
    """How many different colours there are in a picture."""
    wide = picture.astype(np.uint32)
    return len(np.unique(wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]))


@contextlib.contextmanager
def display(folder: Path, size: str = "640x360x24") -> Iterator[Display]:
    """Start an Xvfb on a display that is free, and end it."""
    reading, writing = os.pipe()
    log = (folder / "xvfb.log").open("w")
    words = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"]
    words.append("-r")  # no key repeats itself: on a busy machine each tap is a long one
    server = subprocess.Popen(words, pass_fds=[writing], stdout=log, stderr=log)
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()  # comes when it is ready; empty if it ends
        assert number, (folder / "xvfb.log").read_text()
        yield Display(f":{number}")
    finally:
        server.terminate()
        server.wait()
        log.close()

"""Stills: PNG pictures that carry the net that made them. Pure.

The net's JSON lies in an iTXt chunk (PNG specification, third edition, 11.3.3.4) under the
keyword `uglynet-net`, before the picture's end. Any program shows the picture; this one can
also carve on with it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from installation.carve.nets import net_text, parse_net
from installation.vocabulary import Net, UglyError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"uglynet-net"
MOST_BYTES = 1 << 20
"""A net's text is some kilobytes; more than this is not read."""


def is_png(data: bytes) -> bool:
    return data.startswith(SIGNATURE)


def with_net(png: bytes, net: Net) -> bytes:
    """The same PNG with the net in it; one that was in it before is replaced.

    Raises:
        ValueError: if it is no whole PNG.
    """
    parts = [(kind, body) for kind, body in _chunks(png) if not _is_ours(kind, body)]
    if not parts or parts[-1][0] != b"IEND":
        raise ValueError("not a whole PNG")
    # Keyword, not compressed, no language, no translated keyword, then the text.
    body = KEYWORD + b"\0\0\0\0\0" + net_text(net).encode()
    parts.insert(len(parts) - 1, (b"iTXt", body))
    return SIGNATURE + b"".join(_chunk(kind, body) for kind, body in parts)


def carries_net(data: bytes) -> bool:
    """Whether a PNG that is whole carries a net, sound or not."""
    try:
        return any(_is_ours(kind, body) for kind, body in _chunks(data))
    except ValueError:
        return False


def net_of_png(data: bytes, where: str) -> Net:
    """The net that a still carries.

    Raises:
        UglyError: one line naming `where` if it is damaged or carries none.
    """
    try:
        found = next((body for kind, body in _chunks(data) if _is_ours(kind, body)), None)
    except ValueError:
        raise UglyError(f"{where}: a damaged PNG") from None
    if found is None:
        raise UglyError(f"{where}: a picture without a net in it")
    text = found[len(KEYWORD) + 3 :].split(b"\0", 2)[-1]
    packed = found[len(KEYWORD) + 1 : len(KEYWORD) + 2] == b"\1"
    try:
        if packed:  # another program may have packed it
            unpack = zlib.decompressobj()
            text = unpack.decompress(text, MOST_BYTES)
    except zlib.error:
        raise UglyError(f"{where}: a damaged net in a PNG") from None
    if len(text) > MOST_BYTES:
        raise UglyError(f"{where}: too large to be a net")
    return parse_net(text, where)


def _is_ours(kind: bytes, body: bytes) -> bool:
    return kind == b"iTXt" and body.startswith(KEYWORD + b"\0")


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of every chunk. Raises ValueError where one is cut short or damaged."""
    if not is_png(data):
        raise ValueError("no PNG signature")
    at = len(SIGNATURE)
    while at < len(data):
        if at + 12 > len(data):
            raise ValueError("cut short")
        length, kind = struct.unpack_from(">I4s", data, at)
        body, end = data[at + 8 : at + 8 + length], at + 12 + length
        if end > len(data):
            raise ValueError("cut short")
        if struct.unpack_from(">I", data, end - 4)[0] != zlib.crc32(kind + body):
            raise ValueError("a wrong checksum")
        yield kind, body
        at = end


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

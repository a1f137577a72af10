"""A mail server and an MQTT broker that take what they are sent: as much of RFC 5321 and of MQTT
3.1.1 as that needs."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    taken: list[Any]
    refuses: bool


class _Mail(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "DATA":
                self._say("354 go on")
                lines: list[str] = []
                while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    lines.append(text[1:] if text.startswith("..") else text)
                self.server.taken.append("\n".join(lines))
            elif word == "QUIT":
                self._say("221 bye")
                return
            self._say(
                "550 nobody of that name" if word == "RCPT" and self.server.refuses else "250 ok"
            )

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Broker(socketserver.StreamRequestHandler):
    server: _Server

    def _packet(self) -> tuple[int, bytes]:
        kind = self.rfile.read(1)
        length = shift = 0
        while kind:
            (byte,) = self.rfile.read(1)
            length, shift = length | (byte & 127) << shift, shift + 7
            if byte < 128:
                break
        return (kind[0] if kind else 0), self.rfile.read(length)

    def handle(self) -> None:
        while True:
            kind, body = self._packet()
            if kind == 0x10:  # CONNECT
                self.wfile.write(b"\x20\x02\x00" + bytes([5 if self.server.refuses else 0]))
                if self.server.refuses:
                    return
            elif kind >> 4 == 3:  # PUBLISH
                (size,) = struct.unpack(">H", body[:2])
                topic, rest = body[2 : 2 + size].decode(), body[2 + size :]
                self.server.taken.append((topic, (kind >> 1) & 3, rest[2:]))
                self.wfile.write(b"\x40\x02" + rest[:2])
            else:
                return


@contextmanager
def serving(handler: type[socketserver.BaseRequestHandler], *, refuses: bool) -> Iterator[_Server]:
    with _Server(("127.0.0.1", 0), handler) as server:
        server.taken, server.refuses = [], refuses
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@contextmanager
def mail_server(*, refuses: bool = False) -> Iterator[tuple[int, list[Any]]]:
    """Its port, and the messages it took."""
    with serving(_Mail, refuses=refuses) as server:
        yield server.server_address[1], server.taken


@contextmanager
def broker(*, refuses: bool = False) -> Iterator[tuple[int, list[Any]]]:
    """Its port, and what was published: topic, quality of service, bytes."""
    with serving(_Broker, refuses=refuses) as server:
        yield server.server_address[1], server.taken

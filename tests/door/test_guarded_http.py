"""Real sockets that behave badly: every one of them is closed, and a phone beside them is served.

How long patience lasts is set short here; nothing is judged by how long it took.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from doors import Home, in_thread, kept, parts
from waiting import PATIENCE_S, eventually

from installation.door.guarded_http import GuardedHttp


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return kept(tmp_path)


@pytest.fixture
def port(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    for name in ("head_s", "body_s", "stuck_s"):
        monkeypatch.setattr(GuardedHttp, name, 0.4)
    made = parts(home.folder)
    with in_thread(made) as found:
        yield found
    made.close()


def dial(port: int) -> socket.socket:
    found = socket.create_connection(("127.0.0.1", port))
    found.settimeout(PATIENCE_S)
    return found


def hung_up(phone: socket.socket) -> bool:
    """Wait until the other side hangs up."""
    try:
        while phone.recv(1 << 16):
            pass
    except ConnectionError:
        pass
    return True


def served(port: int) -> bool:
    phone = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    phone.request("GET", "/health")
    answer = phone.getresponse()
    return (answer.status, answer.read()) == (200, b"open\n")


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"G",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-A: b",
        b"POST /code HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\ncode=",
        b"POST /code HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ncode=\r\n",
        b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nx",
    ],
)
def test_who_begins_and_does_not_go_on_is_hung_up_on(port: int, said: bytes):
    with dial(port) as phone:
        phone.sendall(said)
        assert hung_up(phone)
    assert served(port)


def test_who_goes_on_byte_by_byte_is_hung_up_on_all_the_same(port: int):
    with dial(port) as phone:
        phone.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")

        def refused() -> bool:
            try:
                phone.sendall(b"X-a: b\r\n")
            except ConnectionError:
                return True
            return False

        eventually(refused, look_s=0.05)


def test_who_trickles_a_body_on_a_kept_connection_is_hung_up_on(port: int):
    with dial(port) as phone:
        phone.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert phone.recv(4096).startswith(b"HTTP/1.1 200")
        phone.sendall(b"POST /code HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n")

        def refused() -> bool:
            try:
                phone.sendall(b"x")
            except ConnectionError:
                return True
            return False

        eventually(refused, look_s=0.05)


def test_a_half_open_connection_is_closed_and_a_whole_question_still_answered(port: int):
    with dial(port) as phone:
        phone.sendall(b"GET /hea")
        phone.shutdown(socket.SHUT_WR)
        assert hung_up(phone)
    with dial(port) as phone:
        phone.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        phone.shutdown(socket.SHUT_WR)
        heard = b""
        while data := phone.recv(4096):
            heard += data
        assert heard.endswith(b"open\n")


def test_who_does_not_read_what_he_asked_for_is_hung_up_on(home: Home, port: int):
    (home.own / "video.mp4").write_bytes(bytes(32 << 20))
    own = f"GET /t/{home.token}/video.mp4 HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with socket.socket() as phone:
        phone.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        phone.connect(("127.0.0.1", port))
        phone.sendall(own)

        def refused() -> bool:
            with contextlib.suppress(BlockingIOError):
                try:
                    phone.sendall(b"G")
                except ConnectionError:
                    return True
            return False

        eventually(refused, look_s=0.05)
    assert served(port)


def test_a_slow_reader_that_goes_on_gets_all(home: Home, port: int):
    (home.own / "video.mp4").write_bytes(bytes(1 << 20))
    own = f"GET /t/{home.token}/video.mp4 HTTP/1.0\r\n\r\n".encode()
    with dial(port) as phone:
        phone.sendall(own)
        count = 0
        while data := phone.recv(1 << 14):
            count += len(data)
    assert count > 1 << 20


def test_more_connections_than_one_address_may_have_are_refused_and_the_others_live(
    port: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(GuardedHttp, "head_s", PATIENCE_S)
    monkeypatch.setattr(GuardedHttp, "most_of_one", 3)
    with contextlib.ExitStack() as held:
        first = [held.enter_context(dial(port)) for _ in range(3)]
        late = held.enter_context(dial(port))
        assert hung_up(late)
        first[0].sendall(b"GET /health HTTP/1.0\r\n\r\n")
        assert first[0].recv(4096).startswith(b"HTTP/1.1 200")
    eventually(lambda: served_at_all(port))


def served_at_all(port: int) -> bool:
    try:
        return served(port)
    except (OSError, http.client.HTTPException):
        return False


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET " + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"POST /code HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /code HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"POST /code HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        bytes(range(256)) * 100,
    ],
)
def test_what_is_no_request_never_costs_more_than_a_refusal(port: int, said: bytes):
    with dial(port) as phone:
        with contextlib.suppress(ConnectionError):
            phone.sendall(said)
        heard = b""
        with contextlib.suppress(ConnectionError):
            while data := phone.recv(1 << 16):
                heard += data
        assert not heard.startswith(b"HTTP/1.1 5")
    assert served(port)

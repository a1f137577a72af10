"""A line to a real broker: away, slow, refusing, babbling or no broker at all, nobody waits."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import pytest
from brokers import mosquitto
from waiting import eventually

from installation.fleet_watch.line import BUDGET, Heard, Line
from installation.fleet_watch.topics import LARGEST, Said
from installation.login import Login
from installation.mqtt import Broker
from installation.vocabulary import UglyError


@pytest.fixture
def lines():
    held: list[Line] = []

    def made(broker: Broker, name: str = "halle-1", **more) -> Line:
        held.append(Line(broker, name, **more))
        held[-1].begin()
        return held[-1]

    yield made
    for line in held:
        line.close()


@pytest.mark.parametrize("guarded", [False, True], ids=["open", "guarded"])
def test_what_is_said_arrives_and_what_is_subscribed_to_is_heard(tmp_path: Path, lines, guarded):
    heard: list[Heard] = []
    with mosquitto(tmp_path, guarded=guarded) as there:
        eye = there.eye()
        line = lines(there.broker, subjects=("uglynet/halle-1/command",), hear=heard.append)
        eventually(lambda: line.say(Said("uglynet/halle-1/event", b"{}")))
        eventually(lambda: ("uglynet/halle-1/event", b"{}", False) in eye.seen)
        assert line.settled or line.wait_settled(60)
        eye.says("uglynet/halle-1/command", b"do")
        eventually(lambda: heard == [Heard("uglynet/halle-1/command", b"do", False)])
        assert line.trouble == ""


def test_a_wrong_password_is_told_and_tried_again(tmp_path: Path, lines):
    with mosquitto(tmp_path, guarded=True) as there:
        line = lines(Broker(there.url, Login("halle-1", None)))
        eventually(lambda: "refuses" in line.trouble)
        assert not line.say(Said("uglynet/halle-1/event", b"{}"))


def test_a_broker_that_is_away_is_told_and_found_once_it_is_back(tmp_path: Path, lines):
    with mosquitto(tmp_path) as there:
        there.kill()
        line = lines(there.broker)
        eventually(lambda: "does not answer" in line.trouble)
        assert not line.say(Said("uglynet/halle-1/event", b"{}"))
        there.begin()
        eventually(lambda: line.connected)
        assert line.trouble == ""
        there.kill()
        eventually(lambda: not line.connected and line.trouble)
        there.begin()
        eventually(lambda: line.connections == 2)


def test_who_is_gone_without_a_word_has_a_last_will_and_who_hangs_up_has_none(
    tmp_path: Path, lines
):
    will = Said("uglynet/halle-1/state", b'{"state": "lost"}', 1, retain=True)
    with mosquitto(tmp_path) as there:
        line = lines(there.broker, will=will)
        eventually(lambda: line.connected)
        eye = there.eye()
        line.close()
        other = lines(there.broker, "halle-2", will=will)
        eventually(lambda: other.connected)
        assert eye.seen == []
        other._client.socket().shutdown(socket.SHUT_RDWR)
        eventually(lambda: eye.last(will.topic) == {"state": "lost"})


def test_two_of_one_name_are_told_so_and_do_not_push_each_other_out_all_day(tmp_path: Path, lines):
    with mosquitto(tmp_path) as there:
        first = lines(there.broker)
        eventually(lambda: first.connected)
        second = lines(there.broker)
        eventually(lambda: first.named_twice or second.named_twice)
        assert "is another one called halle-1, too?" in first.trouble + second.trouble
        assert first.connections + second.connections < 12, "they stay away for a while"


@pytest.mark.parametrize(
    "babble", [b"HTTP/1.1 400 Bad Request\r\n\r\n" * 9, b"\x20\x03\x00\x00\x00" + b"\x30\xff" * 99,
               b"\xff" * 4000, b"SSH-2.0-OpenSSH_9.2p1\r\n", b""],
)  # fmt: skip
def test_what_is_no_broker_is_told_and_ends_no_thread(babble: bytes, lines):
    came: list[int] = []

    def talk(server: socket.socket) -> None:
        while True:
            try:
                phone, _ = server.accept()
            except OSError:
                return
            came.append(1)
            with phone:
                phone.sendall(babble)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=talk, args=(server,), daemon=True).start()
        line = lines(Broker(f"mqtt://127.0.0.1:{server.getsockname()[1]}"))
        eventually(lambda: len(came) > 1 and line.trouble)
        assert not line.say(Said("uglynet/halle-1/event", b"{}"))
        line.close()
        server.shutdown(socket.SHUT_RDWR)


def test_a_broker_that_takes_nothing_gets_no_more_than_a_handful(lines):
    """It lets us in, and never reads again: nobody waits, and nothing piles up."""
    held: list[socket.socket] = []

    def mute(server: socket.socket) -> None:
        phone, _ = server.accept()
        held.append(phone)
        phone.recv(1 << 12)
        phone.sendall(b"\x20\x03\x00\x00\x00")

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=mute, args=(server,), daemon=True).start()
        line = lines(Broker(f"mqtt://127.0.0.1:{server.getsockname()[1]}"))
        eventually(lambda: line.connected)
        said = [line.say(Said("uglynet/halle-1/event", b"x" * 1000)) for _ in range(500)]
        assert 0 < sum(said) <= 32
        assert not line.settled
        assert not line.wait_settled(0.05)
        held[0].close()


def answering(*answers: bytes) -> socket.socket:
    """What answers as a broker would, word for word: each time something was heard, the next."""

    def talk(server: socket.socket) -> None:
        phone, _ = server.accept()
        with phone:
            for answer in answers:
                phone.recv(1 << 12)
                phone.sendall(answer)
            while phone.recv(1 << 12):
                pass

    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=talk, args=(server,), daemon=True).start()
    return server


@pytest.mark.parametrize(("code", "trouble"), [(1, ""), (0x87, "does not let halle-1 hear all/#")])
def test_it_is_connected_once_it_hears_and_tells_what_it_may_not_hear(
    lines, code: int, trouble: str
):
    """MQTT 5, 3.2 and 3.9: CONNACK, then SUBACK with a reason for each subject."""
    let_in, heard = b"\x20\x03\x00\x00\x00", b"\x90\x04\x00\x01\x00" + bytes([code])
    with answering(let_in) as server:
        line = lines(Broker(f"mqtt://127.0.0.1:{server.getsockname()[1]}"), subjects=("all/#",))
        eventually(lambda: line._client.is_connected())
        time.sleep(0.1)
        assert not line.connected, "a command that comes now would not be heard"
    with answering(let_in, heard) as server:
        line = lines(Broker(f"mqtt://127.0.0.1:{server.getsockname()[1]}"), subjects=("all/#",))
        eventually(lambda: line.connected)
        eventually(lambda: trouble in line.trouble)
        assert bool(line.trouble) == bool(trouble)


def test_a_flood_makes_the_broker_wait_and_what_is_too_large_is_no_message(tmp_path: Path, lines):
    heard: list[Heard] = []
    with mosquitto(tmp_path) as there:
        line = lines(there.broker, subjects=("uglynet/#",), hear=heard.append)
        eventually(lambda: line.connected)
        mouth = there.eye("nothing")
        mouth.says("uglynet/halle-1/event", b"x" * (LARGEST + 1))
        for number in range(3 * BUDGET):
            mouth.client.publish("uglynet/halle-1/event", str(number).encode())
        eventually(lambda: line.babbles)
        assert all(len(one.payload) <= LARGEST for one in heard)


def test_what_the_library_needs_is_one_line(tmp_path: Path):
    for broker, told in (
        (Broker("mqtt://127.0.0.1:1", Login("me", tmp_path / "none")), "password cannot be read"),
        (Broker("mqtts://127.0.0.1:1", ca=tmp_path / "none"), "certificates cannot be read"),
    ):
        with pytest.raises(UglyError, match=told):
            Line(broker, "halle-1").begin()

"""Every way an alert takes, each before a server of its kind: it arrives whole, or one line says
what to mend."""

from __future__ import annotations

import json
import socket
import threading
from email import message_from_string, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from servers import broker, mail_server

from installation.alert_settings import AlertSettings
from installation.alerts.driver import Alert, Kind
from installation.alerts.ways import Mail, messengers
from installation.login import Login
from installation.vocabulary import UglyError

ALERT = Alert(
    Kind.TROUBLE,
    "Halle 2: Kamera braucht dich\r\nBcc: x@y",
    "Kamera: fehlt. 손길 – né\n.\nwirklich",
    "camera",
    1.8e9,
)


class Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.taken.append((self.path, dict(self.headers), json.loads(body)))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("location", "http://127.0.0.1:1/elsewhere")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def hook():
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        server.taken, server.status = [], 200  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def the_one(**asked: object):
    (way,) = messengers(AlertSettings(**asked))
    return way


def test_by_default_there_is_no_way_at_all():
    assert messengers(AlertSettings()) == ()


def test_a_webhook_gets_json_with_a_text(hook):
    the_one(webhook=f"http://127.0.0.1:{hook.server_port}/in?key=7").send(ALERT)
    ((path, headers, body),) = hook.taken
    assert path == "/in?key=7"
    assert headers["content-type"] == "application/json"
    assert body["text"] == f"{ALERT.title}\n{ALERT.text}"
    assert (body["kind"], body["device"], body["at"]) == ("trouble", "camera", 1_800_000_000)


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_refuses_or_leads_elsewhere_is_told(hook, status: int):
    hook.status = status
    with pytest.raises(UglyError, match=rf"webhook: 127\.0\.0\.1 answered {status}"):
        the_one(webhook=f"http://127.0.0.1:{hook.server_port}/in").send(ALERT)
    assert len(hook.taken) == 1


def test_a_mail_arrives_whole_and_no_line_of_it_becomes_a_header():
    with mail_server() as (port, taken):
        the_one(
            mail_to="a@museum.example, b@museum.example",
            mail_from="kiosk@museum.example",
            mail_server=f"127.0.0.1:{port}",
        ).send(ALERT)
        (text,) = taken
    mail = message_from_string(text, policy=policy.default)
    assert mail["Subject"] == "Halle 2: Kamera braucht dich Bcc: x@y"
    assert mail["Bcc"] is None
    assert (mail["From"], mail["To"]) == (
        "kiosk@museum.example",
        "a@museum.example, b@museum.example",
    )
    assert mail["Message-ID"].endswith("@museum.example>")
    assert mail.get_content().rstrip("\n") == ALERT.text


def test_a_mail_server_that_refuses_is_told():
    with mail_server(refuses=True) as (port, _), pytest.raises(UglyError, match="nobody of that"):
        the_one(mail_to="a@b.example", mail_server=f"127.0.0.1:{port}").send(ALERT)


def test_no_password_goes_where_there_is_no_tls(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("hush\n")
    with mail_server() as (port, taken):
        mail = Mail(f"127.0.0.1:{port}", "a@b.example", "", Login("me", secret))
        with pytest.raises(UglyError, match="has no TLS: no password"):
            mail.send(ALERT)
        assert taken == []


def test_a_broker_gets_it_at_least_once():
    with broker() as (port, taken):
        the_one(mqtt=f"mqtt://127.0.0.1:{port}", mqtt_topic="halle/2").send(ALERT)
        ((topic, quality, body),) = taken
    assert (topic, quality) == ("halle/2", 1)
    assert json.loads(body) == ALERT.document()


def test_a_broker_that_refuses_is_told(monkeypatch: pytest.MonkeyPatch):
    with broker(refuses=True) as (port, _):
        way = the_one(mqtt=f"mqtt://127.0.0.1:{port}")
        monkeypatch.setattr(way, "_within_s", 1.0)
        with pytest.raises(UglyError, match=r"mqtt: 127\.0\.0\.1"):
            way.send(ALERT)


@pytest.mark.parametrize("asked", ["webhook", "mail", "mqtt"])
def test_nobody_there_is_one_line(asked: str):
    with socket.create_server(("127.0.0.1", 0)) as there:
        port = there.getsockname()[1]
    at = f"127.0.0.1:{port}"
    way = {
        "webhook": lambda: the_one(webhook=f"http://{at}/"),
        "mail": lambda: the_one(mail_to="a@b.example", mail_server=at),
        "mqtt": lambda: the_one(mqtt=f"mqtt://{at}"),
    }[asked]()
    with pytest.raises(UglyError) as told:
        way.send(ALERT)
    assert "\n" not in str(told.value)
    assert "127.0.0.1" in str(told.value)


def test_a_password_that_cannot_be_read_is_told(tmp_path: Path):
    with pytest.raises(UglyError, match="the password cannot be read"):
        Login("me", tmp_path / "nowhere").password()
    file = tmp_path / "secret"
    file.write_text("hush\nsecond line\n")
    assert Login("me", file).password() == "hush"


def test_mail_without_a_server_is_refused_at_the_start():
    with pytest.raises(UglyError, match="mail_to needs mail_server"):
        messengers(AlertSettings(mail_to="a@b.example"))


def test_what_the_service_forbids_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch):
    """As under IPAddressDeny= of the kiosk's unit."""

    def forbidden(*given: object, **named: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(socket, "create_connection", forbidden)
    for way in (
        the_one(webhook="http://hooks.example/"),
        the_one(mail_to="a@b.example", mail_server="mail.example"),
    ):
        with pytest.raises(UglyError, match="may not be reached from this service: HANDBOOK"):
            way.send(ALERT)

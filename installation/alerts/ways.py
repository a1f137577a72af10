"""The ways alerts take: a webhook, a mail server, an MQTT broker, or a folder to try it with."""

from __future__ import annotations

import http.client
import json
import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import urlsplit

from installation.alert_settings import AlertSettings
from installation.alerts.driver import Alert, Messenger
from installation.login import Login
from installation.mqtt import Broker, unreached
from installation.vocabulary import UglyError

WITHIN_S = 20.0
"""How long a server may take to answer."""


class Webhook:
    """Posts JSON: `text` for people (Slack, Mattermost, Matrix bridges read it), the rest for
    programs. No redirect is followed: what is set is where it goes."""

    name = "webhook"

    def __init__(self, url: str, within_s: float = WITHIN_S) -> None:
        self._url, self._within_s = urlsplit(url), within_s

    def send(self, alert: Alert) -> None:
        url = self._url
        secure = url.scheme == "https"
        connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        body = json.dumps({**alert.document(), "text": f"{alert.title}\n{alert.text}"})
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        try:
            connection = connect(url.hostname or "", url.port, timeout=self._within_s)
            try:
                connection.request(
                    "POST", path, body.encode(), {"content-type": "application/json"}
                )
                status = connection.getresponse().status
            finally:
                connection.close()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise UglyError(f"[alerts] webhook: {url.hostname} {unreached(error)}") from None
        if not 200 <= status < 300:
            raise UglyError(f"[alerts] webhook: {url.hostname} answered {status}; is it right?")


class Mail:
    """Sends an e-mail. Passwords go over TLS only."""

    name = "e-mail"

    def __init__(
        self, server: str, to: str, sender: str, login: Login, within_s: float = WITHIN_S
    ) -> None:
        host, _, port = server.partition(":")
        self._host, self._port = host, int(port or 587)
        self._to = [each.strip() for each in to.split(",")]
        self._sender, self._login, self._within_s = sender or self._to[0], login, within_s

    def send(self, alert: Alert) -> None:
        message = EmailMessage()
        message["Subject"] = " ".join(alert.title.split())
        message["From"], message["To"] = self._sender, ", ".join(self._to)
        message["Date"] = formatdate(alert.at_s)
        message["Message-ID"] = make_msgid(domain=self._sender.partition("@")[2])
        message.set_content(alert.text + "\n", cte="quoted-printable")  # for servers of 7 bits
        try:
            with self._connected() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise UglyError(f"[alerts] mail_server {self._host} {unreached(error)}") from None

    def _connected(self) -> smtplib.SMTP:
        context, within_s = ssl.create_default_context(), self._within_s
        if self._port == 465:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=within_s, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=within_s)
        try:
            server.ehlo()
            tls = self._port == 465
            if server.has_extn("starttls") and not tls:
                server.starttls(context=context)
                server.ehlo()
                tls = True
            if self._login.user:
                if not tls:
                    raise UglyError(
                        f"[alerts] mail_server {self._host} has no TLS: no password is sent there"
                    )
                server.login(self._login.user, self._login.password())
        except BaseException:
            server.close()
            raise
        return server


class Mqtt:
    """Publishes JSON, at least once (QoS 1); paho-mqtt does it."""

    name = "MQTT"

    def __init__(self, url: str, topic: str, login: Login, within_s: float = WITHIN_S) -> None:
        self._broker, self._topic = Broker(url, login, setting="[alerts] mqtt"), topic
        self._within_s = within_s

    def send(self, alert: Alert) -> None:
        broker = self._broker
        client, host = broker.client(within_s=self._within_s), broker.host
        try:
            client.connect(host, broker.port)
            client.loop_start()
            try:
                told = client.publish(self._topic, json.dumps(alert.document()), qos=1)
                told.wait_for_publish(self._within_s)
                arrived = told.is_published()
            finally:
                client.disconnect()
                client.loop_stop()
        except (OSError, ValueError, RuntimeError) as error:
            raise UglyError(f"[alerts] mqtt: {host} {unreached(error)}") from None
        if not arrived:
            raise UglyError(f"[alerts] mqtt: {host} took no message; user, password, topic?")


def messengers(settings: AlertSettings) -> tuple[Messenger, ...]:
    """The ways that are set; none by default.

    Raises:
        UglyError: if something that one of them needs is not set.
    """
    return tuple(_messengers(settings))


def _messengers(asked: AlertSettings) -> Iterator[Messenger]:
    if asked.webhook:
        yield Webhook(asked.webhook)
    if asked.mail_to:
        if not asked.mail_server:
            raise UglyError("[alerts] mail_to needs mail_server, such as mail.example.org:587")
        login = Login(asked.mail_user, asked.mail_password)
        yield Mail(asked.mail_server, asked.mail_to, asked.mail_from, login)
    if asked.mqtt:
        login = Login(asked.mqtt_user, asked.mqtt_password)
        yield Mqtt(asked.mqtt, asked.mqtt_topic, login)

"""An MQTT broker: where it is, and paho-mqtt's client for it.

The library is an extra: without it there is one line that says so.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from installation.login import NOBODY, Login
from installation.vocabulary import UglyError

if TYPE_CHECKING:
    from paho.mqtt.client import Client

C = TypeVar("C", bound="Client")
PORT, TLS_PORT = 1883, 8883
CONNECTED_WITHIN_S = 20.0


def unreached(error: Exception) -> str:
    """Why a server was not reached, in words that follow its name."""
    if isinstance(error, PermissionError):  # IPAddressDeny= of the kiosk's unit
        return "may not be reached from this service: HANDBOOK, who is not there hears of it"
    return f"does not answer, or refuses ({error})"


@dataclass(frozen=True)
class Broker:
    """Where a broker is: `url` is mqtt://HOST[:PORT], or mqtts:// for TLS, which `ca` (a file of
    certificates; None: those of the system) vouches for. `setting` is what its faults are told of.
    """

    url: str
    login: Login = NOBODY
    ca: Path | None = None
    setting: str = "[fleet] broker"

    @property
    def tls(self) -> bool:
        return urlsplit(self.url).scheme == "mqtts"

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """Raises UglyError for one that there can't be."""
        try:
            return urlsplit(self.url).port or (TLS_PORT if self.tls else PORT)
        except ValueError:
            raise UglyError(f"{self.setting} = {self.url}: no such port") from None

    def client(self, within_s: float = CONNECTED_WITHIN_S) -> Client:
        """A client that speaks MQTT 3.1.1, not connected yet, and waits `within_s` for that.

        Raises:
            UglyError: one line, if the library, the password or the certificates are not there.
        """
        return self.prepared(_plain, within_s)

    def prepared(self, make: Callable[[ModuleType], C], within_s: float = CONNECTED_WITHIN_S) -> C:
        """The client that `make` makes of paho's module, knowing who logs in and whom to trust.
        Raises UglyError as `client`."""
        try:
            import paho.mqtt.client as paho
        except ImportError:
            raise UglyError(f"{self.setting} needs a library: pip install paho-mqtt") from None
        client = make(paho)
        client.connect_timeout = within_s
        if self.login.user:
            client.username_pw_set(self.login.user, self.login.password())
        if self.tls:
            client.tls_set_context(self._certificates())
        return client

    def _certificates(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca)
        except OSError as error:  # also ssl.SSLError
            raise UglyError(f"{self.ca}: the certificates cannot be read ({error})") from None


def _plain(paho: ModuleType) -> Client:
    client: Client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    return client

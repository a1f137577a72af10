"""Talks with this booth's own Syncthing, through a socket in its folder: no port is opened for it,
and nobody but its user reaches it.

https://docs.syncthing.net/dev/rest.html; the calls used are the same from 1.12 to 2.x.
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from installation.vocabulary import UglyError

PATIENCE_S = 10.0
MOST_ANSWER_BYTES = 16 << 20


class NotRunningError(UglyError):
    """Syncthing does not run."""


class Syncthing:
    """The Syncthing that listens at the socket `path`, and lets in whoever has its `api_key`.

    Methods raise NotRunningError if there is none, and UglyError for whatever else it says.
    """

    def __init__(self, path: Path, api_key: str) -> None:
        self._path, self._api_key = path, api_key

    def get(self, what: str, **given: str) -> Any:
        """What it says of `what`, such as "system/status"."""
        return self._asked("GET", _with(what, given))

    def put(self, what: str, document: object) -> None:
        """Have it take this for `what`."""
        self._asked("PUT", what, document)

    def patch(self, what: str, document: object) -> None:
        """Have it change this much of `what`."""
        self._asked("PATCH", what, document)

    def delete(self, what: str) -> None:
        """Have it forget `what`."""
        self._asked("DELETE", what)

    def post(self, what: str, **given: str) -> None:
        """Have it do `what`."""
        self._asked("POST", _with(what, given))

    def _asked(self, method: str, what: str, document: object = None) -> Any:
        connection = _SocketConnection(self._path)
        body = None if document is None else json.dumps(document)
        headers = {"X-API-Key": self._api_key, "Content-Type": "application/json"}
        try:
            connection.request(method, f"/rest/{what}", body, headers)
            answer = connection.getresponse()
            data = answer.read(MOST_ANSWER_BYTES)
        except (FileNotFoundError, ConnectionRefusedError):
            raise NotRunningError("Syncthing does not run; `uglynet fleet run` starts it") from None
        except (OSError, http.client.HTTPException) as error:
            raise NotRunningError(f"Syncthing does not answer ({error})") from None
        finally:
            connection.close()
        if answer.status >= 300:
            said = data.decode(errors="replace").strip()[:200]
            raise UglyError(f"Syncthing refused {method} {what}: {answer.status} {said}")
        try:
            return json.loads(data) if data.strip() else None
        except ValueError:
            return None


def _with(what: str, given: Mapping[str, str]) -> str:
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in given.items())
    return f"{what}?{query}" if query else what


class _SocketConnection(http.client.HTTPConnection):
    """HTTP through a socket in a folder."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=PATIENCE_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE_S)
        try:
            self.sock.connect(str(self._path))
        except BaseException:
            self.sock.close()
            raise

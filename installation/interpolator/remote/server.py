"""A server of nets that speaks the Open Inference Protocol (KServe's V2), over HTTP or gRPC, as
Triton, OpenVINO Model Server, MLServer and KServe do. NVIDIA's client library speaks it for us.

https://github.com/kserve/open-inference-protocol
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from installation.installed import extra_hint
from installation.interpolator.graphs import Feeds, FloatArray
from installation.one_line import one_line
from installation.vocabulary import UglyError

CONNECT_S, ANSWER_S = 3.0, 20.0
"""How long a server may take to be reached, and to answer: longer, and it is away. A frame's own
deadline is far shorter, and is kept by whoever asks."""

BINARY = "binary_tensor_data"
"""The extension by which tensors go as bytes. Over HTTP a server without it gets JSON."""

_KINDS = {"float32": "FP32", "float64": "FP64", "int64": "INT64", "int32": "INT32"}
PORTS = {"http": 8000, "https": 443, "grpc": 8001, "grpcs": 443}


class RemoteError(Exception):
    """The server did not do what it was asked; one line says what it did."""


class Server:
    """The server at `address`, such as http://gpu:8000 or grpc://gpu:8001 (https, grpcs: TLS).

    One thread at a time; every method but `close` raises RemoteError.
    """

    def __init__(self, address: str) -> None:
        url = urlsplit(address)
        self._secure = url.scheme in ("https", "grpcs")
        self._grpc = url.scheme in ("grpc", "grpcs")
        host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
        try:
            port = url.port or PORTS[url.scheme]
        except ValueError:
            raise UglyError(f"[model] server = {address}: no such port") from None
        if not url.hostname:
            raise UglyError(f"[model] server = {address}: names no machine")
        self._host = f"{host}:{port}{url.path.rstrip('/')}"
        self.address = f"{url.scheme}://{self._host}"
        self.name = ""
        self._library = _library(self._grpc)
        self._client: Any = None
        self._as_bytes = True

    def connect(self) -> None:
        """Reach it, anew if it was reached before, and learn what it is."""
        self.close()
        with _Told(self.address):
            self._client = self._made()
            if not self._client.is_server_ready(**self._within(CONNECT_S)):
                raise RemoteError("it is not ready")
            told = self._client.get_server_metadata(**self._within(CONNECT_S))
            found = told if isinstance(told, dict) else _as_dict(told)
            version = found.get("version", "")
            self.name = one_line(f"{found.get('name', 'a server')} {version}".strip())[:60]
            self._as_bytes = self._grpc or BINARY in found.get("extensions", ())

    def check(self, models: Sequence[str]) -> None:
        """Every one of these models is there and ready."""
        with _Told(self.address):
            for model in models:
                if not self._reached().is_model_ready(model, **self._within(CONNECT_S)):
                    raise RemoteError(f"it has no model {model}")

    def infer(self, model: str, feeds: Feeds, outputs: Sequence[str]) -> list[FloatArray]:
        """What the model makes of these inputs: the outputs of these names, float32."""
        with _Told(self.address):
            library = self._library
            given = []
            for name, array in feeds.items():
                one = library.InferInput(name, list(array.shape), _KINDS[array.dtype.name])
                one.set_data_from_numpy(array, **self._bytes())
                given.append(one)
            wanted = [library.InferRequestedOutput(name, **self._bytes()) for name in outputs]
            answer = self._reached().infer(model, given, outputs=wanted, **self._within(ANSWER_S))
            return [_floats(answer.as_numpy(name), name) for name in outputs]

    def close(self) -> None:
        """Let go of the connection; may be called twice."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):  # it is let go of, however that goes
                client.close()

    def _reached(self) -> Any:
        if self._client is None:
            raise RemoteError("it was not reached")
        return self._client

    def _made(self) -> Any:
        make: Callable[..., Any] = self._library.InferenceServerClient
        if self._grpc:
            # Never by a proxy that the environment names: the frames go to this machine alone.
            return make(self._host, ssl=self._secure, channel_args=[("grpc.enable_http_proxy", 0)])
        return make(
            self._host,
            ssl=self._secure,
            connection_timeout=CONNECT_S,
            network_timeout=ANSWER_S,
        )

    def _within(self, seconds: float) -> dict[str, float]:
        return {"client_timeout": seconds} if self._grpc else {}

    def _bytes(self) -> dict[str, bool]:
        return {} if self._grpc else {"binary_data": self._as_bytes}


class _Told:
    """What goes wrong in here is told in one line, as a RemoteError. The client's, the sockets' and
    the decoders' errors share no base."""

    def __init__(self, address: str) -> None:
        self._address = address

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: Any) -> None:
        if isinstance(error, RemoteError):
            raise RemoteError(f"{self._address}: {error}") from None
        if isinstance(error, Exception):
            why = one_line(str(error) or type(error).__name__)[:160]
            raise RemoteError(f"{self._address}: {why}") from None


def _floats(found: Any, name: str) -> FloatArray:
    if not isinstance(found, np.ndarray) or found.dtype.kind != "f":
        raise RemoteError(f"its answer lacks {name}")
    return np.asarray(found, np.float32)


def _as_dict(told: Any) -> dict[str, Any]:
    return {"name": told.name, "version": told.version, "extensions": tuple(told.extensions)}


def _library(grpc: bool) -> Any:
    try:
        if grpc:
            import tritonclient.grpc as library
        else:
            import tritonclient.http as library
    except ImportError:
        raise UglyError(
            f"a net on another machine needs a library: {extra_hint('remote')}"
        ) from None
    return library

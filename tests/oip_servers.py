"""Servers of nets for the tests: a real one (MLServer), and a small one of ours that can fail.

The small one speaks the HTTP half of the Open Inference Protocol with binary tensors, as Triton
does; what it answers is what our graphs make. Its `mood` says how it fails.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from waiting import eventually

from installation.interpolator.local_graphs import LocalGraphs
from installation.interpolator.model import Model
from installation.interpolator.remote.names import names_at_server
from installation.interpolator.remote.repository import write_repository

HERE = Path(__file__).resolve().parent
MLSERVER = HERE.parent / ".venv" / "mlserver" / "bin" / "mlserver"
INSTALLS = sys.version_info < (3, 13)
"""Whether MLServer is to be had for this Python: it asks for 3.12 at most."""

KINDS = {"FP32": np.float32, "INT64": np.int64}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mlserver(model: Model, folder: Path) -> Iterator[dict[str, str]]:
    """A real MLServer with our graphs; its addresses by "http" and "grpc"."""
    names = write_repository(model, folder / "models")
    for name in names:
        at = folder / "served" / name
        at.mkdir(parents=True)
        told = {
            "name": name,
            "implementation": "graph_runtime.GraphRuntime",
            "parameters": {"uri": str(folder / "models" / name / "1" / "model.onnx")},
        }
        (at / "model-settings.json").write_text(json.dumps(told))
    ports = {"http": free_port(), "grpc": free_port(), "metrics": free_port()}
    settings = {
        **{f"{key}_port": port for key, port in ports.items()},
        "host": "127.0.0.1",
        "parallel_workers": 0,
        "grpc_max_message_length": 100 << 20,
    }
    (folder / "served" / "settings.json").write_text(json.dumps(settings))
    log = folder / "mlserver.log"
    with log.open("wb") as out:
        served = subprocess.Popen(
            [MLSERVER, "start", folder / "served"],
            env={**os.environ, "PYTHONPATH": str(HERE), "ORT_DISABLE_TELEMETRY": "1"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:

        def up() -> bool:
            assert served.poll() is None, log.read_text()
            return log.read_text().count("Loaded model") == len(names)

        eventually(up)
        yield {key: f"{key}://127.0.0.1:{ports[key]}" for key in ("http", "grpc")}
    finally:
        served.kill()
        served.wait()


class SmallServer:
    """Our graphs behind HTTP on this machine. Moods: "well"; "hangs" (till `let_go`); "drips" (an
    answer without end); "fails" (500); "garbage"; "short" (fewer bytes than told); "shapes";
    "another net"; "unready"; "empty" (no model). `asked` counts what it answered."""

    def __init__(self, model: Model, port: int = 0) -> None:
        self._graphs = LocalGraphs(model, "cpu")
        self._lock = threading.Lock()
        self._at = {name: graph for graph, name in names_at_server(model).items()}
        self.mood, self.asked = "well", 0
        self.let_go = threading.Event()
        self._connections: set[socket.socket] = set()
        self._http = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self.mood = "closed"
        self.let_go.set()
        self._http.shutdown()
        self._http.server_close()
        for connection in tuple(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def infer(self, name: str, request: dict, data: bytes) -> tuple[bytes, bytes]:
        """The answer: its JSON, and the tensors' bytes."""
        feeds, start = {}, 0
        for given in request["inputs"]:
            size = given["parameters"]["binary_data_size"]
            part = np.frombuffer(data[start : start + size], KINDS[given["datatype"]])
            feeds[given["name"]] = part.reshape(given["shape"])
            start += size
        wanted = [each["name"] for each in request["outputs"]]
        graph = self._at[name]
        with self._lock:  # one session, one run at a time
            names = self._graphs.outputs(graph)
            height, width = feeds["a"].shape[2:]
            made = self._graphs.run(graph, feeds, (width, height), True)
        found = {key: np.ascontiguousarray(made[names.index(key)]) for key in wanted}
        if self.mood == "another net":
            found = {key: 1 - value for key, value in found.items()}
        if self.mood == "shapes":
            found = {key: value[:, :, ::2] for key, value in found.items()}
        told = [
            {
                "name": key,
                "datatype": "FP32",
                "shape": list(value.shape),
                "parameters": {"binary_data_size": value.nbytes},
            }
            for key, value in found.items()
        ]
        document = {"model_name": name, "model_version": "1", "outputs": told}
        return json.dumps(document).encode(), b"".join(v.tobytes() for v in found.values())

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        here = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                here._connections.add(self.connection)

            def finish(self) -> None:
                here._connections.discard(self.connection)
                with suppress(OSError):
                    super().finish()

            def log_message(self, *given: object) -> None:
                pass

            def do_GET(self) -> None:
                if self.path == "/v2/health/ready":
                    self._say(b"", 400 if here.mood == "unready" else 200)
                elif self.path == "/v2":
                    told = {"name": "small", "version": "1", "extensions": ["binary_tensor_data"]}
                    self._say(json.dumps(told).encode())
                else:
                    name = self.path.split("/")[3]
                    there = name in here._at and here.mood != "empty"
                    self._say(b"", 200 if there else 404)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                head = int(self.headers["inference-header-content-length"])
                if here.mood == "hangs":
                    here.let_go.wait()
                    self.close_connection = True
                    return
                if here.mood == "drips":
                    self._drip()
                    return
                if here.mood == "fails":
                    self._say(json.dumps({"error": "out of memory\nat line 3"}).encode(), 500)
                    return
                if here.mood == "garbage":
                    self._say(b"\x00\xff{" * 50, head=40)
                    return
                document, data = here.infer(
                    self.path.split("/")[3], json.loads(body[:head]), body[head:]
                )
                if here.mood == "short":
                    data = data[: len(data) // 2]
                here.asked += 1
                self._say(document + data, head=len(document))

            def _say(self, body: bytes, status: int = 200, head: int = 0) -> None:
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                if head:
                    self.send_header("inference-header-content-length", str(head))
                self.end_headers()
                self.wfile.write(body)

            def _drip(self) -> None:
                self.send_response(200)
                self.send_header("content-length", str(1 << 20))
                self.end_headers()
                try:
                    while not here.let_go.wait(0.05):
                        self.wfile.write(b" ")
                        self.wfile.flush()
                except OSError:
                    pass
                self.close_connection = True

        return Handler

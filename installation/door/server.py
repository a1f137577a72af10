"""The door's process: one port for phones, one socket to the show, and nothing outward."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import resource
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from installation.door.guarded_http import GuardedHttp
from installation.vocabulary import UglyError

_log = logging.getLogger(__name__)

OTHERS = 9
"""How many further ports are tried where the one that was asked for is taken."""

FILES = 4096
NICENESS = 15
"""The door stands back behind everything of the show's."""

LEAVES_WITHIN_S = 3


def listen(port: int, host: str = "", *, others: int = OTHERS) -> socket.socket:
    """A listening socket at a port (0: any), or, where that is taken, at one of the next.

    Raises:
        UglyError: if there is none.
    """
    last = port + (others if port else 0)
    for tried in range(port, min(last, 65535) + 1):
        found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            found.bind((host, tried))
            found.listen(512)
            found.setblocking(False)
            return found
        except OSError as error:
            found.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise UglyError(f"[door] port {tried}: {error.strerror}") from None
            why = error.strerror
    raise UglyError(f"[door] port: {port} to {last} cannot be opened ({why}); set another")


def stand_back() -> None:
    """Let the show go first, and allow for many phones."""
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    if hasattr(os, "SCHED_BATCH"):  # Linux: waking up, it never takes the show's place
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _Server(uvicorn.Server):
    """uvicorn's, with signals that only ask for the end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()

        def leave() -> None:
            self.should_exit = True

        if threading.current_thread() is not threading.main_thread():
            yield  # whoever serves from another thread hears signals himself
            return
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, leave)
        yield


Beside = Callable[[Callable[[], None]], Awaitable[Any]]
"""What runs beside the server, such as the talk with the show; it is given what ends both."""


async def serve(app: ASGIApp, listening: socket.socket, beside: tuple[Beside, ...] = ()) -> None:
    """Serve until asked to stop by a signal or by what runs beside."""
    config = uvicorn.Config(
        app,
        http=GuardedHttp,
        ws="none",
        lifespan="off",
        interface="asgi3",
        loop="asyncio",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=LEAVES_WITHIN_S,
        h11_max_incomplete_event_size=16 * 1024,
    )
    logging.getLogger("uvicorn").setLevel(logging.ERROR)  # what phones do wrong is theirs
    server = _Server(config)

    def leave() -> None:
        server.should_exit = True

    tasks = [asyncio.ensure_future(one(leave)) for one in beside]
    for task in tasks:
        task.add_done_callback(_tell)
    try:
        await server.serve(sockets=[listening])
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _tell(task: asyncio.Future[Any]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.error("the door: %s", task.exception(), exc_info=task.exception())

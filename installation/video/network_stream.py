"""A film that comes over the network: RTSP (RFC 2326) over TCP, or MJPEG over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote, urlsplit, urlunsplit

import av
from av.container import InputContainer

from installation.video.container import film_of, reason
from installation.video.upright import upright
from installation.vocabulary import Frame, UglyError

OPENED_WITHIN_S, NEXT_WITHIN_S = 8.0, 3.0
"""How long it may take to its first packet, and from one to the next."""

LATE_S = 0.4
"""Pictures that are later than the promptest one by so much are passed over until it has caught up:
visitors see themselves as they are now."""
SHOWN_EVERY_S = 0.2
"""However late it is, so often one is shown."""

DAMAGED = 250
"""Packets in a row that nothing can be made of, ten seconds at 25 a second: until its next whole
picture comes, a stream that is joined midway has some."""

_RTSP: Mapping[str, str] = {
    "rtsp_transport": "tcp",  # nothing has to come in through the firewall, and nothing is torn
    "protocol_whitelist": "rtsp,rtsps,rtp,tcp,tls,crypto",
    "format_whitelist": "rtsp,rtp,mpegts",
    "fflags": "nobuffer",
    "max_delay": "100000",  # microseconds
    "analyzeduration": "500000",  # microseconds; what it sends is said in its description
}
_HTTP: Mapping[str, str] = {
    "protocol_whitelist": "http,https,tcp,tls,crypto",
    "format_whitelist": "mpjpeg,mjpeg,mpegts,flv,live_flv,matroska,webm",
    "fflags": "nobuffer",
    "use_wallclock_as_timestamps": "1",  # MJPEG tells no times of its own
}


def with_login(address: str, login: tuple[str, str]) -> str:
    """The address with user and password as a part of it, as libav wants it; no user, no part."""
    user, password = login
    if not user:
        return address
    parts = urlsplit(address)
    who = f"{quote(user, safe='')}:{quote(password, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{who}@{parts.netloc}"))


class Lag:
    """Tells which pictures come too late to be shown. Pure; times in seconds."""

    def __init__(self) -> None:
        self._least_s = float("inf")
        self._shown_s = -float("inf")

    def shows(self, told_s: float | None, now_s: float) -> bool:
        """Whether a picture that the stream says is of `told_s` (by a clock of its own; None where
        it says nothing) is shown at `now_s`."""
        late_s = 0.0
        if told_s is not None:
            self._least_s = min(self._least_s, now_s - told_s)
            late_s = now_s - told_s - self._least_s
        if late_s > LATE_S and now_s - self._shown_s < SHOWN_EVERY_S:
            return False
        self._shown_s = now_s
        return True


def pictures(
    address: str,
    login: tuple[str, str],
    stop: threading.Event,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Frame]:
    """The pictures at `address` (rtsp, rtsps, http or https) as they come, upright, until `stop`;
    `login` is user and password, or two "".

    Raises:
        UglyError: if it does not answer or let us in, sends no film, or falls silent; the line
            names `address`, never the password.
    """
    with _opened(address, with_login(address, login)) as stream:
        film = film_of(stream.streams.video)
        if film is None:
            raise UglyError(f"{address} sends no pictures that are known here")
        film.thread_type = "SLICE"  # frames in parallel would each come one picture later
        lag, damaged = Lag(), 0
        packets = stream.demux(film)
        while not stop.is_set():
            try:
                packet = next(packets, None)
            except (av.FFmpegError, OSError) as error:
                raise UglyError(f"{address} stopped sending pictures ({reason(error)})") from None
            if packet is None or not packet.size:
                raise UglyError(f"{address} stopped sending pictures")
            try:
                decoded = packet.decode()
            except (av.FFmpegError, ValueError):
                decoded = []
            damaged = 0 if decoded else damaged + 1
            if damaged > DAMAGED:
                raise UglyError(f"{address} sends pictures that cannot be read")
            for picture in decoded:
                if lag.shows(picture.time, clock()):
                    yield upright(picture, film.sample_aspect_ratio)


def _opened(address: str, url: str) -> InputContainer:
    options = _RTSP if address.startswith("rtsp") else _HTTP
    try:
        return av.open(url, "r", options=dict(options), timeout=(OPENED_WITHIN_S, NEXT_WITHIN_S))
    except av.error.HTTPUnauthorizedError:
        raise UglyError(f"{address} wants another user or password") from None
    except (av.error.HTTPClientError, av.error.HTTPServerError) as error:
        raise UglyError(f"{address} refuses ({reason(error)})") from None
    except PermissionError:  # IPAddressDeny= of the kiosk's unit
        raise UglyError(
            f"{address} may not be reached from this service: HANDBOOK, a camera in the network"
        ) from None
    except (av.FFmpegError, OSError, ValueError) as error:
        raise UglyError(f"{address} does not answer ({reason(error)})") from None

"""A film that comes over the network: RTSP (RFC 2326) over TCP, or MJPEG over HTTP."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from errno import EIO
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from installation.login import Login
from installation.one_line import address_told
from installation.video.container import film_of, reason
from installation.video.upright import upright
from installation.vocabulary import Frame, UglyError
from installation.worker import taking_up_to

OPENED_WITHIN_S = 4.0
"""How long it may take to its first word, and once more to its first pictures."""
NEXT_WITHIN_S = 1.8
"""How long from one picture to the next; less than who closes a device waits for its thread."""
OPENING_TAKES_S = 30.0
"""With a name that has to be looked up: so long nobody takes it for hung."""
READ_WITHIN_S = 30.0
"""A stream that is joined midway is nothing but damage until its next whole picture comes."""

LATE_S = 0.4
"""Pictures that are later than the promptest ones by so much are passed over until it has caught
up: visitors see themselves as they are now."""
SHOWN_EVERY_S = 0.2
"""However late it is, so often one is shown."""
DRIFT = 1e-3
"""By how much a camera's clock may run slower than ours (crystals: 1e-4)."""
CAUGHT_UP_WITHIN_S = 5.0
"""What is late for longer has not fallen behind: its clock was set."""

MOST_PIXELS = 4096 * 2304
"""A larger picture is none that a camera means."""

_TRUST: Mapping[str, str] = {"tls_verify": "1", "fflags": "nobuffer"}
_RTSP: Mapping[str, str] = {
    **_TRUST,
    "rtsp_transport": "tcp",  # nothing has to come in through the firewall, and nothing is torn
    "allowed_media_types": "video",
    "protocol_whitelist": "rtsp,rtsps,rtp,tcp,tls,crypto",
    "format_whitelist": "rtsp,rtp,mpegts",
    "max_delay": "100000",  # microseconds
    "analyzeduration": "500000",  # microseconds; what it sends is said in its description
}
_HTTP: Mapping[str, str] = {
    **_TRUST,
    "http_proxy": "none",
    "protocol_whitelist": "http,https,tcp,tls,crypto",
    "format_whitelist": "mpjpeg,mjpeg,mpegts,flv,live_flv,matroska,webm",
}


def with_login(address: str, login: Login) -> str:
    """The address with user and password as a part of it, as libav wants it; no user, no part.
    Raises UglyError if the password cannot be read."""
    if not login.user:
        return address
    parts = urlsplit(address)
    who = f"{quote(login.user, safe='')}:{quote(login.password(), safe='')}"
    return urlunsplit(parts._replace(netloc=f"{who}@{parts.netloc}"))


class Lag:
    """Tells which pictures come too late to be shown. Pure; times in seconds."""

    def __init__(self) -> None:
        self._prompt_s = float("inf")
        """How far the camera's clock is from ours where a picture comes at once."""
        self._seen_s = self._shown_s = self._in_time_s = -float("inf")

    def shows(self, told_s: float | None, now_s: float) -> bool:
        """Whether a picture that the stream says is of `told_s` (by a clock of its own; None where
        it says nothing) is shown at `now_s`."""
        late = told_s is not None and self._is_late(now_s - told_s, now_s)
        if late and now_s - self._shown_s < SHOWN_EVERY_S:
            return False
        self._shown_s = now_s
        return True

    def _is_late(self, away_s: float, now_s: float) -> bool:
        crept_s = DRIFT * max(0.0, now_s - self._seen_s) if self._seen_s > -float("inf") else 0.0
        self._prompt_s, self._seen_s = min(away_s, self._prompt_s + crept_s), now_s
        late = away_s - self._prompt_s > LATE_S
        if not late:
            self._in_time_s = now_s
        elif now_s - self._in_time_s > CAUGHT_UP_WITHIN_S:
            self._prompt_s, self._in_time_s = away_s, now_s
            return False
        return late


def pictures(
    address: str,
    login: Login,
    stop: threading.Event,
    clock: Callable[[], float] = time.monotonic,
    *,
    ca: Path | None = None,
) -> Iterator[Frame]:
    """The pictures at `address` (rtsp, rtsps, http or https) as they come, upright, until `stop`.
    `ca` is a file of certificates that vouches for who answers (rtsps, https); None is whomever
    libav trusts by itself.

    Raises:
        UglyError: if it does not answer or let us in, sends no film, or falls silent; the line
            names the address, as far as it may be told, never the password.
    """
    name = address_told(address)
    try:
        with taking_up_to(OPENING_TAKES_S):
            stream = _opened(address, login, ca)
        with stream:
            film = film_of(stream.streams.video)
            if film is None:
                raise UglyError(f"{name} sends no pictures that are known here")
            # By http each is there as soon as it is read: what waits, waits in the network.
            lag = Lag() if address.startswith("rtsp") else None
            for at_s, picture in _decoded(stream, film, name, stop, clock):
                if lag is None or lag.shows(at_s, clock()):
                    yield upright(picture, film.sample_aspect_ratio)
    except UglyError:
        raise
    except Exception as error:  # whatever else: libav's own words would name the password
        raise UglyError(f"{name}: {type(error).__name__}") from None


def _decoded(
    stream: InputContainer,
    film: VideoStream,
    name: str,
    stop: threading.Event,
    clock: Callable[[], float],
) -> Iterator[tuple[float | None, av.VideoFrame]]:
    """The film's pictures, each with its time in seconds, where the stream tells one."""
    film.thread_type = "SLICE"  # frames in parallel would each come one picture later
    film.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    came_s = read_s = clock()
    for packet in _packets(stream, name):
        now_s = clock()
        if stop.is_set():
            return
        if packet.stream is not film or not packet.size:
            if now_s - came_s > NEXT_WITHIN_S:
                raise UglyError(f"{name} stopped sending pictures")
            continue
        came_s = now_s
        try:
            decoded = packet.decode()
        except (av.FFmpegError, ValueError):
            decoded = []
        if decoded:
            read_s = now_s
        elif now_s - read_s > READ_WITHIN_S:
            raise UglyError(f"{name} sends pictures that cannot be read")
        yield from ((picture.time, picture) for picture in decoded)


def _packets(stream: InputContainer, name: str) -> Iterator[av.Packet[VideoStream]]:
    packets = stream.demux()
    while True:
        try:
            packet = next(packets, None)
        except (av.FFmpegError, OSError) as error:
            why = _why(error, NEXT_WITHIN_S)
            raise UglyError(f"{name} stopped sending pictures ({why})") from None
        if packet is None:
            raise UglyError(f"{name} stopped sending pictures")
        yield packet  # type: ignore[misc]


def _opened(address: str, login: Login, ca: Path | None) -> InputContainer:
    options = dict(_RTSP if address.startswith("rtsp") else _HTTP)
    if ca is not None:
        options["ca_file"] = str(ca)
    name, url = address_told(address), with_login(address, login)
    try:
        return av.open(
            url, "r", options=options, metadata_errors="replace",
            timeout=(OPENED_WITHIN_S, NEXT_WITHIN_S),
        )  # fmt: skip
    except av.error.HTTPUnauthorizedError:
        raise UglyError(f"{name} wants another user or password") from None
    except (av.error.HTTPClientError, av.error.HTTPServerError) as error:
        raise UglyError(f"{name} refuses ({reason(error)})") from None
    except PermissionError:  # IPAddressDeny= of the kiosk's unit
        raise UglyError(
            f"{name} may not be reached from this service: HANDBOOK, a camera in the network"
        ) from None
    except (av.error.InvalidDataError, av.error.ArgumentError, av.error.DemuxerNotFoundError):
        raise UglyError(f"{name} sends no film that is known here") from None
    except (av.FFmpegError, OSError, ValueError) as error:
        why = _unknown(address) or _unvouched(address, error) or _why(error, OPENED_WITHIN_S)
        raise UglyError(f"{name} does not answer ({why})") from None


def _why(error: Exception, within_s: float) -> str:
    if isinstance(error, av.error.ExitError):
        return f"nothing came within {within_s:g} s"
    if getattr(error, "errno", 0) == EIO:
        return "it hangs up: is that a camera's stream?"
    return reason(error)


def _unvouched(address: str, error: Exception) -> str:
    """What libav tells as EIO where TLS fails; "" where it is not that."""
    refused = urlsplit(address).scheme in ("rtsps", "https") and getattr(error, "errno", 0) == EIO
    return "no certificate that is known here vouches for it" if refused else ""


def _unknown(address: str) -> str:
    """Why its name leads nowhere; "" if it leads somewhere."""
    try:
        socket.getaddrinfo(urlsplit(address).hostname, None)
    except OSError:
        return "its name is not known here"
    return ""

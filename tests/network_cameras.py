"""Cameras in the network, on this machine: one that speaks RTSP, one that sends MJPEG by HTTP.

The RTP packets are libav's own; the conversation around them (RFC 2326, interleaved in its
connection) is here.
"""

from __future__ import annotations

import base64
import contextlib
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import av
import numpy as np

from installation.video import jpeg_bytes
from installation.vocabulary import Frame, as_frame

SIZE = (320, 180)
FPS = 25
Login = tuple[str, str]


def picture(number: int) -> Frame:
    """What the cameras see: a light bar that walks to the right over noise."""
    noise = np.random.default_rng(number).integers(0, 30, (SIZE[1], SIZE[0], 3), np.uint8)
    at = 4 * number % (SIZE[0] - 40)
    noise[:, at : at + 40] += 200
    return as_frame(noise)


class NetworkCamera:
    """What both have in common: they can be asked for a login, fall silent, and be unplugged."""

    def __init__(self, login: Login | None = None) -> None:
        self.login = login
        self.silent, self.unplugged = threading.Event(), threading.Event()
        self.shown = self.refused = 0

    def lets_in(self, header: str) -> bool:
        """Whether this Authorization header is of who may see it."""
        if self.login is None:
            return True
        wanted = base64.b64encode(":".join(self.login).encode()).decode()
        return f"Basic {wanted}" in header

    def pictures(self) -> Iterator[tuple[int, Frame]]:
        """Pictures at the camera's pace, until it is unplugged."""
        number = 0
        while not self.unplugged.wait(1 / FPS):
            if not self.silent.is_set():
                self.shown = number
                yield number, picture(number)
            number += 1


@contextlib.contextmanager
def mjpeg_camera(
    login: Login | None = None, certificate: tuple[Path, Path] | None = None
) -> Iterator[tuple[NetworkCamera, str]]:
    """A camera that sends one JPEG after another (multipart/x-mixed-replace), and its address; by
    TLS with a certificate and its key."""
    camera = NetworkCamera(login)

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not camera.lets_in(self.headers.get("Authorization", "")):
                camera.refused += 1
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="camera"')
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
            self.end_headers()
            with contextlib.suppress(OSError):
                for _, frame in camera.pictures():
                    data = jpeg_bytes(frame)
                    head = f"--next\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}"
                    self.wfile.write(f"{head}\r\n\r\n".encode() + data + b"\r\n")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        if certificate is not None:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(*certificate)
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        scheme = "http" if certificate is None else "https"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield camera, f"{scheme}://127.0.0.1:{server.server_address[1]}/video.mjpg"
        finally:
            camera.unplugged.set()
            server.shutdown()


@contextlib.contextmanager
def rtsp_camera(login: Login | None = None) -> Iterator[tuple[NetworkCamera, str]]:
    """A camera that sends H.264 by RTSP to one who asks, and its address."""
    camera = NetworkCamera(login)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_served, args=(server, camera), daemon=True).start()
        try:
            yield camera, f"rtsp://127.0.0.1:{server.getsockname()[1]}/stream1"
        finally:
            camera.unplugged.set()
            server.shutdown(socket.SHUT_RDWR)


def _served(server: socket.socket, camera: NetworkCamera) -> None:
    while True:
        try:
            phone, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=_talk, args=(phone, camera), daemon=True).start()


_SDP = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n" \
    "a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n"  # fmt: skip


def _talk(phone: socket.socket, camera: NetworkCamera) -> None:
    with phone, phone.makefile("rb") as said, contextlib.suppress(OSError):
        while line := said.readline().decode():
            verb, address, _ = line.split()
            headers = ""
            while (more := said.readline().decode()).strip():
                headers += more
            number = re.search(r"CSeq: (\d+)", headers)
            head = f"CSeq: {number[1] if number else 0}\r\nSession: 1\r\n"
            if not camera.lets_in(headers):
                head += 'WWW-Authenticate: Basic realm="camera"\r\n'
                phone.sendall(f"RTSP/1.0 401 Unauthorized\r\n{head}\r\n".encode())
                continue
            body = ""
            if verb == "OPTIONS":
                head += "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
            elif verb == "DESCRIBE":
                body = _SDP
                head += f"Content-Base: {address}/\r\nContent-Type: application/sdp\r\n"
                head += f"Content-Length: {len(body)}\r\n"
            elif verb == "SETUP":
                head += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
            phone.sendall(f"RTSP/1.0 200 OK\r\n{head}\r\n{body}".encode())
            if verb == "PLAY":
                _play(camera, lambda packet: phone.sendall(b"$\0" + packet))


def _play(camera: NetworkCamera, send: Callable[[bytes], None]) -> None:
    """Send every RTP packet with its length before it, until the camera is unplugged."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets:
        packets.bind(("127.0.0.1", 0))
        packets.setblocking(False)
        port = packets.getsockname()[1]
        options = {"preset": "ultrafast", "tune": "zerolatency", "g": str(FPS)}
        with av.open(f"rtp://127.0.0.1:{port}?pkt_size=1200", "w", format="rtp") as out:
            stream = out.add_stream("libx264", rate=FPS, options=options)
            stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
            began_s = time.monotonic()
            for _, frame in camera.pictures():
                shown = av.VideoFrame.from_ndarray(frame, format="rgb24")
                shown.pts = round(FPS * (time.monotonic() - began_s))
                for packet in stream.encode(shown):
                    out.mux(packet)
                with contextlib.suppress(BlockingIOError):
                    while data := packets.recv(2048):
                        send(len(data).to_bytes(2, "big") + data)

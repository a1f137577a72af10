"""A camera in the network: it shows what is seen now, tells what is wrong, and comes back."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from network_cameras import SIZE, NetworkCamera, mjpeg_camera, rtsp_camera
from waiting import eventually

from installation.settings import Settings, changed
from installation.source.choice import open_source
from installation.source.driver import Source
from installation.video.network_stream import LATE_S, SHOWN_EVERY_S, Lag, pictures, with_login
from installation.vocabulary import Clip, Health, SourceKind, UglyError

KINDS = {"rtsp": rtsp_camera, "mjpeg": mjpeg_camera}
Begin = Callable[..., contextlib.AbstractContextManager[tuple[NetworkCamera, str]]]


@pytest.fixture(params=sorted(KINDS))
def camera_of(request: pytest.FixtureRequest) -> Begin:
    return KINDS[request.param]


def source_at(address: str, **login: object) -> Source:
    settings = changed(Settings(), "source", driver="network_camera", size_px=(64, 36), seconds=0.4)
    return open_source(changed(settings, "network_camera", address=address, **login))


def filmed(source: Source) -> Clip | None:
    """A clip, if the machine was not too busy for one."""
    source.film(3)
    return eventually(source.filmed).clip


def test_it_shows_and_films_what_is_seen_now(camera_of: Begin):
    with camera_of() as (camera, address), contextlib.closing(source_at(address)) as source:
        eventually(lambda: source.health().health is Health.FINE)
        assert source.kind is SourceKind.CAMERA
        assert address in source.health().note
        clip = eventually(lambda: filmed(source))
        assert clip.size_px == (64, 36)
        large = source.large()  # type: ignore[attr-defined]
        assert large.shape == (SIZE[1], SIZE[0], 3)
        assert large.max() > 150 > large.min() + 100
        assert camera.shown > 5


def test_who_logs_in_is_let_in_and_a_password_is_never_told(camera_of: Begin, tmp_path: Path):
    secret = tmp_path / "camera.secret"
    secret.write_text("wrong:pass@word\n")
    with (
        camera_of(("museum", "s3c ret@/")) as (_, address),
        contextlib.closing(source_at(address, user="museum", password=secret)) as source,
    ):
        eventually(lambda: "wants another user or password" in source.health().note)
        assert "wrong" not in str(source.health())
        secret.write_text("s3c ret@/\n")
        eventually(lambda: source.health().health is Health.FINE)
        assert "s3c" not in str(source.health())


def test_one_that_falls_silent_or_is_unplugged_is_told_and_comes_back(camera_of: Begin):
    with camera_of() as (camera, address), contextlib.closing(source_at(address)) as source:
        eventually(lambda: source.health().health is Health.FINE)
        camera.silent.set()
        eventually(lambda: "stopped sending" in source.health().note)
        assert source.health().health is Health.FAILING
        camera.silent.clear()
        eventually(lambda: source.health().health is Health.FINE)
        camera.unplugged.set()
        eventually(lambda: source.health().health is not Health.FINE)
        camera.unplugged.clear()
        eventually(lambda: source.health().health is Health.FINE)


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_where_nobody_answers_is_told(scheme: str):
    with pytest.raises(UglyError, match=f"{scheme}://127.0.0.1:9/x does not answer") as told:
        next(pictures(f"{scheme}://127.0.0.1:9/x", ("eye", "secret"), threading.Event()))
    assert "secret" not in str(told.value)


def test_a_page_is_no_camera(tmp_path: Path):
    """What it sends is not taken for anything else that libav knows, such as a list of files."""
    listed = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
    for data in (b"<html><title>Camera</title></html>", listed):
        with _page(data) as address, pytest.raises(UglyError, match="does not answer"):
            next(pictures(address, ("", ""), threading.Event()))


@contextlib.contextmanager
def _page(data: bytes):
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/index.m3u8"
        server.shutdown()


def test_a_network_camera_without_an_address_is_one_clear_line():
    with pytest.raises(UglyError, match=r"\[network_camera\] address: where is it"):
        source_at("")


@pytest.mark.parametrize("address", ["10.0.0.20", "file:///etc/passwd", "rtsp://", "rtsp://a b/c",
                                     "rtsp://eye:secret@10.0.0.20/1"])  # fmt: skip
def test_what_is_no_address_is_refused_and_a_password_in_it_not_repeated(address: str):
    with pytest.raises(UglyError, match="an address such as") as told:
        source_at(address)
    assert "secret" not in str(told.value)


def test_a_login_becomes_part_of_the_address_whatever_letters_it_has():
    assert with_login("rtsp://h:8554/a?b", ("", "x")) == "rtsp://h:8554/a?b"
    assert (
        with_login("rtsp://h:8554/a?b", ("me", "p@:/ w")) == "rtsp://me:p%40%3A%2F%20w@h:8554/a?b"
    )


def test_what_comes_late_is_passed_over_until_it_has_caught_up_yet_never_for_long():
    lag = Lag()
    assert lag.shows(100.0, 5.0)
    assert lag.shows(100.1, 5.1 + 0.9 * LATE_S)
    late_s = 5.2 + 2 * LATE_S
    assert lag.shows(100.2, late_s), "nothing was shown for long"
    assert not lag.shows(100.3, late_s + 0.01)
    assert lag.shows(100.4, late_s + SHOWN_EVERY_S)
    assert lag.shows(102.0, 7.0 + 0.5 * LATE_S), "it has caught up"
    assert Lag().shows(None, 0.0)

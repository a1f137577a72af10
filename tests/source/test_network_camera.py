"""A camera in the network: it shows what is seen now, tells what is wrong, and comes back."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import av
import pytest
from certificates import certify
from network_cameras import SIZE, NetworkCamera, mjpeg_camera, picture, rtsp_camera
from waiting import eventually

from installation.login import NOBODY, Login
from installation.settings import Settings, changed
from installation.source.choice import open_source
from installation.source.driver import Source
from installation.source.network_camera_settings import NetworkCameraSettings
from installation.video.network_stream import (
    CAUGHT_UP_WITHIN_S,
    LATE_S,
    SHOWN_EVERY_S,
    Lag,
    pictures,
    with_login,
)
from installation.vocabulary import Clip, Health, SourceKind, UglyError

KINDS = {"rtsp": rtsp_camera, "mjpeg": mjpeg_camera}
Begin = Callable[..., contextlib.AbstractContextManager[tuple[NetworkCamera, str]]]


@pytest.fixture(params=sorted(KINDS))
def camera_of(request: pytest.FixtureRequest) -> Begin:
    return KINDS[request.param]


def source_at(address: str, **login: object) -> Source:
    settings = changed(Settings(), "source", driver="network_camera", size_px=(64, 36), seconds=0.4)
    return open_source(changed(settings, "network_camera", address=address, **login))


def login_of(folder: Path, user: str, password: str) -> Login:
    (folder / "login.txt").write_text(f"{password}\n")
    return Login(user, folder / "login.txt")


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
        eventually(lambda: camera.shown > 5)


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
def test_where_nobody_answers_is_told(scheme: str, tmp_path: Path):
    login = login_of(tmp_path, "eye", "secret")
    with pytest.raises(UglyError, match=f"{scheme}://127.0.0.1:9/x does not answer") as told:
        next(pictures(f"{scheme}://127.0.0.1:9/x", login, threading.Event()))
    assert "secret" not in str(told.value)


def test_a_page_is_no_camera():
    """What it sends is not taken for anything else that libav knows, such as a list of files."""
    listed = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
    for data in (b"<html><title>Camera</title></html>", listed):
        with _page(data) as address, pytest.raises(UglyError, match="is that a camera's stream"):
            next(pictures(address, NOBODY, threading.Event()))


@contextlib.contextmanager
def _page(data: bytes) -> Iterator[str]:
    with _page_of(lambda send: send(data)) as address:
        yield address


@contextlib.contextmanager
def _page_of(write: Callable[[Callable[[bytes], object]], object]) -> Iterator[str]:
    """The address of what `write` sends."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            write(self.wfile.write)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/index.m3u8"
        server.shutdown()


def test_a_network_camera_without_an_address_is_one_clear_line():
    with pytest.raises(UglyError, match=r"\[network_camera\] address: where is it"):
        source_at("")


@pytest.mark.parametrize("address", ["10.0.0.20", "file:///etc/passwd", "rtsp://", "rtsp://a b/c",
                                     "rtsp://eye:secret@10.0.0.20/1", "rtsp://eye:sec/ret@cam/secret",
                                     "rtsp://eye:secret and@cam", "eye:secret@10.0.0.20/1",
                                     "rtsp://[fd00::1/1",
                                     "cam/user=eye_password=secret"])  # fmt: skip
def test_what_is_no_address_is_refused_and_a_password_in_it_not_repeated(address: str):
    with pytest.raises(UglyError, match="an address such as") as told:
        source_at(address)
    assert "secret" not in str(told.value)


def test_a_password_that_a_camera_wants_in_its_address_is_not_told():
    own = NetworkCameraSettings(address="rtsp://127.0.0.1:9/user=eye_password=secret_channel=1")
    assert str(own) == "rtsp://127.0.0.1:9/user=eye_password=…"
    with pytest.raises(UglyError, match="password=…") as told:
        next(pictures(own.address, NOBODY, threading.Event()))
    assert "secret" not in str(told.value)


def test_a_password_typed_where_its_file_belongs_is_not_repeated(tmp_path: Path):
    with contextlib.closing(
        source_at("rtsp://127.0.0.1:9/1", user="eye", password=tmp_path / "secret")
    ) as source:
        eventually(lambda: "there is no such file" in source.health().note)
        assert "secret" not in source.health().note
    with pytest.raises(UglyError, match="whose password is it"):
        source_at("rtsp://127.0.0.1:9/1", password=tmp_path / "secret")


def test_one_that_nothing_vouches_for_is_not_asked(tmp_path: Path):
    certificate, login = certify(tmp_path, "camera"), login_of(tmp_path, "museum", "s3cret")
    with mjpeg_camera(("museum", "s3cret"), certificate) as (camera, address):
        with pytest.raises(UglyError, match="no certificate that is known here vouches for it"):
            next(pictures(address, login, threading.Event()))
        assert (camera.shown, camera.refused) == (0, 0), "nothing was said to it"
        shown = pictures(address, login, threading.Event(), ca=certificate[0])
        assert next(shown).shape == (SIZE[1], SIZE[0], 3)


def test_a_proxy_of_the_surroundings_hears_of_no_camera(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    with mjpeg_camera() as (_, address):
        assert next(pictures(address, NOBODY, threading.Event())).shape == (SIZE[1], SIZE[0], 3)


def test_sound_that_goes_on_is_no_picture():
    """MPEG-TS by http, of which only the sound goes on."""
    with _page_of(_film_that_ends_before_its_sound) as address:
        shown = pictures(address, NOBODY, threading.Event())
        with pytest.raises(UglyError, match="stopped sending pictures"):
            for _ in shown:
                pass


def _film_that_ends_before_its_sound(send: Callable[[bytes], object]) -> None:
    sent = SimpleNamespace(write=lambda data: send(bytes(data)) or len(data))
    with contextlib.suppress(OSError), av.open(sent, "w", format="mpegts") as out:
        film = out.add_stream("libx264", rate=25, options={"preset": "ultrafast", "g": "5"})
        film.width, film.height, film.pix_fmt = *SIZE, "yuv420p"
        sound = out.add_stream("mp2", rate=48_000)
        for number in range(200):
            if number < 30:
                frame = av.VideoFrame.from_ndarray(picture(number), format="rgb24")
                frame.pts = number
                out.mux(film.encode(frame))
            elif number == 30:
                out.mux(film.encode())
            silence = av.AudioFrame(format="s16", layout="stereo", samples=1920)
            silence.planes[0].update(bytes(7680))
            silence.rate, silence.pts = 48_000, 1920 * number
            out.mux(sound.encode(silence))
            time.sleep(0.04)


def test_a_login_becomes_part_of_the_address_whatever_letters_it_has(tmp_path: Path):
    assert with_login("rtsp://h:8554/a?b", NOBODY) == "rtsp://h:8554/a?b"
    assert (
        with_login("rtsp://h:8554/a?b", login_of(tmp_path, "me", "p@:/ w"))
        == "rtsp://me:p%40%3A%2F%20w@h:8554/a?b"
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


@pytest.mark.parametrize("slow", [1e-5, 1e-4, -1e-4])
def test_a_clock_that_runs_otherwise_than_ours_is_not_late(slow: float):
    lag = Lag()
    shown = [lag.shows(n / 25, n / 25 * (1 + slow)) for n in range(25 * 3 * 3600)]
    assert all(shown)


def test_a_camera_that_sets_its_clock_back_is_late_for_seconds_only():
    lag = Lag()
    assert all(lag.shows(n / 25, n / 25) for n in range(100))
    after = [lag.shows(n / 25 - 10, n / 25) for n in range(100, 600)]
    late = len(after) - sum(after)
    assert 0 < late < 25 * CAUGHT_UP_WITHIN_S
    assert all(after[round(25 * CAUGHT_UP_WITHIN_S) + 25 :])

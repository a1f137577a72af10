"""Films as people have them: what players do with each is what is done here.

The small ones in tests/cases: B-frames without a DTS, a strobe and then a long
hold, a strobe behind a cover picture, pixels twice as wide as high, a mirroring display matrix, a
picture every five seconds.
"""

from __future__ import annotations

import shutil
import socket
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import Colorspace
from pictures import gradient

from installation.source.file import at_their_times
from installation.video import VideoReader, VideoWriter
from installation.video.account import Account
from installation.video.timing import Clock, steady, steady_fps
from installation.video.upright import turned
from installation.vocabulary import UglyError, as_frame

CASES = Path(__file__).with_name("cases")


def read(path: Path) -> tuple[VideoReader, list[tuple[float, np.ndarray]]]:
    with VideoReader(path) as reader:
        return reader, list(reader.timed())


def encoded(path: Path, codec: str = "libx264", count: int = 40, **options: str) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(count):
            frame = gradient(64, 48, shift=3 * number)
            picture = av.VideoFrame.from_ndarray(np.array(frame), "rgb24")
            picture.pts, picture.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("name", ["a.mkv", "a.h264", "a.ts", "a.avi", "a.mp4"])
def test_b_frames_come_whole_and_in_order_from_any_container(tmp_path: Path, name: str):
    path = encoded(tmp_path / name, bf="3")
    reader, found = read(path)
    assert len(found) == 40
    assert [at for at, _ in found] == pytest.approx([n / 25 for n in range(40)], abs=2e-3)
    moved = [int(frame[20, :, 0].argmax()) for _, frame in found]
    assert len(set(moved)) > 10
    assert reader.left_out() == ()


def test_packets_without_a_dts_are_not_the_end():
    reader, found = read(CASES / "01-h264-bframes.mkv")
    assert [at for at, _ in found] == pytest.approx([0, 0.04, 0.08, 0.12, 0.16])
    assert reader.left_out() == ()


def test_frames_have_their_own_times():
    reader, found = read(CASES / "02-strobe-then-hold-vfr.mp4")
    assert [found[k][0] for k in (1, 30, 31)] == pytest.approx([0.033, 1.0, 10.0], abs=1e-3)
    assert reader.last_s == pytest.approx(1 / 30, abs=1e-3)
    with VideoReader(reader.path) as reader:
        assert reader.steady_fps(120) == pytest.approx(30)
        assert len(list(reader.steady(30))) == 301
    with VideoReader(CASES / "06-fps-0.2.mp4") as reader:
        assert reader.fps == pytest.approx(0.2)
        assert len(list(reader.steady(10))) == 300


def test_a_steady_rate_leaves_no_frame_out_and_keeps_even_films_as_they_are():
    even = [n / 30 for n in range(90)]
    assert steady_fps(even, 30.0, 30.0, 120) == 30.0
    rounded = [round(at, 3) for at in (n / 60 for n in range(90))]
    assert steady_fps(rounded, 60.0, 60.0, 120) == 60.0
    assert list(steady(((at, n) for n, at in enumerate(even)), 30.0, lambda: 1 / 30)) == list(
        range(90)
    )
    holed = [at for n, at in enumerate(even) if n not in (40, 41, 42)]
    assert steady_fps(holed, 29.0, 30.0, 120) == 30.0
    close = [0.0, 0.5, 0.501, 1.0]
    assert steady_fps(close, 3.0, 1000.0, 120) == 120
    shown = list(steady(((at, n) for n, at in enumerate(close)), 120.0, lambda: 0.5))
    assert [shown.count(n) for n in range(4)] == [60, 1, 59, 60]
    assert steady_fps([], 25.0, 25.0, 120) == 25.0


def test_times_begin_at_nothing_and_rise_whatever_the_file_says():
    clock = Clock(0.04)
    told = [7.0, 7.04, None, 7.12, 3.0, 3.04, 900.0]
    assert [round(clock.at(at), 3) for at in told] == [0, 0.04, 0.08, 0.12, 0.16, 0.2, 60.2]
    assert clock.shortened_s == pytest.approx(836.96)


def test_the_film_is_taken_not_its_cover():
    _, found = read(CASES / "03-strobe-behind-cover.mp4")
    assert len(found) == 300


def test_pixels_that_are_not_square_are_widened():
    _, found = read(CASES / "04-sar-2-1.mp4")
    height, width = found[0][1].shape[:2]
    with av.open(str(CASES / "04-sar-2-1.mp4")) as container:
        stored = container.streams.video[0]
        assert (width, height) == (2 * stored.width, stored.height)


def test_a_mirroring_matrix_mirrors():
    path = CASES / "05-matrix-hflip.mp4"
    _, found = read(path)
    with av.open(str(path)) as container:
        stored = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert (found[0][1] == stored[:, ::-1]).all()
    assert not (found[0][1] == stored).all()


@pytest.mark.parametrize("a", [-1, 0, 1])
@pytest.mark.parametrize("b", [-1, 0, 1])
@pytest.mark.parametrize("sign", [-1, 1])
def test_every_display_matrix_puts_each_pixel_where_it_says(a: int, b: int, sign: int):
    if abs(a) + abs(b) != 1:
        return
    c, d = (0, sign) if a else (sign, 0)
    rgb = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    found = turned(rgb, (a, b, c, d))
    # x' = a x + c y, y' = b x + d y, moved so that the smallest is 0.
    ends = [(a * x + c * y, b * x + d * y) for y in range(2) for x in range(3)]
    left, top = min(x for x, _ in ends), min(y for _, y in ends)
    for (x, y), pixel in zip(ends, rgb.reshape(-1, 3), strict=True):
        assert (found[y - top, x - left] == pixel).all()


@pytest.mark.parametrize(("size", "matrix"), [((1280, 720), "ITU709"), ((640, 360), "ITU601")])
def test_colours_of_an_untagged_film_are_read_as_players_do(
    tmp_path: Path, size: tuple[int, int], matrix: str
):
    path, colour = tmp_path / "a.mp4", (220, 40, 30)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"crf": "1"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        rgb = np.full((size[1], size[0], 3), colour, np.uint8)
        picture = av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace[matrix]
        )
        picture.colorspace = 2  # says nothing
        picture.pts, picture.time_base = 0, Fraction(1, 10)
        container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    _, found = read(path)
    assert np.abs(found[0][1][5, 5].astype(int) - colour).max() <= 3


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.avi"])
def test_what_is_cut_off_is_told(tmp_path: Path, name: str):
    data = encoded(tmp_path / name, movflags="+faststart").read_bytes()
    if name == "a.mp4":  # the index first, as when it is sent
        with VideoWriter(tmp_path / name, 25) as video:
            for number in range(60):
                video.add(gradient(320, 240, shift=number))
        data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: len(data) * 4 // 5])
    reader, found = read(tmp_path / name)
    assert found
    assert reader.left_out()
    assert all("\n" not in line for line in reader.left_out())


def test_after_damage_the_rest_is_read_as_a_player_would(tmp_path: Path):
    path = encoded(tmp_path / "a.mkv", "libx264", 100, g="10", bf="0")
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        packets = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    at, size = packets[30]
    data[at + 4 : at + 4 + size // 2] = b"\xff" * (size // 2)
    path.write_bytes(data)
    reader, found = read(path)
    assert len(found) > 80, "not only what lies before the damage"
    assert reader.left_out()


def test_the_account_overlooks_single_silent_packets_but_no_hole():
    account = Account(list(range(20)), set(range(20)) - {4, 9})
    assert account.told(0.8, 0.8, 0.04, True) == ()
    account.shown -= {10, 11, 12}
    assert account.told(0.8, 0.8, 0.04, True) == ("4 of 20 pictures cannot be read",)


def test_no_name_is_an_address_and_no_text_a_film(tmp_path: Path, write_clip, monkeypatch):
    def refuse(*_: object) -> None:
        raise AssertionError("it spoke to somebody")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.chdir(tmp_path)
    for name in ("2026-01-27T10:15:30.mp4", "http:clip.mp4", "concat:a.mp4"):
        shutil.copy(write_clip(), name)
        assert len(read(Path(name))[1]) == 6
        with VideoWriter(Path("o:" + name), 10) as video:
            video.add(gradient(32, 32))
        assert len(read(Path("o:" + name))[1]) == 1
    Path("list.m3u8").write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n")
    Path("a.txt").write_text("hello\n" * 50)
    for name in ("list.m3u8", "a.txt"):
        with pytest.raises(UglyError, match="not a readable video"):
            VideoReader(Path(name))


def test_a_film_as_a_camera_keeps_its_own_times():
    class Stopped:
        def is_set(self) -> bool:
            return False

        def wait(self, seconds: float) -> bool:
            now[0] += seconds
            return False

    now = [50.0]
    frames = [as_frame(np.full((4, 4, 3), k, np.uint8)) for k in range(3)]
    timed = zip((0.0, 0.1, 2.1), frames, strict=True)
    seen = [
        (round(now[0] - 50, 2), int(frame[0, 0, 0]))
        for frame in at_their_times(timed, lambda: 0.4, lambda: now[0], Stopped())  # type: ignore[arg-type]
    ]
    assert [(at, k) for n, (at, k) in enumerate(seen) if not n or k != seen[n - 1][1]] == [
        (0.0, 0), (0.1, 1), (2.1, 2),
    ]  # fmt: skip
    assert [k for _, k in seen].count(1) >= 4, "what stands is given again"
    assert now[0] == pytest.approx(52.5, abs=0.02)

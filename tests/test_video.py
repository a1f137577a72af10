"""Video files in and out."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import av
import cv2
import numpy as np
import psutil
import pytest
from pictures import gradient

from installation.files import PARTIAL_SUFFIX
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, VideoWriter, fitted
from installation.vocabulary import UglyError


def frames_of(path: Path) -> list[np.ndarray]:
    with VideoReader(path) as reader:
        return list(reader.frames())


@pytest.mark.parametrize("size", [(96, 64), (97, 63), (64, 128), (16, 16)])
def test_what_is_written_is_read_again(tmp_path: Path, size: tuple[int, int]):
    path = tmp_path / "a.mp4"
    written = [gradient(*size, shift=k) for k in range(5)]
    with VideoWriter(path, 12.5, quality=1) as video:
        for frame in written:
            video.add(frame)
    with VideoReader(path) as reader:
        assert reader.fps == pytest.approx(12.5)
        assert reader.estimated_frames() == 5
        found = list(reader.frames())
    assert len(found) == 5
    width, height = size
    for frame, true in zip(found, written, strict=True):
        assert frame.shape == (height + height % 2, width + width % 2, 3)
        # Colour is halved in both directions, so brightness is what has to agree.
        grey = [f[:height, :width].astype(float).mean(2) for f in (frame, true)]
        assert np.abs(grey[0] - grey[1]).mean() < 6


def test_it_is_h264_that_a_browser_plays(write_clip):
    with av.open(str(write_clip())) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
    head = write_clip().read_bytes()
    assert head.index(b"moov") < head.index(b"mdat"), "it starts before it is loaded whole"


def test_the_same_frames_give_the_same_bytes(tmp_path: Path):
    """Also amid memory that comes and goes: an encoder that reads what nobody wrote differs."""
    noise = np.random.default_rng(1)
    frames = [
        (gradient(96, 64, shift=k) * noise.uniform(0.5, 1, (64, 96, 1))).astype(np.uint8)
        for k in range(17)
    ]
    found = set()
    for _ in range(25):
        with VideoWriter(tmp_path / "a.mp4", 12) as video:
            for frame in frames:
                litter = [np.full(int(noise.integers(1, 60_000)), 0x5A, np.uint8) for _ in range(9)]
                del litter
                video.add(frame.copy())
        found.add((tmp_path / "a.mp4").read_bytes())
    assert len(found) == 1


def test_a_failure_midway_leaves_nothing(tmp_path: Path):
    def write() -> None:
        with VideoWriter(tmp_path / "a.mp4", 10) as video:
            video.add(gradient(32, 32))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UglyError, match="no frame"), VideoWriter(tmp_path / "b.mp4", 10):
        pass
    assert list(tmp_path.iterdir()) == []


def test_until_it_is_whole_it_has_another_name(tmp_path: Path):
    with VideoWriter(tmp_path / "a.mp4", 10) as video:
        video.add(gradient(32, 32))
        (partial,) = tmp_path.iterdir()
        assert partial.name != "a.mp4"
        assert partial.name.endswith(PARTIAL_SUFFIX)
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]


def test_a_disk_that_fails_at_the_end_leaves_nothing(tmp_path: Path, monkeypatch):
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with (
        pytest.raises(UglyError, match="No space left"),
        VideoWriter(tmp_path / "a.mp4", 10) as video,
    ):
        video.add(gradient(32, 32))
    assert list(tmp_path.iterdir()) == []


def test_bad_files_get_one_line(tmp_path: Path, write_clip):
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "noise.mp4").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "text.mp4").write_text("not a video")
    whole = write_clip("whole.mp4", count=30).read_bytes()
    (tmp_path / "headless.mp4").write_bytes(whole[len(whole) // 2 :])
    for name in ("absent.mp4", "empty.mp4", "noise.mp4", "text.mp4", "headless.mp4", "."):
        with pytest.raises(UglyError) as caught:
            frames_of(tmp_path / name)
        assert str(tmp_path / name) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_video_cut_short_gives_what_it_has(tmp_path: Path, write_clip):
    whole = write_clip("whole.mp4", count=40, size=(320, 240)).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) * 19 // 20])
    assert 1 <= len(frames_of(tmp_path / "cut.mp4")) < 40


def test_sound_alone_is_no_video(tmp_path: Path):
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        sound.sample_rate = 8000
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    with pytest.raises(UglyError, match=r"not a readable video \(sound"):
        frames_of(path)


def test_a_phone_s_portrait_video_stands_upright(tmp_path: Path, write_clip):
    path = write_clip("lying.mp4", size=(96, 64))
    turned = tmp_path / "turned.mp4"
    data = bytearray(path.read_bytes())
    # The display matrix in tkhd: a quarter turn, as phones write it (ISO 14496-12).
    at = data.index(b"tkhd") + 4 + 40
    matrix = (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    data[at : at + 36] = b"".join((v & 0xFFFFFFFF).to_bytes(4, "big") for v in matrix)
    turned.write_bytes(data)
    lying, upright = frames_of(path)[0], frames_of(turned)[0]
    assert upright.shape == (96, 64, 3)
    assert (np.rot90(lying, 3) == upright).all() or (np.rot90(lying) == upright).all()
    # A matrix of a = 0, b = 1 turns clockwise: the left edge comes to the top.
    assert np.abs(upright[0, ::-1].astype(int) - lying[:, 0]).mean() < 1


@pytest.mark.parametrize("size", [(448, 256), (100, 300), (33, 17), (3840, 2160)])
def test_fitted_fills_the_size(size: tuple[int, int]):
    frame = fitted(gradient(120, 90), size)
    assert frame.shape == (size[1], size[0], 3)
    assert not frame.flags.writeable


def test_fitted_keeps_the_shape_of_things():
    disc = np.zeros((200, 400, 3), np.uint8)
    cv2.circle(disc, (200, 100), 60, (255, 255, 255), -1)
    found = fitted(disc, (256, 256))[..., 0] > 127
    across, down = found.any(0).sum(), found.any(1).sum()
    assert across == pytest.approx(down, abs=2)


def test_a_picture_that_is_read_begins_no_threads_of_its_own():
    """It did, one for each core, that lived as long as it: hundreds, for a clip of four seconds."""
    process = psutil.Process()
    before, most = process.num_threads(), 0
    with VideoReader(BUNDLED_CLIP) as reader:
        for _ in reader.frames():
            most = max(most, process.num_threads())
    decoding = 2 * (os.cpu_count() or 1) + 2
    assert most <= before + decoding

"""Video files in and out: the only module that knows PyAV.

Reading yields upright RGB frames one at a time, never a whole file. Writing makes H.264 in
MP4 that plays in a browser (yuv420p, BT.601, moov first) under a temporary name, flushed to
the disk and renamed, so that a file under its own name is always whole.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import cv2
import numpy as np

from installation.files import PARTIAL_SUFFIX
from installation.vocabulary import Frame, UglyError, as_frame


class VideoReader:
    """An open video file: its size (width, height, upright), fps, and frames once through.

    Raises:
        UglyError: if the file is missing, empty, damaged or holds no video.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            raise UglyError(f"{path}: no such file")
        if path.is_dir():
            raise UglyError(f"{path}: a folder, not a video file")
        try:
            self._container = av.open(str(path))
        except (av.FFmpegError, OSError, ValueError) as error:
            raise UglyError(
                f"{path}: not a readable video ({_reason(error)}); try another file"
            ) from None
        if not self._container.streams.video:
            self._container.close()
            raise UglyError(f"{path}: holds no video; try another file")
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"
        rate = self._stream.average_rate or self._stream.guessed_rate or Fraction(25)
        self.fps = float(rate) if 0.5 <= float(rate) <= 1000 else 25.0

    def frames(self) -> Iterator[Frame]:
        """Yield the frames in order; a damaged tail ends them.

        Raises:
            UglyError: if not even one can be read.
        """
        count, trouble = 0, ""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
                # After a damaged packet the decoder still holds the frames before it.
                pictures = self._stream.codec_context.decode(packet)
            except (av.FFmpegError, OSError, ValueError) as error:
                if trouble:
                    break
                trouble = _reason(error)
                packets = iter(())
                continue
            for picture in pictures:
                yield as_frame(_upright(picture))
                count += 1
            if packet is None or packet.dts is None:
                break
        if count == 0:
            why = f"damaged, no frame can be read ({trouble})" if trouble else "holds no frame"
            raise UglyError(f"{self.path}: {why}; try another file")

    def estimated_frames(self) -> int | None:
        """How many frames there may be, as the file says; None if it doesn't."""
        if self._stream.frames:
            return int(self._stream.frames)
        if self._container.duration:
            return max(1, round(self._container.duration / av.time_base * self.fps))
        return None

    def close(self) -> None:
        self._container.close()

    def __enter__(self) -> VideoReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _reason(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).splitlines()[0][:80]


def _upright(picture: av.VideoFrame) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """RGB with square pixels' shape as stored, turned as the file's rotation says."""
    rgb = np.asarray(picture.to_ndarray(format="rgb24"), np.uint8)
    turn = {90: 1, -270: 1, 180: 2, -180: 2, 270: 3, -90: 3}.get(int(picture.rotation or 0), 0)
    return np.ascontiguousarray(np.rot90(rgb, turn)) if turn else rgb


def fitted(frame: Frame, size_px: tuple[int, int]) -> Frame:
    """Scale a frame to (width, height), filling it and cropping what is over, centred."""
    width, height = size_px
    if (frame.shape[1], frame.shape[0]) == size_px:
        return frame
    scale = max(width / frame.shape[1], height / frame.shape[0])
    shape = (
        max(width, round(frame.shape[1] * scale)),
        max(height, round(frame.shape[0] * scale)),
    )
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(frame, shape, interpolation=way)
    y, x = (scaled.shape[0] - height) // 2, (scaled.shape[1] - width) // 2
    return as_frame(scaled[y : y + height, x : x + width])


class VideoWriter:
    """Write an H.264 MP4; use it as a context, so that a failure leaves nothing behind.

    Frames may have any size of at least 1 x 1, all alike; odd sides gain a repeated row or
    column, since yuv420p has even sides. fps in frames a second.

    Raises:
        UglyError: one line if the file cannot be written (no folder, no right, a full disk).
    """

    def __init__(self, path: Path, fps: float, quality: int = 18) -> None:
        self.path = path
        self._partial = path.with_name(path.name + PARTIAL_SUFFIX)
        self._fps, self._quality = Fraction(fps).limit_denominator(1001), quality
        self._stream: av.VideoStream | None = None
        self.count = 0
        try:
            self._container = av.open(
                str(self._partial), "w", format="mp4", options={"movflags": "+faststart"}
            )
        except (av.FFmpegError, OSError) as error:
            raise UglyError(f"{path}: cannot be written ({_reason(error)})") from None

    def add(self, frame: Frame) -> None:
        """Encode one more frame."""
        height, width = frame.shape[:2]
        even = np.asarray(
            cv2.copyMakeBorder(frame, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE), np.uint8
        )
        try:
            if self._stream is None:
                self._stream = self._opened(even.shape[1], even.shape[0])
            # OpenCV's I420 is BT.601 in limited range, which the stream is marked as.
            planes = np.asarray(cv2.cvtColor(even, cv2.COLOR_RGB2YUV_I420), np.uint8)
            picture = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            picture.pts = self.count
            picture.time_base = 1 / self._fps
            self._container.mux(self._stream.encode(picture))
        except (av.FFmpegError, OSError) as error:
            raise UglyError(f"{self.path}: cannot be written ({_reason(error)})") from None
        self.count += 1

    def _opened(self, width: int, height: int) -> av.VideoStream:
        stream = self._container.add_stream("libx264", rate=self._fps)
        stream.width, stream.height = width, height
        stream.pix_fmt = "yuv420p"
        # ITU-T H.273: matrix, primaries and transfer 6 are BT.601 (SMPTE 170M), range 1 limited.
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = 6
        context.color_range = 1
        # One thread, so that the screen keeps its core; and without macroblock-tree rate
        # control, whose AVX-512 code in today's libx264 reads memory nobody wrote: the same
        # frames gave other bytes (not with asm=avx2, asm=0, or mbtree=0).
        stream.options = {
            "crf": str(self._quality),
            "preset": "veryfast",
            "threads": "1",
            "x264-params": "mbtree=0",
        }
        return stream

    def finish(self) -> None:
        """Flush to the disk and give the file its name."""
        try:
            if self._stream is None:
                raise UglyError(f"{self.path}: there was no frame to write")
            self._container.mux(self._stream.encode(None))
            self._container.close()
            with self._partial.open("rb+") as file:
                os.fsync(file.fileno())
            self._partial.replace(self.path)
        except (av.FFmpegError, OSError) as error:
            raise UglyError(f"{self.path}: cannot be written ({_reason(error)})") from None

    def abandon(self) -> None:
        """Close and remove what was written."""
        with contextlib.suppress(av.FFmpegError, OSError, ValueError):
            self._container.close()
        with contextlib.suppress(OSError):
            self._partial.unlink()

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.abandon()
            return
        try:
            self.finish()
        except UglyError:
            self.abandon()
            raise


def png_bytes(frame: Frame) -> bytes:
    """A frame as PNG."""
    done, data = cv2.imencode(".png", cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    if not done:
        raise UglyError("a picture could not be encoded as PNG")
    return bytes(data)

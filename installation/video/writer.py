"""H.264 in MP4 that plays in a browser (yuv420p, BT.601, moov first).

It is written under a temporary name, flushed to the disk and renamed, so that a file under its
own name is always whole.
"""

from __future__ import annotations

import contextlib
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import cv2
import numpy as np

from installation.files import PartialFile
from installation.video.container import reason
from installation.vocabulary import Frame, UglyError


class VideoWriter:
    """Write an H.264 MP4; use it as a context, so that a failure leaves nothing behind.

    Frames may have any size of at least 1 x 1, all alike; odd sides gain a repeated row or
    column, since yuv420p has even sides. fps in frames a second.

    Raises:
        UglyError: one line if the file cannot be written (no folder, no right, a full disk).
    """

    def __init__(self, path: Path, fps: float, quality: int = 18) -> None:
        self.path = path
        self._fps, self._quality = Fraction(fps).limit_denominator(1001), quality
        self._stream: av.VideoStream | None = None
        self.count = 0
        try:
            self._file = PartialFile(path)
        except OSError as error:
            raise UglyError(f"{path}: cannot be written ({reason(error)})") from None
        try:
            # Said to be a file, so that a colon in its name makes no address of it.
            self._container = av.open(
                f"file:{self._file.partial}",
                "w",
                format="mp4",
                options={"movflags": "+faststart"},
            )
        except (av.FFmpegError, OSError, ValueError) as error:
            self._file.drop()
            raise UglyError(f"{path}: cannot be written ({reason(error)})") from None

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
            raise UglyError(f"{self.path}: cannot be written ({reason(error)})") from None
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
            self._file.keep()
        except (av.FFmpegError, OSError) as error:
            raise UglyError(f"{self.path}: cannot be written ({reason(error)})") from None

    def abandon(self) -> None:
        """Close and remove what was written."""
        with contextlib.suppress(av.FFmpegError, OSError, ValueError):
            self._container.close()
        self._file.drop()

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

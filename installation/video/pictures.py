"""Pictures in another size, as PNG and as JPEG."""

from __future__ import annotations

import cv2
import numpy as np

from installation.vocabulary import Frame, UglyError, as_frame


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


def png_bytes(frame: Frame) -> bytes:
    """A frame as PNG."""
    done, data = cv2.imencode(".png", cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    if not done:
        raise UglyError("a picture could not be encoded as PNG")
    return bytes(data)


def jpeg_bytes(frame: Frame, quality: int = 90) -> bytes:
    """A frame as JPEG; `quality` is 1..100."""
    bgr = cv2.cvtColor(frame, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise UglyError("a picture could not be encoded as JPEG")
    return bytes(data)


def from_jpeg(data: bytes) -> Frame:
    """The frame of a JPEG.

    Raises:
        UglyError: if it is none.
    """
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if found is None:
        raise UglyError("a picture is no JPEG that could be read")
    return as_frame(cv2.cvtColor(found, cv2.COLOR_BGR2RGB))

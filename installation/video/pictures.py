"""Pictures in another size, and as PNG."""

from __future__ import annotations

import cv2

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

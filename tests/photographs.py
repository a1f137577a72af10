"""Cards as a camera sees them: turned, tilted, far away, blurred, grainy, badly lit."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from installation.vocabulary import Frame, as_frame


@dataclass(frozen=True)
class Shot:
    """How a card is held: its height in the picture (a share of it), turned in the plane and
    tilted away from the camera, in degrees; then what the camera adds."""

    height: float = 0.8
    turned: float = 0.0
    tilted: float = 0.0
    blur_px: float = 0.6
    grain: float = 4.0
    light: float = 1.0
    jpeg: int = 85
    size_px: tuple[int, int] = (1280, 720)


def photographed(card: Frame, shot: Shot, seed: int = 1) -> Frame:
    """The card before a room, by a pinhole camera with the field of view of a webcam."""
    luck = np.random.default_rng(seed)
    width, height = shot.size_px
    tall, wide = card.shape[:2]
    focal = 0.9 * width
    # A card of height 1 as far away as makes it so tall in the picture.
    away = focal / (shot.height * height)
    half_w, half_h = wide / tall / 2, 0.5
    corners = np.array([[-half_w, -half_h], [half_w, -half_h], [half_w, half_h], [-half_w, half_h]])
    turn, tilt = np.radians(shot.turned), np.radians(shot.tilted)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    x, y = (corners @ spin.T).T
    depth = away + x * np.sin(tilt)
    seen = np.stack(
        [width / 2 + focal * x * np.cos(tilt) / depth, height / 2 + focal * y / depth], 1
    )
    flat = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32)
    # Painted larger and shrunk, as light falls on a sensor's cells.
    over = 3
    view = cv2.getPerspectiveTransform(flat, (seen * over).astype(np.float32))
    room = luck.normal(110, 30, (height // 16, width // 16, 3)).clip(0, 255).astype(np.uint8)
    large = cv2.resize(room, (width * over, height * over), interpolation=cv2.INTER_CUBIC)
    cv2.warpPerspective(
        card, view, (width * over, height * over), dst=large,
        flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT,
    )  # fmt: skip
    picture = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    picture = cv2.GaussianBlur(picture, (0, 0), shot.blur_px) if shot.blur_px else picture
    falloff = np.linspace(1.0, 0.55, width, dtype=np.float32)[None, :, None]
    picture = picture * falloff * shot.light + luck.normal(0, shot.grain, picture.shape)
    small = picture.clip(0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, shot.jpeg])
    return as_frame(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR)))

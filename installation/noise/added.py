"""Amplify: what the net added to the picture, magnified."""

from __future__ import annotations

import cv2
import numpy as np

from installation.noise.plain import framed
from installation.vocabulary import Frame, FrameContext


def untouched(scene: FrameContext, frame: Frame) -> Frame:
    """The clip without the net at this moment: its two frames mixed, at the frame's size."""
    mixed = cv2.addWeighted(scene.before, 1 - scene.share, scene.after, scene.share, 0)
    if mixed.shape != frame.shape:
        mixed = cv2.resize(mixed, (frame.shape[1], frame.shape[0]), interpolation=cv2.INTER_AREA)
    return framed(mixed)


def amplify(frame: Frame, amount: float, scene: FrameContext) -> Frame:
    """What the net added to the clip, up to eight times as much of it."""
    clip = untouched(scene, frame)
    gain = 1 + 7 * amount
    # clip + gain (frame - clip), in 16 bits so that nothing is cut before the end.
    more = frame.astype(np.int16)
    more -= clip
    louder = more.astype(np.float32) * np.float32(gain) + clip
    return framed(np.clip(louder + 0.5, 0, 255).astype(np.uint8))

"""How much two pictures differ: two measures, as numbers of 0..1. Pure."""

from __future__ import annotations

import cv2
import numpy as np

from installation.vocabulary import Frame

_K1, _K2, _SIGMA_PX = 0.01, 0.03, 1.5


def change(a: Frame, b: Frame) -> float:
    """Mean absolute difference of two frames of one size, as a share of full scale."""
    return float(cv2.norm(a, b, cv2.NORM_L1) / (255 * a.size))


def unlikeness(a: Frame, b: Frame) -> float:
    """(1 - SSIM) / 2 of the luma: 0 for the same picture, 1/2 for nothing in common.

    The structural similarity of Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment:
    from error visibility to structural similarity" (2004), with their constants and a Gaussian
    window of 1.5 pixels.
    """
    x, y = (cv2.cvtColor(f, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255 for f in (a, b))

    def soft(image: np.ndarray) -> np.ndarray:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), _SIGMA_PX))

    mean_x, mean_y = soft(x), soft(y)
    var_x, var_y = soft(x * x) - mean_x**2, soft(y * y) - mean_y**2
    both = soft(x * y) - mean_x * mean_y
    likeness = (2 * mean_x * mean_y + _K1**2) * (2 * both + _K2**2)
    likeness /= (mean_x**2 + mean_y**2 + _K1**2) * (var_x + var_y + _K2**2)
    return float(np.clip((1 - likeness.mean()) / 2, 0, 1))


def is_dead(frame: Frame, alive: Frame) -> bool:
    """Whether a frame shows next to nothing any more: one flat tone, or nearly all of it as
    bright or as dark as can be, where `alive` was a picture."""
    grey, before = (cv2.cvtColor(f, cv2.COLOR_RGB2GRAY) for f in (frame, alive))
    ends = float(((frame <= 2) | (frame >= 253)).mean())
    return bool(grey.std() < 0.1 * before.std() or ends > 0.9)

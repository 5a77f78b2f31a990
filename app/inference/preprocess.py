"""Bring an image to the size that a model works at: the same code in training, evaluation and prediction."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ModelInput:
    """An image as the detector takes it, and the way back.

    pixels is float32 (3, H, W), RGB, 0-1. A box in model pixels divided by (scale_x, scale_y) is in image pixels.
    The two differ a little, since both sides are rounded to whole pixels.
    """

    pixels: NDArray[np.float32]
    scale_x: float
    scale_y: float


def resize_for_model(rgb: NDArray[np.uint8], image_size: int) -> ModelInput:
    """Resize an upright image to the model's long side and lay it out for the detector."""
    height, width = rgb.shape[:2]
    resized = resize_to_long_side(rgb, image_size)
    resized_height, resized_width = resized.shape[:2]
    return ModelInput(to_model_pixels(resized), resized_width / width, resized_height / height)


def resize_to_long_side(rgb: NDArray[np.uint8], image_size: int) -> NDArray[np.uint8]:
    """Resize (H, W, 3) so that the longer side is image_size; small images are enlarged.

    Enlarging too keeps objects of one kind at one size whatever the camera, which is what the anchors are made for.
    """
    height, width = rgb.shape[:2]
    size = resized_size(width, height, image_size)
    if size == (width, height):
        return rgb
    shrinks = image_size < max(width, height)
    # Averaging over the covered area is what keeps a shrunk picture free of moiré; enlarging, it would show blocks.
    resized = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.asarray(resized, dtype=np.uint8)


def resized_size(width: int, height: int, image_size: int) -> tuple[int, int]:
    """Width and height with the longer side at image_size and the shorter at least one pixel."""
    scale = image_size / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def to_model_pixels(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Turn uint8 (H, W, 3) into float32 (3, H, W) in 0-1."""
    return np.ascontiguousarray(rgb.transpose(2, 0, 1), dtype=np.float32) / np.float32(255)

"""Augmentation: each sample is seen flipped, turned, scaled and lit a little differently, by its own random numbers."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from worker.dataset import MaskCrop, PreparedImage, crop_mask

FILL = (124, 116, 104)  # ImageNet's mean colour: zero after normalisation, as the padding beside an image is
MIN_PIXELS = 4  # an object cut down to less by a crop teaches nothing


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How far a sample may be changed."""

    flips: bool = True
    turn_share: float = 0.5  # of the samples, a quarter turn each
    min_scale: float = 0.8
    max_scale: float = 1.25
    brightness: float = 0.2  # factor 1 ± this
    colour: float = 0.1  # factor 1 ± this for each channel


def augment(image: PreparedImage, augmentation: Augmentation, rng: np.random.Generator) -> PreparedImage:
    """Change an image and its masks at random; the size stays, but for a quarter turn's exchange of the sides."""
    height, width = image.rgb.shape[:2]
    matrix, (new_width, new_height) = _random_placement(width, height, augmentation, rng)
    moved = warp(image, matrix, width=new_width, height=new_height)
    gains = (1 + rng.uniform(-1, 1) * augmentation.brightness) * (1 + rng.uniform(-1, 1, 3) * augmentation.colour)
    lit = np.clip(moved.rgb * gains.astype(np.float32), 0, 255).astype(np.uint8)
    return PreparedImage(lit, moved.labels, moved.masks)


def warp(image: PreparedImage, matrix: NDArray[np.float64], *, width: int, height: int) -> PreparedImage:
    """Move an image and its masks by an affine map into a canvas of width x height; objects outside are dropped.

    Args:
        matrix: (2, 3), from points of the image to points of the canvas, pixel (0, 0) spanning [0, 1) x [0, 1).
    """
    rgb = cv2.warpAffine(image.rgb, _between_centres(matrix), (width, height), borderValue=FILL)
    crops = [_warp_crop(crop, matrix, width=width, height=height) for crop in image.masks]
    kept = [index for index, crop in enumerate(crops) if crop is not None]
    return PreparedImage(
        np.asarray(rgb, dtype=np.uint8), image.labels[kept], tuple(crop for crop in crops if crop is not None)
    )


def to_tensors(image: PreparedImage) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Lay an image out as the model takes it: float pixels in 0-1, boxes, labels and whole masks."""
    height, width = image.rgb.shape[:2]
    masks = np.zeros((len(image.masks), height, width), dtype=np.uint8)
    for row, crop in zip(masks, image.masks, strict=True):
        x0, y0, x1, y1 = crop.box_xyxy
        row[y0:y1, x0:x1] = crop.mask
    boxes = np.array([crop.box_xyxy for crop in image.masks], dtype=np.float32).reshape(-1, 4)
    pixels = torch.from_numpy(np.ascontiguousarray(image.rgb.transpose(2, 0, 1))).float() / 255
    target = {
        "boxes": torch.from_numpy(boxes),
        "labels": torch.from_numpy(image.labels),
        "masks": torch.from_numpy(masks),
    }
    return pixels, target


def _random_placement(
    width: int, height: int, augmentation: Augmentation, rng: np.random.Generator
) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Draw an affine map and the canvas it leads to."""
    scale = math.exp(rng.uniform(math.log(augmentation.min_scale), math.log(augmentation.max_scale)))
    flip_x, flip_y = rng.choice([-1, 1], 2) if augmentation.flips else (1, 1)
    linear = np.diag([scale * flip_x, scale * flip_y]).astype(np.float64)
    new_width, new_height = width, height
    if rng.random() < augmentation.turn_share:
        linear = np.array([[0, 1], [1, 0]]) @ linear
        new_width, new_height = height, width
    # The scaled image lies anywhere it still fills the canvas, or, where it is smaller, anywhere inside it.
    slack = (scale - 1) * np.array([new_width, new_height])
    centre = np.array([new_width, new_height]) / 2 + rng.uniform(-0.5, 0.5, 2) * slack
    offset = centre - linear @ (np.array([width, height]) / 2)
    return np.column_stack([linear, offset]), (new_width, new_height)


def _warp_crop(crop: MaskCrop, matrix: NDArray[np.float64], *, width: int, height: int) -> MaskCrop | None:
    """Move one mask, working on the part of the canvas that its box reaches only."""
    x0, y0, x1, y1 = crop.box_xyxy
    corners = np.array([[x0, y0, 1], [x1, y0, 1], [x0, y1, 1], [x1, y1, 1]]) @ matrix.T
    left, top = np.clip(np.floor(corners.min(axis=0) + 1e-6), 0, [width, height]).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(axis=0) - 1e-6), 0, [width, height]).astype(int)
    if right <= left or bottom <= top:
        return None
    to_window = matrix.copy()
    to_window[:, 2] += matrix[:, :2] @ (x0, y0) - (left, top)
    source = np.pad(crop.mask, 1).astype(np.uint8) * 255  # the rim keeps the outline where it is
    to_window[:, 2] -= matrix[:, :2] @ (1, 1)
    moved = cv2.warpAffine(source, _between_centres(to_window), (int(right - left), int(bottom - top)))
    cut = crop_mask(moved >= 128)
    if cut is None or int(cut.mask.sum()) < min(MIN_PIXELS, int(crop.mask.sum())):
        return None
    return MaskCrop(int(left) + cut.x0, int(top) + cut.y0, cut.mask)


def _between_centres(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same map between pixel numbers, which OpenCV puts at the pixels' centres."""
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    return shifted

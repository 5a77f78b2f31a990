"""Augmentation: each sample is seen flipped, turned, scaled and lit a little differently, by its own random numbers."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from worker.dataset import MaskCrop, PreparedImage, crop_mask
from worker.true_masks import join_masks

FILL = (124, 116, 104)  # ImageNet's mean colour: zero after normalisation, as the padding beside an image is
MIN_PIXELS = 4  # an object cut down to less teaches nothing

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How far a sample may be changed. What each part brings: benchmarks/ablation.py."""

    flips: bool = True
    turn_share: float = 0.5  # of the samples, a quarter turn each
    tilt_share: float = 0.0  # of the samples, a small turn each
    max_tilt_degrees: float = 10.0
    min_scale: float = 0.8
    max_scale: float = 1.25
    brightness: float = 0.2  # factor 1 ± this
    contrast: float = 0.0  # factor 1 ± this, about the middle grey
    saturation: float = 0.0  # factor 1 ± this
    hue_degrees: float = 0.0  # ± this
    tint: float = 0.1  # factor 1 ± this for each channel
    paste_share: float = 0.0  # of the samples, objects of another image are laid on
    max_pasted: int = 4  # such objects


def move(
    image: PreparedImage, augmentation: Augmentation, rng: np.random.Generator, *, shrink: float = 1.0
) -> PreparedImage:
    """Move an image and its masks at random; the size stays, but for a quarter turn's exchange of the sides.

    Args:
        shrink: What sides and objects are multiplied by.
    """
    height, width = image.rgb.shape[:2]
    linear = draw_linear(augmentation, rng)
    # The sides of the canvas change places where the map takes x mostly to y.
    new_width, new_height = (height, width) if abs(linear[0, 1]) > abs(linear[0, 0]) else (width, height)
    # The scaled image lies anywhere it still fills the canvas, or, where it is smaller, anywhere inside it.
    slack = (math.sqrt(abs(np.linalg.det(linear))) - 1) * np.array([new_width, new_height])
    centre = np.array([new_width, new_height]) / 2 + rng.uniform(-0.5, 0.5, 2) * slack
    offset = centre - linear @ (np.array([width, height]) / 2)
    matrix = shrink * np.column_stack([linear, offset])
    return warp(image, matrix, width=round(shrink * new_width), height=round(shrink * new_height))


def relight(image: PreparedImage, augmentation: Augmentation, rng: np.random.Generator) -> PreparedImage:
    """Change brightness, contrast and colours at random: all one linear map of a pixel's three numbers."""
    matrix = draw_colours(augmentation, rng)
    lit = cv2.transform(image.rgb, matrix)
    return PreparedImage(np.asarray(lit, dtype=np.uint8), image.labels, image.masks, image.crowds)


def draw_linear(augmentation: Augmentation, rng: np.random.Generator) -> Matrix:
    """Draw scale, flips, a quarter turn and a small one: a map of the plane, (2, 2)."""
    scale = math.exp(rng.uniform(math.log(augmentation.min_scale), math.log(augmentation.max_scale)))
    flip_x, flip_y = rng.choice([-1, 1], 2) if augmentation.flips else (1, 1)
    linear = np.diag([scale * flip_x, scale * flip_y]).astype(np.float64)
    if rng.random() < augmentation.turn_share:
        linear = np.array([[0, 1], [1, 0]]) @ linear
    if rng.random() < augmentation.tilt_share:
        angle = math.radians(rng.uniform(-1, 1) * augmentation.max_tilt_degrees)
        linear = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]) @ linear
    return linear


def draw_colours(augmentation: Augmentation, rng: np.random.Generator) -> Matrix:
    """Draw what happens to colours, as (3, 4): a matrix, and what is added after it."""
    brightness, contrast, saturation = 1 + rng.uniform(-1, 1, 3) * (
        augmentation.brightness,
        augmentation.contrast,
        augmentation.saturation,
    )
    turn = _turn_about_grey(math.radians(rng.uniform(-1, 1) * augmentation.hue_degrees))
    tint = np.diag(1 + rng.uniform(-1, 1, 3) * augmentation.tint)
    saturate = saturation * np.eye(3) + (1 - saturation) / 3
    matrix = brightness * contrast * tint @ saturate @ turn
    return np.column_stack([matrix, np.full(3, 127.5 * (1 - contrast) * brightness)])


def warp(image: PreparedImage, matrix: Matrix, *, width: int, height: int) -> PreparedImage:
    """Move an image and its masks by an affine map into a canvas of width x height; objects outside are dropped.

    Args:
        matrix: (2, 3), from points of the image to points of the canvas, pixel (0, 0) spanning [0, 1) x [0, 1).
    """
    rgb = cv2.warpAffine(image.rgb, _between_centres(matrix), (width, height), borderValue=FILL)
    crops = [warp_crop(crop, matrix, width=width, height=height) for crop in image.masks]
    crowds = [warp_crop(crop, matrix, width=width, height=height) for crop in image.crowds]
    kept = [index for index, crop in enumerate(crops) if crop is not None]
    return PreparedImage(
        np.asarray(rgb, dtype=np.uint8),
        image.labels[kept],
        tuple(crop for crop in crops if crop is not None),
        tuple(crop for crop in crowds if crop is not None),
    )


def warp_crop(crop: MaskCrop, matrix: Matrix, *, width: int, height: int) -> MaskCrop | None:
    """Move one mask, working on the part of the canvas that its box reaches only; None where too little stays."""
    x0, y0, x1, y1 = crop.box_xyxy
    corners = np.array([[x0, y0, 1], [x1, y0, 1], [x0, y1, 1], [x1, y1, 1]]) @ matrix.T
    left, top = np.clip(np.floor(corners.min(axis=0) + 1e-6), 0, [width, height]).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(axis=0) - 1e-6), 0, [width, height]).astype(int)
    if right <= left or bottom <= top:
        return None
    source = np.pad(crop.mask, 1).astype(np.uint8) * 255  # the rim keeps the outline where it is
    window = (int(left), int(top), int(right), int(bottom))
    moved = warp_window(source, matrix, origin=(x0 - 1, y0 - 1), window_xyxy=window)
    cut = crop_mask(moved >= 128)
    if cut is None or int(cut.mask.sum()) < min(MIN_PIXELS, int(crop.mask.sum())):
        return None
    return MaskCrop(int(left) + cut.x0, int(top) + cut.y0, cut.mask)


def warp_window(
    pixels: NDArray[np.uint8], matrix: Matrix, *, origin: tuple[int, int], window_xyxy: tuple[int, int, int, int]
) -> NDArray[np.uint8]:
    """Move a part of an image that begins at `origin`, as far as it comes into a window of the canvas."""
    left, top, right, bottom = window_xyxy
    to_window = matrix.copy()
    to_window[:, 2] += matrix[:, :2] @ origin - (left, top)
    return np.asarray(cv2.warpAffine(pixels, _between_centres(to_window), (right - left, bottom - top)), dtype=np.uint8)


def to_tensors(image: PreparedImage) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Lay an image out as worker.forward takes it: pixels as uint8, boxes, labels, and masks in one row.

    The pixels stay in memory as they are, (H, W, 3): the quarter of float32, and channels last.
    """
    boxes = np.array([crop.box_xyxy for crop in image.masks], dtype=np.float32).reshape(-1, 4)
    target = {
        "boxes": torch.from_numpy(boxes),
        "labels": torch.from_numpy(image.labels),
        "masks": join_masks([crop.mask for crop in image.masks]),
    }
    return torch.from_numpy(image.rgb).permute(2, 0, 1), target


def _turn_about_grey(angle: float) -> Matrix:
    """Turn colours about the axis of greys. Source: https://en.wikipedia.org/wiki/Rodrigues'_rotation_formula"""
    axis = 1 / math.sqrt(3)
    cross = axis * np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    return math.cos(angle) * np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) / 3


def _between_centres(matrix: Matrix) -> Matrix:
    """The same map between pixel numbers, which OpenCV puts at the pixels' centres."""
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    return shifted

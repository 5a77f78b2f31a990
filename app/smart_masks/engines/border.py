"""Brings a mask of a scaled crop to full size: the border goes where the full-size colours change."""

import cv2
import numpy as np
from numpy.typing import NDArray

BAND_PX = 2  # to both sides of the scaled border: where the full-size one is looked for
NEIGHBOURHOOD_PX = 9  # of the scaled crop, over which the colours of object and background are averaged
MIN_CONTRAST = 12.0  # of 441: with colours nearer than this a pixel's own says nothing
_MIDDLE = 127


def sharpen_border(full: NDArray[np.uint8], small: NDArray[np.uint8], mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Enlarge a mask, deciding each pixel near its border by colour.

    Args:
        full: The crop, RGB, (H, W, 3).
        small: The same scaled down, (h, w, 3).
        mask: The object in it, (h, w), 0 or 1.
    Returns:
        The object in the full crop, (H, W), 0 or 1.
    """
    height, width = full.shape[:2]
    if mask.shape == (height, width):
        return mask
    scale = height / mask.shape[0]
    smooth = cv2.GaussianBlur(mask * 255, (3, 3), 0)
    shares = np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    rows, columns = np.nonzero(cv2.resize(_band(mask), (width, height), interpolation=cv2.INTER_NEAREST))
    by_colour, is_clear = _object_shares(full[rows, columns], small, mask, _scaled_places(rows, columns, full, mask))
    shares[rows[is_clear], columns[is_clear]] = by_colour[is_clear]
    # Noise of single pixels would make the border ragged.
    size = 2 * round(scale / 2) + 1
    calm = cv2.GaussianBlur(shares, (max(3, size), max(3, size)), 0)
    return np.asarray(calm > _MIDDLE, dtype=np.uint8)


def _band(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * BAND_PX + 1, 2 * BAND_PX + 1))
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, kernel), dtype=np.uint8)


def _scaled_places(
    rows: NDArray[np.intp], columns: NDArray[np.intp], full: NDArray[np.uint8], mask: NDArray[np.uint8]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return rows * mask.shape[0] // full.shape[0], columns * mask.shape[1] // full.shape[1]


def _object_shares(
    colours: NDArray[np.uint8],
    small: NDArray[np.uint8],
    mask: NDArray[np.uint8],
    places: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """How far each colour lies from the background's nearby to the object's, 0-255, and where these two differ."""
    inside, outside = _mean_colours(small, mask)[places], _mean_colours(small, 1 - mask)[places]
    across = inside - outside
    length = np.einsum("nc,nc->n", across, across)
    along = np.einsum("nc,nc->n", colours - outside, across)
    shares = np.clip(255 * along / np.maximum(length, 1.0), 0, 255).astype(np.uint8)
    return shares, length > MIN_CONTRAST**2


def _mean_colours(small: NDArray[np.uint8], mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The mean colour of the mask's pixels around each pixel, (h, w, 3); its border pixels are mixed, so left out."""
    kernel = np.ones((3, 3), np.uint8)
    sure = cv2.erode(mask, kernel)
    weights = (sure if sure.any() else mask).astype(np.float32)
    size = (2 * NEIGHBOURHOOD_PX + 1, 2 * NEIGHBOURHOOD_PX + 1)
    sums = cv2.boxFilter(small * weights[..., None], cv2.CV_32F, size, normalize=False)
    counts = cv2.boxFilter(weights, cv2.CV_32F, size, normalize=False)[..., None]
    return np.asarray(sums / np.maximum(counts, 1.0), dtype=np.float32)

"""Put a mask of 28 x 28 probabilities where its box lies in the image."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MASK_PROBABILITY = 0.5  # a pixel more likely in than out belongs to the object


@dataclass(frozen=True, slots=True)
class PastedMask:
    """A mask cropped to its box: whole pixels, half-open, inside the image, at least one. It may be all False."""

    box_xyxy: tuple[int, int, int, int]
    mask: NDArray[np.bool_]


def paste_mask(
    probabilities: NDArray[np.float32], box_xyxy: NDArray[np.floating], *, height: int, width: int
) -> PastedMask:
    """Sample a box's mask at the centres of the pixels in it.

    The box's fractions of a pixel count: sampling follows the box as predicted, and only which pixels are asked for
    follows whole pixels. Rounding the box first, as torchvision does, shifts small masks by up to half a pixel. Around
    the mask's cells lie zeros, as there: outlines close smoothly where they meet the box.

    Args:
        probabilities: The mask head's answer, (S, S).
        box_xyxy: The predicted box in pixels of the image, any floats.
    Source: docs/decisions/0013-pasting-masks.md.
    """
    box_x0, box_y0, box_x1, box_y1 = (float(value) for value in box_xyxy)
    x0, x1 = _pixels_between(box_x0, box_x1, width)
    y0, y1 = _pixels_between(box_y0, box_y1, height)
    side = probabilities.shape[0]
    # Bilinear sampling on a grid is separable: two thin matrix products.
    rows = _bilinear_weights(np.arange(y0, y1), box_y0, box_y1, side)
    columns = _bilinear_weights(np.arange(x0, x1), box_x0, box_x1, side)
    return PastedMask((x0, y0, x1, y1), (rows @ probabilities @ columns.T) > MASK_PROBABILITY)


def _pixels_between(start: float, stop: float, size: int) -> tuple[int, int]:
    """The pixels whose centres lie between start and stop, in the image; the nearest one where there is none."""
    first = min(max(int(np.ceil(start - 0.5)), 0), size - 1)
    last = min(max(int(np.floor(stop + 0.5)), 0), size)
    return first, max(last, first + 1)


def _bilinear_weights(pixels: NDArray[np.int_], start: float, stop: float, side: int) -> NDArray[np.float32]:
    """Weights (pixels, side) of the cells between start and stop, which have zeros around them."""
    extent = max(stop - start, 1e-6)
    position = np.clip((pixels + 0.5 - start) / extent * side - 0.5, -1, side - 1e-6)
    lower = np.floor(position).astype(int)
    upper_share = (position - lower).astype(np.float32)
    weights = np.zeros((len(pixels), side + 2), dtype=np.float32)  # the first and the last belong to the zeros
    index = np.arange(len(pixels))
    weights[index, lower + 1] = 1 - upper_share
    weights[index, lower + 2] = upper_share
    return weights[:, 1:-1]

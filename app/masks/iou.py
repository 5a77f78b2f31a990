"""IoU of masks, from their run lengths."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from app.masks.instance import InvalidMask, Rle
from app.masks.rle import coco_dicts


def mask_iou(predicted: Sequence[Rle], truth: Sequence[Rle], truth_is_crowd: Sequence[bool]) -> NDArray[np.float64]:
    """Compare every predicted mask with every true one of the same image.

    Args:
        predicted: P masks.
        truth: T masks of the same size.
        truth_is_crowd: For each true mask, whether it is a crowd: then the predicted area stands for the union,
            so that a prediction inside a crowd has 1.
    Returns:
        (P, T) from 0 to 1.
    Raises:
        InvalidMask: the masks are not all of one size.
        ValueError: truth_is_crowd does not have one value for each true mask.
    """
    if len(truth_is_crowd) != len(truth):
        raise ValueError(f"{len(truth)} true masks, but {len(truth_is_crowd)} crowd flags")
    if not predicted or not truth:
        return np.zeros((len(predicted), len(truth)))
    sizes = {rle.size for rle in (*predicted, *truth)}
    if len(sizes) > 1:
        raise InvalidMask(f"masks of different sizes cannot be compared: {sorted(sizes)}")
    iou: NDArray[np.float64] = coco_mask.iou(
        coco_dicts(predicted),
        coco_dicts(truth),
        [int(crowd) for crowd in truth_is_crowd],
    )
    return iou

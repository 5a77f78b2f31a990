"""Pictures of numbers: many masks in one array, each pixel with the number of the object that lies on top."""

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from app.masks.counts import format_counts, parse_counts
from app.masks.instance import Rle
from app.masks.rle import coco_dict


class Canvas:
    """Takes masks one over the other; what is painted later covers what lies there. 0 is where nothing lies."""

    def __init__(self, height: int, width: int, *, highest: int) -> None:
        self._size = (height, width)
        self._columns = np.zeros(height * width, np.min_scalar_type(highest))  # column by column, as runs are

    def paint(self, rle: Rle, number: int) -> None:
        """Give a mask's pixels a number, run by run: nothing is unpacked."""
        ends = np.cumsum(parse_counts(rle.counts, self._size)).tolist()
        for start, end in zip(ends[0::2], ends[1::2], strict=False):
            self._columns[start:end] = number

    def numbers(self) -> NDArray[np.unsignedinteger]:
        """The picture, (H, W), in as few bytes a pixel as the highest number needs."""
        height, width = self._size
        return self._columns.reshape(width, height).T


def split_numbers(numbers: NDArray[np.integer] | NDArray[np.bool_]) -> dict[int, Rle]:
    """Take a picture of numbers, (H, W), apart: the mask of each number but 0, the lowest number first."""
    height, width = numbers.shape
    filled = np.flatnonzero(numbers.any(axis=0))
    if filled.size == 0:
        return {}
    left, right = int(filled[0]), int(filled[-1]) + 1  # most masks are small in their images
    columns = np.ascontiguousarray(numbers[:, left:right].T).ravel()
    starts = np.concatenate(([0], np.flatnonzero(columns[1:] != columns[:-1]) + 1))
    ends = np.append(starts[1:], columns.size)
    values = columns[starts]
    offset = left * height
    order = np.argsort(values, kind="stable")
    found, firsts = np.unique(values[order], return_index=True)
    masks: dict[int, Rle] = {}
    for number, segments in zip(found.tolist(), np.split(order, firsts[1:]), strict=True):
        if number:
            borders = np.column_stack((starts[segments], ends[segments])).ravel() + offset
            runs = np.diff(np.concatenate(([0], borders, [height * width])))
            masks[int(number)] = Rle.from_encoder((height, width), format_counts(runs, (height, width)))
    return masks


def intersection(one: Rle, other: Rle) -> Rle:
    """The pixels that two masks of one size share."""
    shared = coco_mask.merge([coco_dict(one), coco_dict(other)], intersect=True)
    return Rle.from_encoder(one.size, str(shared["counts"], "ascii"))

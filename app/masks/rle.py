"""RLE: masks to COCO's compressed run lengths and back, area and box without decoding."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from app.masks.counts import check_runs, check_size, format_counts, parse_counts
from app.masks.instance import InvalidMask, Rle


def encode_mask(mask: NDArray[np.bool_]) -> Rle:
    """Encode a mask, (H, W).

    Raises:
        InvalidMask: mask is not two-dimensional, or has no pixel.
    """
    if mask.ndim != 2 or mask.size == 0:
        raise InvalidMask(f"a mask has height and width, this array has the shape {mask.shape}")
    height, width = mask.shape
    encoded = coco_mask.encode(np.asfortranarray(mask, dtype=np.uint8))
    return Rle.from_encoder((height, width), str(encoded["counts"], "ascii"))


def decode_rle(rle: Rle) -> NDArray[np.bool_]:
    """Decode to a mask, (H, W), column by column in memory."""
    height, width = rle.size
    runs = parse_counts(rle.counts, rle.size)
    is_foreground = np.arange(len(runs)) % 2 == 1
    return np.repeat(is_foreground, runs).reshape(width, height).T


def encode_crop(crop: NDArray[np.bool_], *, left: int, top: int, size: tuple[int, int]) -> Rle:
    """Encode a part of a mask that is empty elsewhere; nothing of the whole mask's size is made.

    Args:
        crop: The part, (h, w); what lies outside the mask is cut off.
        left: Column of the crop's first column in the mask; top the same for rows.
        size: (height, width) of the mask.
    Raises:
        InvalidMask: The size is none of an image.
    """
    check_size(size)
    height, width = size
    inside = crop[max(0, -top) : max(0, height - top), max(0, -left) : max(0, width - left)]
    columns = np.pad(inside.T, ((0, 0), (1, 1)))
    column, row = np.nonzero(columns[:, 1:] != columns[:, :-1])
    borders = (column + max(left, 0)) * height + row + max(top, 0)
    runs = np.diff(np.concatenate(([0], borders, [height * width])))
    return Rle.from_encoder(size, format_counts(runs, size))


def decode_box(rle: Rle) -> tuple[NDArray[np.bool_], int, int]:
    """Decode the smallest box around the foreground alone.

    Returns:
        The box's mask, (h, w), its left column and its top row.
    """
    left, top, width, height = box_xywh(rle)
    rows = rle.size[0]
    ends = np.cumsum(np.concatenate(([0], parse_counts(rle.counts, rle.size))))
    runs = np.diff(np.clip(ends, left * rows, (left + width) * rows))
    columns = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(width, rows)
    return columns.T[top : top + height], left, top


def unite(rles: Sequence[Rle]) -> Rle:
    """The pixels of any of some masks of one size."""
    united = coco_mask.merge([coco_dict(rle) for rle in rles])
    return Rle.from_encoder(rles[0].size, str(united["counts"], "ascii"))


def area(rle: Rle) -> int:
    """Count the foreground pixels."""
    return int(coco_mask.area(coco_dict(rle)))


def box_xywh(rle: Rle) -> tuple[int, int, int, int]:
    """Find the smallest box around the foreground, in whole pixels; all zeros where there is none."""
    x, y, width, height = coco_mask.toBbox(coco_dict(rle)).tolist()
    return int(x), int(y), int(width), int(height)


def rle_from_uncompressed(size: tuple[int, int], counts: Sequence[int]) -> Rle:
    """Compress run lengths given as a list (COCO's other form).

    Raises:
        InvalidMask: a run is negative or no whole number, or they do not add up to height x width.
    """
    check_size(size)
    if not all(type(run) is int and 0 <= run <= size[0] * size[1] for run in counts):
        raise InvalidMask("rle counts hold something else than whole numbers from 0 to height x width")
    runs = np.array(counts, dtype=np.int64)
    check_runs(runs, size)
    return Rle.from_encoder(size, format_counts(runs, size))


def uncompressed_counts(rle: Rle) -> list[int]:
    """List the run lengths: column-major, background first."""
    runs: list[int] = parse_counts(rle.counts, rle.size).tolist()
    return runs


def coco_dicts(rles: Sequence[Rle]) -> list[dict[str, object]]:
    """What pycocotools takes of many masks; quicker than coco_dict of each."""
    return [{"size": rle.size, "counts": rle.counts} for rle in rles]


def coco_dict(rle: Rle) -> dict[str, object]:
    """The object that pycocotools takes and COCO's JSON holds."""
    return {"size": list(rle.size), "counts": rle.counts}

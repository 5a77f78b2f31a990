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


def coco_dict(rle: Rle) -> dict[str, object]:
    """The object that pycocotools takes and COCO's JSON holds."""
    return {"size": list(rle.size), "counts": rle.counts}

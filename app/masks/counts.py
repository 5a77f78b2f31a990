"""COCO's compressed run lengths as text: strict reading, and nothing that could reach past a buffer.

pycocotools reads a counts string in C without any bounds: one that ends in the middle of a number, or whose runs
do not add up to the image, makes it read or write foreign memory. Every string is therefore read here first.

Format: https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c (rleToString, rleFrString).
"""

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from app.masks.errors import InvalidMask

MAX_PIXELS = 2**29 - 1  # a difference of runs then fits in 6 characters; at 7, pycocotools shifts beyond its integers
_FIRST_CHARACTER = 48  # "0"; five bits of number and one "goes on" bit follow it
_MAX_CHARACTERS = 6


def check_size(size: tuple[int, int]) -> None:
    """Refuse a size without pixels, or with more than run lengths can count.

    Raises:
        InvalidMask: as said.
    """
    height, width = size
    if height < 1 or width < 1 or height * width > MAX_PIXELS:
        raise InvalidMask(f"rle size is {height} x {width}; give the image's height and width in pixels")


def parse_counts(counts: str, size: tuple[int, int]) -> NDArray[np.int64]:
    """Read a compressed counts string: run lengths, column-major, background first.

    Raises:
        InvalidMask: the text is no COCO counts string, or its runs do not add up to height x width.
    """
    try:
        symbols = np.frombuffer(counts.encode("ascii"), dtype=np.uint8).astype(np.int64) - _FIRST_CHARACTER
    except UnicodeEncodeError:
        raise InvalidMask(
            f"rle counts hold the character {_first_foreign(counts)!r}; give COCO compressed RLE"
        ) from None
    if symbols.size == 0:
        raise InvalidMask("rle counts are empty; give COCO compressed RLE")
    if symbols.min() < 0 or symbols.max() > 63:
        raise InvalidMask(f"rle counts hold the character {_first_foreign(counts)!r}; give COCO compressed RLE")
    ends = np.flatnonzero(symbols < 32)
    if ends.size == 0 or ends[-1] != symbols.size - 1:
        raise InvalidMask("rle counts stop in the middle of a number; give the whole string")
    runs = _decode_runs(symbols, ends)
    check_runs(runs, size)
    return runs


def check_runs(runs: NDArray[np.int64], size: tuple[int, int]) -> None:
    """Refuse runs that are negative or do not fill the image.

    Raises:
        InvalidMask: as said.
    """
    height, width = size
    if runs.size == 0 or int(runs.min()) < 0:
        raise InvalidMask("rle counts hold a negative run; give COCO compressed RLE")
    total = int(runs.sum())
    if total != height * width:
        raise InvalidMask(
            f"rle counts add up to {total} pixels, its size {height} x {width} has {height * width}; they must be equal"
        )


def format_counts(runs: NDArray[np.int64], size: tuple[int, int]) -> str:
    """Write checked runs as a compressed counts string, runs of length 0 merged away."""
    rle = {"size": list(size), "counts": merge_empty_runs(runs).tolist()}
    return str(coco_mask.frPyObjects(rle, *size)["counts"], "ascii")


def merge_empty_runs(runs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join the neighbours of every run of length 0 but a leading one, which says that the mask starts with foreground.

    pycocotools stops comparing two masks where both have an empty run at the same place.
    """
    filled = np.flatnonzero(runs)
    values = filled & 1  # 0 background, 1 foreground
    first_of_value = np.append(True, values[1:] != values[:-1])
    starts = np.concatenate(([0], np.cumsum(runs[filled])[:-1]))[first_of_value]
    merged = np.diff(np.append(starts, runs.sum()))
    return np.concatenate(([0], merged)) if values[0] else merged


def are_shortest(counts: str) -> bool:
    """Whether each number of a checked counts string has no more characters than pycocotools would give it."""
    symbols = np.frombuffer(counts.encode("ascii"), dtype=np.uint8) - np.uint8(_FIRST_CHARACTER)
    last = np.flatnonzero(symbols[1:] < 32) + 1
    last = last[symbols[last - 1] >= 32]  # of the numbers of more than one character
    sign_before = np.where(symbols[last - 1] & 16, 31, 0)  # what this character would say again
    return not np.any(symbols[last] == sign_before)


def _decode_runs(symbols: NDArray[np.int64], ends: NDArray[np.intp]) -> NDArray[np.int64]:
    starts = np.concatenate(([0], ends[:-1] + 1))
    lengths = ends - starts + 1
    if lengths.max() > _MAX_CHARACTERS:
        raise InvalidMask("rle counts hold a number of more than 30 bits; give COCO compressed RLE")
    shifts = 5 * (np.arange(symbols.size) - np.repeat(starts, lengths))
    runs = np.add.reduceat((symbols & 31) << shifts, starts)
    runs -= (symbols[ends] >> 4 & 1) << 5 * lengths  # the top bit of the last character is the sign
    runs[1::2] = np.cumsum(runs[1::2])  # from the fourth on, a number is the difference to the one two before
    runs[2::2] = np.cumsum(runs[2::2])
    return runs


def _first_foreign(counts: str) -> str:
    return next(character for character in counts if not 0 <= ord(character) - _FIRST_CHARACTER <= 63)

"""Takes out of a mask what nobody would draw: specks beside the object and pinholes in it."""

import cv2
import numpy as np
from numpy.typing import NDArray

SMALLEST_SHARE = 0.01  # of the largest part: what is smaller is a speck or a pinhole
CONNECTIVITY = 4  # as masks are traced


def tidy_mask(mask: NDArray[np.uint8], *, wanted: NDArray[np.uint8], unwanted: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Drop specks and fill pinholes.

    Args:
        mask: The object, (H, W), 0 or 1; so are the others.
        wanted: Painted foreground: a speck that it touches stays.
        unwanted: Painted background: a hole that it touches stays.
    """
    parts, areas = _parts(mask)
    if len(areas) == 1:
        return mask
    smallest = SMALLEST_SHARE * areas[1:].max()
    stays = (areas >= smallest) | _touched(parts, wanted, len(areas))
    stays[0] = False
    kept = stays[parts].astype(np.uint8)
    return _fill_pinholes(kept, unwanted, smallest=smallest)


def _fill_pinholes(mask: NDArray[np.uint8], unwanted: NDArray[np.uint8], *, smallest: float) -> NDArray[np.uint8]:
    parts, areas = _parts(1 - mask)
    fills = (areas < smallest) & ~_touched(parts, unwanted, len(areas))
    fills[0] = False
    # What reaches the crop's border may go on beyond it: no hole.
    rim = np.concatenate((parts[0], parts[-1], parts[:, 0], parts[:, -1]))
    fills[rim] = False
    return mask | fills[parts].astype(np.uint8)


def _parts(mask: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The number of each pixel's part, 0 for none, and the parts' areas by number."""
    _, parts, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=CONNECTIVITY)
    return np.asarray(parts, dtype=np.int32), np.asarray(stats[:, cv2.CC_STAT_AREA], dtype=np.int32)


def _touched(parts: NDArray[np.int32], painted: NDArray[np.uint8], count: int) -> NDArray[np.bool_]:
    return np.bincount(parts[painted > 0], minlength=count) > 0

"""Perceptual fingerprints: pictures that look alike have fingerprints that differ in few bits."""

import cv2
import numpy as np
from numpy.typing import NDArray

NOTHING_TO_COMPARE = 0  # of a picture of one colour, or of stripes; others have as many ones as zeros
_SIDE = 32  # px that the picture is shrunk to
_BLOCK = slice(1, 9)  # the 8 x 8 waves of one to eight half turns; those of none say how bright it is
_FAINT = 0.25  # grey levels of 255: half of the waves are weaker than what JPEG does to a blank picture


def fingerprint(rgb: NDArray[np.uint8]) -> int:
    """The fingerprint of an upright picture, (H, W, 3), as a signed number of 64 bits.

    Each bit says whether one of the 64 slowest waves of the shrunk grey picture is above their median. Size, JPEG
    quality and brightness hardly move these; another turn or a mirror image is another picture.

    Source: the DCT hash of pHash (C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions",
    2010, 3.2), with the mean over areas in place of its 7 x 7 mean filter.
    """
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    waves = cv2.dct(small)[_BLOCK, _BLOCK].ravel()
    if np.median(np.abs(waves)) < _FAINT:
        return NOTHING_TO_COMPARE
    bits = np.packbits(waves > np.median(waves))
    return int.from_bytes(bits.tobytes(), "big", signed=True)

"""One object found in an image, and its mask in the forms that answers need."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.masks.counts import format_counts
from app.masks.instance import Polygon, Ring, Rle
from app.masks.polygons import mask_to_polygons


@dataclass(frozen=True, slots=True)
class Prediction:
    """One object found in an image.

    box_xyxy is in whole pixels of the upright image, half-open and inside it; mask holds the box's pixels,
    (y1 - y0, x1 - x0), of which at least one is True. score is the model's own, never rounded.
    """

    class_name: str
    score: float
    box_xyxy: tuple[int, int, int, int]
    mask: NDArray[np.bool_]

    def rle(self, height: int, width: int) -> Rle:
        """The mask in the whole image of this height and width."""
        x0, y0, _, _ = self.box_xyxy
        return crop_to_rle(self.mask, x0, y0, height=height, width=width)

    def polygons(self) -> list[Polygon]:
        """The mask's outlines in pixels of the whole image, along pixel edges: rasterised they give the mask back."""
        x0, y0, _, _ = self.box_xyxy
        return [
            Polygon(_shift(polygon.exterior, x0, y0), tuple(_shift(hole, x0, y0) for hole in polygon.holes))
            for polygon in mask_to_polygons(self.mask)
        ]


def crop_to_rle(mask: NDArray[np.bool_], x0: int, y0: int, *, height: int, width: int) -> Rle:
    """The RLE of an image that holds the mask at (x0, y0) and nothing else.

    The work is the crop's: in a photo of 12 megapixels a hundred whole-image masks would take seconds.
    """
    crop_height, crop_width = mask.shape
    # One row of background under each column ends its last run there; what then touches is joined by format_counts.
    columns = np.zeros((crop_width, crop_height + 1), dtype=np.int8)
    columns[:, :crop_height] = mask.T
    edges = np.flatnonzero(np.diff(columns.ravel(), prepend=np.int8(0)))
    column, row = np.divmod(edges, crop_height + 1)
    positions = (x0 + column) * height + y0 + row
    runs = np.diff(positions, prepend=0, append=height * width)
    return Rle.from_encoder((height, width), format_counts(runs, (height, width)))


def _shift(ring: Ring, x0: int, y0: int) -> Ring:
    return tuple((x + x0, y + y0) for x, y in ring)

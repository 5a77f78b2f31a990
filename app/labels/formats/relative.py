"""Coordinates from 0 to 1 over an image, and pixels."""

from collections.abc import Sequence

import numpy as np

from app.masks.instance import Polygon, Ring

PIXEL_DECIMALS = 9  # what division and multiplication change lies far below: a stored 12.1 comes back as 12.1


def to_relative(ring: Ring, height: int, width: int) -> Ring:
    """Give a ring in pixels as parts of the image's sides."""
    return tuple([(x / width, y / height) for x, y in ring])


def to_pixels(polygons: Sequence[Polygon], height: int, width: int) -> tuple[Polygon, ...]:
    """Give polygons in parts of the image's sides in pixels."""

    def scaled(ring: Ring) -> Ring:
        pixels = np.round(np.array(ring, dtype=np.float64) * (width, height), PIXEL_DECIMALS)
        return tuple([(x, y) for x, y in pixels.tolist()])

    return tuple([Polygon(scaled(polygon.exterior), tuple(map(scaled, polygon.holes))) for polygon in polygons])

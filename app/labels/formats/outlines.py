"""Rings as label files have them, and what other programs draw instead of rings."""

from collections.abc import Iterable, Sequence
from math import acos, ceil, cos, isfinite, pi, radians, sin

from app.masks.instance import InvalidMask, Point, Polygon, Ring

TOLERANCE_PX = 0.05  # between a curve and the straight edges for it: a quarter of what the rasteriser tells apart
MAX_CURVE_POINTS = 1000


def open_ring(points: Iterable[Point]) -> Ring:
    """Read a ring; last points that repeat the first only close it.

    Raises:
        InvalidMask: A number is not finite, or fewer than three points are left.
    """
    ring = _opened(points)
    if not all(isfinite(x) and isfinite(y) for x, y in ring):
        raise InvalidMask("it holds a number that is not finite")
    if len(ring) < 3:
        raise InvalidMask(f"it has {len(ring)} points; an outline has at least 3")
    return ring


def open_polygons(polygons: Sequence[Polygon]) -> tuple[Polygon, ...]:
    """Give polygons as reading them gives them back; rings that are only a line have no inside and are left out."""
    return tuple(
        [
            Polygon(exterior, tuple([hole for hole in map(_opened, polygon.holes) if len(hole) >= 3]))
            for polygon in polygons
            if len(exterior := _opened(polygon.exterior)) >= 3
        ]
    )


def box_ring(left: float, top: float, right: float, bottom: float, *, degrees: float = 0.0) -> Ring:
    """The outline of a box, turned clockwise on the screen around its middle.

    Raises:
        InvalidMask: A number is not finite.
    """
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return _turned(corners, (left + right) / 2, (top + bottom) / 2, degrees)


def ellipse_ring(x: float, y: float, radius_x: float, radius_y: float, *, degrees: float = 0.0) -> Ring:
    """An ellipse by straight edges, nowhere farther off than TOLERANCE_PX; turned clockwise on the screen.

    Raises:
        InvalidMask: A number is not finite, or it has no inside.
    """
    largest = max(radius_x, radius_y)
    if not (isfinite(largest) and min(radius_x, radius_y) > 0):
        raise InvalidMask("its radius should be above 0")
    count = ceil(pi / acos(max(0.0, 1 - TOLERANCE_PX / largest))) if largest < 1e9 else MAX_CURVE_POINTS
    count = min(max(count, 8), MAX_CURVE_POINTS)
    angles = [2 * pi * number / count for number in range(count)]
    return _turned([(x + radius_x * cos(a), y + radius_y * sin(a)) for a in angles], x, y, degrees)


def _opened(points: Iterable[Point]) -> Ring:
    ring = tuple(points)
    while len(ring) > 1 and ring[0] == ring[-1]:
        ring = ring[:-1]
    return ring


def _turned(points: Sequence[Point], x: float, y: float, degrees: float) -> Ring:
    if not isfinite(degrees):
        raise InvalidMask("it holds a number that is not finite")
    if degrees == 0:
        return open_ring(points)
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return open_ring([(x + (px - x) * c - (py - y) * s, y + (px - x) * s + (py - y) * c) for px, py in points])

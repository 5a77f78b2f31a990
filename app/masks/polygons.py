"""Polygons: outlines of masks along pixel edges, clipping to an image, areas.

The outline rule and its proof: docs/decisions/0003-mask-polygon-rule.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.masks.instance import InvalidMask, Point, Polygon, Ring


@dataclass(frozen=True, slots=True)
class ClippedPolygons:
    """What is left of polygons inside an image; changed says that any was cut, dropped counts those wholly outside."""

    polygons: tuple[Polygon, ...]
    changed: bool
    dropped: int


def mask_to_polygons(mask: NDArray[np.bool_], *, tolerance_px: float = 0.0) -> list[Polygon]:
    """Trace the outlines of a mask, keeping holes.

    H and W are the image height and width in pixels; x grows right, y down. Vertices are corners of pixels.
    Exteriors run clockwise on the screen and holes the other way, so even-odd and non-zero filling agree.

    Args:
        mask: Foreground pixels, (H, W).
        tolerance_px: Largest distance a dropped vertex may lie from the outline; 0 keeps all.
    Returns:
        One polygon per 4-connected part, largest first; at tolerance 0 rasterising them gives `mask` back.
    Raises:
        InvalidMask: mask is not two-dimensional.
    Source: docs/decisions/0003-mask-polygon-rule.md (pixel-edge tracing).
    """
    if mask.ndim != 2:
        raise InvalidMask(f"a mask has height and width, this array has the shape {mask.shape}")
    pixels = np.ascontiguousarray(mask, dtype=np.uint8)
    left, top, width, height = cv2.boundingRect(pixels) if mask.size else (0, 0, 0, 0)
    if width == 0:
        return []
    crop = pixels[top : top + height, left : left + width]
    rings = _trace_rings(crop)
    polygons = _group_rings(crop, rings, offset=(left, top))
    if tolerance_px <= 0:
        return polygons
    return [
        Polygon(_simplify(polygon.exterior, tolerance_px), tuple(_simplify(h, tolerance_px) for h in polygon.holes))
        for polygon in polygons
    ]


def clip_polygons(polygons: Sequence[Polygon], height: int, width: int) -> ClippedPolygons:
    """Cut away what lies outside an image of this size; polygons inside come back as they are.

    An outline that leaves and re-enters may fall into several polygons. New vertices lie on the border.
    """
    kept: list[Polygon] = []
    changed, dropped = False, 0
    for polygon in polygons:
        if all(_lies_inside(ring, height, width) for ring in (polygon.exterior, *polygon.holes)):
            kept.append(polygon)
            continue
        changed = True
        parts = _clip_polygon(polygon, height, width)
        dropped += not parts
        kept += parts
    return ClippedPolygons(tuple(kept), changed, dropped)


def clip_ring(ring: Ring, height: int, width: int) -> list[Ring]:
    """Cut one ring to an image of this size, even-odd; degenerate rests are dropped."""
    rings = [ring]
    for axis, bound, sign in ((0, 0.0, 1), (0, float(width), -1), (1, 0.0, 1), (1, float(height), -1)):
        rings = [part for whole in rings for part in _clip_to_half_plane(whole, axis, bound, sign)]
    return [part for part in rings if not _is_on_one_line(part)]


def polygon_area(polygon: Polygon) -> float:
    """Measure the exterior less the holes, in square pixels; exact for outlines that do not cross themselves."""
    return _ring_area(polygon.exterior) - sum(_ring_area(hole) for hole in polygon.holes)


def _ring_area(ring: Ring) -> float:
    x, y = np.array(ring, dtype=np.float64).T
    x, y = x - x[0], y - y[0]  # far from the origin the products would lose digits
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


# --- tracing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _TracedRings:
    """Closed outlines of a crop, one after another: their corners, and where each starts and the last ends."""

    x: NDArray[np.intp]
    y: NDArray[np.intp]
    bounds: NDArray[np.intp]


def _trace_rings(crop: NDArray[np.uint8]) -> _TracedRings:
    """Find every corner at which an outline turns, and walk from corner to corner.

    Along a row of the corner lattice, outline edges join the 1st corner to the 2nd, the 3rd to the 4th, and so on; the
    same along a column. Where two foreground pixels touch only diagonally, four edges meet: that corner is taken twice,
    once for each foreground pixel, which keeps them apart (4-connected).
    """
    padded = np.pad(crop != 0, 1)
    edge = padded[:-1] ^ padded[1:]  # a horizontal outline edge above pixel row y, lattice row y
    left, right = edge[:, :-1], edge[:, 1:]
    side = padded[:-1, :-1] ^ padded[:-1, 1:]
    crossing = left & right & side
    corner_y, corner_x = np.divmod(np.flatnonzero((left ^ right) | crossing), left.shape[1])

    is_crossing = crossing[corner_y, corner_x]
    copies = np.repeat(np.arange(corner_x.size), 1 + is_crossing)
    x, y = corner_x[copies], corner_y[copies]
    second = np.append(False, copies[1:] == copies[:-1])
    # The first copy ends the edge from the left; its pixel and its vertical edge lie above it or below it.
    above_left = padded[y, x]
    lower = is_crossing[copies] & (second == above_left)
    down_columns = np.argsort((x * (left.shape[0] + 1) + y) * 2 + lower, kind="stable")
    vertical = np.empty_like(down_columns)
    vertical[down_columns[0::2]] = down_columns[1::2]
    vertical[down_columns[1::2]] = down_columns[0::2]
    walk, bounds = _walk(vertical.tolist())
    return _TracedRings(x[walk], y[walk], bounds)


def _walk(vertical: list[int]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Follow horizontal edges (corner i to i ^ 1) and vertical ones in turn, each ring from its top left corner."""
    visited = bytearray(len(vertical) // 2)
    walk: list[int] = []
    bounds = [0]
    for pair in range(len(visited)):
        if visited[pair]:
            continue
        start = corner = 2 * pair
        while True:
            visited[corner >> 1] = 1
            walk += (corner, corner ^ 1)
            corner = vertical[corner ^ 1]
            if corner == start:
                break
        bounds.append(len(walk))
    return np.array(walk, dtype=np.intp), np.array(bounds, dtype=np.intp)


def _group_rings(crop: NDArray[np.uint8], rings: _TracedRings, *, offset: tuple[int, int]) -> list[Polygon]:
    """Join holes to the part they lie in, largest part first."""
    starts = rings.bounds[:-1]
    first_x, first_y = rings.x[starts], rings.y[starts]
    is_exterior = crop[first_y, first_x] != 0  # a ring starts top left: its inside is foreground, or it is a hole
    areas = _traced_areas(rings)
    if is_exterior.all():
        part_of_ring = np.arange(starts.size)
    else:
        _, labels = cv2.connectedComponents(crop, connectivity=4)
        part_of_ring = labels.astype(np.intp)[np.where(is_exterior, first_y, first_y - 1), first_x]
    points = list(
        zip((rings.x + offset[0]).astype(float).tolist(), (rings.y + offset[1]).astype(float).tolist(), strict=True)
    )
    bounds = rings.bounds.tolist()
    slices = zip(bounds[:-1], bounds[1:], part_of_ring.tolist(), is_exterior.tolist(), strict=True)
    exteriors: dict[int, Ring] = {}
    holes: dict[int, list[Ring]] = {}
    for start, end, part, outer in slices:
        if outer:
            exteriors[part] = tuple(points[start:end])
        else:
            holes.setdefault(part, []).append(tuple(points[start:end][::-1]))
    part_areas = np.bincount(part_of_ring, weights=np.where(is_exterior, areas, -areas))
    ordered = sorted(exteriors, key=lambda part: -part_areas[part])
    return [Polygon(exteriors[part], tuple(holes.get(part, ()))) for part in ordered]


def _traced_areas(rings: _TracedRings) -> NDArray[np.float64]:
    following = np.arange(1, rings.x.size + 1)
    following[rings.bounds[1:] - 1] = rings.bounds[:-1]
    cross = rings.x * rings.y[following] - rings.x[following] * rings.y
    return np.abs(np.add.reduceat(cross, rings.bounds[:-1])) / 2


# --- simplifying -------------------------------------------------------------------------------------------------


def _simplify(ring: Ring, tolerance_px: float) -> Ring:
    """Drop vertices by Douglas and Peucker's rule, keeping at least a triangle.

    OpenCV's approxPolyDP is not used: its last clean-up lets vertices lie farther off than the tolerance.
    Source: https://en.wikipedia.org/wiki/Ramer–Douglas–Peucker_algorithm
    """
    points = np.array((*ring, ring[0]), dtype=np.float64)
    last = len(ring)
    opposite = int(np.argmax(np.hypot(*(points - points[0]).T)))
    kept = np.zeros(last + 1, dtype=np.bool_)
    kept[[0, opposite]] = True
    pending = [(0, opposite), (opposite, last)]
    while pending:
        start, end = pending.pop()
        if end - start < 2:
            continue
        distances = _distances(points[start + 1 : end], points[start], points[end])
        farthest = int(np.argmax(distances))
        if distances[farthest] > tolerance_px:
            middle = start + 1 + farthest
            kept[middle] = True
            pending += [(start, middle), (middle, end)]
    if np.count_nonzero(kept) < 3:
        kept[int(np.argmax(_distances(points[:last], points[0], points[opposite])))] = True
    return tuple(ring[index] for index in np.flatnonzero(kept[:last]).tolist())


def _distances(
    points: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Distances of points from a segment."""
    direction = end - start
    length_squared = float(direction @ direction)
    along = np.clip((points - start) @ direction / length_squared, 0, 1) if length_squared else np.zeros(len(points))
    distances: NDArray[np.float64] = np.hypot(*(points - start - along[:, None] * direction).T)
    return distances


# --- clipping ----------------------------------------------------------------------------------------------------


def _lies_inside(ring: Ring, height: int, width: int) -> bool:
    return all(0 <= x <= width and 0 <= y <= height for x, y in ring)


def _clip_polygon(polygon: Polygon, height: int, width: int) -> list[Polygon]:
    exteriors = clip_ring(polygon.exterior, height, width)
    holes = [part for hole in polygon.holes for part in clip_ring(hole, height, width)]
    # A hole is cut out of every part it may reach: taking away what is not there changes nothing.
    return [
        Polygon(exterior, tuple(hole for hole in holes if len(exteriors) == 1 or _boxes_overlap(exterior, hole)))
        for exterior in exteriors
    ]


def _is_on_one_line(ring: Ring) -> bool:
    """Whether all vertices are collinear: an area of 0 would not do, a crossing outline may have that too."""
    points = np.array(ring, dtype=np.float64) - ring[0]
    x, y = points[np.argmax(np.abs(points).sum(axis=1))]
    return bool(np.all(points[:, 0] * y == points[:, 1] * x))


def _boxes_overlap(one: Ring, other: Ring) -> bool:
    return all(
        min(p[axis] for p in one) < max(p[axis] for p in other)
        and min(p[axis] for p in other) < max(p[axis] for p in one)
        for axis in (0, 1)
    )


def _clip_to_half_plane(ring: Ring, axis: int, bound: float, sign: int) -> list[Ring]:
    """Keep what lies at or beyond the bound (sign 1), or at or below it (sign -1).

    The ring falls into chains inside, each from the bound to the bound. Between the 1st and 2nd, 3rd and 4th crossing
    in order along the bound lies the inside (even-odd), so there the chains' ends are joined. Every ring that was cut
    starts on the bound.
    """
    inside = [sign * (point[axis] - bound) >= 0 for point in ring]
    if all(inside):
        return [ring]
    chains = list(_chains(ring, inside, axis, bound))
    ends = [(chain[end][1 - axis], index, end) for index, chain in enumerate(chains) for end in (0, -1)]
    ends.sort()
    partner: dict[tuple[int, int], tuple[int, int]] = {}
    for (_, *one), (_, *other) in zip(ends[::2], ends[1::2], strict=True):
        partner[one[0], one[1]] = other[0], other[1]
        partner[other[0], other[1]] = one[0], one[1]
    return _fuse_overlapping([joined for joined in _join(chains, partner) if len(joined) >= 3])


def _chains(ring: Ring, inside: list[bool], axis: int, bound: float) -> Iterator[list[Point]]:
    """The runs of vertices inside, each with the two points where it crosses the bound."""
    first = next(i for i in range(len(ring)) if not inside[i])
    chain: list[Point] = []
    for step in range(first, first + len(ring)):
        here, there = step % len(ring), (step + 1) % len(ring)
        if inside[here] != inside[there]:
            chain.append(_crossing(ring[here], ring[there], axis, bound))
        if inside[there]:
            chain.append(ring[there])
        elif chain:
            yield chain
            chain = []


def _crossing(start: Point, end: Point, axis: int, bound: float) -> Point:
    share = (bound - start[axis]) / (end[axis] - start[axis])
    low, high = sorted((start[1 - axis], end[1 - axis]))
    other = min(max(start[1 - axis] * (1 - share) + end[1 - axis] * share, low), high)  # rounding may lead out
    return (bound, other) if axis == 0 else (other, bound)


def _join(chains: list[list[Point]], partner: dict[tuple[int, int], tuple[int, int]]) -> Iterator[Ring]:
    """Walk from chain to chain over the partners of their ends; a crossing outline may take one backwards."""
    free = set(range(len(chains)))
    while free:
        index, entry = min(free), 0
        points: list[Point] = []
        while index in free:
            free.remove(index)
            points += chains[index] if entry == 0 else chains[index][::-1]
            index, entry = partner[(index, -1 if entry == 0 else 0)]
        yield tuple(point for point, after in zip(points, [*points[1:], points[0]], strict=True) if point != after)


def _fuse_overlapping(rings: list[Ring]) -> list[Ring]:
    """Make one ring of those that may overlap, by a way there and back along the bound.

    What two parts of a crossing outline both cover is outside (even-odd); as two polygons it would be inside.
    """
    apart: list[Ring] = []
    for ring in rings:
        fused = ring
        for other in [other for other in apart if _boxes_overlap(other, ring)]:
            apart.remove(other)
            fused = (*other, other[0], *fused, fused[0])
        apart.append(fused)
    return apart

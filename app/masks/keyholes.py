"""Keyholes: several rings as one, joined by bridges that are run there and back, and the way back.

Filling is even-odd by our rule (decision 0003), and the two ways over a bridge toggle the same pixels. So a bridged
ring covers exactly what its rings cover together: holes stay open, parts stay apart.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, pairwise

import numpy as np
from numpy.typing import NDArray

from app.masks.instance import Point, Polygon, Ring

MAX_MEASURED_POINTS = 10_000  # shortest bridges take the square of it in steps: half a second
_BLOCK = 1_000_000  # distances at once, 8 MB


def bridge_rings(rings: Sequence[Ring]) -> Ring:
    """Join rings to one by the shortest bridges between their vertices, beginning with the first ring's first vertex.

    Beyond MAX_MEASURED_POINTS each ring is joined to the one before, wherever that lies.
    """
    if len(rings) == 1:
        return rings[0]
    points = list(chain.from_iterable(rings))
    bounds = [0, *accumulate(map(len, rings))]
    if len(points) > MAX_MEASURED_POINTS:
        bridges = [(start, end) for start, end in pairwise(bounds[:-1])]
    else:
        bridges = _shortest_bridges(np.array(points, dtype=np.float64), bounds)
    walk = [points[vertex] for vertex in _walk(bounds, bridges)]
    return tuple(_without_repeats(walk))


def split_keyholes(ring: Ring) -> tuple[Polygon, ...]:
    """Take bridges out of a ring: parts become polygons of their own, and what lies inside others becomes holes.

    A ring without bridges comes back as it is, and so does one whose rings cross or are too many to compare: it covers
    the same pixels.
    """
    if len(ring) > MAX_MEASURED_POINTS or len(set(ring)) == len(ring):
        return (Polygon(ring),)
    rings = _rings_between_bridges(ring)
    nested = _nested(rings) if len(rings) > 1 else None
    return nested or (Polygon(ring),)


# --- bridging ----------------------------------------------------------------------------------------------------


def _shortest_bridges(points: NDArray[np.float64], bounds: list[int]) -> list[tuple[int, int]]:
    """The least sum of bridges that joins all rings, each as (vertex in a ring joined before, vertex in a new one).

    Source: https://en.wikipedia.org/wiki/Prim%27s_algorithm
    """
    ring_of = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    distances = np.full(len(points), np.inf)
    nearest = np.zeros(len(points), dtype=np.intp)
    is_free = np.ones(len(points), dtype=np.bool_)
    bridges: list[tuple[int, int]] = []
    ring = 0
    for _ in range(len(bounds) - 2):
        own = np.arange(bounds[ring], bounds[ring + 1])
        is_free[own] = False
        free = np.flatnonzero(is_free)
        for some in np.array_split(own, -(-own.size * free.size // _BLOCK)):
            between = np.hypot(*(points[free, None] - points[None, some]).transpose(2, 0, 1))
            closest = between.argmin(axis=1)
            lengths = between[np.arange(free.size), closest]
            is_shorter = lengths < distances[free]
            distances[free[is_shorter]] = lengths[is_shorter]
            nearest[free[is_shorter]] = some[closest[is_shorter]]
        vertex = int(free[distances[free].argmin()])
        bridges.append((int(nearest[vertex]), vertex))
        ring = int(ring_of[vertex])
    return bridges


def _walk(bounds: list[int], bridges: list[tuple[int, int]]) -> Iterator[int]:
    """The vertices in the order of one walk around all rings, there and back over every bridge."""
    first_of = dict(zip(range(bounds[-1]), np.repeat(bounds[:-1], np.diff(bounds)).tolist(), strict=True))
    end_of = dict(pairwise(bounds))
    beyond: dict[int, list[int]] = defaultdict(list)
    for start, end in bridges:
        beyond[start].append(end)
    pending: list[Iterator[int]] = [iter(range(bounds[1]))]
    while pending:
        vertex = next(pending[-1], None)
        if vertex is None:
            pending.pop()
            continue
        yield vertex
        for entry in beyond.pop(vertex, ()):
            first = first_of[entry]
            around = chain(range(entry, end_of[first]), range(first, entry + 1))
            pending.append(chain(around, (vertex,)))


def _without_repeats(walk: Sequence[Point]) -> list[Point]:
    """Leave out a vertex that comes twice in a row: where rings touch, a bridge has no length."""
    kept = [point for point, following in pairwise([*walk, walk[0]]) if point != following]
    return kept if len(kept) >= 3 else list(walk)


# --- splitting ---------------------------------------------------------------------------------------------------


def _rings_between_bridges(ring: Ring) -> list[Ring]:
    """Walk along a ring; where an edge is run back, what was walked since is a ring of its own."""
    path: list[Point] = []
    places: dict[tuple[Point, Point], list[int]] = defaultdict(list)  # of the edges on the path
    rings: list[Ring] = []
    for point in (*ring, ring[0]):
        if not path:
            path.append(point)
        elif point == path[-1]:
            continue
        elif there := places.get((point, path[-1])):
            start = there[-1]
            rings.append(tuple(path[start + 1 : -1]))
            for place in range(start, len(path) - 1):
                places[path[place], path[place + 1]].pop()
            del path[start + 1 :]
        else:
            places[path[-1], point].append(len(path) - 1)
            path.append(point)
    rings.append(tuple(path[:-1]))
    return [closed for closed in rings if len(closed) >= 3]


def _nested(rings: list[Ring]) -> tuple[Polygon, ...] | None:
    """Sort rings into exteriors and holes by how many others each lies in; None where two cross."""
    arrays = [np.array(ring, dtype=np.float64) for ring in rings]
    areas = [_area(array) for array in arrays]
    order = sorted(range(len(rings)), key=lambda index: -areas[index])
    around: dict[int, list[int]] = {}  # those that a ring lies in, the largest first
    for place, index in enumerate(order):
        around[index] = []
        for larger in order[:place]:
            lies_inside = _lies_inside(arrays[index], arrays[larger])
            if lies_inside is None:
                return None
            if lies_inside:
                around[index].append(larger)
    holes: dict[int, list[Ring]] = {index: [] for index in order if len(around[index]) % 2 == 0}
    for index, ring in enumerate(rings):
        if index not in holes:
            innermost = max(around[index], key=lambda larger: len(around[larger]))
            if innermost not in holes:  # rounded coordinates can have rings lie in each other in no order
                return None
            holes[innermost].append(ring)
    return tuple([Polygon(rings[index], tuple(inner)) for index, inner in holes.items()])


def _area(points: NDArray[np.float64]) -> float:
    x, y = (points - points[0]).T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))


def _lies_inside(ring: NDArray[np.float64], other: NDArray[np.float64]) -> bool | None:
    """Whether a ring lies inside another one or outside; None where they cross, or share their outline."""
    if not ((ring.max(axis=0) > other.min(axis=0)) & (ring.min(axis=0) < other.max(axis=0))).all():
        return False
    sides, sides_of_other = _sides(ring, other), _sides(other, ring)
    if len(sides) != 1 or len(sides_of_other) > 1 or _edges_cross(ring, other):
        return None
    return sides.pop()


def _sides(ring: NDArray[np.float64], other: NDArray[np.float64]) -> set[bool]:
    """True for a vertex or middle of an edge inside the other ring, False for one outside; on it counts as neither."""
    probes = np.concatenate((ring, (ring + np.roll(ring, -1, axis=0)) / 2))
    start, end = other, np.roll(other, -1, axis=0)
    side = _turns(start, end, probes)
    x, y = probes[:, 0, None], probes[:, 1, None]
    low, high = np.minimum(start, end), np.maximum(start, end)
    on_edge = (side == 0) & (low[:, 0] <= x) & (x <= high[:, 0]) & (low[:, 1] <= y) & (y <= high[:, 1])
    rises = (start[:, 1] <= y) & (y < end[:, 1]) & (side < 0)
    falls = (end[:, 1] <= y) & (y < start[:, 1]) & (side > 0)
    inside = (rises | falls).sum(axis=1)[~on_edge.any(axis=1)] % 2 == 1
    return set(inside.tolist())


def _edges_cross(ring: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Whether an edge of one ring runs through one of the other; touching is not crossing."""
    ring_end, other_end = np.roll(ring, -1, axis=0), np.roll(other, -1, axis=0)
    apart = np.sign(_turns(other, other_end, ring)) * np.sign(_turns(other, other_end, ring_end)) < 0
    other_apart = np.sign(_turns(ring, ring_end, other)) * np.sign(_turns(ring, ring_end, other_end)) < 0
    return bool((apart & other_apart.T).any())


def _turns(start: NDArray[np.float64], end: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """On which side of each edge each point lies, (points, edges): the sign says it, 0 is on its line."""
    x, y = points[:, 0, None], points[:, 1, None]
    turns: NDArray[np.float64] = (end[:, 0] - start[:, 0]) * (y - start[:, 1])
    return turns - (end[:, 1] - start[:, 1]) * (x - start[:, 0])

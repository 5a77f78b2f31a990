import json
import math
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.masks.instance import InvalidMask, Polygon, Ring
from app.masks.polygons import clip_polygons, mask_to_polygons, polygon_area
from app.masks.raster import polygons_to_mask
from tests.masks.raster_vectors import VECTORS_FILE, rows_to_mask
from tests.masks.strategies import masks, rings

VECTORS = json.loads(VECTORS_FILE.read_text())
SQUARE: Ring = ((1, 1), (4, 1), (4, 4), (1, 4))


@given(masks(max_side=16))
def test_mask_to_polygons__rasterised_they_give_the_mask_back(mask: NDArray[np.bool_]) -> None:
    polygons = mask_to_polygons(mask)
    assert np.array_equal(polygons_to_mask(polygons, *mask.shape), mask)


@given(masks(max_side=16))
def test_mask_to_polygons__one_for_each_4_connected_part(mask: NDArray[np.bool_]) -> None:
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    parts = {labels.ravel()[np.flatnonzero(labels == k)[0]]: labels == k for k in range(1, count)}
    polygons = mask_to_polygons(mask)
    found = [polygons_to_mask([polygon], *mask.shape) for polygon in polygons]
    assert len(found) == len(parts)
    assert {part.tobytes() for part in found} == {part.tobytes() for part in parts.values()}
    assert [polygon_area(p) for p in polygons] == sorted((int(part.sum()) for part in parts.values()), reverse=True)


@given(masks())
def test_mask_to_polygons__a_hole_for_each_8_connected_gap(mask: NDArray[np.bool_]) -> None:
    gaps, _ = cv2.connectedComponents(np.pad(~mask, 1, constant_values=True).astype(np.uint8), connectivity=8)
    assert sum(len(polygon.holes) for polygon in mask_to_polygons(mask)) == gaps - 2  # less foreground and outside


def test_mask_to_polygons__vertices_are_the_corners_alone() -> None:
    mask = rows_to_mask("..... .##.. .###. .....")
    assert mask_to_polygons(mask) == [Polygon(((1, 1), (3, 1), (3, 2), (4, 2), (4, 3), (1, 3)))]


def test_mask_to_polygons__a_hole_runs_the_other_way_round() -> None:
    (polygon,) = mask_to_polygons(rows_to_mask("### #.# ###"))
    assert polygon == Polygon(((0, 0), (3, 0), (3, 3), (0, 3)), holes=(((1, 2), (2, 2), (2, 1), (1, 1)),))


def test_mask_to_polygons__diagonal_touch_makes_two_parts() -> None:
    assert mask_to_polygons(rows_to_mask("#. .#")) == [
        Polygon(((0, 0), (1, 0), (1, 1), (0, 1))),
        Polygon(((1, 1), (2, 1), (2, 2), (1, 2))),
    ]


@pytest.mark.parametrize("vector", VECTORS["outlines"], ids=lambda v: v["name"])
def test_mask_to_polygons__vectors(vector: dict[str, Any]) -> None:
    expected = [
        Polygon(tuple(map(tuple, item["exterior"])), tuple(tuple(map(tuple, hole)) for hole in item["holes"]))
        for item in vector["polygons"]
    ]
    assert mask_to_polygons(rows_to_mask(" ".join(vector["rows"]))) == expected


@pytest.mark.parametrize("mask", [np.zeros((3, 4), dtype=bool), np.zeros((0, 4), dtype=bool)])
def test_mask_to_polygons__nothing(mask: NDArray[np.bool_]) -> None:
    assert mask_to_polygons(mask) == []


def test_mask_to_polygons__refuses_what_is_no_mask() -> None:
    with pytest.raises(InvalidMask, match="shape"):
        mask_to_polygons(np.zeros((2, 2, 3), dtype=bool))


def disc(radius: int) -> NDArray[np.bool_]:
    y, x = np.mgrid[-radius - 2 : radius + 3, -radius - 2 : radius + 3]
    return x * x + y * y <= radius * radius


@pytest.mark.parametrize("tolerance_px", [1.0, 3.0])
def test_mask_to_polygons__tolerance_drops_vertices(tolerance_px: float) -> None:
    mask = disc(40)
    (exact,) = mask_to_polygons(mask)
    (simple,) = mask_to_polygons(mask, tolerance_px=tolerance_px)
    assert len(simple.exterior) < len(exact.exterior) / 2
    inside = polygons_to_mask([simple], *mask.shape)
    assert (inside ^ mask).sum() <= tolerance_px * len(exact.exterior)


def distance_to_ring(point: tuple[float, float], ring: Ring) -> float:
    return min(distance_to_edge(point, a, b) for a, b in zip(ring, (*ring[1:], ring[0]), strict=True))


def distance_to_edge(point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / (dx * dx + dy * dy)
    along = min(1.0, max(0.0, along))
    return math.hypot(point[0] - start[0] - along * dx, point[1] - start[1] - along * dy)


@given(masks(), st.floats(0.1, 4))
def test_mask_to_polygons__no_dropped_vertex_lies_beyond_the_tolerance(
    mask: NDArray[np.bool_], tolerance: float
) -> None:
    for exact, simple in zip(mask_to_polygons(mask), mask_to_polygons(mask, tolerance_px=tolerance), strict=True):
        for ring, kept in zip((exact.exterior, *exact.holes), (simple.exterior, *simple.holes), strict=True):
            assert len(kept) >= 3
            assert set(kept) <= set(ring)
            assert all(distance_to_ring(point, kept) <= tolerance + 1e-9 for point in ring)


def test_mask_to_polygons__a_hundred_objects_in_twelve_megapixels() -> None:
    tile = np.pad(disc(140), ((10, 5), (60, 55)))[:300, :400]
    tile[140:160, 190:210] = False  # a hole in each
    mask = np.tile(tile, (10, 10))
    polygons = mask_to_polygons(mask)
    assert len(polygons) == 100
    assert all(len(polygon.holes) == 1 for polygon in polygons)
    assert np.array_equal(polygons_to_mask(polygons, *mask.shape), mask)


def test_clip_polygons__inside_stays_as_it_is() -> None:
    polygons = (Polygon(SQUARE), Polygon(((0, 0), (6, 0), (6, 5), (0, 5)), holes=(SQUARE,)))
    clipped = clip_polygons(polygons, 5, 6)
    assert (clipped.polygons, clipped.changed, clipped.dropped) == (polygons, False, 0)


def test_clip_polygons__cuts_at_the_borders() -> None:
    clipped = clip_polygons([Polygon(((-2, -2), (9, -2), (9, 3), (-2, 3)))], 5, 6)
    assert clipped.changed
    assert clipped.dropped == 0
    (polygon,) = clipped.polygons
    assert set(polygon.exterior) == {(0, 0), (6, 0), (6, 3), (0, 3)}


def test_clip_polygons__drops_and_counts_what_lies_wholly_outside() -> None:
    outside = Polygon(((7, 1), (9, 1), (9, 4)))
    touching = Polygon(((6, 1), (9, 1), (9, 4), (6, 4)))
    clipped = clip_polygons([outside, Polygon(SQUARE), touching], 5, 6)
    assert (clipped.polygons, clipped.changed, clipped.dropped) == ((Polygon(SQUARE),), True, 2)


def test_clip_polygons__falls_into_parts_where_it_leaves_and_enters() -> None:
    comb: Ring = ((-2, 0), (2, 0), (2, 1), (-1, 1), (-1, 3), (2, 3), (2, 4), (-2, 4))
    clipped = clip_polygons([Polygon(comb)], 5, 6)
    assert {frozenset(polygon.exterior) for polygon in clipped.polygons} == {
        frozenset({(0, 0), (2, 0), (2, 1), (0, 1)}),
        frozenset({(0, 3), (2, 3), (2, 4), (0, 4)}),
    }


def test_clip_polygons__clips_holes_too() -> None:
    polygon = Polygon(
        ((-4, 0), (6, 0), (6, 5), (-4, 5)), holes=(((-2, 1), (2, 1), (2, 3), (-2, 3)), ((-3, 4), (-1, 4), (-1, 5)))
    )
    clipped = clip_polygons([polygon], 5, 6)
    (cut,) = clipped.polygons
    assert [frozenset(hole) for hole in cut.holes] == [frozenset({(0, 1), (2, 1), (2, 3), (0, 3)})]
    assert np.array_equal(polygons_to_mask([cut], 5, 6), polygons_to_mask([polygon], 5, 6))


integer_rings = st.lists(st.tuples(st.integers(-6, 16), st.integers(-6, 16)), min_size=3, max_size=9)


@given(integer_rings, integer_rings)
def test_clip_polygons__right_angled_polygons_keep_their_pixels(
    first: list[tuple[int, int]], hole: list[tuple[int, int]]
) -> None:
    polygon = Polygon(right_angled(first), holes=(right_angled(hole),))
    clipped = clip_polygons([polygon], 9, 11)
    assert np.array_equal(polygons_to_mask(clipped.polygons, 9, 11), polygons_to_mask([polygon], 9, 11))


def right_angled(points: list[tuple[int, int]]) -> Ring:
    """Stairs through the points: on the pixel lattice clipping changes no pixel at all, even where rings cross."""
    stairs = []
    for (x, y), (next_x, _) in zip(points, [*points[1:], points[0]], strict=True):
        stairs += [(float(x), float(y)), (float(next_x), float(y))]
    return tuple(stairs)


@given(rings(-30, 50))
def test_clip_polygons__result_lies_inside_and_covers_the_same_but_for_the_edges(ring: Ring) -> None:
    height, width = 20, 24
    clipped = clip_polygons([Polygon(ring)], height, width)
    for polygon in clipped.polygons:
        assert all(0 <= x <= width and 0 <= y <= height for x, y in polygon.exterior)
    whole = polygons_to_mask([Polygon(ring)], height, width)
    differing = np.argwhere(whole ^ polygons_to_mask(clipped.polygons, height, width))
    # A new vertex on the border is rounded to a fifth of a pixel, as every vertex is: only edge pixels may change.
    assert all(distance_to_outline(x + 0.5, y + 0.5, ring) < 1 for y, x in differing.tolist())


def distance_to_outline(x: float, y: float, ring: Ring) -> float:
    edges = zip(ring, (*ring[1:], ring[0]), strict=True)
    return min(math.dist((x, y), a) if a == b else distance_to_edge((x, y), a, b) for a, b in edges)


def test_polygon_area__exterior_less_holes() -> None:
    assert polygon_area(Polygon(SQUARE, holes=(((2, 2), (3, 2), (2, 3)),))) == 8.5
    assert polygon_area(Polygon(SQUARE[::-1])) == 9

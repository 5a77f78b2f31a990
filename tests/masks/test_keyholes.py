import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from app.masks.instance import Polygon, Ring
from app.masks.keyholes import MAX_MEASURED_POINTS, bridge_rings, split_keyholes
from app.masks.polygons import mask_to_polygons
from app.masks.raster import polygons_to_mask
from tests.masks.raster_vectors import rows_to_mask
from tests.masks.strategies import masks, rings

SQUARE: Ring = ((1, 1), (9, 1), (9, 9), (1, 9))
HOLE: Ring = ((3, 3), (3, 6), (6, 6), (6, 3))
ISLAND: Ring = ((4, 4), (5, 4), (5, 5), (4, 5))
BESIDE: Ring = ((12, 2), (14, 2), (14, 5), (12, 5))


def rings_of(polygons: list[Polygon] | tuple[Polygon, ...]) -> list[Ring]:
    return [ring for polygon in polygons for ring in (polygon.exterior, *polygon.holes)]


def turns(ring: Ring) -> set[Ring]:
    """A ring from each of its vertices."""
    return {(*ring[start:], *ring[:start]) for start in range(len(ring))}


@given(masks(max_side=16))
def test_bridge_rings__covers_what_its_rings_cover(mask: NDArray[np.bool_]) -> None:
    if not mask.any():
        return
    ring = bridge_rings(rings_of(mask_to_polygons(mask)))
    assert np.array_equal(polygons_to_mask([Polygon(ring)], *mask.shape), mask)


@given(masks(max_side=16))
def test_split_keyholes__covers_what_the_ring_covers(mask: NDArray[np.bool_]) -> None:
    if not mask.any():
        return
    polygons = split_keyholes(bridge_rings(rings_of(mask_to_polygons(mask))))
    assert np.array_equal(polygons_to_mask(polygons, *mask.shape), mask)


@given(rings(-3, 15))
def test_split_keyholes__any_ring_keeps_its_pixels(ring: Ring) -> None:
    whole = (*ring, ring[0], ring[1], ring[0])
    assert np.array_equal(polygons_to_mask(split_keyholes(whole), 12, 12), polygons_to_mask([Polygon(whole)], 12, 12))


def test_bridge_rings__takes_the_shortest_way() -> None:
    assert bridge_rings([SQUARE, BESIDE]) == (
        *((1, 1), (9, 1)),
        *((12, 2), (14, 2), (14, 5), (12, 5), (12, 2)),
        *((9, 1), (9, 9), (1, 9)),
    )


def test_bridge_rings__joins_a_ring_to_one_that_was_joined() -> None:
    far: Ring = ((16, 5), (18, 5), (18, 7))
    ring = bridge_rings([SQUARE, far, BESIDE])
    assert ring.index((16, 5)) == ring.index((14, 5)) + 1


def test_split_keyholes__a_ring_with_a_hole_is_one_again() -> None:
    (polygon,) = split_keyholes(bridge_rings([SQUARE, HOLE]))
    assert polygon.exterior == SQUARE
    assert len(polygon.holes) == 1
    assert polygon.holes[0] in turns(HOLE)


def test_split_keyholes__parts_and_holes_in_holes() -> None:
    polygons = split_keyholes(bridge_rings([SQUARE, HOLE, ISLAND, BESIDE]))
    assert [(turns(p.exterior), [turns(hole) for hole in p.holes]) for p in polygons] == [
        (turns(SQUARE), [turns(HOLE)]),
        (turns(BESIDE), []),
        (turns(ISLAND), []),
    ]


def test_split_keyholes__wherever_the_ring_begins() -> None:
    whole = bridge_rings([SQUARE, HOLE, BESIDE])
    for turned in turns(whole):
        found = {frozenset(ring) for ring in rings_of(split_keyholes(turned))}
        assert found == {frozenset(SQUARE), frozenset(HOLE), frozenset(BESIDE)}


def test_split_keyholes__leaves_a_ring_without_bridges() -> None:
    touching_itself = mask_to_polygons(rows_to_mask("##. #.# ###"))[0].exterior
    for ring in (SQUARE, touching_itself, (*SQUARE, (1.0, 5.0), (0.0, 5.0), (1.0, 5.0))):
        assert split_keyholes(ring) == (Polygon(ring),)


def test_split_keyholes__rings_that_cross_stay_one() -> None:
    whole = bridge_rings([SQUARE, ((5, 5), (12, 5), (12, 12), (5, 12))])
    assert split_keyholes(whole) == (Polygon(whole),)


def test_split_keyholes__rings_whose_edges_alone_cross_stay_one() -> None:
    whole = bridge_rings([((2, 1), (0, 2), (2, 0)), ((0, 3), (0, 0), (2, -1))])
    assert split_keyholes(whole) == (Polygon(whole),)


def test_bridge_rings__of_very_many_vertices_measures_no_bridges(monkeypatch: pytest.MonkeyPatch) -> None:
    mask = np.zeros((400, 400), dtype=bool)
    mask[::2, ::2] = True
    pieces = rings_of(mask_to_polygons(mask))
    assert 4 * len(pieces) > MAX_MEASURED_POINTS
    monkeypatch.delattr("app.masks.keyholes._shortest_bridges")  # takes the square of the vertices in steps
    ring = bridge_rings(pieces)
    assert split_keyholes(ring) == (Polygon(ring),)
    assert np.array_equal(polygons_to_mask([Polygon(ring)], *mask.shape), mask)

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.masks.instance import Instance, InvalidMask, Point, Polygon, Ring, Rle
from app.masks.raster import instance_areas, instance_to_mask, instance_to_rle, polygons_to_mask, polygons_to_rle
from app.masks.rle import decode_rle
from tests.masks import raster_vectors
from tests.masks.raster_vectors import coco_fill, rows_to_mask
from tests.masks.strategies import rings

VECTORS = json.loads(raster_vectors.VECTORS_FILE.read_text())
SQUARE: Ring = ((1, 1), (4, 1), (4, 4), (1, 4))
ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def to_polygons(items: list[dict[str, Any]]) -> list[Polygon]:
    def ring(points: list[list[float]]) -> Ring:
        return tuple((x, y) for x, y in points)

    return [Polygon(ring(item["exterior"]), tuple(map(ring, item["holes"]))) for item in items]


def test_raster_vectors__are_what_pycocotools_says_now() -> None:
    assert raster_vectors.to_text(raster_vectors.build()) == raster_vectors.VECTORS_FILE.read_text()


@pytest.mark.parametrize("vector", VECTORS["polygons"], ids=lambda v: v["name"])
def test_polygons_to_rle__vectors(vector: dict[str, Any]) -> None:
    height, width = vector["rle"]["size"]
    rle = polygons_to_rle(to_polygons(vector["polygons"]), height, width)
    assert rle == Rle((height, width), vector["rle"]["counts"])


@pytest.mark.parametrize("vector", VECTORS["outlines"], ids=lambda v: v["name"])
def test_polygons_to_mask__outline_vectors_give_the_mask_back(vector: dict[str, Any]) -> None:
    mask = rows_to_mask(" ".join(vector["rows"]))
    assert np.array_equal(polygons_to_mask(to_polygons(vector["polygons"]), *mask.shape), mask)


def test_polygons_to_mask__a_literal_square_with_a_hole() -> None:
    hole: Ring = ((2, 2), (3, 2), (3, 3), (2, 3))
    expected = rows_to_mask("...... .###.. .#.#.. .###.. ......")
    assert np.array_equal(polygons_to_mask([Polygon(SQUARE, (hole,))], 5, 6), expected)


def test_polygons_to_rle__nothing_covers_nothing() -> None:
    assert polygons_to_rle([], 2, 3) == Rle((2, 3), "6")


@given(
    st.lists(
        st.builds(Polygon, rings(-15, 30), st.lists(rings(-15, 30), max_size=2).map(tuple)), min_size=1, max_size=3
    )
)
def test_polygons_to_mask__exteriors_less_holes_united(polygons: list[Polygon]) -> None:
    height, width = 13, 17
    expected = np.zeros((height, width), dtype=bool)
    for polygon in polygons:
        inside = coco_fill([list(p) for p in polygon.exterior], height, width)
        for hole in polygon.holes:
            inside &= ~coco_fill([list(p) for p in hole], height, width)
        expected |= inside
    assert np.array_equal(polygons_to_mask(polygons, height, width), expected)


FAR = 3e12


@pytest.mark.parametrize(
    "ring, rows",
    [
        (((-FAR, -FAR), (FAR, -FAR), (FAR, FAR), (-FAR, FAR)), "###### ###### ###### ######"),
        (((-FAR, 1), (FAR, 1), (FAR, 3), (-FAR, 3)), "...... ###### ###### ......"),
        (((2, -FAR), (4, -FAR), (4, FAR), (2, FAR)), "..##.. ..##.. ..##.. ..##.."),
        (((FAR, FAR), (2 * FAR, FAR), (FAR, 2 * FAR)), "...... ...... ...... ......"),
        (((1e308, -1e308), (-1e308, -1e308), (-1e308, 1e308), (1e308, 1e308)), "###### ###### ###### ######"),
    ],
)
def test_polygons_to_mask__far_out_of_the_image(ring: Ring, rows: str) -> None:
    assert np.array_equal(polygons_to_mask([Polygon(ring)], 4, 6), rows_to_mask(rows))


def test_polygons_to_mask__a_far_hole() -> None:
    hole: Ring = ((-FAR, 2), (FAR, 2), (FAR, 3), (-FAR, 3))
    expected = rows_to_mask("...... .###.. ...... .###.. ......")
    assert np.array_equal(polygons_to_mask([Polygon(SQUARE, (hole,))], 5, 6), expected)


@given(rings(-1e9, 1e9, max_points=6))
def test_polygons_to_rle__any_far_ring_gives_a_well_formed_mask(ring: Ring) -> None:
    rle = polygons_to_rle([Polygon(ring)], 30, 40)
    assert Rle(rle.size, rle.counts) == rle
    assert decode_rle(rle).shape == (30, 40)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_polygons_to_rle__refuses_what_is_not_finite(bad: float) -> None:
    with pytest.raises(InvalidMask, match="finite"):
        polygons_to_rle([Polygon((*SQUARE, (bad, 2.0)))], 5, 6)


def test_polygons_to_rle__refuses_an_outline_that_would_fill_the_memory() -> None:
    there_and_back: list[Point] = [(float(10_000 * (k % 2)), k / 100) for k in range(500)]
    with pytest.raises(InvalidMask, match="longer than"):
        polygons_to_rle([Polygon(tuple(there_and_back))], 10_000, 10_000)


@pytest.mark.parametrize("height, width", [(0, 5), (5, 0), (-1, 5), (60_000, 60_000)])
def test_polygons_to_rle__refuses_an_image_of_no_size(height: int, width: int) -> None:
    with pytest.raises(InvalidMask, match="size is"):
        polygons_to_rle([Polygon(SQUARE)], height, width)


def test_instance_to_mask__either_form() -> None:
    expected = rows_to_mask("..... .###. .###. .###. .....")
    drawn = Instance(ID, "fig", polygons=(Polygon(SQUARE),))
    stored = Instance(ID, "fig", rle=instance_to_rle(drawn, 5, 5))
    assert np.array_equal(instance_to_mask(drawn, 5, 5), expected)
    assert np.array_equal(instance_to_mask(stored, 5, 5), expected)


def test_instance_to_rle__refuses_an_rle_of_another_size() -> None:
    with pytest.raises(InvalidMask, match=f"{ID}.*2 x 3.*3 x 2"):
        instance_to_rle(Instance(ID, "fig", rle=Rle((2, 3), "6")), 3, 2)


@given(
    st.lists(st.one_of(st.lists(rings(-15, 30), min_size=1, max_size=3), st.just("rle"), st.just("holed")), max_size=6)
)
def test_instance_areas__are_those_of_the_masks(shapes: list[Any]) -> None:
    rle = polygons_to_rle([Polygon(((1.0, 1.0), (6.0, 1.0), (6.0, 6.0)))], 12, 16)
    holed = Polygon(((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0)), (((3.0, 3.0), (6.0, 3.0), (6.0, 6.0)),))
    instances = [
        Instance("x", "fig", rle=rle)
        if shape == "rle"
        else Instance("x", "fig", (holed,) if shape == "holed" else tuple(map(Polygon, shape)))
        for shape in shapes
    ]
    masks = [instance_to_mask(instance, 12, 16) for instance in instances]
    assert instance_areas(instances, 12, 16) == [int(mask.sum()) for mask in masks]


def test_instance_areas__of_more_than_eight_bits_can_count() -> None:
    square = Polygon(((1.0, 1.0), (4.0, 1.0), (4.0, 4.0), (1.0, 4.0)))
    assert instance_areas([Instance("x", "fig", (square,))] * 600, 12, 16) == [9] * 600

"""Strokes: the pixels whose middles lie within the radius of the line, counted by distance."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.smart_masks.prompts import Stroke
from app.smart_masks.strokes import draw_strokes

# Quarters of pixels, and radii with eighths: no middle lies on a border, where rounding decides.
coordinates = st.integers(-40, 120).map(lambda quarter: quarter / 4)
radii = st.integers(3, 40).map(lambda step: step / 4 + 0.1371)


def by_distance(points: list[tuple[float, float]], radius: float, height: int, width: int) -> NDArray[np.bool_]:
    rows, columns = np.mgrid[:height, :width] + 0.5
    painted = np.zeros((height, width), bool)
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[-1]], strict=True):
        dx, dy = bx - ax, by - ay
        squared = dx * dx + dy * dy
        share = 0.0 if squared == 0 else np.clip(((columns - ax) * dx + (rows - ay) * dy) / squared, 0, 1)
        painted |= np.hypot(columns - ax - share * dx, rows - ay - share * dy) <= radius
    return painted


@given(st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=5), radii)
def test_stroke__is_the_pixels_within_its_radius(points: list[tuple[float, float]], radius: float) -> None:
    canvas = np.zeros((21, 27), np.uint8)
    draw_strokes(canvas, [Stroke(tuple(points), radius)], 7)
    assert np.array_equal(canvas == 7, by_distance(points, radius, 21, 27))
    assert set(np.unique(canvas)) <= {0, 7}


def test_part_of_the_image__shows_its_part_of_the_stroke() -> None:
    stroke = Stroke(((3.5, 4.5), (30.5, 22.5)), 4.2)
    whole, part = np.zeros((30, 40), np.uint8), np.zeros((12, 20), np.uint8)
    draw_strokes(whole, [stroke], 1)
    draw_strokes(part, [stroke], 1, left=10, top=6)
    assert np.array_equal(part, whole[6:18, 10:30])
    assert part.any()


def test_smallest_dot__is_the_pixel_that_it_lies_in() -> None:
    canvas = np.zeros((5, 5), np.uint8)
    draw_strokes(canvas, [Stroke(((2.01, 3.99),), 0.01)], 1)
    assert canvas[3, 2] == 1
    assert canvas.sum() <= 4

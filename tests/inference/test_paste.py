"""A mask's probabilities land on the pixels whose centres they belong to."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as numpy_strategies
from torch.nn.functional import grid_sample

from app.inference.paste import paste_mask

FULL = np.ones((28, 28), dtype=np.float32)


@pytest.mark.parametrize(
    "box,expected",
    [
        ([2.0, 1.0, 5.0, 4.0], (2, 1, 5, 4)),
        ([2.4, 1.4, 5.4, 4.4], (2, 1, 5, 4)),  # centres of 2 … 4 lie in 2.4 … 5.4
        ([2.6, 1.6, 5.6, 4.6], (3, 2, 6, 5)),
        ([-3.0, -3.0, 99.0, 99.0], (0, 0, 8, 6)),
    ],
)
def test_paste_mask__box_holds_the_pixels_whose_centres_it_covers(
    box: list[float], expected: tuple[int, int, int, int]
) -> None:
    pasted = paste_mask(FULL, np.array(box), height=6, width=8)

    assert pasted.box_xyxy == expected
    x0, y0, x1, y1 = expected
    np.testing.assert_array_equal(pasted.mask, np.ones((y1 - y0, x1 - x0)))


@pytest.mark.parametrize(
    "box,expected",
    [
        ([2.6, 1.6, 2.9, 1.9], (3, 2, 4, 3)),
        ([7.9, 5.9, 8.0, 6.0], (7, 5, 8, 6)),
        ([0.0, 0.0, 0.0, 0.0], (0, 0, 1, 1)),
    ],
)
def test_paste_mask__a_box_between_centres_has_a_pixel_that_is_out(
    box: list[float], expected: tuple[int, int, int, int]
) -> None:
    pasted = paste_mask(FULL, np.array(box), height=6, width=8)

    assert pasted.box_xyxy == expected
    assert pasted.mask.tolist() == [[False]]


def test_paste_mask__left_half() -> None:
    left = np.zeros((28, 28), dtype=np.float32)
    left[:, :14] = 1

    pasted = paste_mask(left, np.array([1.0, 1.0, 7.0, 3.0]), height=4, width=8)

    np.testing.assert_array_equal(pasted.mask, [[1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0]])


def test_paste_mask__follows_the_fractions_of_its_box() -> None:
    left = np.zeros((28, 28), dtype=np.float32)
    left[:, :15] = 1

    pasted = paste_mask(left, np.array([0.55, 0.0, 7.55, 1.0]), height=1, width=9)

    # The edge is at 0.55 + 7 * 15 / 28 = 4.3; had the box been rounded to 1 … 8, pixel 4 would be in as well.
    assert (pasted.box_xyxy[0] + np.flatnonzero(pasted.mask)).tolist() == [1, 2, 3]


def test_paste_mask__exactly_half_is_out() -> None:
    pasted = paste_mask(np.full((28, 28), 0.5, dtype=np.float32), np.array([0, 0, 4, 4]), height=4, width=4)

    assert not pasted.mask.any()


@settings(deadline=None)
@given(
    numpy_strategies.arrays(np.float32, (28, 28), elements=st.floats(0, 1, width=32)),
    st.tuples(st.floats(-5, 50), st.floats(-5, 50)),
    st.tuples(st.floats(0.5, 60), st.floats(0.5, 60)),
)
def test_paste_mask__equals_torch_sampling(
    probabilities: np.ndarray, corner: tuple[float, float], size: tuple[float, float]
) -> None:
    x0, y0, width, height = *corner, *size
    xs = torch.from_numpy((np.arange(70) + 0.5 - x0) / width * 2 - 1)
    ys = torch.from_numpy((np.arange(60) + 0.5 - y0) / height * 2 - 1)
    grid = torch.stack(torch.meshgrid(xs, ys, indexing="xy"), dim=-1)[None]
    whole = grid_sample(torch.from_numpy(probabilities)[None, None].double(), grid, align_corners=False)[0, 0].numpy()

    pasted = paste_mask(probabilities, np.array([x0, y0, x0 + width, y0 + height]), height=60, width=70)

    left, top, right, bottom = pasted.box_xyxy
    crop = whole[top:bottom, left:right]
    undecided = np.abs(crop - 0.5) < 1e-4
    np.testing.assert_array_equal(pasted.mask | undecided, (crop > 0.5) | undecided)
    whole[top:bottom, left:right] = 0
    assert whole.max() <= 0.5 + 1e-4  # nothing is left out

"""A mask's probabilities land on the pixels whose centres they belong to."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as numpy_strategies

from app.inference.paste import paste_mask

FULL = np.ones((28, 28), dtype=np.float32)


@pytest.mark.parametrize(
    "box,expected",
    [
        ([2.0, 1.0, 5.0, 4.0], (2, 1, 5, 4)),
        ([2.4, 1.4, 5.4, 4.4], (2, 1, 5, 4)),  # centres of 2 … 4 lie in 2.4 … 5.4
        ([2.6, 1.6, 5.6, 4.6], (3, 2, 6, 5)),
        ([-3.0, -3.0, 99.0, 99.0], (0, 0, 8, 6)),
        ([2.6, 1.6, 2.9, 1.9], (3, 2, 4, 3)),  # no centre at all: the nearest pixel
        ([7.9, 5.9, 8.0, 6.0], (7, 5, 8, 6)),
        ([0.0, 0.0, 0.0, 0.0], (0, 0, 1, 1)),
    ],
)
def test_paste_mask__box_holds_the_pixels_whose_centres_it_covers(
    box: list[float], expected: tuple[int, int, int, int]
) -> None:
    pasted = paste_mask(FULL, np.array(box), height=6, width=8)

    assert pasted.box_xyxy == expected
    x0, y0, x1, y1 = expected
    np.testing.assert_array_equal(pasted.mask, np.ones((y1 - y0, x1 - x0)))


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
    st.integers(1, 60),
    st.integers(1, 60),
)
def test_paste_mask__at_whole_pixels_equals_opencv(probabilities: np.ndarray, width: int, height: int) -> None:
    resized = cv2.resize(probabilities, (width, height), interpolation=cv2.INTER_LINEAR)

    pasted = paste_mask(probabilities, np.array([3, 5, 3 + width, 5 + height]), height=100, width=100)

    undecided = np.abs(resized - 0.5) < 1e-4
    np.testing.assert_array_equal(pasted.mask | undecided, (resized > 0.5) | undecided)

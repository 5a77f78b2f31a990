"""Resizing for a model: the long side, whichever it is, and the way back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.inference.preprocess import resize_for_model, resize_to_long_side, resized_size


@pytest.mark.parametrize(
    "size,expected",
    [
        ((800, 600), (512, 384)),
        ((600, 800), (384, 512)),
        ((512, 512), (512, 512)),
        ((1, 1), (512, 512)),
        ((12000, 1), (512, 1)),
        ((1, 12000), (1, 512)),
    ],
)
def test_resized_size__long_side(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert resized_size(*size, 512) == expected


@given(st.integers(1, 20000), st.integers(1, 20000), st.integers(16, 1600))
def test_resized_size__always_the_long_side_and_a_pixel(width: int, height: int, image_size: int) -> None:
    resized_width, resized_height = resized_size(width, height, image_size)

    assert max(resized_width, resized_height) == image_size
    assert min(resized_width, resized_height) >= 1
    assert resized_width == pytest.approx(width * image_size / max(width, height), abs=1)


def test_resize_to_long_side__shrinking_averages() -> None:
    checkers = np.zeros((4, 4, 3), dtype=np.uint8)
    checkers[::2, ::2] = checkers[1::2, 1::2] = 200

    np.testing.assert_array_equal(resize_to_long_side(checkers, 2), np.full((2, 2, 3), 100))


def test_resize_to_long_side__enlarging_interpolates() -> None:
    ramp = np.zeros((1, 2, 3), dtype=np.uint8)
    ramp[0, 1] = 100

    np.testing.assert_array_equal(resize_to_long_side(ramp, 4)[0, :, 0], [0, 25, 75, 100])


def test_resize_to_long_side__the_right_size_is_left_alone() -> None:
    image = np.random.default_rng(0).integers(0, 256, (3, 8, 3), dtype=np.uint8)

    np.testing.assert_array_equal(resize_to_long_side(image, 8), image)


def test_resize_for_model__layout_and_scales() -> None:
    rgb = np.zeros((6, 8, 3), dtype=np.uint8)
    rgb[..., 0], rgb[..., 1], rgb[..., 2] = 255, 51, 0

    model_input = resize_for_model(rgb, 4)

    assert model_input.pixels.shape == (3, 3, 4)
    assert model_input.pixels.dtype == np.float32
    np.testing.assert_array_equal(model_input.pixels[:, 2, 3], np.array([1, 51 / 255, 0], dtype=np.float32))
    assert (model_input.scale_x, model_input.scale_y) == (0.5, 0.5)

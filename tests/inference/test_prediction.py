"""A prediction's mask in the whole image, as RLE and as polygons."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as numpy_strategies

from app.inference.prediction import Prediction, crop_to_rle
from app.masks.raster import polygons_to_mask
from app.masks.rle import decode_rle, encode_mask


@st.composite
def crops_in_images(draw: st.DrawFn) -> tuple[np.ndarray, int, int, int, int]:
    """A mask, where it lies, and the height and width of its image."""
    crop_height, crop_width = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    mask = draw(numpy_strategies.arrays(np.bool_, (crop_height, crop_width)))
    x0, y0 = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    below, right = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    return mask, x0, y0, y0 + crop_height + below, x0 + crop_width + right


def in_image(mask: np.ndarray, x0: int, y0: int, height: int, width: int) -> np.ndarray:
    image = np.zeros((height, width), dtype=np.bool_)
    image[y0 : y0 + mask.shape[0], x0 : x0 + mask.shape[1]] = mask
    return image


@settings(max_examples=300)
@given(crops_in_images())
@example((np.ones((2, 3), dtype=np.bool_), 0, 0, 2, 3))  # columns that touch, the whole image
@example((np.zeros((2, 3), dtype=np.bool_), 1, 1, 4, 5))
def test_crop_to_rle__equals_the_pasted_mask(case: tuple[np.ndarray, int, int, int, int]) -> None:
    mask, x0, y0, height, width = case

    rle = crop_to_rle(mask, x0, y0, height=height, width=width)

    whole = in_image(mask, x0, y0, height, width)
    assert rle == encode_mask(whole)
    np.testing.assert_array_equal(decode_rle(rle), whole)


@given(crops_in_images())
def test_prediction__polygons_give_the_mask_back(case: tuple[np.ndarray, int, int, int, int]) -> None:
    mask, x0, y0, height, width = case
    prediction = Prediction("fig", 0.5, (x0, y0, x0 + mask.shape[1], y0 + mask.shape[0]), mask)

    whole = polygons_to_mask(prediction.polygons(), height, width)

    np.testing.assert_array_equal(whole, in_image(mask, x0, y0, height, width))

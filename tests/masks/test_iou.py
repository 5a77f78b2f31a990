import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.masks.instance import InvalidMask
from app.masks.iou import mask_iou
from app.masks.rle import encode_mask
from tests.masks.raster_vectors import rows_to_mask

TOP = encode_mask(rows_to_mask("## ## .."))
BOTTOM = encode_mask(rows_to_mask(".. ## ##"))
ALL = encode_mask(rows_to_mask("## ## ##"))


def test_mask_iou__of_every_pair() -> None:
    assert mask_iou([TOP, ALL], [TOP, BOTTOM, ALL], [False] * 3).tolist() == [
        [1.0, 2 / 6, 4 / 6],
        [4 / 6, 4 / 6, 1.0],
    ]


def test_mask_iou__of_a_crowd_is_the_share_of_the_prediction_inside() -> None:
    assert mask_iou([TOP, ALL], [BOTTOM, ALL], [True, True]).tolist() == [[0.5, 1.0], [4 / 6, 1.0]]


@pytest.mark.parametrize("predicted, truth, shape", [(0, 2, (0, 2)), (2, 0, (2, 0)), (0, 0, (0, 0))])
def test_mask_iou__of_nothing_is_empty(predicted: int, truth: int, shape: tuple[int, int]) -> None:
    iou = mask_iou([ALL] * predicted, [ALL] * truth, [False] * truth)
    assert (iou.shape, iou.dtype) == (shape, np.float64)


def test_mask_iou__refuses_masks_of_different_sizes() -> None:
    with pytest.raises(InvalidMask, match="different sizes"):
        mask_iou([ALL], [encode_mask(rows_to_mask("###"))], [False])


def test_mask_iou__refuses_missing_crowd_flags() -> None:
    with pytest.raises(ValueError, match="2 true masks, but 1"):
        mask_iou([ALL], [ALL, ALL], [False])


@given(st.lists(st.integers(0, 2**20 - 1), min_size=2, max_size=6), st.booleans())
def test_mask_iou__is_intersection_over_union(numbers: list[int], crowd: bool) -> None:
    masks = [as_mask(number) for number in numbers]
    truth, predicted = masks[:2], masks[1:]
    iou = mask_iou([encode_mask(m) for m in predicted], [encode_mask(m) for m in truth], [crowd, False])
    for row, found in zip(iou, predicted, strict=True):
        for value, true, is_crowd in zip(row, truth, (crowd, False), strict=True):
            whole = found.sum() if is_crowd else (found | true).sum()
            assert value == pytest.approx((found & true).sum() / whole if whole else 0.0)


def as_mask(number: int) -> NDArray[np.bool_]:
    return np.array([number >> k & 1 for k in range(20)], dtype=bool).reshape(4, 5)

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from app.masks.layers import Canvas, intersection, split_numbers
from app.masks.rle import encode_mask

pictures = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.integers(0, 4))
pairs = array_shapes(min_dims=2, max_dims=2, max_side=9).flatmap(
    lambda shape: st.tuples(*[arrays(np.bool_, shape)] * 2)
)


@given(pictures)
def test_split_numbers__gives_what_encoding_each_number_gives(numbers: np.ndarray) -> None:
    expected = {int(n): encode_mask(numbers == n) for n in np.unique(numbers) if n}
    assert split_numbers(numbers) == expected
    assert list(split_numbers(numbers)) == list(expected)


@given(arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=9)))
def test_split_numbers__takes_a_mask(mask: np.ndarray) -> None:
    assert split_numbers(mask) == ({1: encode_mask(mask)} if mask.any() else {})


@given(pictures)
def test_canvas__painted_with_each_mask_is_the_picture(numbers: np.ndarray) -> None:
    canvas = Canvas(*numbers.shape, highest=4)
    for number, rle in split_numbers(numbers).items():
        canvas.paint(rle, number)
    np.testing.assert_array_equal(canvas.numbers(), numbers)


@given(pairs)
def test_canvas__later_masks_cover_earlier_ones(masks: tuple[np.ndarray, np.ndarray]) -> None:
    canvas = Canvas(*masks[0].shape, highest=301)
    for number, mask in enumerate(masks, start=300):
        canvas.paint(encode_mask(mask), number)
    np.testing.assert_array_equal(canvas.numbers(), np.where(masks[1], 301, np.where(masks[0], 300, 0)))


@given(pairs)
def test_intersection__is_the_shared_pixels(masks: tuple[np.ndarray, np.ndarray]) -> None:
    assert intersection(encode_mask(masks[0]), encode_mask(masks[1])) == encode_mask(masks[0] & masks[1])

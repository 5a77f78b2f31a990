"""Specks go, pinholes are filled, and what somebody painted on purpose stays."""

import numpy as np
from numpy.typing import NDArray

from app.smart_masks.tidy import tidy_mask

Mask = NDArray[np.uint8]


def empty() -> Mask:
    return np.zeros((40, 60), np.uint8)


def square() -> Mask:
    mask = empty()
    mask[5:35, 5:35] = 1
    return mask


def test_speck__goes_unless_it_was_painted() -> None:
    mask, wanted = square(), empty()
    mask[10, 50] = mask[20, 50] = 1
    wanted[20, 50] = 1
    kept = square()
    kept[20, 50] = 1
    assert np.array_equal(tidy_mask(mask, wanted=wanted, unwanted=empty()), kept)


def test_second_part__of_some_size_stays() -> None:
    mask = square()
    mask[10:20, 45:55] = 1
    assert np.array_equal(tidy_mask(mask, wanted=empty(), unwanted=empty()), mask)


def test_pinhole__is_filled_unless_it_was_painted() -> None:
    mask, unwanted = square(), empty()
    mask[10, 10] = mask[20:22, 20:22] = 0
    unwanted[20, 20] = 1
    kept = square()
    kept[20:22, 20:22] = 0
    assert np.array_equal(tidy_mask(mask, wanted=empty(), unwanted=unwanted), kept)


def test_hole__of_some_size_stays_and_so_does_a_notch_at_the_rim() -> None:
    mask = np.ones((40, 60), np.uint8)
    mask[10:20, 10:20] = 0
    mask[0, 30] = 0
    assert np.array_equal(tidy_mask(mask, wanted=empty(), unwanted=empty()), mask)


def test_nothing__stays_nothing() -> None:
    assert not tidy_mask(empty(), wanted=empty(), unwanted=empty()).any()

from dataclasses import replace

import numpy as np
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from worker.dataset import MaskCrop, PreparedImage, crop_mask
from worker.transforms import Augmentation, augment, to_tensors, warp

STILL = Augmentation(flips=False, turn_share=0, min_scale=1, max_scale=1, brightness=0, colour=0)


def corner_image() -> PreparedImage:
    """Three columns and two rows; the object is the right column's upper and the middle column's lower pixel."""
    rgb = np.arange(18, dtype=np.uint8).reshape(2, 3, 3)
    return PreparedImage(rgb, np.array([7]), (MaskCrop(1, 0, np.array([[False, True], [True, False]])),))


def whole_mask(image: PreparedImage) -> list[list[int]]:
    _, target = to_tensors(image)
    return target["masks"][0].tolist()


def test_augment__still_changes_nothing() -> None:
    image = corner_image()

    same = augment(image, STILL, np.random.default_rng(0))

    assert np.array_equal(same.rgb, image.rgb)
    assert whole_mask(same) == [[0, 0, 1], [0, 1, 0]]


def test_augment__quarter_turn_exchanges_the_sides() -> None:
    image = corner_image()

    turned = augment(image, replace(STILL, turn_share=1), np.random.default_rng(0))

    assert np.array_equal(turned.rgb, image.rgb.transpose(1, 0, 2))
    assert whole_mask(turned) == [[0, 0], [0, 1], [1, 0]]


@example(seed=1149, turned=True)  # an edge of 18 pixels lies half on each side
@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**6), turned=st.booleans())
def test_augment__masks_move_with_the_pixels(seed: int, turned: bool) -> None:
    mask = np.zeros((40, 60), dtype=bool)
    mask[12:25, 20:38] = True
    mask[15:20, 25:30] = False
    rgb = np.repeat(np.where(mask, 250, 0).astype(np.uint8)[:, :, None], 3, axis=2)
    crop = crop_mask(mask)
    assert crop is not None
    lit_as_it_is = Augmentation(turn_share=float(turned), brightness=0, colour=0, min_scale=0.7, max_scale=1.5)

    moved = augment(PreparedImage(rgb, np.array([1]), (crop,)), lit_as_it_is, np.random.default_rng(seed))

    assert moved.rgb.shape == ((60, 40, 3) if turned else (40, 60, 3))
    # What comes from outside the picture has the fill's colour, below 125. A pixel that is exactly half covered may go
    # either way, and a whole edge of them may: 125 is half of 250, but no whole number is half of the mask's 255.
    brightness = moved.rgb[:, :, 0]
    is_decided = brightness != 125
    assert np.array_equal(np.array(whole_mask(moved), dtype=bool)[is_decided], brightness[is_decided] > 125)


def test_warp__drops_what_leaves_the_canvas() -> None:
    shift = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 0.0]])

    moved = warp(corner_image(), shift, width=3, height=2)

    assert (moved.masks, moved.labels.tolist()) == ((), [])


def test_to_tensors__lays_out_pixels_boxes_and_masks() -> None:
    pixels, target = to_tensors(corner_image())

    assert pixels.shape == (3, 2, 3)
    assert float(pixels[2, 1, 2]) == np.float32(17 / 255)
    assert target["boxes"].tolist() == [[1, 0, 3, 2]]
    assert target["labels"].tolist() == [7]
    assert target["masks"].dtype == torch.uint8


def test_to_tensors__background_has_empty_targets() -> None:
    _, target = to_tensors(PreparedImage(np.zeros((2, 3, 3), dtype=np.uint8), np.zeros(0, dtype=np.int64), ()))

    assert target["boxes"].shape == (0, 4)
    assert target["masks"].shape == (0, 2, 3)

from dataclasses import replace

import numpy as np
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.worker.synthetic import UNCHANGED
from worker.dataset import MaskCrop, PreparedImage, crop_mask
from worker.transforms import Augmentation, draw_colours, move, relight, to_tensors, warp


def corner_image() -> PreparedImage:
    """Three columns and two rows; the object is the right column's upper and the middle column's lower pixel."""
    rgb = np.arange(18, dtype=np.uint8).reshape(2, 3, 3)
    return PreparedImage(rgb, np.array([7]), (MaskCrop(1, 0, np.array([[False, True], [True, False]])),))


def whole_mask(image: PreparedImage) -> list[list[int]]:
    mask = np.zeros(image.rgb.shape[:2], dtype=np.int64)
    (crop,) = image.masks
    x0, y0, x1, y1 = crop.box_xyxy
    mask[y0:y1, x0:x1] = crop.mask
    return mask.tolist()


def test_move_and_relight__still_change_nothing() -> None:
    image = corner_image()

    same = relight(move(image, UNCHANGED, np.random.default_rng(0)), UNCHANGED, np.random.default_rng(0))

    assert np.array_equal(same.rgb, image.rgb)
    assert whole_mask(same) == [[0, 0, 1], [0, 1, 0]]


def test_move__quarter_turn_exchanges_the_sides() -> None:
    image = corner_image()

    turned = move(image, replace(UNCHANGED, turn_share=1), np.random.default_rng(0))

    assert np.array_equal(turned.rgb, image.rgb.transpose(1, 0, 2))
    assert whole_mask(turned) == [[0, 0], [0, 1], [1, 0]]


@example(seed=1149, turned=True, tilted=False)  # an edge of 18 pixels lies half on each side
@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**6), turned=st.booleans(), tilted=st.booleans())
def test_move__masks_move_with_the_pixels(seed: int, turned: bool, tilted: bool) -> None:
    mask = np.zeros((40, 60), dtype=bool)
    mask[12:25, 20:38] = True
    mask[15:20, 25:30] = False
    rgb = np.repeat(np.where(mask, 250, 0).astype(np.uint8)[:, :, None], 3, axis=2)
    crop = crop_mask(mask)
    assert crop is not None
    augmentation = Augmentation(turn_share=turned, tilt_share=tilted, min_scale=0.7, max_scale=1.5)

    moved = move(PreparedImage(rgb, np.array([1]), (crop,)), augmentation, np.random.default_rng(seed))

    assert moved.rgb.shape == ((60, 40, 3) if turned else (40, 60, 3))
    # What comes from outside the picture has the fill's colour, below 125. A pixel that is about half covered may go
    # either way: OpenCV rounds places to 1/32 of a pixel, in the window of a mask otherwise than in the whole image.
    brightness = moved.rgb[:, :, 0].astype(int)
    is_decided = (abs(brightness - 125) > 20) | (brightness == 124)
    assert np.array_equal(np.array(whole_mask(moved), dtype=bool)[is_decided], brightness[is_decided] > 125)


def test_relight__keeps_grey_grey_whatever_saturation_and_hue() -> None:
    grey = PreparedImage(np.full((2, 3, 3), 100, dtype=np.uint8), np.array([], dtype=np.int64), ())

    lit = relight(grey, replace(UNCHANGED, saturation=0.9, hue_degrees=60), np.random.default_rng(0))

    assert np.array_equal(lit.rgb, grey.rgb)


def test_relight__contrast_turns_about_the_middle_and_stops_at_white() -> None:
    pixels = np.array([[[127, 127, 127], [27, 27, 27], [255, 255, 255]]], dtype=np.uint8)
    image = PreparedImage(pixels, np.array([], dtype=np.int64), ())
    matrix = draw_colours(replace(UNCHANGED, contrast=0.5), np.random.default_rng(1))
    contrast = matrix[0, 0]

    lit = relight(image, replace(UNCHANGED, contrast=0.5), np.random.default_rng(1))

    assert contrast > 1.1
    assert abs(int(lit.rgb[0, 0, 0]) - 127) <= 1
    assert int(lit.rgb[0, 1, 0]) == max(0, round(127.5 + (27 - 127.5) * contrast))
    assert int(lit.rgb[0, 2, 0]) == 255


def test_relight__a_third_of_the_circle_of_hues_exchanges_the_channels() -> None:
    matrices = [draw_colours(replace(UNCHANGED, hue_degrees=120), np.random.default_rng(seed)) for seed in range(200)]
    turned = [matrix[:, :3] @ (200, 100, 50) for matrix in matrices]

    assert all(abs(colour.sum() - 350) < 1e-6 for colour in turned)
    assert min(abs(colour - (50, 200, 100)).max() for colour in turned) < 5
    assert min(abs(colour - (100, 50, 200)).max() for colour in turned) < 5


def test_warp__drops_what_leaves_the_canvas() -> None:
    shift = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 0.0]])

    moved = warp(corner_image(), shift, width=3, height=2)

    assert (moved.masks, moved.labels.tolist()) == ((), [])


def test_to_tensors__lays_out_pixels_boxes_and_masks() -> None:
    pixels, target = to_tensors(corner_image())

    assert (pixels.shape, pixels.dtype) == ((3, 2, 3), torch.uint8)
    assert int(pixels[2, 1, 2]) == 17
    assert target["boxes"].tolist() == [[1, 0, 3, 2]]
    assert target["labels"].tolist() == [7]
    assert target["masks"].tolist() == [0, 1, 1, 0]
    assert target["masks"].dtype == torch.uint8


def test_to_tensors__background_has_empty_targets() -> None:
    _, target = to_tensors(PreparedImage(np.zeros((2, 3, 3), dtype=np.uint8), np.zeros(0, dtype=np.int64), ()))

    assert target["boxes"].shape == (0, 4)
    assert target["masks"].shape == (0,)

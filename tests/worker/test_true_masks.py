import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torchvision.models.detection.roi_heads import project_masks_on_boxes

from worker import true_masks
from worker.dataset import crop_mask
from worker.true_masks import join_masks, masks_in_boxes

HEIGHT, WIDTH = 30, 40


def random_masks(rng: np.random.Generator, count: int) -> NDArray[np.bool_]:
    masks = np.zeros((count, HEIGHT, WIDTH), dtype=bool)
    for mask in masks:
        y0, x0 = int(rng.integers(0, HEIGHT)), int(rng.integers(0, WIDTH))
        y1, x1 = int(rng.integers(y0 + 1, HEIGHT + 1)), int(rng.integers(x0 + 1, WIDTH + 1))
        mask[y0:y1, x0:x1] = rng.random((y1 - y0, x1 - x0)) < 0.7
        mask[y0, x0] = True
    return masks


def random_boxes(rng: np.random.Generator, count: int) -> torch.Tensor:
    """At least a pixel along each side, which RoIAlign makes of a smaller one."""
    starts = rng.random((count, 2)) * (WIDTH - 1, HEIGHT - 1)
    stops = starts + 1 + rng.random((count, 2)) * ((WIDTH - 1, HEIGHT - 1) - starts)
    return torch.from_numpy(np.concatenate([starts, stops], axis=1).astype(np.float32))


@pytest.mark.parametrize("max_laid_out", [true_masks.MAX_LAID_OUT, 1])
@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10**6))
def test_masks_in_boxes__are_torchvisions(max_laid_out: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    whole = random_masks(rng, 4)
    crops = [crop for mask in whole if (crop := crop_mask(mask)) is not None]
    own_boxes = torch.tensor([crop.box_xyxy for crop in crops], dtype=torch.float32)
    boxes = torch.cat([own_boxes, random_boxes(rng, 5)])
    objects = torch.from_numpy(rng.integers(0, 4, len(boxes)))
    usual = true_masks.MAX_LAID_OUT
    true_masks.MAX_LAID_OUT = max_laid_out
    try:
        ours = masks_in_boxes(
            join_masks([crop.mask for crop in crops]),
            own_boxes,
            boxes=boxes,
            objects=objects,
            image_size=(HEIGHT, WIDTH),
            side=14,
        )
    finally:
        true_masks.MAX_LAID_OUT = usual

    theirs = project_masks_on_boxes(torch.from_numpy(whole).to(torch.uint8), boxes, objects, 14)

    assert torch.allclose(ours, theirs, atol=1e-4)


def test_masks_in_boxes__no_box_no_mask() -> None:
    found = masks_in_boxes(
        join_masks([]),
        torch.zeros((0, 4)),
        boxes=torch.zeros((0, 4)),
        objects=torch.zeros(0, dtype=torch.int64),
        image_size=(HEIGHT, WIDTH),
        side=28,
    )

    assert found.shape == (0, 28, 28)

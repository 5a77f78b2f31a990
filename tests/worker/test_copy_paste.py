import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from worker.copy_paste import paste_objects
from worker.dataset import MaskCrop, PreparedImage
from worker.transforms import Augmentation

AS_IT_IS = Augmentation(
    flips=False, turn_share=0, min_scale=1, max_scale=1, brightness=0, tint=0, paste_share=1, max_pasted=1
)
SIDE = 12


def crop(x0: int, y0: int, height: int, width: int) -> MaskCrop:
    return MaskCrop(x0, y0, np.ones((height, width), dtype=bool))


def image(*masks: MaskCrop, brightness: int, crowds: tuple[MaskCrop, ...] = ()) -> PreparedImage:
    rgb = np.full((SIDE, SIDE, 3), brightness, dtype=np.uint8)
    return PreparedImage(rgb, np.arange(1, len(masks) + 1), masks, crowds)


def whole(crop: MaskCrop) -> NDArray[np.bool_]:
    mask = np.zeros((SIDE, SIDE), dtype=bool)
    x0, y0, x1, y1 = crop.box_xyxy
    mask[y0:y1, x0:x1] = crop.mask
    return mask


@settings(deadline=None, max_examples=80)
@given(seed=st.integers(0, 10**6))
def test_paste_objects__masks_are_the_pasted_pixels_and_never_overlap(seed: int) -> None:
    donor = PreparedImage(
        np.full((SIDE, SIDE, 3), 200, dtype=np.uint8), np.array([7]), (MaskCrop(2, 3, np.eye(4, dtype=bool)),)
    )
    below = image(crop(0, 0, 6, 6), crop(6, 6, 6, 6), brightness=50)

    pasted = paste_objects(below, donor, AS_IT_IS, np.random.default_rng(seed))

    masks = [whole(mask) for mask in pasted.masks]
    assert np.sum(masks, axis=0).max() == 1
    new = [mask for mask, label in zip(masks, pasted.labels, strict=True) if label == 7]
    assert np.array_equal(pasted.rgb[:, :, 0] == 200, new[0] if new else np.zeros((SIDE, SIDE), dtype=bool))
    assert (below.rgb == 50).all()  # the image is kept for other samples
    for crop_of, label in zip(pasted.masks, pasted.labels, strict=True):
        assert crop_of.mask.any(axis=0)[[0, -1]].all()
        assert crop_of.mask.any(axis=1)[[0, -1]].all()
        if label != 7:
            assert (whole(crop_of) <= whole(below.masks[label - 1])).all()


def test_paste_objects__drops_what_is_nearly_covered() -> None:
    cover = image(crop(0, 0, SIDE, SIDE), brightness=200)
    below = image(crop(4, 4, 2, 2), brightness=50)
    dropped = [paste_objects(below, cover, AS_IT_IS, np.random.default_rng(seed)).labels.tolist() for seed in range(40)]

    assert [1] in dropped  # the cover alone: label 1 of the donor
    assert [1, 1] in dropped  # it covers another part of the image


def test_paste_objects__leaves_crowds_alone() -> None:
    crowded = image(crop(0, 0, 1, 1), brightness=50, crowds=(crop(0, 0, SIDE, SIDE),))

    pasted = paste_objects(crowded, image(crop(3, 3, 4, 4), brightness=200), AS_IT_IS, np.random.default_rng(1))

    assert (pasted.rgb == 50).all()
    assert (pasted.labels.tolist(), pasted.crowds) == ([1], crowded.crowds)


def test_paste_objects__a_donor_without_objects_changes_nothing() -> None:
    below = image(crop(0, 0, 6, 6), brightness=50)

    pasted = paste_objects(below, image(brightness=200), AS_IT_IS, np.random.default_rng(0))

    assert np.array_equal(pasted.rgb, below.rgb)
    assert [mask.box_xyxy for mask in pasted.masks] == [(0, 0, 6, 6)]

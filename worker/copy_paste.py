"""Copy-paste: objects of one training image are laid on another, and so are seen in more company, on more grounds.

After Ghiasi et al. 2021, https://arxiv.org/abs/2012.07177; each object is placed on its own here, since the sets are
small and two of their images laid on each other would soon look alike.
"""

import numpy as np
from numpy.typing import NDArray

from worker import transforms
from worker.dataset import MaskCrop, PreparedImage, crop_mask
from worker.transforms import MIN_PIXELS, Augmentation, Matrix

MIN_VISIBLE_SHARE = 0.2  # an object of which less is left is what nobody would label
CONTEXT = 1  # pixels around an object that are carried along, so that its edge is not mixed with nothing


def paste_objects(
    image: PreparedImage, donor: PreparedImage, augmentation: Augmentation, rng: np.random.Generator
) -> PreparedImage:
    """Lay objects of a donor on an image, each somewhere else, turned and scaled by its own draw.

    What they cover is cut from the objects below; those of which too little is left are dropped. Nothing is laid on a
    crowd, whose objects nobody outlined.
    """
    rgb, labels, masks = image.rgb.copy(), image.labels.tolist(), list(image.masks)
    areas = [int(crop.mask.sum()) for crop in masks]  # before anything covered them
    wanted = int(rng.integers(1, augmentation.max_pasted + 1))
    for index in rng.permutation(len(donor.masks))[:wanted].tolist():
        source = donor.masks[index]
        matrix = _draw_placement(source, rgb.shape, augmentation, rng)
        crop = transforms.warp_crop(source, matrix, width=rgb.shape[1], height=rgb.shape[0])
        if crop is None or any(_overlap(crowd, crop) for crowd in image.crowds):
            continue
        _paint(rgb, crop, donor.rgb, source, matrix)
        left = [
            (label, visible, area)
            for label, below, area in zip(labels, masks, areas, strict=True)
            if (visible := _uncovered(below, crop, area)) is not None
        ]
        labels = [*(label for label, _, _ in left), int(donor.labels[index])]
        masks = [*(visible for _, visible, _ in left), crop]
        areas = [*(area for _, _, area in left), int(crop.mask.sum())]
    return PreparedImage(rgb, np.array(labels, dtype=np.int64), tuple(masks), image.crowds)


def _draw_placement(
    source: MaskCrop, canvas: tuple[int, ...], augmentation: Augmentation, rng: np.random.Generator
) -> Matrix:
    """Draw where an object comes to lie: its middle anywhere on the canvas."""
    x0, y0, x1, y1 = source.box_xyxy
    linear = transforms.draw_linear(augmentation, rng)
    centre = rng.uniform(0, 1, 2) * (canvas[1], canvas[0])
    return np.column_stack([linear, centre - linear @ ((x0 + x1) / 2, (y0 + y1) / 2)])


def _paint(
    rgb: NDArray[np.uint8], crop: MaskCrop, donor_rgb: NDArray[np.uint8], source: MaskCrop, matrix: Matrix
) -> None:
    """Copy an object's colours to where its mask went."""
    x0, y0, x1, y1 = source.box_xyxy
    left, top = max(0, x0 - CONTEXT), max(0, y0 - CONTEXT)
    around = donor_rgb[top : y1 + CONTEXT, left : x1 + CONTEXT]
    moved = transforms.warp_window(around, matrix, origin=(left, top), window_xyxy=crop.box_xyxy)
    x0, y0, x1, y1 = crop.box_xyxy
    np.copyto(rgb[y0:y1, x0:x1], moved, where=crop.mask[:, :, None])


def _uncovered(below: MaskCrop, above: MaskCrop, area: int) -> MaskCrop | None:
    """What is still seen of an object that had `area` pixels; None where that is too little."""
    shared = _shared_box(below, above)
    if shared is None:
        return below
    mask = below.mask.copy()
    _window(mask, below, shared)[_window(above.mask, above, shared)] = False
    visible = int(mask.sum())
    if visible < max(min(MIN_PIXELS, area), MIN_VISIBLE_SHARE * area):
        return None
    cut = crop_mask(mask)
    return None if cut is None else MaskCrop(below.x0 + cut.x0, below.y0 + cut.y0, cut.mask)


def _overlap(first: MaskCrop, second: MaskCrop) -> bool:
    shared = _shared_box(first, second)
    return shared is not None and bool(
        (_window(first.mask, first, shared) & _window(second.mask, second, shared)).any()
    )


def _shared_box(first: MaskCrop, second: MaskCrop) -> tuple[int, int, int, int] | None:
    one, other = first.box_xyxy, second.box_xyxy
    x0, y0, x1, y1 = max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def _window(mask: NDArray[np.bool_], crop: MaskCrop, box_xyxy: tuple[int, int, int, int]) -> NDArray[np.bool_]:
    """The part of a crop's mask that lies in a box of the image."""
    x0, y0, x1, y1 = box_xyxy
    return mask[y0 - crop.y0 : y1 - crop.y0, x0 - crop.x0 : x1 - crop.x0]

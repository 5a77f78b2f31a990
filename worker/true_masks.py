"""The true masks of an image in one row of pixels, and what of them lies in a box.

Whole masks of 1,500 objects at 800 pixels would be a gigabyte an image. Cut to their boxes and laid one after the
other they are a few megabytes, and only those that a step learns from are laid out again.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torchvision.ops import roi_align

MAX_LAID_OUT = 2**24  # pixels laid out in float32 at a time: 64 MiB
MARGIN = 2  # pixels beside a mask: RoIAlign reads one beyond its samples


def join_masks(masks: Sequence[NDArray[np.bool_]]) -> Tensor:
    """Lay masks that are cut to their boxes one after the other, row by row, as uint8."""
    return torch.from_numpy(np.concatenate([np.empty(0, np.uint8), *(mask.view(np.uint8).ravel() for mask in masks)]))


def masks_in_boxes(
    pixels: Tensor, boxes_xyxy: Tensor, *, boxes: Tensor, objects: Tensor, image_size: tuple[int, int], side: int
) -> Tensor:
    """Cut the mask of one object out by each box, at side x side: what project_masks_on_boxes of torchvision gives.

    Args:
        pixels: From join_masks.
        boxes_xyxy: (N, 4) whole numbers, the boxes that the masks are cut to.
        boxes: (R, 4) what to cut out.
        objects: (R,) whose mask is cut, in 0 to N - 1.
        image_size: Height and width.
        side: Pixels along each side of the answer.
    Returns:
        (R, side, side) float32.
    """
    if len(boxes) == 0:
        return boxes.new_zeros((0, side, side))
    needed, own_mask = torch.unique(objects, return_inverse=True)
    corners = boxes_xyxy.long()
    sizes = corners[:, 2:] - corners[:, :2]
    starts = sizes.prod(dim=1).cumsum(0) - sizes.prod(dim=1)
    geometry = torch.cat([corners, starts[:, None]], dim=1)[needed].tolist()
    crops = [
        _with_margin(pixels[start : start + (y1 - y0) * (x1 - x0)].view(y1 - y0, x1 - x0), (x0, y0, x1, y1), image_size)
        for x0, y0, x1, y1, start in geometry
    ]
    answer = boxes.new_empty((len(boxes), side, side), dtype=torch.float32)
    for group in _groups(crops):
        of_group = torch.where((own_mask >= group.start) & (own_mask < group.stop))[0]
        laid_out = _lay_out(crops[group.start : group.stop])
        origin = boxes_xyxy[objects[of_group], :2].repeat(1, 2) - MARGIN
        rois = torch.cat([(own_mask[of_group] - group.start).to(boxes)[:, None], boxes[of_group] - origin], dim=1)
        answer[of_group] = roi_align(laid_out, rois.float(), (side, side), 1.0)[:, 0]
    return answer


def _with_margin(mask: Tensor, box_xyxy: tuple[int, int, int, int], image_size: tuple[int, int]) -> Tensor:
    """Nothing around a mask; but at the image's right and lower edge its last pixels go on, as RoIAlign has it."""
    _, _, x1, y1 = box_xyxy
    height, width = image_size
    padded = functional.pad(mask, (MARGIN,) * 4)
    if x1 == width:
        padded[:, -MARGIN:] = padded[:, -MARGIN - 1, None]
    if y1 == height:
        padded[-MARGIN:] = padded[-MARGIN - 1]
    return padded


def _groups(crops: Sequence[Tensor]) -> list[range]:
    """Runs of crops that may be laid out together."""
    groups, start, height, width = [], 0, 0, 0
    for index, crop in enumerate(crops):
        height, width = max(height, crop.shape[0]), max(width, crop.shape[1])
        if index > start and (index + 1 - start) * height * width > MAX_LAID_OUT:
            groups.append(range(start, index))
            start, (height, width) = index, crop.shape
    return [*groups, range(start, len(crops))]


def _lay_out(crops: Sequence[Tensor]) -> Tensor:
    """One above the other in the upper left corner of a common size, (n, 1, H, W) float32."""
    height, width = (max(crop.shape[axis] for crop in crops) for axis in (0, 1))
    laid_out = crops[0].new_zeros((len(crops), 1, height, width), dtype=torch.float32)
    for row, crop in zip(laid_out, crops, strict=True):
        row[0, : crop.shape[0], : crop.shape[1]] = crop
    return laid_out

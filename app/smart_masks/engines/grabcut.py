"""GrabCut: colours inside the box against colours around it. Needs no model.

Source: Rother, Kolmogorov, Blake, "GrabCut" (2004), as OpenCV has it. It runs on a scaled crop, where a second is
enough; the border is then found again at full size (border.py).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.smart_masks.engines.border import sharpen_border
from app.smart_masks.engines.engine import EngineName, Segment
from app.smart_masks.prompts import Box, Prompts, box_on_image, box_with_strokes
from app.smart_masks.strokes import draw_strokes

WORKING_SIDE_PX = 512  # of the scaled crop: 0.3 s on one core; at 1024 it would be 1.5 s
ITERATIONS = 3  # more change next to nothing
MARGIN_SHARE = 0.2  # of the box's longer side, to learn the background from
MIN_MARGIN_PX = 8
FLIPPED_SHARE = 0.2  # of object or background: strokes that leave less of it have taken it all by their colours
FULL_SHARE, RIM_SHARE = 0.7, 0.5  # of the box and of its rim: more object than that is worth a second look
NO_BOX = (0, 0, 0, 0)  # for OpenCV: the hints say it all
_SEED = 1  # the colour clusters start at random; the same marks must give the same mask
_MODEL_SIZE = 65  # GrabCut keeps 5 clusters of 13 numbers


Pixels = NDArray[np.uint8]
Colours = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """An upright image, (H, W, 3); GrabCut knows nothing else of it."""

    rgb: NDArray[np.uint8]

    @property
    def size_bytes(self) -> int:
        return self.rgb.nbytes


class GrabCut:
    name = EngineName.GRABCUT
    takes_clicks = False

    def embed(self, rgb: NDArray[np.uint8]) -> DecodedImage:
        return DecodedImage(rgb)

    def segment(self, embedded: DecodedImage, prompts: Prompts) -> Segment:
        height, width = embedded.rgb.shape[:2]
        box = box_on_image(prompts, height=height, width=width)
        if box is None:
            raise ValueError("GrabCut was asked without a box")
        inside = box_with_strokes(box, prompts.foreground, height=height, width=width)
        left, top, right, bottom = _with_margin(inside, height=height, width=width)
        crop = embedded.rgb[top:bottom, left:right]
        scale = min(1.0, WORKING_SIDE_PX / max(crop.shape))
        small = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else crop
        # Painting outside the box says that the box was too small, so what lies around it is not sure any more.
        around = cv2.GC_BGD if inside == box else cv2.GC_PR_BGD
        unpainted = np.full(small.shape[:2], around, dtype=np.uint8)
        _add_box(unpainted, inside, left=left, top=top, scale=scale)
        hints = unpainted.copy()
        draw_strokes(hints, prompts.foreground, cv2.GC_FGD, left=left, top=top, scale=scale)
        draw_strokes(hints, prompts.background, cv2.GC_BGD, left=left, top=top, scale=scale)
        found = _cut(np.ascontiguousarray(small, dtype=np.uint8), hints, unpainted)
        return Segment(sharpen_border(crop, np.asarray(small, dtype=np.uint8), found), left, top)


def _with_margin(box: Box, *, height: int, width: int) -> Box:
    x0, y0, x1, y1 = box
    margin = max(MIN_MARGIN_PX, round(MARGIN_SHARE * max(x1 - x0, y1 - y0)))
    return max(0, x0 - margin), max(0, y0 - margin), min(width, x1 + margin), min(height, y1 + margin)


def _add_box(hints: NDArray[np.uint8], inside: Box, *, left: int, top: int, scale: float) -> None:
    """Write down what the box says of each pixel of the scaled crop."""
    x0, y0, x1, y1 = (round((edge - start) * scale) for edge, start in zip(inside, (left, top) * 2, strict=True))
    hints[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)] = cv2.GC_PR_FGD
    if (hints == cv2.GC_PR_FGD).all():
        # The box is the whole image: its rim has to stand in for what lies around an object.
        hints[[0, -1], :] = hints[:, [0, -1]] = cv2.GC_PR_BGD


def _cut(rgb: Pixels, hints: Pixels, unpainted: Pixels) -> Pixels:
    """Cut by the colours of what is marked; where these turn the box's inside out, by the colours of the box.

    A stroke teaches its colours, which is what brings in a part that was missed. Painted on the wrong side it would
    teach that the whole object is background, or all around it the object.
    """
    found, _ = _learn_and_cut(rgb, hints)
    if (hints == unpainted).all() or not _may_be_flipped(found, hints, unpainted):
        return found
    by_box, colours = _learn_and_cut(rgb, unpainted)
    if colours is None:
        return found
    again = np.where(by_box > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    painted = np.isin(hints, (cv2.GC_FGD, cv2.GC_BGD))
    again[painted] = hints[painted]
    cv2.grabCut(rgb, again, NO_BOX, *colours, 1, cv2.GC_EVAL_FREEZE_MODEL)
    by_colours_of_box = _object(again)
    is_open = hints == cv2.GC_PR_FGD
    return by_colours_of_box if _is_flipped(found[is_open], by_colours_of_box[is_open]) else found


def _may_be_flipped(found: Pixels, hints: Pixels, unpainted: Pixels) -> bool:
    """Whether much or little is left in the box, or the object lies along its rim, where there should be background."""
    box = (unpainted == cv2.GC_PR_FGD).astype(np.uint8)
    is_open = hints == cv2.GC_PR_FGD
    if not is_open.any():
        return False
    rim = found[is_open & (cv2.erode(box, np.ones((3, 3), np.uint8), borderValue=0) == 0)]
    share = found[is_open].mean()
    return bool(share < FLIPPED_SHARE or share > FULL_SHARE or (rim.size > 0 and rim.mean() > RIM_SHARE))


def _is_flipped(found: Pixels, expected: Pixels) -> bool:
    """Whether hardly any of one side is left on it."""
    sides = (found[expected > 0], 1 - found[expected == 0])
    return any(side.size > 0 and side.mean() < FLIPPED_SHARE for side in sides)


def _learn_and_cut(rgb: Pixels, hints: Pixels) -> tuple[Pixels, tuple[Colours, Colours] | None]:
    """The object, and the colours of background and object that it was cut by."""
    if len(np.unique(_object(hints))) < 2:  # OpenCV needs samples of both
        return _object(hints), None
    cut = hints.copy()
    cv2.setRNGSeed(_SEED)
    background, foreground = np.zeros((1, _MODEL_SIZE)), np.zeros((1, _MODEL_SIZE))
    cv2.grabCut(rgb, cut, NO_BOX, background, foreground, ITERATIONS, cv2.GC_INIT_WITH_MASK)
    return _object(cut), (background, foreground)


def _object(hints: Pixels) -> Pixels:
    return np.isin(hints, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)

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
_SEED = 1  # the colour clusters start at random; the same marks must give the same mask
_MODEL_SIZE = 65  # GrabCut keeps 5 clusters of 13 numbers


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
        hints = np.full(small.shape[:2], around, dtype=np.uint8)
        _add_hints(hints, inside, prompts, left=left, top=top, scale=scale)
        found = _cut(np.ascontiguousarray(small, dtype=np.uint8), hints)
        return Segment(sharpen_border(crop, np.asarray(small, dtype=np.uint8), found), left, top)


def _with_margin(box: Box, *, height: int, width: int) -> Box:
    x0, y0, x1, y1 = box
    margin = max(MIN_MARGIN_PX, round(MARGIN_SHARE * max(x1 - x0, y1 - y0)))
    return max(0, x0 - margin), max(0, y0 - margin), min(width, x1 + margin), min(height, y1 + margin)


def _add_hints(hints: NDArray[np.uint8], inside: Box, prompts: Prompts, *, left: int, top: int, scale: float) -> None:
    """Write down what is known of each pixel of the scaled crop before the cut."""
    x0, y0, x1, y1 = (round((edge - start) * scale) for edge, start in zip(inside, (left, top) * 2, strict=True))
    hints[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)] = cv2.GC_PR_FGD
    if (hints == cv2.GC_PR_FGD).all():
        # The box is the whole image: its rim has to stand in for what lies around an object.
        hints[[0, -1], :] = hints[:, [0, -1]] = cv2.GC_PR_BGD
    draw_strokes(hints, prompts.foreground, cv2.GC_FGD, left=left, top=top, scale=scale)
    draw_strokes(hints, prompts.background, cv2.GC_BGD, left=left, top=top, scale=scale)


def _cut(rgb: NDArray[np.uint8], hints: NDArray[np.uint8]) -> NDArray[np.uint8]:
    is_foreground = np.isin(hints, (cv2.GC_FGD, cv2.GC_PR_FGD))
    if is_foreground.any() and not is_foreground.all():  # OpenCV needs samples of both
        cv2.setRNGSeed(_SEED)
        background, foreground = np.zeros((1, _MODEL_SIZE)), np.zeros((1, _MODEL_SIZE))
        no_box = (0, 0, 0, 0)  # the hints say it all
        cv2.grabCut(rgb, hints, no_box, background, foreground, ITERATIONS, cv2.GC_INIT_WITH_MASK)
        is_foreground = np.isin(hints, (cv2.GC_FGD, cv2.GC_PR_FGD))
    return is_foreground.astype(np.uint8)

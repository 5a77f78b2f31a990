"""What somebody marked: a box around an object, strokes on it and beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

import cv2
import numpy as np
from numpy.typing import NDArray

from app.masks.instance import Point

Box = tuple[int, int, int, int]  # x0, y0, x1, y1 in whole pixels, half-open

_SUBPIXEL_BITS = 4  # of the drawn strokes: a sixteenth of a pixel


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line as it was painted; one point is a dot."""

    points: tuple[Point, ...]
    radius: float  # px


@dataclass(frozen=True, slots=True)
class Prompts:
    """The marks on one image; a background stroke wins where it crosses one of the foreground."""

    box_xyxy: tuple[float, float, float, float] | None
    foreground: tuple[Stroke, ...]
    background: tuple[Stroke, ...]


def box_on_image(prompts: Prompts, *, height: int, width: int) -> Box | None:
    """The marked box in whole pixels, cut at the image's border; None if none was marked or nothing of it is left."""
    if prompts.box_xyxy is None:
        return None
    x0, y0, x1, y1 = prompts.box_xyxy
    box = (max(0, floor(x0)), max(0, floor(y0)), min(width, ceil(x1)), min(height, ceil(y1)))
    return box if box[0] < box[2] and box[1] < box[3] else None


def box_with_strokes(box: Box, strokes: Sequence[Stroke], *, height: int, width: int) -> Box:
    """The smallest box that also holds strokes, as far as they lie on the image."""
    x0, y0, x1, y1 = box
    for stroke in strokes:
        xs, ys = zip(*stroke.points, strict=True)
        x0, y0 = min(x0, floor(min(xs) - stroke.radius)), min(y0, floor(min(ys) - stroke.radius))
        x1, y1 = max(x1, ceil(max(xs) + stroke.radius)), max(y1, ceil(max(ys) + stroke.radius))
    return max(0, x0), max(0, y0), min(width, x1), min(height, y1)


def draw_strokes(
    canvas: NDArray[np.uint8], strokes: Sequence[Stroke], value: int, *, left: int = 0, top: int = 0, scale: float = 1.0
) -> None:
    """Set the pixels that strokes pass over.

    Args:
        canvas: A part of the image, (h, w), `scale` times as large.
        left: The image's column at the canvas's first; top the same for rows.
    """
    unit = 1 << _SUBPIXEL_BITS
    for stroke in strokes:
        # A pixel's middle is at .5 in our coordinates and at .0 in OpenCV's.
        places = (np.array(stroke.points) - (left, top)) * scale - 0.5
        line = np.rint(places * unit).astype(np.int32).reshape(-1, 1, 2)
        thickness = max(1, round(2 * stroke.radius * scale))
        cv2.polylines(canvas, [line], isClosed=False, color=value, thickness=thickness, shift=_SUBPIXEL_BITS)

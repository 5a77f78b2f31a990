"""What somebody marked: a box around an object, strokes on it and beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from app.masks.instance import Point

Box = tuple[int, int, int, int]  # x0, y0, x1, y1 in whole pixels, half-open


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

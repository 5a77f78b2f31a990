"""Which labeled objects are hard to learn: the one measure of the dialog before a training and of the worker's log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.masks import rle
from app.masks.instance import Rle

TINY_PX = 4  # of the shorter side at training size: one pixel of the finest features, so a mask has no form left
TINY_SHARE = 0.01  # a stray speck is no reason to warn
CROWDED_INSTANCES = 1000  # on one image: memory and time of a step grow with them


@dataclass(frozen=True, slots=True)
class ShapeCounts:
    """How many of the objects looked at have no area at all, and how many are tiny."""

    shapes: int
    degenerate: int
    tiny: int

    @property
    def many_are_tiny(self) -> bool:
        return self.tiny > TINY_SHARE * self.shapes


def count_shapes(shorter_sides_px: Iterable[float]) -> ShapeCounts:
    """Judge objects by the shorter sides of their boxes at training size."""
    shapes = degenerate = tiny = 0
    for side_px in shorter_sides_px:
        shapes += 1
        degenerate += side_px <= 0
        tiny += 0 < side_px < TINY_PX
    return ShapeCounts(shapes, degenerate, tiny)


def shorter_side(exteriors: Iterable[Sequence[Sequence[float]]], bitmap: Rle | None) -> float:
    """Of the box around an instance, in the image's pixels."""
    if bitmap is not None:
        _, _, width, height = rle.box_xywh(bitmap)
        return min(width, height)
    along_x, along_y = zip(*(point for exterior in exteriors for point in exterior), strict=True)
    shorter: float = min(max(along_x) - min(along_x), max(along_y) - min(along_y))
    return shorter

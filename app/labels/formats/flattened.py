"""What is left of instances where a format holds pixels only, or one object for each pixel."""

from collections.abc import Sequence
from dataclasses import replace

from app.labels.formats.parsed import Kept
from app.masks.instance import Instance, Rle
from app.masks.layers import Canvas, split_numbers
from app.masks.raster import instance_to_rle
from app.masks.rle import area

OUTLINE_LOSS = "outlines become masks, pixel by pixel the same"
CROWD_LOSS = "crowds become single objects"
NO_PIXEL_LOSS = "it covers no pixel"
PARTLY_COVERED_LOSS = "the part under other objects is lost"
COVERED_LOSS = "it lies wholly under other objects"


def keep_mask(instance: Instance, height: int, width: int, *, holds_crowd: bool) -> Kept:
    """An instance as its mask; None where it covers no pixel."""
    rle = instance_to_rle(instance, height, width)
    if not area(rle):
        return Kept(None, (NO_PIXEL_LOSS,))
    losses: tuple[str, ...] = (OUTLINE_LOSS,) if instance.rle is None else ()
    if instance.crowd and not holds_crowd:
        losses += (CROWD_LOSS,)
    return Kept(replace(instance, polygons=(), rle=rle, crowd=instance.crowd and holds_crowd), losses)


def flatten(kept: Sequence[Kept], height: int, width: int) -> list[Kept]:
    """Lay masks over each other in drawing order, as on the screen: of each, what is seen remains."""
    if not kept:
        return []
    canvas = Canvas(height, width, highest=len(kept))
    for number, each in enumerate(kept, start=1):
        if each.instance is not None and each.instance.rle is not None:
            canvas.paint(each.instance.rle, number)
    seen = split_numbers(canvas.numbers())
    return [_seen(each, seen.get(number)) for number, each in enumerate(kept, start=1)]


def _seen(kept: Kept, seen: Rle | None) -> Kept:
    if kept.instance is None or kept.instance.rle == seen:
        return kept
    if seen is None:
        return Kept(None, (COVERED_LOSS,))
    return Kept(replace(kept.instance, rle=seen), (*kept.losses, PARTLY_COVERED_LOSS))

"""Shapes of LabelMe and CVAT: a ring without holes, or a mask. Shapes of one group and label are one object."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace

from app.labels.formats.coco import HOLES_LOSS
from app.labels.formats.flattened import NO_PIXEL_LOSS
from app.labels.formats.outlines import open_polygons
from app.labels.formats.parsed import Kept, ParsedImage, ParsedInstance, Problem
from app.masks.instance import Instance, InvalidMask, Polygon, Ring, Rle
from app.masks.raster import instance_to_rle, polygons_to_rle
from app.masks.rle import area, unite

PARTS_LOSS = "outlines of several parts become masks, pixel by pixel the same"


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape of a file."""

    entry: str
    class_name: str
    outline: Ring | Rle
    group: Hashable = None  # None is an object of its own
    crowd: bool = False


def add_objects(image: ParsedImage, shapes: Iterable[Shape]) -> None:
    """Make objects of an image's shapes, each in the place of its first shape."""
    objects: dict[Hashable, list[Shape]] = {}
    for number, shape in enumerate(shapes):
        key = (number,) if shape.group is None else (shape.class_name, shape.group)
        objects.setdefault(key, []).append(shape)
    for parts in objects.values():
        first = parts[0]
        try:
            polygons, rle = _joined(parts)
        except InvalidMask as error:
            image.problems.append(Problem(image.name, first.entry, str(error)))
            continue
        crowd = any(part.crowd for part in parts)
        image.instances.append(ParsedInstance(first.entry, first.class_name, polygons, rle, crowd))


def keep_shapes(instance: Instance, height: int, width: int, *, groups_parts: bool) -> Kept:
    """What shapes hold of an instance: rings as they are, and all else as its mask."""
    if instance.rle is not None:
        return Kept(instance)
    polygons = open_polygons(instance.polygons)
    has_holes = any(polygon.holes for polygon in polygons)
    if polygons and not has_holes and (groups_parts or len(polygons) == 1):
        return Kept(replace(instance, polygons=polygons))
    rle = instance_to_rle(instance, height, width)
    if not area(rle):
        return Kept(None, (NO_PIXEL_LOSS,))
    return Kept(replace(instance, polygons=(), rle=rle), (HOLES_LOSS if has_holes else PARTS_LOSS,))


def _joined(parts: list[Shape]) -> tuple[tuple[Polygon, ...], Rle | None]:
    polygons = tuple([Polygon(part.outline) for part in parts if not isinstance(part.outline, Rle)])
    rles = [part.outline for part in parts if isinstance(part.outline, Rle)]
    if not rles:
        return polygons, None
    if polygons:
        rles.append(polygons_to_rle(polygons, *rles[0].size))
    return (), unite(rles) if len(rles) > 1 else rles[0]

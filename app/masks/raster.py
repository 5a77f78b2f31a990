"""The one rasteriser: which pixels a polygon covers is decided by pycocotools' frPyObjects, here and nowhere else."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from app.masks.counts import check_size, format_counts, parse_counts
from app.masks.instance import Instance, InvalidMask, Polygon, Ring, Rle
from app.masks.polygons import clip_ring
from app.masks.rle import area, decode_rle

FAR_PX = 100_000  # pycocotools multiplies coordinates by 5 into 32-bit integers and walks every step of an edge
RINGS_AT_ONCE = 200  # pycocotools' area() keeps the length of its list in eight bits
MAX_OUTLINE_PX = 4_000_000  # it takes about 100 bytes for each pixel along an outline: 400 MB


def polygons_to_rle(polygons: Sequence[Polygon], height: int, width: int) -> Rle:
    """Rasterise polygons as one object: each one's exterior less its holes, united.

    Parts outside the image are left out. The rule: docs/decisions/0003-mask-polygon-rule.md.

    Raises:
        InvalidMask: a coordinate is not finite, or an outline is longer than MAX_OUTLINE_PX inside the image.
    """
    check_size((height, width))
    parts = [_polygon_to_coco(polygon, height, width) for polygon in polygons]
    if not parts:
        return Rle.from_encoder((height, width), format_counts(np.array([height * width]), (height, width)))
    united = parts[0] if len(parts) == 1 else coco_mask.merge(parts)
    return Rle.from_encoder((height, width), str(united["counts"], "ascii"))


def polygons_to_mask(polygons: Sequence[Polygon], height: int, width: int) -> NDArray[np.bool_]:
    """Rasterise polygons as one object to a mask, (H, W); see polygons_to_rle."""
    return decode_rle(polygons_to_rle(polygons, height, width))


def instance_to_rle(instance: Instance, height: int, width: int) -> Rle:
    """Give an instance's mask in its image, however it is stored.

    Raises:
        InvalidMask: its RLE is for another image size, or its polygons cannot be rasterised.
    """
    if instance.rle is None:
        return polygons_to_rle(instance.polygons, height, width)
    if instance.rle.size != (height, width):
        raise InvalidMask(
            f"instance {instance.instance_id}: rle size is {instance.rle.size[0]} x {instance.rle.size[1]}, "
            f"the image is {height} x {width} (height x width); give the image's size"
        )
    return instance.rle


def instance_to_mask(instance: Instance, height: int, width: int) -> NDArray[np.bool_]:
    """Give an instance's mask in its image as pixels, (H, W); see instance_to_rle."""
    return decode_rle(instance_to_rle(instance, height, width))


def instance_areas(instances: Sequence[Instance], height: int, width: int) -> list[int]:
    """Count the pixels of an image's instances.

    Raises:
        InvalidMask: as instance_to_rle.
    """
    rings = {
        index: flat
        for index, instance in enumerate(instances)
        if len(instance.polygons) == 1
        and not instance.polygons[0].holes
        and _is_near(flat := _flat(instance.polygons[0].exterior))
    }
    # Most are of one ring: many at once take a third of the time.
    flats = list(rings.values())
    counted = [
        int(pixels)
        for start in range(0, len(flats), RINGS_AT_ONCE)
        for pixels in coco_mask.area(coco_mask.frPyObjects(flats[start : start + RINGS_AT_ONCE], height, width))
    ]
    areas = dict(zip(rings, counted, strict=True))
    return [
        areas[index] if index in areas else area(instance_to_rle(instance, height, width))
        for index, instance in enumerate(instances)
    ]


def _polygon_to_coco(polygon: Polygon, height: int, width: int) -> dict[str, Any]:
    exterior = _ring_to_coco(polygon.exterior, height, width)
    if not polygon.holes:
        return exterior
    holes = coco_mask.merge([_ring_to_coco(hole, height, width) for hole in polygon.holes])
    around: dict[str, Any] = coco_mask.merge([exterior, _complement(holes, (height, width))], intersect=True)
    return around


def _complement(coco: dict[str, Any], size: tuple[int, int]) -> dict[str, Any]:
    runs = parse_counts(str(coco["counts"], "ascii"), size)
    turned = runs[1:] if runs[0] == 0 else np.append(0, runs)
    return {"size": list(size), "counts": format_counts(turned, size)}


def _ring_to_coco(ring: Ring, height: int, width: int) -> dict[str, Any]:
    flat = _flat(ring)
    if not _is_near(flat):
        return _far_ring_to_coco(ring, flat, height, width)
    coco: dict[str, Any] = coco_mask.frPyObjects([flat], height, width)[0]
    return coco


def _flat(ring: Ring) -> NDArray[np.float64]:
    return np.fromiter(chain.from_iterable(ring), dtype=np.float64, count=2 * len(ring))


def _is_near(flat: NDArray[np.float64]) -> bool:
    """Whether pycocotools can take a ring as it is."""
    largest = float(np.abs(flat).max())
    # No step is longer than twice the largest coordinate: most rings need not be measured.
    return largest <= FAR_PX and (largest * flat.size <= MAX_OUTLINE_PX or _outline_px(flat) <= MAX_OUTLINE_PX)


def _far_ring_to_coco(ring: Ring, flat: NDArray[np.float64], height: int, width: int) -> dict[str, Any]:
    """Rasterise a ring that pycocotools would overflow on: its part inside the image alone."""
    if not np.isfinite(flat).all():
        raise InvalidMask("a polygon has a coordinate that is not finite; give finite numbers")
    flats = [np.array(part, dtype=np.float64).ravel() for part in clip_ring(ring, height, width)]
    if sum(map(_outline_px, flats)) > MAX_OUTLINE_PX:
        raise InvalidMask(f"a polygon's outline is longer than {MAX_OUTLINE_PX} pixels; give its mask as rle")
    if not flats:
        return {"size": [height, width], "counts": format_counts(np.array([height * width]), (height, width)).encode()}
    united: dict[str, Any] = coco_mask.merge(coco_mask.frPyObjects(flats, height, width))
    return united


def _outline_px(flat: NDArray[np.float64]) -> float:
    """The number of steps that pycocotools takes along a ring, in pixels."""
    x, y = flat[0::2], flat[1::2]
    steps = np.maximum(np.abs(x - np.roll(x, 1)), np.abs(y - np.roll(y, 1)))
    return float(steps.sum())

"""One labeled object of an image, and its JSON form (the contract's "Instance")."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Self

import numpy as np

from app.masks.counts import are_shortest, check_size, format_counts, parse_counts
from app.masks.errors import InvalidMask

__all__ = ["Instance", "InvalidMask", "Point", "Polygon", "Ring", "Rle", "instance_from_json", "instance_to_json"]

Point = tuple[float, float]
Ring = tuple[Point, ...]  # open: the last point joins the first; x right, y down, pixel (0, 0) spans [0, 1) x [0, 1)

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_SOURCE = re.compile(r"manual|import|model:.+", re.DOTALL)
_NUMBERS = {int, float}


@dataclass(frozen=True, slots=True)
class Polygon:
    """An outline: the inside of the exterior less the insides of the holes."""

    exterior: Ring
    holes: tuple[Ring, ...] = ()


@dataclass(frozen=True, slots=True)
class Rle:
    """A mask as COCO's compressed run lengths, column-major, background first; one that exists is well-formed."""

    size: tuple[int, int]  # (height, width)
    counts: str

    def __post_init__(self) -> None:
        check_size(self.size)
        runs = parse_counts(self.counts, self.size)
        if np.count_nonzero(runs[1:]) < len(runs) - 1 or not are_shortest(self.counts):
            object.__setattr__(self, "counts", format_counts(runs, self.size))

    @classmethod
    def from_encoder(cls, size: tuple[int, int], counts: str) -> Self:
        """Take counts that pycocotools has just written, without reading them again."""
        rle = object.__new__(cls)
        object.__setattr__(rle, "size", size)
        object.__setattr__(rle, "counts", counts)
        return rle


@dataclass(frozen=True, slots=True)
class Instance:
    """One object with its class, as polygons or as an RLE, never both."""

    instance_id: str
    class_name: str
    polygons: tuple[Polygon, ...] = ()
    rle: Rle | None = None
    crowd: bool = False
    source: str = "manual"

    def __post_init__(self) -> None:
        if not self.polygons and self.rle is None:
            raise InvalidMask("it has neither polygons nor rle; give one of them")
        if self.polygons and self.rle is not None:
            raise InvalidMask("it has both polygons and rle; give one of them")


def instance_from_json(item: Mapping[str, Any]) -> Instance:
    """Read an instance from its JSON form, trusting nothing.

    Returns:
        The instance; its id in lower case, its coordinates as floats, not rounded and not clipped to any image.
    Raises:
        InvalidMask: anything is missing, of a wrong type, not finite or malformed; the message names id and field.
    """
    if not isinstance(item, Mapping):
        raise InvalidMask(f"an instance must be an object, not {_json_type(item)}")
    instance_id = item.get("id")
    if not isinstance(instance_id, str) or not _UUID.fullmatch(instance_id):
        raise InvalidMask(
            f"instance id {_shown(instance_id)} is no UUID; give 36 characters such as a browser's randomUUID()"
        )
    try:
        polygons, rle = item.get("polygons"), item.get("rle")
        return Instance(
            instance_id=instance_id.lower(),
            class_name=_label(item.get("label")),
            polygons=() if polygons is None else _polygons(polygons),
            rle=None if rle is None else _rle(rle),
            crowd=_crowd(item.get("crowd", False)),
            source=_source(item.get("source", "manual")),
        )
    except InvalidMask as error:  # the checks below know the field; only here is it known which instance
        raise InvalidMask(f"instance {instance_id}: {error}") from error


def instance_to_json(instance: Instance) -> dict[str, Any]:
    """Write an instance in its JSON form, defaults filled in."""
    shape: dict[str, Any]
    if instance.rle is None:
        shape = {"polygons": [_polygon_to_json(polygon) for polygon in instance.polygons]}
    else:
        shape = {"rle": {"size": list(instance.rle.size), "counts": instance.rle.counts}}
    return {
        "id": instance.instance_id,
        "label": instance.class_name,
        **shape,
        "crowd": instance.crowd,
        "source": instance.source,
    }


def _polygon_to_json(polygon: Polygon) -> dict[str, Any]:
    return {
        "exterior": [list(point) for point in polygon.exterior],
        "holes": [[list(point) for point in hole] for hole in polygon.holes],
    }


def _label(label: object) -> str:
    if not isinstance(label, str) or not label:
        raise InvalidMask(f"label is {_shown(label)}; give the name of a label")
    return label


def _crowd(crowd: object) -> bool:
    if not isinstance(crowd, bool):
        raise InvalidMask(f"crowd is {_shown(crowd)}; give true or false")
    return crowd


def _source(source: object) -> str:
    if not isinstance(source, str) or not _SOURCE.fullmatch(source):
        raise InvalidMask(f"source is {_shown(source)}; give manual, import or model:<name>")
    return source


def _polygons(polygons: object) -> tuple[Polygon, ...]:
    return tuple(
        _polygon(polygon, f"polygons[{index}]") for index, polygon in enumerate(_list(polygons, "polygons", "polygons"))
    )


def _polygon(polygon: object, where: str) -> Polygon:
    if not isinstance(polygon, Mapping):
        raise InvalidMask(f'{where} is {_json_type(polygon)}; give an object {{"exterior", "holes"}}')
    exterior = _ring(polygon.get("exterior"), f"{where}.exterior")
    holes = polygon.get("holes")
    if not holes and (holes is None or isinstance(holes, list | tuple)):
        return Polygon(exterior)
    return Polygon(
        exterior,
        tuple(_ring(hole, f"{where}.holes[{i}]") for i, hole in enumerate(_list(holes, f"{where}.holes", "rings"))),
    )


def _ring(points: object, where: str) -> Ring:
    points = _list(points, where, "points [x, y]")
    if len(points) < 3:
        raise InvalidMask(f"{where} has {len(points)} points; give at least 3")
    try:
        ring = tuple([(float(x), float(y)) for x, y in points])
        flat = [value for point in points for value in point]
    except (TypeError, ValueError, OverflowError):
        raise _wrong_point(points, where) from None
    if not {*map(type, flat)} <= _NUMBERS or not all(map(isfinite, flat)):
        raise _wrong_point(points, where)
    return ring


def _wrong_point(points: Sequence[Any], where: str) -> InvalidMask:
    """Say which point of a refused ring is wrong."""
    for index, point in enumerate(points):
        if not isinstance(point, list | tuple) or len(point) != 2:
            return InvalidMask(f"{where}[{index}] is {_shown(point)}; give two numbers [x, y]")
        for value in point:
            if type(value) not in _NUMBERS:
                return InvalidMask(f"{where}[{index}] holds {_shown(value)}; give two numbers [x, y]")
            if not -1e300 < value < 1e300:
                return InvalidMask(f"{where}[{index}] holds {_shown(value)}; give finite numbers")
    return InvalidMask(f"{where} is no list of points; give at least 3 [x, y]")


def _rle(rle: object) -> Rle:
    if not isinstance(rle, Mapping):
        raise InvalidMask(f'rle is {_json_type(rle)}; give an object {{"size": [h, w], "counts"}}')
    size, counts = rle.get("size"), rle.get("counts")
    if not isinstance(size, list | tuple) or len(size) != 2 or not all(type(side) is int for side in size):
        raise InvalidMask(f"rle size is {_shown(size)}; give [height, width] in whole pixels")
    if not isinstance(counts, str):
        raise InvalidMask(f"rle counts are {_json_type(counts)}; give COCO compressed RLE as text")
    return Rle((size[0], size[1]), counts)


def _list(value: object, where: str, of_what: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise InvalidMask(f"{where} is {_json_type(value)}; give a list of {of_what}")
    return value


def _json_type(value: object) -> str:
    if value is None:
        return "missing or null"
    names = {bool: "a boolean", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}
    return names.get(type(value), f"a {type(value).__name__}")


def _shown(value: object) -> str:
    """Show a scalar of a request in a message, cut, so that a huge one cannot come back whole."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**20:
        return "a number of too many digits"
    if value is None or isinstance(value, list | tuple | Mapping):
        return _json_type(value)
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"

"""COCO instances: https://cocodataset.org/#format-data.

It cannot hold: holes of polygons (such an object goes out as RLE, its mask kept), ids of ours, colours, sources.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from math import isfinite
from typing import Any

import orjson

from app.labels.formats.files import LabelFiles
from app.labels.formats.parsed import (
    ExportedImage,
    Kept,
    LabelExport,
    OutputFile,
    ParsedImage,
    ParsedInstance,
    ParsedLabels,
    Problem,
    ProjectNames,
    UnreadableFile,
    joined,
)
from app.masks.instance import Instance, InvalidMask, Polygon, Ring, Rle
from app.masks.many_counts import well_formed_rles
from app.masks.raster import instance_areas, polygons_to_rle
from app.masks.rle import box_xywh, rle_from_uncompressed

NAME = "coco"
TITLE = "COCO instances"
ACCEPTS = ".json,.zip"
IS_ARCHIVE = False
CANNOT_HOLD = ("ids of objects", "colours of labels", "who or what drew an object")
HOLES_LOSS = "outlines with holes become masks, pixel by pixel the same"
_NUMBERS = {int, float}


def recognises(files: LabelFiles) -> bool:
    return any(map(_is_coco, files.documents()))


def parse(files: LabelFiles, _project: ProjectNames) -> ParsedLabels:
    """Read every COCO document among the files; see parse_document.

    Raises:
        UnreadableFile: There is none.
    """
    documents = files.require_documents()
    found = [document for document in documents if _is_coco(document)] or documents[:1]
    return joined(map(parse_document, found))


def keep(instances: Sequence[Instance], height: int, width: int) -> list[Kept]:
    """All of it; an object with holes as its mask, which an editor of polygons cannot take by its corners."""
    return [_kept(instance, height, width) for instance in instances]


def parse_document(document: Any) -> ParsedLabels:
    """Read a COCO document. A broken annotation is noted with its image, and the rest is read on.

    Raises:
        UnreadableFile: It has not the lists that make a COCO file.
    """
    if not isinstance(document, Mapping):
        raise UnreadableFile("a COCO file is an object with the lists images, annotations and categories")
    problems: list[Problem] = []
    class_names = _class_names(_list(document, "categories"))
    images: dict[Any, ParsedImage] = {}
    for number, entry in enumerate(_list(document, "images")):
        _take_image(entry, f"images[{number}]", images, problems)
    annotations = _list(document, "annotations")
    known_rles = _sound_rles(annotations)
    for number, annotation in enumerate(annotations):
        _take_annotation(annotation, number, images, class_names, problems, known_rles.get(number))
    return ParsedLabels(list(images.values()), problems, dict.fromkeys(class_names.values()))


def write(export: LabelExport) -> Iterator[OutputFile]:
    """Give the one file, streamed: our image and label ids, annotation ids from 1, coordinates as they are stored.

    An object with holes goes out as RLE, since COCO's polygons have none; others as polygons.
    """
    yield OutputFile("labels.json", _text(export))


def _text(export: LabelExport) -> Iterator[bytes]:
    categories = [{"id": c.class_id, "name": c.name, "supercategory": ""} for c in export.classes]
    class_ids = {c.name: c.class_id for c in export.classes}
    info = {"description": export.project_name, "version": "1.0"}
    yield b'{"info":%b,"licenses":[],"categories":%b,"images":[' % (_dump(info), _dump(categories))
    separator = b""
    for start in range(0, len(export.images), 1000):
        entries = [
            {"id": image.image_id, "file_name": image.name, "width": image.width, "height": image.height}
            for image in export.images[start : start + 1000]
        ]
        yield separator + _dump(entries)[1:-1]
        separator = b","
    yield b'],"annotations":['
    annotation_count, separator = 0, b""
    for batch in export.batches:
        annotations: list[dict[str, Any]] = []
        for image, instances in batch:
            annotations += _annotations(image, instances, annotation_count + len(annotations) + 1, class_ids)
        if annotations:
            annotation_count += len(annotations)
            yield separator + _dump(annotations)[1:-1]
            separator = b","
    yield b"]}"


# --- reading -----------------------------------------------------------------------------------------------------


def _is_coco(document: Any) -> bool:
    return isinstance(document, Mapping) and "images" in document and "annotations" in document


def _list(document: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = document.get(key)
    if not isinstance(value, list):
        raise UnreadableFile(f"{key} should be a list; a COCO file has the lists images, annotations and categories")
    return value


def _class_names(categories: Sequence[Any]) -> dict[Any, str]:
    names: dict[Any, str] = {}
    for number, category in enumerate(categories):
        match category:
            case {"id": int() | str() as category_id, "name": str() as name} if name.strip():
                names[category_id] = name.strip()
            case _:
                raise UnreadableFile(f"categories[{number}] should be an object with id and name")
    return names


def _take_image(entry: Any, where: str, images: dict[Any, ParsedImage], problems: list[Problem]) -> None:
    match entry:
        case {"id": int() | str() as image_id, "file_name": str() as name} if name:
            if image_id in images:
                problems.append(Problem(name, where, f"the id {image_id!r:.60} is another image's too"))
                images[image_id].problems.append(
                    Problem(images[image_id].name, where, f"its id {image_id!r:.60} is another image's too")
                )
                return
            images[image_id] = ParsedImage(name, _side(entry.get("width")), _side(entry.get("height")))
        case _:
            problems.append(Problem(None, where, "an image should be an object with id and file_name"))


def _side(value: Any) -> int | None:
    return value if type(value) is int and value > 0 else None


def _take_annotation(
    annotation: Any,
    number: int,
    images: Mapping[Any, ParsedImage],
    class_names: Mapping[Any, str],
    problems: list[Problem],
    known_rle: Rle | None,
) -> None:
    entry = f"annotations[{number}]"
    if not isinstance(annotation, Mapping):
        problems.append(Problem(None, entry, "an annotation should be an object"))
        return
    annotation_id = annotation.get("id")
    if isinstance(annotation_id, int | str):
        entry = f"annotation {annotation_id!r:.60}"
    image_id, category_id = annotation.get("image_id"), annotation.get("category_id")
    image = images.get(image_id) if isinstance(image_id, int | str) else None
    if image is None:
        problems.append(Problem(None, entry, f"image_id {image_id!r:.60} is none of the file's images"))
        return
    try:
        class_name = class_names.get(category_id) if isinstance(category_id, int | str) else None
        if class_name is None:
            raise InvalidMask(f"category_id {category_id!r:.60} is none of the file's categories")
        polygons, rle = ((), known_rle) if known_rle else _segmentation(annotation.get("segmentation"))
        image.instances.append(
            ParsedInstance(entry, class_name, polygons, rle, crowd=annotation.get("iscrowd") in (1, True))
        )
    except InvalidMask as error:
        image.problems.append(Problem(image.name, entry, str(error)))


def _sound_rles(annotations: Sequence[Any]) -> dict[int, Rle]:
    """The RLEs that need no closer look, by the annotation's number: all are checked at once."""
    numbers: list[int] = []
    texts: list[str] = []
    sizes: list[tuple[int, int]] = []
    for number, annotation in enumerate(annotations):
        match annotation:
            case {"segmentation": {"size": [int() as height, int() as width], "counts": str() as counts}}:
                numbers.append(number)
                texts.append(counts)
                sizes.append((height, width))
    return {number: rle for number, rle in zip(numbers, well_formed_rles(texts, sizes), strict=True) if rle}


def _segmentation(segmentation: Any) -> tuple[tuple[Polygon, ...], Rle | None]:
    if isinstance(segmentation, list) and segmentation:
        return tuple([Polygon(_ring(flat, number)) for number, flat in enumerate(segmentation)]), None
    if isinstance(segmentation, Mapping):
        return (), _rle(segmentation)
    raise InvalidMask("it has no outline (segmentation is empty or missing); a box alone is not enough")


def _ring(flat: Any, number: int) -> Ring:
    """Read `[x, y, x, y, …]`; a last point that repeats the first only closes the ring."""
    if not isinstance(flat, list) or not {*map(type, flat)} <= _NUMBERS:
        raise InvalidMask(f"segmentation[{number}] should be a flat list of numbers [x, y, x, y, …]")
    if len(flat) % 2:
        raise InvalidMask(f"segmentation[{number}] has an odd count of numbers; the last x has no y")
    try:
        numbers = list(map(float, flat))
    except OverflowError:
        numbers = [float("inf")]
    if not all(map(isfinite, numbers)):
        raise InvalidMask(f"segmentation[{number}] holds a number that is not finite")
    steps = iter(numbers)
    points = tuple(zip(steps, steps, strict=True))
    if len(points) > 1 and points[0] == points[-1]:
        points = points[:-1]
    if len(points) < 3:
        raise InvalidMask(f"segmentation[{number}] has {len(points)} points; a polygon has at least 3")
    return points


def _rle(segmentation: Mapping[str, Any]) -> Rle:
    match segmentation:
        case {"size": [int() as height, int() as width], "counts": str() as counts}:
            return Rle((height, width), counts)
        case {"size": [int() as height, int() as width], "counts": [*counts]}:
            return rle_from_uncompressed((height, width), counts)
    raise InvalidMask("segmentation should have size [height, width] and counts, as COCO's RLE has")


# --- writing -----------------------------------------------------------------------------------------------------


def _kept(instance: Instance, height: int, width: int) -> Kept:
    if not any(polygon.holes for polygon in instance.polygons):
        return Kept(instance)
    return Kept(replace(instance, polygons=(), rle=polygons_to_rle(instance.polygons, height, width)), (HOLES_LOSS,))


def _annotations(
    image: ExportedImage, instances: Sequence[Instance], first_id: int, class_ids: Mapping[str, int]
) -> list[dict[str, Any]]:
    areas = instance_areas(instances, image.height, image.width)
    annotations: list[dict[str, Any]] = []
    for annotation_id, (instance, pixels) in enumerate(zip(instances, areas, strict=True), start=first_id):
        segmentation, box = _outline(instance)
        annotations.append(
            {
                "id": annotation_id,
                "image_id": image.image_id,
                "category_id": class_ids[instance.class_name],
                "segmentation": segmentation,
                "area": pixels,
                "bbox": box,
                "iscrowd": int(instance.crowd),
            }
        )
    return annotations


def _outline(instance: Instance) -> tuple[Any, Sequence[float]]:
    if instance.rle is not None:
        return {"size": instance.rle.size, "counts": instance.rle.counts}, box_xywh(instance.rle)
    flats = [list(chain.from_iterable(polygon.exterior)) for polygon in instance.polygons]
    return flats, _box_of(flats)


def _box_of(flats: Sequence[list[float]]) -> list[float]:
    left, top = min(min(flat[0::2]) for flat in flats), min(min(flat[1::2]) for flat in flats)
    right, bottom = max(max(flat[0::2]) for flat in flats), max(max(flat[1::2]) for flat in flats)
    return [left, top, right - left, bottom - top]


def _dump(value: Any) -> bytes:
    return orjson.dumps(value)

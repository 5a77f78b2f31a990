"""LabelMe's files, one JSON for each image: https://github.com/wkentaro/labelme.

Points are in pixels of the canvas, where pixel (0, 0) spans [0, 1)²: as ours. A mask's box names its first and last
pixels, both included (labelme/utils/shape.py, shapes_to_label). Shapes of one `group_id` and label are one object (the
same function). It cannot hold: holes of outlines (the mask is kept), ids of ours, colours, sources.
"""

import base64
import json
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.images.names import last_part
from app.labels.formats.files import LabelFiles, file_stems, stem
from app.labels.formats.outlines import box_ring, ellipse_ring, open_ring
from app.labels.formats.parsed import (
    ExportedImage,
    Kept,
    LabelExport,
    OutputFile,
    ParsedImage,
    ParsedLabels,
    Problem,
    ProjectNames,
    UnreadableFile,
)
from app.labels.formats.pictures import read_mask, write_mask
from app.labels.formats.shapes import Shape, add_objects, keep_shapes
from app.masks.instance import Instance, InvalidMask, Ring, Rle
from app.masks.rle import decode_box, encode_crop

NAME = "labelme"
TITLE = "LabelMe"
ACCEPTS = ".json,.zip"
IS_ARCHIVE = True
CANNOT_HOLD = ("ids of objects", "colours of labels", "who or what drew an object")
VERSION = "5.5.0"  # of the program; the first with today's masks is 5.2
LOSSES_FILE = "losses"  # each export's zip has one
_CROWD_FLAGS = ("crowd", "iscrowd")
_NUMBERS = {int, float}
_FAR_PX = 1e9


def recognises(files: LabelFiles) -> bool:
    return any(map(_is_labelme, files.documents()))


def parse(files: LabelFiles, _project: ProjectNames) -> ParsedLabels:
    """Read every file. A broken shape is noted with its image, and the rest is read on.

    Raises:
        UnreadableFile: None of them is LabelMe's.
    """
    names = files.names(".json") or files.names()
    top = _common_folder(names)
    images: list[ParsedImage] = []
    problems: list[Problem] = []
    for name in names:
        try:
            document = files.json(name)
            if _is_labelme(document):
                images.append(_parsed_image(name, document, top))
            elif stem(last_part(name)) != LOSSES_FILE:
                raise UnreadableFile("it is no file of LabelMe: that is an object with the list shapes")
        except UnreadableFile as error:
            problems.append(Problem(None, name, str(error)))
    if not images:
        reason = f"; {problems[0].entry}: {problems[0].error}" if problems else ""
        raise UnreadableFile(f"there is no file of LabelMe, which is a JSON for each image{reason}")
    return ParsedLabels(images, problems, {})


def keep(instances: Sequence[Instance], height: int, width: int) -> list[Kept]:
    """All of it; an object with holes as its mask."""
    return [keep_shapes(instance, height, width, groups_parts=True) for instance in instances]


def write(export: LabelExport) -> Iterator[OutputFile]:
    """Give a file for each image with objects, beside where the image would lie."""
    stems = file_stems([image.name for image in export.images], reserved=[LOSSES_FILE])
    for batch in export.batches:
        for image, instances in batch:
            if instances:
                yield OutputFile(f"{stems[image.name]}.json", [json.dumps(_document(image, instances)).encode()])


# --- reading -----------------------------------------------------------------------------------------------------


def _is_labelme(document: Any) -> bool:
    return isinstance(document, Mapping) and "shapes" in document and "annotations" not in document


def _common_folder(names: Sequence[str]) -> str:
    """The folder that all files of a zip lie in; "" where there is none."""
    first = {name.partition("/")[0] if "/" in name else "" for name in names}
    return first.pop() if len(first) == 1 else ""


def _parsed_image(file_name: str, document: Mapping[str, Any], top: str) -> ParsedImage:
    sides = (_side(document.get("imageWidth")), _side(document.get("imageHeight")))
    path = document.get("imagePath")
    is_stem = not isinstance(path, str) or not path.strip()
    names = [stem(file_name)] if is_stem else _image_names(file_name, str(path))
    image = ParsedImage(names[0], *sides, other_names=(names[0].removeprefix(f"{top}/"), *names[1:]), is_stem=is_stem)
    entries = document["shapes"]
    if not isinstance(entries, list):
        image.problems.append(Problem(image.name, file_name, "shapes should be a list"))
        return image
    shapes = []
    for number, entry in enumerate(entries):
        where = f"{file_name}, shapes[{number}]"
        try:
            shapes.append(_shape(entry, where, image))
        except InvalidMask as error:
            image.problems.append(Problem(image.name, where, str(error)))
    add_objects(image, shapes)
    return image


def _image_names(file_name: str, path: str) -> list[str]:
    """A picture's path is meant from its file's folder on; some programs write it from elsewhere."""
    path = path.strip().replace("\\", "/")
    return [posixpath.normpath(posixpath.join(posixpath.dirname(file_name), path)), path]


def _side(value: Any) -> int | None:
    return int(value) if type(value) in _NUMBERS and 0 < value < _FAR_PX else None


def _shape(entry: Any, where: str, image: ParsedImage) -> Shape:
    if not isinstance(entry, Mapping):
        raise InvalidMask("a shape should be an object")
    label, group, flags = entry.get("label"), entry.get("group_id"), entry.get("flags")
    if not isinstance(label, str) or not label.strip():
        raise InvalidMask(f"its label is {label!r:.60}; it should be the name of one")
    if group is not None and not isinstance(group, int | str):
        raise InvalidMask(f"group_id is {group!r:.60}; it should be a number, or null")
    crowd = isinstance(flags, Mapping) and any(flags.get(flag) is True for flag in _CROWD_FLAGS)
    return Shape(where, label.strip(), _outline(entry, image), group, crowd)


def _outline(entry: Mapping[str, Any], image: ParsedImage) -> Ring | Rle:
    points = _points(entry.get("points"))
    match entry.get("shape_type") or "polygon":
        case "polygon" | "oriented_rectangle" | "rotation":
            return open_ring(points)
        case "rectangle" if len(points) == 2:
            return box_ring(*points[0], *points[1])
        case "rectangle":
            return open_ring(points)  # of four corners, as some versions write it
        case "circle" if len(points) == 2:
            (x, y), (edge_x, edge_y) = points
            radius = ((edge_x - x) ** 2 + (edge_y - y) ** 2) ** 0.5
            return ellipse_ring(x, y, radius, radius)
        case "mask" if len(points) == 2:
            return _mask(entry.get("mask"), points, image)
        case "circle" | "mask" as kind:
            raise InvalidMask(f"a {kind} has two points, this one has {len(points)}")
        case "line" | "linestrip" | "point" | "points" as kind:
            raise InvalidMask(f"a {kind} has no area; draw an outline instead, or take it out")
        case kind:
            raise InvalidMask(f"shape_type is {kind!r:.60}, which is not known")


def _points(points: Any) -> list[tuple[float, float]]:
    if not isinstance(points, list):
        raise InvalidMask("points should be a list of [x, y]")
    read = []
    for number, point in enumerate(points):
        match point:
            case [int() | float() as x, int() | float() as y] if {type(x), type(y)} <= _NUMBERS:
                if not (abs(x) < _FAR_PX and abs(y) < _FAR_PX):
                    raise InvalidMask(f"points[{number}] holds a number that is not finite, or far too large")
                read.append((float(x), float(y)))
            case _:
                raise InvalidMask(f"points[{number}] is {point!r:.60}; it should be two numbers [x, y]")
    return read


def _mask(encoded: Any, points: Sequence[tuple[float, float]], image: ParsedImage) -> Rle:
    if image.width is None or image.height is None:
        raise InvalidMask("a mask needs imageWidth and imageHeight in its file")
    if not isinstance(encoded, str):
        raise InvalidMask("its mask should be a PNG in Base64")
    try:
        content = base64.b64decode(encoded)
    except ValueError as error:
        raise InvalidMask(f"its mask is no Base64 ({error})") from error
    mask = read_mask(content)
    (left, top), (right, bottom) = ((int(x), int(y)) for x, y in points)
    box = (right - left + 1, bottom - top + 1)
    size = (mask.shape[1], mask.shape[0])
    if size not in (box, (box[0] - 1, box[1] - 1)):  # some programs leave the last pixel out of the box
        raise InvalidMask(f"its mask has {size[0]} x {size[1]} pixels, its box {box[0]} x {box[1]}")
    return encode_crop(mask, left=left, top=top, size=(image.height, image.width))


# --- writing -----------------------------------------------------------------------------------------------------


def _document(image: ExportedImage, instances: Sequence[Instance]) -> dict[str, Any]:
    return {
        "version": VERSION,
        "flags": {},
        "shapes": [shape for number, instance in enumerate(instances) for shape in _shapes(instance, number)],
        "imagePath": last_part(image.name),
        "imageData": None,
        "imageHeight": image.height,
        "imageWidth": image.width,
    }


def _shapes(instance: Instance, number: int) -> Iterator[dict[str, Any]]:
    common = {
        "label": instance.class_name,
        "group_id": number if len(instance.polygons) > 1 else None,
        "description": "",
        "flags": {"crowd": True} if instance.crowd else {},
    }
    for polygon in instance.polygons:
        yield {**common, "shape_type": "polygon", "points": polygon.exterior, "mask": None}
    if instance.rle is not None:
        mask, left, top = decode_box(instance.rle)
        box = [[left, top], [left + mask.shape[1] - 1, top + mask.shape[0] - 1]]
        encoded = base64.b64encode(write_mask(mask)).decode()
        yield {**common, "shape_type": "mask", "points": box, "mask": encoded}

"""CVAT for images 1.1, one XML file: https://docs.cvat.ai/docs/manual/advanced/xml_format/.

Points are in pixels of the canvas, where pixel (0, 0) spans [0, 1)²: as ours. A mask's runs go row by row through its
box, background first (cvat/apps/dataset_manager/formats/transformations.py, MaskConverter). Shapes of one `group_id`
and label are one object, as in CVAT's own COCO export. It cannot hold: holes and parts of outlines (the mask is kept),
ids of ours, sources.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import count
from math import isfinite
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray

from app.images.names import last_part
from app.labels.formats.files import LabelFiles
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
    joined,
)
from app.labels.formats.shapes import Shape, add_objects, keep_shapes
from app.masks.instance import Instance, InvalidMask, Ring, Rle
from app.masks.rle import decode_box, encode_crop
from app.settings import get_settings

NAME = "cvat"
TITLE = "CVAT for images 1.1"
ACCEPTS = ".xml,.zip"
IS_ARCHIVE = True
CANNOT_HOLD = ("ids of objects", "who or what drew an object")
_HEAD_BYTES = 4096  # a prologue and comments before the first element are far shorter
_ROOT = re.compile(rb"<annotations[\s>/]")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # https://www.w3.org/TR/xml/#charsets
_CROWD_ATTRIBUTES = ("crowd", "iscrowd")
_WITHOUT_AREA = ("points", "polyline", "cuboid", "skeleton")
_CROWD_OF_A_LABEL = (
    "<attributes><attribute><name>crowd</name><mutable>False</mutable><input_type>checkbox</input_type>"
    "<default_value>false</default_value><values></values></attribute></attributes>"
)


def recognises(files: LabelFiles) -> bool:
    names = sorted(files.names(".xml"), key=lambda name: last_part(name).lower() != "annotations.xml")
    return any(_ROOT.search(files.read(name)[:_HEAD_BYTES].replace(b"\0", b"")) for name in names[:10])


def parse(files: LabelFiles, _project: ProjectNames) -> ParsedLabels:
    """Read every XML file. A broken shape is noted with its image, and the rest is read on.

    Raises:
        UnreadableFile: None of them is CVAT's, or all of it is about a video.
    """
    documents: list[ParsedLabels] = []
    problems: list[Problem] = []
    for name in files.names(".xml") or files.names():
        try:
            root = files.xml(name)
            if root.tag != "annotations":
                raise UnreadableFile(f"its first element is {root.tag[:60]}; CVAT's is annotations")
            documents.append(_parsed_document(name, root))
        except UnreadableFile as error:
            problems.append(Problem(None, name, str(error)))
    if not documents:
        reason = f"; {problems[0].entry}: {problems[0].error}" if problems else ""
        raise UnreadableFile(f"there is no file of CVAT, which is an annotations.xml{reason}")
    return joined([*documents, ParsedLabels([], problems, {})])


def keep(instances: Sequence[Instance], height: int, width: int) -> list[Kept]:
    """All of it; an object with holes or of several parts as its mask."""
    return [keep_shapes(instance, height, width, groups_parts=False) for instance in instances]


def write(export: LabelExport) -> Iterator[OutputFile]:
    """Give the one file, streamed."""
    yield OutputFile("annotations.xml", map(str.encode, _text(export)))


# --- reading -----------------------------------------------------------------------------------------------------


def _parsed_document(file_name: str, root: Element) -> ParsedLabels:
    tracks = root.findall("track")
    if tracks and root.find("image") is None:
        raise UnreadableFile(
            f"it holds {len(tracks)} tracks of a video; export it from CVAT once more, as CVAT for images 1.1"
        )
    problems = [
        Problem(None, f"{file_name}, track {track.get('id', '')[:60]}", "a track of a video was left out")
        for track in tracks
    ]
    images = []
    for number, element in enumerate(root.iterfind("image"), start=1):
        name = element.get("name", "").strip()
        if name:
            images.append(_parsed_image(file_name, name, element, problems))
        else:
            problems.append(Problem(None, f"{file_name}, image {number}", "it has no name"))
    return ParsedLabels(images, problems, _colors(root))


def _colors(root: Element) -> dict[str, str | None]:
    colors: dict[str, str | None] = {}
    for label in root.iterfind("./meta//labels/label"):
        if name := label.findtext("name", "").strip():
            color = label.findtext("color", "").strip()
            colors[name] = color.upper() if _COLOR.fullmatch(color) else None
    return colors


def _parsed_image(file_name: str, name: str, element: Element, problems: list[Problem]) -> ParsedImage:
    image = ParsedImage(name, _side(element, "width"), _side(element, "height"))
    shapes: list[tuple[int, Shape]] = []
    for number, entry in enumerate(element, start=1):
        where = f"{file_name}, {entry.tag[:60]} {number}"
        if entry.tag == "tag":  # said of the image, and no object that would be missing from its set
            words = f"the tag {entry.get('label', '')[:60]!r} is of the whole image and was left out"
            problems.append(Problem(name, where, words))
            continue
        try:
            shapes.append((_layer(entry), _shape(entry, where, image)))
        except InvalidMask as error:
            image.problems.append(Problem(name, where, str(error)))
    shapes.sort(key=lambda layered: layered[0])
    add_objects(image, (shape for _, shape in shapes))
    return image


def _side(element: Element, key: str) -> int | None:
    text = element.get(key, "").strip()
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text) else None


def _layer(entry: Element) -> int:
    text = entry.get("z_order", "0").strip()
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else 0


def _shape(entry: Element, where: str, image: ParsedImage) -> Shape:
    outline = _outline(entry, image)
    label = entry.get("label", "").strip()
    if not label:
        raise InvalidMask("it has no label")
    group = entry.get("group_id", "").strip()
    crowd = any(
        attribute.get("name") in _CROWD_ATTRIBUTES and (attribute.text or "").strip().lower() in ("true", "1")
        for attribute in entry.iterfind("attribute")
    )
    return Shape(where, label, outline, None if group in ("", "0") else group, crowd)


def _outline(entry: Element, image: ParsedImage) -> Ring | Rle:
    match entry.tag:
        case "polygon":
            return open_ring(_points(entry.get("points", "")))
        case "mask":
            return _mask(entry, image)
        case "box":
            sides = [_number(entry, key) for key in ("xtl", "ytl", "xbr", "ybr")]
            return box_ring(*sides, degrees=_number(entry, "rotation", "0"))
        case "ellipse":
            numbers = [_number(entry, key) for key in ("cx", "cy", "rx", "ry")]
            return ellipse_ring(*numbers, degrees=_number(entry, "rotation", "0"))
        case tag if tag in _WITHOUT_AREA:
            raise InvalidMask(f"{tag} have no area; draw an outline instead, or take them out")
        case tag:
            raise InvalidMask(f"{tag[:60]!r} is no shape of CVAT that is known")


def _points(text: str) -> Iterator[tuple[float, float]]:
    for number, point in enumerate(text.split(";") if text.strip() else (), start=1):
        try:
            x, y = point.split(",")
            yield float(x), float(y)
        except ValueError:
            raise InvalidMask(f"point {number} is {point[:60]!r}; it should be x,y") from None


def _number(entry: Element, key: str, missing: str = "") -> float:
    text = entry.get(key, missing)
    try:
        number = float(text)
    except ValueError:
        raise InvalidMask(f"{key} is {text[:60]!r}; it should be a number") from None
    if not isfinite(number):
        raise InvalidMask(f"{key} is {text[:60]!r}; it should be finite")
    return number


def _mask(entry: Element, image: ParsedImage) -> Rle:
    if image.width is None or image.height is None:
        raise InvalidMask("a mask needs its image's width and height")
    left, top, width, height = (_whole(entry, key) for key in ("left", "top", "width", "height"))
    if not (width > 0 and height > 0 and width * height <= get_settings().max_image_pixels):
        raise InvalidMask(f"its box has {width} x {height} pixels; it should be the part of the image that it covers")
    try:
        runs = [int(run) for run in entry.get("rle", "").split(",")]
    except ValueError:
        raise InvalidMask("its rle should be whole numbers, separated by commas") from None
    if min(runs) < 0 or sum(runs) != width * height:
        raise InvalidMask(f"its rle adds up to {sum(runs)} pixels, its box {width} x {height} has {width * height}")
    crop = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(height, width)
    return encode_crop(crop, left=left, top=top, size=(image.height, image.width))


def _whole(entry: Element, key: str) -> int:
    number = _number(entry, key)
    if abs(number) > 1e9:
        raise InvalidMask(f"{key} is {number}; it should be a place in the image")
    return int(number)


# --- writing -----------------------------------------------------------------------------------------------------


def _text(export: LabelExport) -> Iterator[str]:
    labels = "".join(
        f"<label><name>{_escaped(c.name)}</name><color>{c.color.lower()}</color><type>any</type>"
        f"{_CROWD_OF_A_LABEL}</label>\n"
        for c in export.classes
    )
    yield (
        '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n<meta><task>'
        f"<name>{_escaped(export.project_name)}</name><size>{len(export.images)}</size><mode>annotation</mode>\n"
        f"<labels>\n{labels}</labels></task></meta>\n"
    )
    numbers = count()
    for batch in export.batches:
        yield "".join(_image(next(numbers), image, instances) for image, instances in batch)
    yield "</annotations>\n"


def _image(number: int, image: ExportedImage, instances: Sequence[Instance]) -> str:
    shapes = "".join(_element(instance) for instance in instances)
    name = quoteattr(_NOT_XML.sub("\ufffd", image.name))
    return f'<image id="{number}" name={name} width="{image.width}" height="{image.height}">\n{shapes}</image>\n'


def _element(instance: Instance) -> str:
    source = "auto" if instance.source.startswith("model:") else "manual"
    common = f'label={quoteattr(instance.class_name)} source="{source}" occluded="0" z_order="0"'
    crowd = '<attribute name="crowd">true</attribute>' if instance.crowd else ""
    if instance.rle is None:
        (polygon,) = instance.polygons
        points = ";".join(f"{x!r},{y!r}" for x, y in polygon.exterior)
        return f'<polygon {common} points="{points}">{crowd}</polygon>\n'
    mask, left, top = decode_box(instance.rle)
    height, width = mask.shape
    box = f'left="{left}" top="{top}" width="{width}" height="{height}"'
    return f'<mask {common} rle="{", ".join(map(str, _row_runs(mask)))}" {box}>{crowd}</mask>\n'


def _row_runs(mask: NDArray[np.bool_]) -> list[int]:
    """Lengths of runs row by row, background first."""
    pixels = np.concatenate(([False], mask.ravel()))
    borders = np.flatnonzero(pixels[1:] != pixels[:-1])
    runs: list[int] = np.diff(np.concatenate(([0], borders, [mask.size]))).tolist()
    return runs


def _escaped(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))

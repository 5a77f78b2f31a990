"""Pascal VOC: a picture of objects and one of classes for each image, and an XML file that names the objects.

The n-th `<object>` of an XML file is number n in SegmentationObject's picture; 0 is background and 255 is left out of
everything. So one pixel belongs to one object, and an image has 254 at most. Boxes are in whole pixels counted from 1,
the last one included. Source: the development kit, http://host.robots.ox.ac.uk/pascal/VOC/voc2012/devkit_doc.pdf, and
for `labelmap.txt` and `<attributes>`, which other programs add: https://docs.cvat.ai (Segmentation Mask, Pascal VOC).
It cannot hold: outlines, what lies under other objects, ids, colours, sources.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from app.labels.formats.files import LabelFiles, file_stems, stem
from app.labels.formats.flattened import flatten, keep_mask
from app.labels.formats.parsed import (
    ExportedClass,
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
)
from app.labels.formats.pictures import color_codes, read_numbers, voc_palette, write_numbers
from app.masks.instance import Instance, InvalidMask, Rle
from app.masks.layers import Canvas, split_numbers
from app.masks.raster import instance_to_rle
from app.masks.rle import box_xywh, decode_rle

NAME = "voc"
TITLE = "Pascal VOC"
ACCEPTS = ".zip,.xml,.png"
IS_ARCHIVE = True
CANNOT_HOLD = ("ids of objects", "colours of labels", "who or what drew an object")
MAX_OBJECTS = 254  # numbers of 8 bits, less background and void
TOO_MANY_LOSS = f"an image has no room for more than {MAX_OBJECTS} objects"
_VOID = 255
_XML, _OBJECTS, _CLASSES = "annotations", "segmentationobject", "segmentationclass"
_FOLDERS = {_XML, _OBJECTS, _CLASSES}
_CROWD = "iscrowd"  # as datumaro writes it


def recognises(files: LabelFiles) -> bool:
    if any({_OBJECTS, _CLASSES} & set(name.lower().split("/")[:-1]) for name in files.names(".png")):
        return True
    return any(_is_annotation(files, name) for name in files.names(".xml")[:1])


def parse(files: LabelFiles, _project: ProjectNames) -> ParsedLabels:
    """Read each image's XML and pictures. A broken one refuses its image alone.

    Raises:
        UnreadableFile: There is nothing of this format.
    """
    sources = _sources(files)
    if not any(_XML in source or _OBJECTS in source for source in sources.values()):
        raise UnreadableFile(
            "there is no XML file and no SegmentationObject/<image>.png, which tell one object from the next; send a "
            "zip with the folders Annotations, SegmentationObject and SegmentationClass"
        )
    problems: list[Problem] = []
    classes = _LabelMap.read(files, problems)
    images = [_parse_image(files, name, source, classes) for (_, name), source in sources.items()]
    return ParsedLabels(images, problems, dict.fromkeys(classes.names.values()))


def keep(instances: Sequence[Instance], height: int, width: int) -> list[Kept]:
    """Masks, of which those drawn later cover the earlier ones; the first 254."""
    masks = [keep_mask(instance, height, width, holds_crowd=True) for instance in instances]
    with_pixels = [number for number, kept in enumerate(masks) if kept.instance is not None]
    for number in with_pixels[MAX_OBJECTS:]:
        masks[number] = Kept(None, (TOO_MANY_LOSS,))
    return flatten(masks, height, width)


def write(export: LabelExport) -> Iterator[OutputFile]:
    """Give three files for each image that has objects, then the lists of images and the map of labels."""
    stems = file_stems([image.name for image in export.images])
    numbers = {label_class.name: number for number, label_class in enumerate(export.classes, start=1)}
    palette = voc_palette()
    written: list[ExportedImage] = []
    for batch in export.batches:
        for image, instances in batch:
            if not instances:
                continue
            written.append(image)
            name = stems[image.name]
            yield OutputFile(f"Annotations/{name}.xml", [_annotation(image, instances)])
            objects, classes = _pictures(image, instances, numbers)
            yield OutputFile(f"SegmentationObject/{name}.png", [write_numbers(objects, palette)], is_compressed=False)
            yield OutputFile(f"SegmentationClass/{name}.png", [write_numbers(classes, palette)], is_compressed=False)
    for list_name, images in _image_sets(written).items():
        text = "".join(f"{stems[image.name]}\n" for image in images)
        yield OutputFile(f"ImageSets/Segmentation/{list_name}.txt", [text.encode()])
    yield OutputFile("labelmap.txt", [_label_map(export.classes).encode()])


# --- reading -----------------------------------------------------------------------------------------------------


_Source = dict[str, str]  # the files of one image, by the folders of VOC's that they lie in


@dataclass(frozen=True, slots=True)
class _LabelMap:
    """labelmap.txt: names by their number in SegmentationClass, and the numbers of its colours."""

    names: Mapping[int, str]
    colors: Mapping[int, int]

    @classmethod
    def read(cls, files: LabelFiles, problems: list[Problem]) -> "_LabelMap":
        """Lines `name:red,green,blue:parts:actions`; background is 0, the others count on."""
        names: dict[int, str] = {}
        colors = color_codes(voc_palette())
        file = next(iter(files.names("labelmap.txt")), None)
        if file is None:
            return cls(names, colors)
        try:
            lines = [line.strip() for line in files.text(file).splitlines()]
        except UnreadableFile as error:
            problems.append(Problem(None, file, str(error)))
            return cls(names, colors)
        for line in lines:
            # From its end, as a name may hold colons too.
            name, color, *_ = (line.rsplit(":", 3) if line.count(":") >= 3 else line.split(":")) + [""]
            if not name.strip() or name.startswith("#"):
                continue
            number = 0 if name.lower() == "background" else len(names) + 1
            if number:
                names[number] = name.strip()
            code = _color_code(color)
            if code is not None:
                colors[code] = number
        return cls(names, colors)


def _color_code(text: str) -> int | None:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and int(part[:4]) < 256 for part in parts):
        return None
    red, green, blue = map(int, parts)
    return red << 16 | green << 8 | blue


def _is_annotation(files: LabelFiles, name: str) -> bool:
    try:
        return files.xml(name).tag == "annotation"
    except UnreadableFile:
        return False


def _sources(files: LabelFiles) -> dict[tuple[str, str], _Source]:
    """The files by the folder of the set and their image's name without suffix, folders within Annotations included."""
    sources: dict[tuple[str, str], _Source] = defaultdict(dict)
    for name in files.names(".xml", ".png"):
        *folders, last = name.split("/")
        depth = max((at for at, folder in enumerate(folders) if folder.lower() in _FOLDERS), default=-1)
        kind = folders[depth].lower() if depth >= 0 else _XML
        if (kind == _XML) == last.lower().endswith(".xml"):
            sources["/".join(folders[: max(depth, 0)]), stem("/".join([*folders[depth + 1 :], last]))][kind] = name
    return sources


def _parse_image(files: LabelFiles, name: str, source: _Source, classes: _LabelMap) -> ParsedImage:
    image = ParsedImage(name, None, None, is_stem=True)
    file = source.get(_XML, source.get(_OBJECTS, name))
    try:
        elements = [] if _XML not in source else _root(files, source[_XML], image).findall("object")
        file = source.get(_OBJECTS, file)
        masks = {} if _OBJECTS not in source else _masks(files, source[_OBJECTS], image)
        names = _names(files, elements, masks, source, classes)
    except (InvalidMask, UnreadableFile) as error:
        image.problems.append(Problem(image.name, file, str(error)))
        return image
    for number, rle in masks.items():
        crowd = number <= len(elements) and _is_crowd(elements[number - 1])
        image.instances.append(ParsedInstance(f"object {number}", names[number], (), rle, crowd=crowd))
    return image


def _root(files: LabelFiles, name: str, image: ParsedImage) -> ElementTree.Element:
    """Read an XML file and what it says of its image."""
    root = files.xml(name)
    if root.tag != "annotation":
        raise InvalidMask(f"its root is <{root.tag[:50]}>; VOC's is <annotation>")
    file_name, folder = _text(root, "filename"), image.name.rpartition("/")[0]
    if file_name:
        names = [file_name]
        if "/" not in file_name.replace("\\", "/"):
            names = [f"{each}/{file_name}" for each in (folder, _text(root, "folder")) if each] + names
        image.name, *others = names
        image.other_names = tuple(others)
        image.is_stem = "." not in file_name
    sides = [_text(root, f"size/{side}") for side in ("width", "height")]
    if all(side.isascii() and side.isdigit() and 0 < len(side) < 10 and int(side) for side in sides):
        image.width, image.height = map(int, sides)
    return root


def _text(element: ElementTree.Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _masks(files: LabelFiles, name: str, image: ParsedImage) -> dict[int, Rle]:
    """The objects of a picture by their numbers."""
    numbers = read_numbers(files.read(name), color_codes(voc_palette()))
    height, width = numbers.shape
    if image.width is not None and (image.width, image.height) != (width, height):
        raise InvalidMask(
            f"it has {width} x {height} pixels, its XML file says {image.width} x {image.height}; is it another's?"
        )
    image.width, image.height = width, height
    masks = split_numbers(numbers)
    if max(masks, default=0) <= _VOID:  # a picture of 16 bits may have more objects
        masks.pop(_VOID, None)
    return masks


def _names(
    files: LabelFiles,
    elements: Sequence[ElementTree.Element],
    masks: Mapping[int, Rle],
    source: _Source,
    classes: _LabelMap,
) -> dict[int, str]:
    """The label of each object: the XML file's, where it has one for each number; else SegmentationClass's."""
    in_xml = {number: _text(element, "name") for number, element in enumerate(elements, start=1)}
    if set(in_xml) == set(masks) and all(in_xml.values()):
        return in_xml
    if _OBJECTS not in source:
        raise InvalidMask(
            f"it has {len(in_xml)} boxes and there is no SegmentationObject/<image>.png; a box alone is not enough"
        )
    if _CLASSES not in source or not classes.names:
        raise InvalidMask(_mismatch(in_xml, masks))
    return _names_by_class(read_numbers(files.read(source[_CLASSES]), classes.colors), masks, classes.names)


def _mismatch(in_xml: Mapping[int, str], masks: Mapping[int, Rle]) -> str:
    hint = "SegmentationClass and labelmap.txt would name the objects, and are not there"
    for number, name in in_xml.items():
        if number not in masks:
            return f"object {number} of the XML file ({name[:50]!r}) has no pixel of that number in the picture; {hint}"
        if not name:
            return f"object {number} of the XML file has no <name>; {hint}"
    number = min(set(masks) - set(in_xml))
    return f"its pixels of number {number} have no <object> in an XML file, which has {len(in_xml)}; {hint}"


def _names_by_class(numbers: NDArray[np.integer], masks: Mapping[int, Rle], names: Mapping[int, str]) -> dict[int, str]:
    """Name objects by the class that most of their pixels have."""
    found: dict[int, str] = {}
    for number, rle in masks.items():
        if rle.size != numbers.shape:
            raise InvalidMask(f"SegmentationClass's picture has another size: {numbers.shape[1]} x {numbers.shape[0]}")
        values, counts = np.unique(numbers[decode_rle(rle)], return_counts=True)
        class_number = int(values[counts.argmax()])
        if class_number not in names:
            raise InvalidMask(f"object {number} has the class {class_number}, which labelmap.txt does not name")
        found[number] = names[class_number]
    return found


def _is_crowd(element: ElementTree.Element) -> bool:
    return any(
        _text(attribute, "name").lower() == _CROWD and _text(attribute, "value").lower() in ("1", "true")
        for attribute in element.iterfind("attributes/attribute")
    )


# --- writing -----------------------------------------------------------------------------------------------------


def _pictures(
    image: ExportedImage, instances: Sequence[Instance], numbers: Mapping[str, int]
) -> tuple[NDArray[np.unsignedinteger], NDArray[np.unsignedinteger]]:
    """The objects' numbers and their classes': grey of 16 bits where there are more classes than colours."""
    objects = Canvas(image.height, image.width, highest=MAX_OBJECTS)
    classes = Canvas(image.height, image.width, highest=max(numbers.values()) + 1)
    for number, instance in enumerate(instances, start=1):
        rle = instance_to_rle(instance, image.height, image.width)
        objects.paint(rle, number)
        classes.paint(rle, numbers[instance.class_name])
    return objects.numbers(), classes.numbers()


def _annotation(image: ExportedImage, instances: Sequence[Instance]) -> bytes:
    root = ElementTree.Element("annotation")
    folder, _, file_name = image.name.rpartition("/")
    _add(root, "folder", folder)
    _add(root, "filename", file_name)
    size = ElementTree.SubElement(root, "size")
    for tag, side in (("width", image.width), ("height", image.height), ("depth", 3)):
        _add(size, tag, side)
    _add(root, "segmented", 1)
    for instance in instances:
        element = ElementTree.SubElement(root, "object")
        for tag, value in (
            ("name", instance.class_name), ("pose", "Unspecified"), ("truncated", 0), ("difficult", 0)
        ):  # fmt: skip
            _add(element, tag, value)
        x, y, width, height = box_xywh(instance_to_rle(instance, image.height, image.width))
        box = ElementTree.SubElement(element, "bndbox")
        for tag, value in (("xmin", x + 1), ("ymin", y + 1), ("xmax", x + width), ("ymax", y + height)):
            _add(box, tag, value)
        if instance.crowd:
            attribute = ElementTree.SubElement(ElementTree.SubElement(element, "attributes"), "attribute")
            _add(attribute, "name", _CROWD)
            _add(attribute, "value", 1)
    ElementTree.indent(root)
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _add(parent: ElementTree.Element, tag: str, value: object) -> None:
    ElementTree.SubElement(parent, tag).text = str(value)


def _image_sets(images: Sequence[ExportedImage]) -> dict[str, list[ExportedImage]]:
    return {
        "train": [image for image in images if not image.in_validation],
        "val": [image for image in images if image.in_validation],
        "trainval": list(images),
    }


def _label_map(classes: Sequence[ExportedClass]) -> str:
    palette = voc_palette().tolist()
    lines = ["# label:color_rgb:parts:actions", "background:0,0,0::"]
    for number, label_class in enumerate(classes, start=1):
        color = ",".join(map(str, palette[number])) if number < _VOID else ""
        lines.append(f"{label_class.name}:{color}::")
    return "\n".join(lines) + "\n"

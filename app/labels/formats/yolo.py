"""YOLO segmentation labels: https://docs.ultralytics.com/datasets/segment/.

A text file for each image, a line for each object: its class's number and one ring, coordinates from 0 to 1 over the
image. 0 is the image's left or upper border and 1 the other one, as the trainer multiplies them by the image's sides
(ultralytics/utils/instance.py, Instances.denormalize): no half pixels.

It cannot hold: ids of ours, colours, sources, crowds, and images without objects. Holes and parts are bridged to one
ring (app.masks.keyholes) and taken apart again when they are read here; other programs see the bridges as thin lines.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from math import isfinite

import yaml

from app.images.names import last_part
from app.labels.formats.files import LabelFiles, file_stems, stem
from app.labels.formats.flattened import CROWD_LOSS, NO_PIXEL_LOSS
from app.labels.formats.outlines import open_polygons, open_ring
from app.labels.formats.parsed import (
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
from app.labels.formats.relative import to_pixels, to_relative
from app.masks.instance import Instance, InvalidMask, Polygon, Ring, Rle
from app.masks.keyholes import bridge_rings, split_keyholes
from app.masks.polygons import mask_to_polygons
from app.masks.raster import instance_to_rle, polygons_to_rle
from app.masks.rle import decode_box

NAME = "yolo"
TITLE = "YOLO segmentation"
ACCEPTS = ".zip,.txt,.yaml,.yml,.names"
IS_ARCHIVE = True
CANNOT_HOLD = ("ids of objects", "colours of labels", "who or what drew an object")
MASK_LOSS = "masks become outlines, pixel by pixel the same"
CROSSING_LOSS = "crossing outlines are traced anew, pixel by pixel the same"
HOLES_LOSS = "holes are bridged to the outline; other programs see a thin line"
PARTS_LOSS = "parts are joined by a line; other programs see it"

MAX_YAML_BYTES = 1_000_000  # PyYAML reads about as much in ten seconds; ten thousand names are 200 KB
_LABEL_FOLDERS = ("labels", "obj_train_data", "obj_valid_data", "obj_test_data", "obj_train", "obj_valid")
_PARTS = ("train", "val", "valid", "validation", "test")
_NAME_LISTS = ("classes.txt", "obj.names", "predefined_classes.txt", "labels.txt")
_FAR = 2.0  # nobody draws a whole image's side beyond the border: such coordinates are pixels


def recognises(files: LabelFiles) -> bool:
    label_files = _label_files(files)
    has_names = bool(files.names(".yaml", ".yml", ".names") or _name_lists(files))
    for name in label_files[:10]:
        line = files.text(name).lstrip("\n\r \t").split("\n", 1)[0].split()
        if line:
            return len(line) >= 5 and all(map(_is_number, line))
    return has_names and bool(label_files)


def parse(files: LabelFiles, project: ProjectNames) -> ParsedLabels:
    """Read every label file. A broken line is noted with its image, and the rest is read on.

    Raises:
        UnreadableFile: There is no label file, or nothing that names the classes.
    """
    label_files = _label_files(files)
    if not label_files:
        raise UnreadableFile("there is no label file; YOLO has one .txt for each image, commonly in a folder labels")
    names = _class_names(files)
    known = set(project.images)
    images = []
    problems: list[Problem] = []
    for name in label_files:
        try:
            images.append(_parsed_image(name, files.text(name), names, known))
        except UnreadableFile as error:
            problems.append(Problem(None, name, str(error)))
    return ParsedLabels(images, problems, dict.fromkeys(names.values()))


def keep(instances: Sequence[Instance], height: int, width: int) -> list[Kept]:
    """One ring of each, taken apart again where it was bridged."""
    return [_kept(instance, height, width) for instance in instances]


def write(export: LabelExport) -> Iterator[OutputFile]:
    """Give data.yaml, then a file for each image with objects, in train or val."""
    numbers = {label_class.name: number for number, label_class in enumerate(export.classes)}
    has_validation = any(image.in_validation for image in export.images)
    settings = {
        "path": ".",
        "train": "images/train",
        "val": "images/val" if has_validation else "images/train",  # the trainer wants one
        "names": {number: name for name, number in numbers.items()},
    }
    yield OutputFile("data.yaml", [yaml.safe_dump(settings, allow_unicode=True, sort_keys=False).encode()])
    stems = file_stems([image.name for image in export.images])
    for batch in export.batches:
        for image, instances in batch:
            if instances:
                part = "val" if image.in_validation else "train"
                lines = [_line(numbers[i.class_name], i.polygons, image.height, image.width) for i in instances]
                yield OutputFile(f"labels/{part}/{stems[image.name]}.txt", ["".join(lines).encode()])


# --- which files -------------------------------------------------------------------------------------------------


def _label_files(files: LabelFiles) -> list[str]:
    """The text files in folders of labels; where there is no such folder, all that are not known for something else."""
    texts = [name for name in files.names(".txt") if _last_part(name) not in _NAME_LISTS]
    in_folders = [name for name in texts if any(part in _LABEL_FOLDERS for part in name.lower().split("/")[:-1])]
    return in_folders or [name for name in texts if not _has_another_use(name)]


def _has_another_use(name: str) -> bool:
    return _last_part(name).startswith("readme") or _last_part(name) in [f"{part}.txt" for part in _PARTS]


def _name_lists(files: LabelFiles) -> list[str]:
    return [name for name in files.names() if _last_part(name) in _NAME_LISTS]


def _last_part(name: str) -> str:
    return last_part(name).lower()


def _class_names(files: LabelFiles) -> dict[int, str]:
    """Names by number: of data.yaml, else of a list of names, a line each."""
    found: dict[str, dict[int, str]] = {}
    reasons: list[str] = []
    for name in files.names(".yaml", ".yml"):
        try:
            if (names := _names_of_yaml(files, name)) is not None:
                found[name] = names
        except UnreadableFile as error:
            reasons.append(f"{name}: {error}")
    if not found and not reasons:
        for name in dict.fromkeys([*files.names(".names"), *_name_lists(files)]):
            lines = files.text(name).rstrip().splitlines()
            found[name] = {number: line.strip() for number, line in enumerate(lines) if line.strip()}
    (first, names), *others = found.items() or [("", {})]
    if not names:
        words = "send data.yaml or classes.txt with the labels, which say what the classes' numbers mean"
        raise UnreadableFile("; ".join([*reasons, words]))
    for other, other_names in others:
        if other_names != names:
            raise UnreadableFile(f"{first} and {other} name the classes differently; import one set at a time")
    return names


def _names_of_yaml(files: LabelFiles, name: str) -> dict[int, str] | None:
    """The names in a data.yaml; None where it is another kind of YAML file."""
    content = files.text(name)
    if len(content) > MAX_YAML_BYTES:
        raise UnreadableFile(f"it has more than {MAX_YAML_BYTES:,} characters; a data.yaml is short")
    try:
        # Plain text for every value: a class that is called no, 1e3 or 2024-01-01 keeps its name.
        document = yaml.load(content, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UnreadableFile(f"it is not YAML ({' '.join(str(error).split())[:200]})") from error
    names = document.get("names") if isinstance(document, Mapping) else None
    if isinstance(names, list):
        names = {str(number): value for number, value in enumerate(names)}
    if not isinstance(names, Mapping):
        return None
    numbered: dict[int, str] = {}
    for number, value in names.items():
        if not isinstance(value, str) or not value.strip() or not _is_class_number(number):
            raise UnreadableFile(f"names: {str(number)[:60]!r} should be a number with a name")
        numbered[int(number)] = value.strip()
    return numbered


# --- reading -----------------------------------------------------------------------------------------------------


def _parsed_image(file_name: str, text: str, names: Mapping[int, str], known: set[str]) -> ParsedImage:
    first, *others = _image_names(file_name)
    whole = next((name for name in (first, *others) if name in known), None)
    image = ParsedImage(first, None, None, other_names=tuple(others), is_stem=True, is_relative=True)
    if whole is not None:  # a label file of ours is called so where two images have the same name but for the suffix
        image = ParsedImage(whole, None, None, is_relative=True)
    for number, line in enumerate(text.splitlines(), start=1):
        entry = f"{file_name}, line {number}"
        try:
            if tokens := line.split():
                class_name, ring = _class_name(tokens[0], names), _ring(tokens[1:])
                image.instances.append(ParsedInstance(entry, class_name, split_keyholes(ring), None))
        except InvalidMask as error:
            image.problems.append(Problem(image.name, entry, str(error)))
    return image


def _image_names(file_name: str) -> list[str]:
    """What an image may be called in the project, without its suffix; ours first.

    labels/train/left/fig.txt, and train/labels/left/fig.txt, mean left/fig, train/left/fig or images/train/left/fig.
    """
    parts = stem(file_name).split("/")
    folders = [part.lower() for part in parts[:-1]]
    place = max((place for place, folder in enumerate(folders) if folder in _LABEL_FOLDERS), default=-1)
    beyond = parts[place + 1 :]
    shortest = beyond[1:] if len(beyond) > 1 and beyond[0].lower() in _PARTS else beyond
    as_image = [*parts[:place], "images", *beyond] if place >= 0 else parts
    before = parts[place - 1 : place] if place > 0 and folders[place - 1] in _PARTS else []
    return list(dict.fromkeys("/".join(names) for names in (shortest, beyond, [*before, *beyond], as_image)))


def _class_name(token: str, names: Mapping[int, str]) -> str:
    number = token.removesuffix(".0").rstrip("0").removesuffix(".") if "." in token else token
    number = number or "0"
    if not _is_class_number(number) or int(number) not in names:
        raise InvalidMask(f"the class {token[:60]!r} is none of those that data.yaml or classes.txt names")
    return names[int(number)]


def _ring(tokens: Sequence[str]) -> Ring:
    if len(tokens) == 4:
        raise InvalidMask("it has only a box; boxes alone are not enough, an outline has at least 3 points")
    if len(tokens) % 2:
        raise InvalidMask(f"{len(tokens)} numbers follow the class; x and y come in pairs, without a score at the end")
    try:
        numbers = [float(token) for token in tokens]
    except ValueError:
        strange = next(token for token in tokens if not _is_number(token))
        raise InvalidMask(f"{strange[:60]!r} is no number") from None
    if numbers and all(map(isfinite, numbers)) and (max(numbers) > _FAR or min(numbers) < 1 - _FAR):
        raise InvalidMask("its coordinates should run from 0 to 1 over the image; these seem to be pixels")
    steps = iter(numbers)
    return open_ring(zip(steps, steps, strict=True))


def _is_class_number(token: str) -> bool:
    return token.isascii() and token.isdigit() and len(token) < 10


def _is_number(token: str) -> bool:
    try:
        float(token)
    except ValueError:
        return False
    return True


# --- writing -----------------------------------------------------------------------------------------------------


def _kept(instance: Instance, height: int, width: int) -> Kept:
    losses = [CROWD_LOSS] if instance.crowd else []
    polygons = open_polygons(instance.polygons)
    if instance.rle is not None:
        polygons = _traced(instance.rle)
        losses.append(MASK_LOSS)
    came_back = _read_back(polygons, height, width) if polygons else ()
    if len(_rings(polygons)) > 1:
        rle = instance_to_rle(instance, height, width)
        if polygons_to_rle(came_back, height, width) != rle:
            polygons = _traced(rle)
            came_back = _read_back(polygons, height, width) if polygons else ()
            losses.append(CROSSING_LOSS)
    if not came_back:
        return Kept(None, (NO_PIXEL_LOSS,))
    if any(polygon.holes for polygon in polygons):
        losses.append(HOLES_LOSS)
    if len(polygons) > 1:
        losses.append(PARTS_LOSS)
    return Kept(replace(instance, polygons=came_back, rle=None, crowd=False), tuple(losses))


def _traced(rle: Rle) -> tuple[Polygon, ...]:
    mask, left, top = decode_box(rle)

    def placed(ring: Ring) -> Ring:
        return tuple([(x + left, y + top) for x, y in ring])

    return tuple([Polygon(placed(p.exterior), tuple(map(placed, p.holes))) for p in mask_to_polygons(mask)])


def _read_back(polygons: Sequence[Polygon], height: int, width: int) -> tuple[Polygon, ...]:
    """What reading makes of the line that is written."""
    return to_pixels(split_keyholes(_bridged(polygons, height, width)), height, width)


def _line(number: int, polygons: Sequence[Polygon], height: int, width: int) -> str:
    ring = _bridged(polygons, height, width)
    return f"{number} {' '.join(map(repr, chain.from_iterable(ring)))}\n"


def _bridged(polygons: Sequence[Polygon], height: int, width: int) -> Ring:
    return to_relative(bridge_rings(_rings(polygons)), height, width)


def _rings(polygons: Sequence[Polygon]) -> list[Ring]:
    return [ring for polygon in polygons for ring in (polygon.exterior, *polygon.holes)]

"""One picture for each object: what is not black belongs to it. docs/labels.md shows the layouts that are read.

Ours is `<image>/<label>/<number>.png`, one bit a pixel, with `labels.json` to say which image and label a folder is.
It cannot hold: outlines, crowds, ids, sources.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.labels.formats import semantic
from app.labels.formats.files import LabelFiles, file_stems, stem
from app.labels.formats.flattened import keep_mask
from app.labels.formats.mask_places import KnownNames, MaskPlace, find_place, is_photo
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
from app.labels.formats.pictures import SUFFIXES, read_mask, write_mask
from app.masks.instance import Instance, InvalidMask
from app.masks.layers import split_numbers
from app.masks.raster import instance_to_rle
from app.masks.rle import decode_box

NAME = "masks"
TITLE = "Bitmap masks"
ACCEPTS = ".zip,.png"
IS_ARCHIVE = True
CANNOT_HOLD = ("ids of objects", "who or what drew an object")
_INDEX = "labels.json"
_LOSSES = "losses.json"  # each export's zip has one
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_NOT_FOR_FOLDERS = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # files of Windows, whatever the suffix


def recognises(files: LabelFiles) -> bool:
    return bool(files.names(*SUFFIXES))


def parse(files: LabelFiles, project: ProjectNames) -> ParsedLabels:
    """Read every mask. One that is broken refuses its image's set alone.

    Raises:
        UnreadableFile: There is no picture, or none of which image and label can be told, or they are maps of labels.
    """
    if _is_map_of_labels(files):
        raise UnreadableFile(
            "these are maps of labels, in which objects cannot be told apart; export them as another format"
        )
    index = _Index.read(files)
    known = KnownNames(project)
    places, problems = _places(files, index, known)
    if not places:
        raise UnreadableFile(
            "there is no picture whose folders or name tell image and label; name them <image>/<label>/<number>.png, "
            "<label>/<image>_<number>.png, <image>_<label>_<number>.png or <image>/masks/<any name>.png"
        )
    exact = set(index.images.values())
    images = [
        _parse_image(files, name, sorted(found, key=_order), is_stem=name not in exact and not known.is_full_name(name))
        for name, found in places.items()
    ]
    return ParsedLabels(images, problems, index.colors)


def keep(instances: Sequence[Instance], height: int, width: int) -> list[Kept]:
    """Every mask, whole: pictures may overlap."""
    return [keep_mask(instance, height, width, holds_crowd=False) for instance in instances]


def write(export: LabelExport) -> Iterator[OutputFile]:
    """Give a picture for each object, numbered as they lie over each other in their image."""
    image_folders = file_stems([image.name for image in export.images])
    class_folders = _class_folders(export.classes)
    yield OutputFile(_INDEX, [_index(export, image_folders, class_folders)])
    for batch in export.batches:
        for image, instances in batch:
            for number, instance in enumerate(instances, start=1):
                mask = _mask_by_rows(instance, image)
                name = f"{image_folders[image.name]}/{class_folders[instance.class_name]}/{number:03}.png"
                yield OutputFile(name, [write_mask(mask)], is_compressed=False)


# --- reading -----------------------------------------------------------------------------------------------------


def _is_map_of_labels(files: LabelFiles) -> bool:
    """Whether it is what `semantic` wrote: its folders would be taken for labels."""
    for name in files.names(_LOSSES):
        try:
            document = files.json(name)
        except UnreadableFile:
            continue
        if isinstance(document, Mapping) and document.get("format") == semantic.NAME:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Index:
    """labels.json, where there is one: what folders stand for. `top` is the folder that it lies in."""

    top: str = ""
    images: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    colors: dict[str, str | None] = field(default_factory=dict)

    @classmethod
    def read(cls, files: LabelFiles) -> "_Index":
        for name in files.names(_INDEX):
            try:
                document = files.json(name)
            except UnreadableFile:
                continue
            if isinstance(document, Mapping) and document.get("format") == NAME:
                return cls(
                    name[: -len(_INDEX)],
                    dict(_folders(document.get("images"))),
                    dict(_folders(document.get("labels"))),
                    dict(_colors(document.get("labels"))),
                )
        return cls()

    def place(self, file: str) -> MaskPlace | None:
        """What a file is by the index: its last two folders' worth."""
        image_folder, _, label_folder = file.removeprefix(self.top).rpartition("/")[0].rpartition("/")
        if image_folder not in self.images or label_folder not in self.labels:
            return None
        return MaskPlace(file, self.images[image_folder], self.labels[label_folder])


def _folders(entries: Any) -> Iterator[tuple[str, str]]:
    for entry in entries if isinstance(entries, list) else ():
        match entry:
            case {"name": str() as name, "folder": str() as folder}:
                yield folder, name


def _colors(entries: Any) -> Iterator[tuple[str, str | None]]:
    for entry in entries if isinstance(entries, list) else ():
        match entry:
            case {"name": str() as name, "color": str() as color} if _COLOR.fullmatch(color):
                yield name, color.upper()
            case {"name": str() as name}:
                yield name, None


def _places(files: LabelFiles, index: _Index, known: KnownNames) -> tuple[dict[str, list[MaskPlace]], list[Problem]]:
    """Masks by the image that they are for."""
    places: dict[str, list[MaskPlace]] = defaultdict(list)
    problems: list[Problem] = []
    for file in files.names(*SUFFIXES):
        place = index.place(file)
        if place is None and is_photo(file.removeprefix(index.top), known):
            continue
        place = place or find_place(file, known)
        if place is None:
            words = "neither its folders nor its name tell which image and label it is for"
            problems.append(Problem(None, file, words))
        else:
            places[place.image].append(place)
    return places, problems


def _order(place: MaskPlace) -> tuple[int, str]:
    """By the number at the end of the name, as objects lie over each other; then by name."""
    number = re.search(r"(\d{1,18})$", stem(place.file))
    return (int(number[1]) if number else 0), place.file


def _parse_image(files: LabelFiles, name: str, places: Sequence[MaskPlace], *, is_stem: bool) -> ParsedImage:
    parts = name.split("/")
    without_top = tuple("/".join(parts[at:]) for at in range(1, len(parts) - 1))
    image = ParsedImage(name, None, None, other_names=without_top, is_stem=is_stem)
    for place in places:
        try:
            mask = read_mask(files.read(place.file))
            height, width = mask.shape
            if image.width is None:
                image.width, image.height = width, height
            if (image.width, image.height) != (width, height):
                raise InvalidMask(
                    f"it has {width} x {height} pixels, its image's first mask {image.width} x {image.height}"
                )
            masks = split_numbers(mask)
        except (InvalidMask, UnreadableFile) as error:
            image.problems.append(Problem(name, place.file, str(error)))
            continue
        if masks:
            image.instances.append(ParsedInstance(place.file, place.label, (), masks[1]))
        else:
            image.notes.append(Problem(name, place.file, "it has no pixel; left out"))
    return image


# --- writing -----------------------------------------------------------------------------------------------------


def _mask_by_rows(instance: Instance, image: ExportedImage) -> NDArray[np.bool_]:
    """A mask that lies in memory row by row, as a picture does: to turn a whole one of RLE's columns takes longer."""
    box, left, top = decode_box(instance_to_rle(instance, image.height, image.width))
    mask = np.zeros((image.height, image.width), dtype=np.bool_)
    mask[top : top + box.shape[0], left : left + box.shape[1]] = box
    return mask


def _index(export: LabelExport, image_folders: Mapping[str, str], class_folders: Mapping[str, str]) -> bytes:
    content = {
        "format": NAME,
        "labels": [{"name": c.name, "folder": class_folders[c.name], "color": c.color} for c in export.classes],
        "images": [{"name": image.name, "folder": image_folders[image.name]} for image in export.images],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _class_folders(classes: Sequence[ExportedClass]) -> dict[str, str]:
    """Folders that every system can have, told apart also where case makes no difference."""
    folders: dict[str, str] = {}
    taken: set[str] = set()
    for label_class in classes:
        plain = _NOT_FOR_FOLDERS.sub("_", label_class.name).strip(" .") or "_"
        if _DEVICES.fullmatch(plain):
            plain = f"_{plain}"
        folder = plain if plain.casefold() not in taken else f"{plain}_{label_class.class_id}"
        taken.add(folder.casefold())
        folders[label_class.name] = folder
    return folders

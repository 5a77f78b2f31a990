"""Semantic segmentation: a map of labels for each image, to train other programs with. It is written only.

0 is background, 1 … are the labels in their order. Where objects lie over each other, a pixel has the label of the one
drawn last, as on the screen. It cannot hold: which pixels of a label are which object's, outlines, what lies under
objects of other labels, crowds.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.labels.formats.files import file_stems
from app.labels.formats.flattened import COVERED_LOSS, PARTLY_COVERED_LOSS, keep_mask
from app.labels.formats.parsed import ExportedClass, Kept, LabelExport, OutputFile
from app.labels.formats.pictures import write_numbers
from app.masks.instance import Instance, Rle
from app.masks.layers import Canvas, intersection, split_numbers
from app.masks.raster import instance_to_rle
from app.masks.rle import area

NAME = "semantic"
TITLE = "Semantic label maps"
ACCEPTS = ".zip"
IS_ARCHIVE = True
CANNOT_HOLD = ("which pixels of a label are which object's", "ids of objects", "who or what drew an object")


def keep(instances: Sequence[Instance], height: int, width: int) -> list[Kept]:
    """Of each mask the pixels that have its label in the map."""
    masks = [keep_mask(instance, height, width, holds_crowd=False) for instance in instances]
    with_pixels = [kept.instance for kept in masks if kept.instance is not None]
    numbers = {name: number for number, name in enumerate({each.class_name for each in with_pixels}, start=1)}
    if len(numbers) < 2:  # objects of one label hide nothing of each other
        return masks
    seen = split_numbers(_map(with_pixels, numbers, height, width))
    return [_seen(kept, seen, numbers) for kept in masks]


def write(export: LabelExport) -> Iterator[OutputFile]:
    """Give the lists of labels, then a map for each image that has objects."""
    yield OutputFile("classes.json", [_json(export.classes)])
    yield OutputFile("classes.csv", [_csv(export.classes)])
    stems = file_stems([image.name for image in export.images])
    numbers = {label_class.name: number for number, label_class in enumerate(export.classes, start=1)}
    palette = _palette(export.classes)
    for batch in export.batches:
        for image, instances in batch:
            if instances:
                content = write_numbers(_map(instances, numbers, image.height, image.width), palette)
                yield OutputFile(f"{stems[image.name]}.png", [content], is_compressed=False)


def _map(
    instances: Sequence[Instance], numbers: Mapping[str, int], height: int, width: int
) -> NDArray[np.unsignedinteger]:
    """The labels' numbers, (H, W): 8 bits, or 16 where there are more than 255 labels."""
    canvas = Canvas(height, width, highest=len(numbers))
    for instance in instances:
        canvas.paint(instance_to_rle(instance, height, width), numbers[instance.class_name])
    return canvas.numbers()


def _seen(kept: Kept, seen: Mapping[int, Rle], numbers: Mapping[str, int]) -> Kept:
    if kept.instance is None or kept.instance.rle is None:
        return kept
    of_its_label = seen.get(numbers[kept.instance.class_name])
    rle = None if of_its_label is None else intersection(kept.instance.rle, of_its_label)
    if rle is None or not area(rle):
        return Kept(None, (COVERED_LOSS,))
    if rle == kept.instance.rle:
        return kept
    return Kept(replace(kept.instance, rle=rle), (*kept.losses, PARTLY_COVERED_LOSS))


def _rows(classes: Sequence[ExportedClass]) -> list[tuple[int, str, str]]:
    return [(0, "background", "#000000"), *((number, c.name, c.color) for number, c in enumerate(classes, start=1))]


def _json(classes: Sequence[ExportedClass]) -> bytes:
    content = [{"number": number, "name": name, "color": color} for number, name, color in _rows(classes)]
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _csv(classes: Sequence[ExportedClass]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows([("number", "name", "color"), *_rows(classes)])
    return file.getvalue().encode()


def _palette(classes: Sequence[ExportedClass]) -> NDArray[np.uint8]:
    return np.array([[*bytes.fromhex(color[1:])] for _, _, color in _rows(classes)[:256]], dtype=np.uint8)

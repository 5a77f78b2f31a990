"""Our own format: every instance as the REST API gives it, nothing lost. docs/labels.md shows it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.labels.formats.files import LabelFiles
from app.labels.formats.parsed import (
    LabelExport,
    OutputFile,
    ParsedImage,
    ParsedInstance,
    ParsedLabels,
    Problem,
    ProjectNames,
    UnreadableFile,
    joined,
    keep_all,
)
from app.masks.instance import InvalidMask, instance_from_json, instance_to_json

NAME = "maskwright"
TITLE = "Maskwright JSON"
ACCEPTS = ".json,.zip"
IS_ARCHIVE = False
CANNOT_HOLD = ()
VERSION = 1
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")


keep = keep_all


def recognises(files: LabelFiles) -> bool:
    return any(map(_is_ours, files.documents()))


def parse(files: LabelFiles, _project: ProjectNames) -> ParsedLabels:
    """Read every document of ours among the files; see parse_document.

    Raises:
        UnreadableFile: There is none.
    """
    documents = files.require_documents()
    return joined(map(parse_document, [document for document in documents if _is_ours(document)] or documents[:1]))


def parse_document(document: Any) -> ParsedLabels:
    """Read a document of ours. A broken instance is noted with its image, and the rest is read on.

    Raises:
        UnreadableFile: It is not of this format, or of another version.
    """
    if not _is_ours(document):
        raise UnreadableFile(f'a Maskwright label file is an object with "format": "{NAME}"')
    if document.get("version") != VERSION:
        raise UnreadableFile(f"it has version {document.get('version')!r:.60}, this server reads version {VERSION}")
    labels, entries = document.get("labels"), document.get("images")
    if not isinstance(labels, list) or not isinstance(entries, list):
        raise UnreadableFile("labels and images should be lists")
    images: list[ParsedImage] = []
    problems: list[Problem] = []
    for number, entry in enumerate(entries):
        match entry:
            case {"name": str() as name, "width": int() as width, "height": int() as height, "instances": [*items]}:
                image = ParsedImage(name, width, height)
                for place, item in enumerate(items):
                    _take_instance(item, f"instances[{place}]", image)
                images.append(image)
            case _:
                words = "an image should be an object with name, width, height and instances"
                problems.append(Problem(None, f"images[{number}]", words))
    return ParsedLabels(images, problems, _colors(labels))


def write(export: LabelExport) -> Iterator[OutputFile]:
    """Give the one file of ours."""
    yield OutputFile("labels.json", map(str.encode, _text(export)))


def _text(export: LabelExport) -> Iterator[str]:
    labels = [{"name": c.name, "color": c.color} for c in export.classes]
    head = {"format": NAME, "version": VERSION, "project": export.project_name, "labels": labels}
    yield _dump(head)[:-1] + ',"images":['
    separator = ""
    for batch in export.batches:
        entries = [
            {
                "name": image.name,
                "width": image.width,
                "height": image.height,
                "instances": [instance_to_json(instance) for instance in instances],
            }
            for image, instances in batch
        ]
        if entries:
            yield separator + _dump(entries)[1:-1]
            separator = ","
    yield "]}"


def _is_ours(document: Any) -> bool:
    return isinstance(document, Mapping) and document.get("format") == NAME


def _take_instance(item: Any, entry: str, image: ParsedImage) -> None:
    try:
        instance = instance_from_json(item)
    except InvalidMask as error:
        image.problems.append(Problem(image.name, entry, str(error)))
        return
    image.instances.append(
        ParsedInstance(
            entry=entry,
            class_name=instance.class_name,
            polygons=instance.polygons,
            rle=instance.rle,
            crowd=instance.crowd,
            instance_id=instance.instance_id,
            source=instance.source,
        )
    )


def _colors(labels: list[Any]) -> dict[str, str | None]:
    colors: dict[str, str | None] = {}
    for number, label in enumerate(labels):
        match label:
            case {"name": str() as name, "color": str() as color} if _COLOR.fullmatch(color):
                colors[name] = color.upper()
            case {"name": str() as name}:
                colors[name] = None
            case _:
                raise UnreadableFile(f"labels[{number}] should be an object with name and color")
    return colors


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

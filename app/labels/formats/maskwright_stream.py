"""Our own format, read a few images at a time: a million instances do not fit into memory as Python objects."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from app.labels.formats.parsed import UnreadableFile

_IMAGES = '"images":['  # cannot occur inside a string, where quotes are escaped
_CHUNK_CHARACTERS = 1 << 20
_MAX_HEAD_CHARACTERS = 16 << 20  # labels and the project's name; more is no file of ours


def read_documents(path: Path, *, images_at_once: int) -> Iterator[dict[str, Any]]:
    """Cut a file that `maskwright.write` wrote into documents of the same form, each with some of the images.

    The first has no images, so that the labels are known before any of them.

    Raises:
        UnreadableFile: It is not as we write it, or ends in the middle.
    """
    with path.open(encoding="utf-8") as file:
        try:
            head, rest = _read_head(file)
            yield {**head, "images": []}
            some: list[Any] = []
            for image in _read_items(file, rest):
                some.append(image)
                if len(some) == images_at_once:
                    yield {**head, "images": some}
                    some = []
            if some:
                yield {**head, "images": some}
        except (ValueError, RecursionError) as error:
            if isinstance(error, UnreadableFile):
                raise
            raise UnreadableFile(f"it is not JSON as Maskwright writes it ({error})") from error


def _read_head(file: IO[str]) -> tuple[dict[str, Any], str]:
    text = ""
    while (place := text.find(_IMAGES)) < 0:
        chunk = file.read(_CHUNK_CHARACTERS)
        if not chunk or len(text) > _MAX_HEAD_CHARACTERS:
            raise UnreadableFile(f"{_IMAGES} is not where Maskwright writes it")
        text += chunk
    place += len(_IMAGES)
    head = json.loads(text[:place] + "]}")
    if not isinstance(head, dict):
        raise UnreadableFile("it is no JSON object")
    return head, text[place:]


def _read_items(file: IO[str], text: str) -> Iterator[Any]:
    """Give the items of a list whose bracket was read, and make sure that nothing follows but the object's end."""
    decoder, place = json.JSONDecoder(), 0
    while not text.startswith("]", place):
        try:
            item, end = decoder.raw_decode(text, place + text.startswith(",", place))
        except ValueError:
            chunk = file.read(max(_CHUNK_CHARACTERS, len(text) - place))  # doubled: a long item is tried a few times
            if not chunk:
                raise
            text, place = text[place:] + chunk, 0
            continue
        yield item
        place = end
    if (text[place:] + file.read(_CHUNK_CHARACTERS)).strip() != "]}":
        raise UnreadableFile("something follows its images")

"""The zip of a bundle, written while it is sent; its last file has the hashes of all before it."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from app.db.models import Model
from app.downloads import ascii_name
from app.storage.blobs import CHUNK_BYTES
from app.zip_stream import ZipStream

MANIFEST_INDENT = 1


@dataclass(frozen=True, slots=True)
class BundledFile:
    """A file by its path below the bundle's folder; graphs and pictures are not compressed a second time."""

    path: str
    chunks: Iterable[bytes]
    is_compressed: bool = True
    is_executable: bool = False


def folder_name(model: Model, *parts: str) -> str:
    """The one folder that a zip of a model unpacks to: its commands are typed, so it has no letters but ASCII's."""
    return "-".join((ascii_name(model.name) or f"model-{model.id}", *parts))


def text_file(path: str, text: str, *, is_executable: bool = False) -> BundledFile:
    return BundledFile(path, [text.encode()], is_executable=is_executable)


def json_file(path: str, document: Any) -> BundledFile:
    return text_file(path, json.dumps(document, indent=MANIFEST_INDENT, ensure_ascii=False) + "\n")


def file_chunks(file: Path) -> Iterator[bytes]:
    """A file's content piece by piece; it is opened for the first one."""
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK_BYTES):
            yield chunk


def begun(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Make the first piece now: what it refuses is raised here, while an answer can still say so."""
    return chain([next(chunks)], chunks)


def write_zip(
    folder: str,
    files: Iterable[BundledFile],
    *,
    made_at: datetime,
    last: Callable[[Mapping[str, str]], BundledFile],
) -> Iterator[bytes]:
    """Write files into one folder of a zip, and then the one that is made of their hashes (SHA-256 by path).

    Args:
        made_at: Every file's time. Python keeps what it compiled of a module until the module's time is another one.
    """
    archive = ZipStream()
    hashes: dict[str, str] = {}
    for file in files:
        digest = hashlib.sha256()
        yield from _added(archive, folder, file, made_at, digest.update)
        hashes[file.path] = digest.hexdigest()
    yield from _added(archive, folder, last(hashes), made_at, lambda _chunk: None)
    yield from archive.finish()


def _added(
    archive: ZipStream, folder: str, file: BundledFile, made_at: datetime, see: Callable[[bytes], None]
) -> Iterator[bytes]:
    def seen() -> Iterator[bytes]:
        for chunk in file.chunks:
            see(chunk)
            yield chunk

    name = f"{folder}/{file.path}"
    yield from archive.add(
        name, seen(), compress=file.is_compressed, modified=made_at, is_executable=file.is_executable
    )

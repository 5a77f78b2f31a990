"""The files of one import: documents as they were sent, and those inside zips, read when a format asks for them."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cache, partial
from typing import Any, Self
from xml.etree import ElementTree

from app.form_files import ReceivedFile
from app.images.archives import UNPACKED_TO_UPLOAD_RATIO, Archive, ArchiveRefused, is_zip
from app.images.names import BadName, clean_name, last_part
from app.labels.formats.parsed import Problem, UnreadableFile

MAX_DOCUMENT_BYTES = 512 * 1024 * 1024  # a million objects are 200 MB of COCO, and Python takes ten times that for them


class LabelFiles:
    """Names of files, with their folders, and their content. `problems` lists what could not be opened."""

    def __init__(self, max_file_bytes: int) -> None:
        self.problems: list[Problem] = []
        self._max_file_bytes = max_file_bytes
        self._readers: dict[str, Callable[[], bytes]] = {}
        self._sizes: dict[str, int] = {}
        self._broken: dict[str, str] = {}
        self._archives = ExitStack()
        self.json = cache(self._json)  # formats look at the same document, one after the other

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.json.cache_clear()
        self._archives.close()

    @classmethod
    def open(cls, received: Sequence[ReceivedFile], *, max_file_bytes: int) -> Self:
        """Open files and zips; close it by `with`.

        Raises:
            UnreadableFile: A zip is broken, or a bomb.
        """
        files = cls(max_file_bytes)
        try:
            for file in received:
                files._add(file)
        except BaseException:
            files.__exit__()
            raise
        return files

    def names(self, *suffixes: str) -> list[str]:
        """The files whose names end so, in any case, in their order; all of them without a suffix."""
        return [name for name in self._readers if not suffixes or name.lower().endswith(suffixes)]

    def read(self, name: str) -> bytes:
        """A file's bytes.

        Raises:
            UnreadableFile: It is damaged inside its zip, or too large to be held in memory as a whole.
        """
        if self._sizes[name] > MAX_DOCUMENT_BYTES:
            raise UnreadableFile(
                f"it has {self._sizes[name]:,} bytes, at most {MAX_DOCUMENT_BYTES:,} are read at once; split it"
            )
        try:
            content: bytes = self._readers[name]()
        except ArchiveRefused as error:
            raise UnreadableFile(str(error)) from error
        return content

    def text(self, name: str) -> str:
        """A file as UTF-8, with or without a byte order mark, or as Windows writes it.

        Raises:
            UnreadableFile: It is damaged inside its zip.
        """
        content = self.read(name)
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode("cp1252", "replace")

    def xml(self, name: str) -> ElementTree.Element:
        """A file's root element. Entities that a document declares itself are refused: they can grow without bound.

        Raises:
            UnreadableFile: It is no XML.
        """
        content = self.read(name)
        if b"<!ENTITY" in content.replace(b"\0", b""):
            raise UnreadableFile("it declares entities; take them out")
        try:
            return ElementTree.fromstring(content)
        except (ElementTree.ParseError, ValueError, LookupError) as error:
            raise UnreadableFile(f"it is not XML ({error})") from error

    def documents(self) -> list[Any]:
        """Every file that is JSON by its content, read; others are left out."""
        return [document for name in self._json_names() if (document := self._read_or_none(name)) is not None]

    def require_documents(self) -> list[Any]:
        """Every file that is JSON by its content, at least one.

        Raises:
            UnreadableFile: None is; its text says why of the first.
        """
        documents = self.documents()
        if not documents:
            names = self._json_names()
            raise UnreadableFile(f"{names[0]}: {self._broken[names[0]]}" if names else "there is no file")
        return documents

    def _json_names(self) -> list[str]:
        names = self.names()
        return self.names(".json") or (names if len(names) == 1 else [])

    def _read_or_none(self, name: str) -> Any:
        if name in self._broken:  # every format asks
            return None
        try:
            return self.json(name)
        except UnreadableFile as error:
            self._broken[name] = str(error)
            return None

    def _json(self, name: str) -> Any:
        try:
            return json.loads(self.read(name))
        except (ValueError, RecursionError) as error:
            raise UnreadableFile(f"it is not JSON ({error})") from error

    def _add(self, file: ReceivedFile) -> None:
        if not is_zip(file.path):
            name = _cleaned(file.name)
            self._readers[name], self._sizes[name] = file.path.read_bytes, file.path.stat().st_size
            return
        try:
            archive = Archive(
                file.path,
                max_entry_bytes=self._max_file_bytes,
                max_total_bytes=UNPACKED_TO_UPLOAD_RATIO * self._max_file_bytes,
            )
        except ArchiveRefused as error:
            raise UnreadableFile(f"{file.name}: {error}") from error
        self._archives.callback(archive.close)
        for entry in archive.entries:
            if entry.refusal is None:
                self._readers.setdefault(entry.name, partial(archive.read, entry))
                self._sizes.setdefault(entry.name, entry.info.file_size)
            else:
                self.problems.append(Problem(None, entry.name, entry.refusal))


def stem(name: str) -> str:
    """A name without the suffix of its last part."""
    folders, slash, last = name.rpartition("/")
    return folders + slash + (last.rpartition(".")[0] or last)


def file_stems(image_names: Sequence[str], *, reserved: Sequence[str] = ()) -> dict[str, str]:
    """What each image's label file is called before its suffix: as the image, its own suffix left out.

    It is kept where another image, or a reserved name, would get the same file, also where case makes no difference.
    """
    uses = Counter(name.casefold() for name in [*map(stem, image_names), *image_names, *reserved])
    return {name: stem(name) if uses[stem(name).casefold()] == 1 else name for name in image_names}


def _cleaned(name: str) -> str:
    try:
        return clean_name(name)
    except BadName:
        return last_part(name.replace("\\", "/")) or "file"

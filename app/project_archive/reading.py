"""A project archive that was sent: looked at as a whole before anything of it is taken."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app.errors import Unprocessable
from app.images.archives import UNPACKED_TO_UPLOAD_RATIO, Archive, ArchiveRefused, Entry
from app.images.names import BadName, clean_name
from app.project_archive.schemas import (
    FORMAT,
    IMAGES_FOLDER,
    MANIFEST_FILE,
    MODEL_FILE,
    PROJECT_FILE,
    RENAMED_FOLDER,
    VERSION,
    ArchivedFile,
    ManifestDocument,
    ProjectDocument,
)

MAX_ENTRIES = 300_000  # three times the images of the largest projects that are tested
MAX_DOCUMENT_BYTES = 128 * 1024 * 1024  # of a file that is read as a whole: the list of so many entries fits
_MODEL_FOLDER = re.compile(r"(models/\d+/)" + re.escape(MODEL_FILE))

Document = TypeVar("Document", bound=BaseModel)


class BrokenArchive(Unprocessable):
    """An archive of which nothing is taken: the message names the entry."""

    def __init__(self, entry: str | None, problem: str) -> None:
        where = "the archive" if entry is None else f"{entry[:200]!r} in the archive"
        super().__init__(f"{where} cannot be imported: {problem}")


@dataclass(frozen=True, slots=True)
class ProjectArchive:
    """An open archive whose list of files agrees with what is in it."""

    project: ProjectDocument
    files: dict[str, ArchivedFile]
    _archive: Archive
    _entries: dict[str, Entry]

    @property
    def images(self) -> dict[str, ArchivedFile]:
        """The images' files by the images' names, in their order."""
        return {name: file for file in self.files.values() if (name := _image_name(file)) is not None}

    @property
    def model_folders(self) -> list[str]:
        """The folders of models, in their order."""
        return [match[1] for path in self.files if (match := _MODEL_FOLDER.fullmatch(path))]

    def unpack(self, path: str, target: Path) -> Path:
        """Write a file to disk.

        Raises:
            BrokenArchive: It is damaged, or not as the list of files says.
            StorageFull: The disk is full.
        """
        try:
            self._archive.unpack(self._entries[path], target)
        except ArchiveRefused as error:
            raise BrokenArchive(path, str(error)) from error
        with target.open("rb") as file:
            self.check_hash(path, hashlib.file_digest(file, "sha256").hexdigest())
        return target

    def check_hash(self, path: str, sha256: str) -> None:
        """Compare a file's hash with the list of files.

        Raises:
            BrokenArchive: They differ.
        """
        if sha256 != self.files[path].sha256:
            raise BrokenArchive(path, f"it was changed since {MANIFEST_FILE} was written; export the project again")

    def read(self, path: str, schema: type[Document]) -> Document:
        """Read a small JSON file.

        Raises:
            BrokenArchive: It is missing, damaged or not as it should be.
        """
        data = _read(self._archive, self._entries, path)
        self.check_hash(path, hashlib.sha256(data).hexdigest())
        return _parsed(path, data, schema)

    def unpack_unchecked(self, path: str, target: Path) -> Path:
        """Write a file to disk whose hash its reader makes anyway, and gives to `check_hash`.

        Raises:
            ArchiveRefused: It is damaged.
        """
        self._archive.unpack(self._entries[path], target)
        return target


@contextmanager
def open_archive(path: Path, *, max_upload_bytes: int) -> Iterator[ProjectArchive]:
    """Open an archive and compare it with its list of files.

    Raises:
        BrokenArchive: It is none, was made by a newer version, or is not whole.
    """
    max_bytes = UNPACKED_TO_UPLOAD_RATIO * max_upload_bytes
    try:
        archive = Archive(path, max_entry_bytes=max_bytes, max_total_bytes=max_bytes, max_entries=MAX_ENTRIES)
    except ArchiveRefused as error:
        raise BrokenArchive(None, str(error)) from error
    try:
        entries = _entries_by_name(archive)
        project = _read_project(archive, entries)
        manifest = _parsed(MANIFEST_FILE, _read(archive, entries, MANIFEST_FILE), ManifestDocument)
        files = _files_by_path(manifest)
        _compare(entries, files)
        yield ProjectArchive(project, files, archive, entries)
    finally:
        archive.close()


def _entries_by_name(archive: Archive) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for entry in archive.entries:
        if entry.refusal is not None:
            raise BrokenArchive(entry.name, entry.refusal)
        if entry.name in entries:
            raise BrokenArchive(entry.name, "it is there twice; export the project again")
        entries[entry.name] = entry
    return entries


def _read_project(archive: Archive, entries: dict[str, Entry]) -> ProjectDocument:
    """Read what the archive is; another version is told before anything in it is looked at."""
    if PROJECT_FILE not in entries:
        raise BrokenArchive(
            None, f"{PROJECT_FILE} is missing, so it is no project of a Maskwright; images go into a project by upload"
        )
    data = _read(archive, entries, PROJECT_FILE)
    document = _json(PROJECT_FILE, data)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BrokenArchive(PROJECT_FILE, f'its "format" should be "{FORMAT}"')
    if document.get("version") != VERSION:
        maker = str(document.get("made_by", "another Maskwright"))[:50]
        raise BrokenArchive(
            PROJECT_FILE,
            f"it has version {document.get('version')!r:.20} and was made by {maker}, this server reads version "
            f"{VERSION}; upgrade this server, or export with an older one",
        )
    return _parsed(PROJECT_FILE, data, ProjectDocument)


def _files_by_path(manifest: ManifestDocument) -> dict[str, ArchivedFile]:
    files = {file.path: file for file in manifest.files}
    names = [name for file in files.values() if (name := _image_name(file)) is not None]
    if len(files) < len(manifest.files) or len(set(names)) < len(names):
        raise BrokenArchive(MANIFEST_FILE, "it lists a file or an image twice; export the project again")
    return files


def _image_name(file: ArchivedFile) -> str | None:
    """The name of the image whose file it is, none for other files."""
    if file.path.startswith(IMAGES_FOLDER):
        return file.path.removeprefix(IMAGES_FOLDER)
    if not file.path.startswith(RENAMED_FOLDER):
        return None
    try:
        return clean_name(file.image or "")
    except BadName as error:
        raise BrokenArchive(file.path, f"{MANIFEST_FILE} names its image {file.image!r:.60}, but {error}") from error


def _compare(entries: dict[str, Entry], files: dict[str, ArchivedFile]) -> None:
    for path, file in files.items():
        if path not in entries:
            raise BrokenArchive(path, f"it is missing although {MANIFEST_FILE} lists it; download the archive again")
        size = entries[path].info.file_size
        if size != file.bytes:
            words = f"it has {size:,} bytes, {MANIFEST_FILE} says {file.bytes:,}; download the archive again"
            raise BrokenArchive(path, words)
    for path in entries.keys() - files.keys() - {MANIFEST_FILE}:
        raise BrokenArchive(path, f"{MANIFEST_FILE} does not list it; leave the archive as it was exported")


def _read(archive: Archive, entries: dict[str, Entry], path: str) -> bytes:
    if path not in entries:
        raise BrokenArchive(path, "it is missing: the archive is not whole; download it again")
    size = entries[path].info.file_size
    if size > MAX_DOCUMENT_BYTES:
        raise BrokenArchive(path, f"it has {size:,} bytes, at most {MAX_DOCUMENT_BYTES:,} are read")
    try:
        return archive.read(entries[path])
    except ArchiveRefused as error:
        raise BrokenArchive(path, str(error)) from error


def _parsed(path: str, data: bytes, schema: type[Document]) -> Document:
    try:
        return schema.model_validate_json(data)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(map(str, problem["loc"]))
        raise BrokenArchive(path, f"{where}: {problem['msg']}" if where else problem["msg"]) from error


def _json(path: str, data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BrokenArchive(path, f"it is no JSON ({error})") from error

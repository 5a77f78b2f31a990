"""A project as a zip, written while it is sent: memory holds a batch of labels and a piece of a file."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from importlib import metadata
from typing import Any

from sqlalchemy.orm import Session

from app.db.base import utc_now
from app.db.engine import session_scope
from app.downloads import file_name
from app.images.names import MAX_NAME_CHARACTERS, BadName, clean_name, lies_beside_files
from app.images.repository import list_image_names
from app.labels.formats import maskwright
from app.labels.formats.parsed import Batch, ExportedClass, ExportedImage, LabelExport
from app.labels.repository import list_classes, list_instances
from app.project_archive import repository
from app.project_archive.model_rows import StoredModel, describe_models
from app.project_archive.repository import ImageFile
from app.project_archive.schemas import (
    BACKGROUND_FILE,
    FILES_FOLDER,
    IMAGES_FOLDER,
    LABELS_FILE,
    MANIFEST_FILE,
    MODEL_FILE,
    PROJECT_FILE,
    RENAMED_FOLDER,
    SNAPSHOT_FILE,
    VALIDATION_FILE,
    ArchivedFile,
    ManifestDocument,
    MarkedImages,
    ProjectDocument,
)
from app.projects.repository import get_project
from app.storage.blobs import BlobStore
from app.zip_stream import ZipStream

IMAGES_AT_ONCE = 100  # whose instances are in memory
_NO_ZIPS_INSIDE = ".zip"  # a reader refuses an entry of this name, whatever it holds


def name_archive(project_id: int) -> str:
    """What the file of a project is called."""
    with session_scope(read_only=True) as session:
        return file_name(get_project(session, project_id).name, "project", suffix=".zip")


def write_project(project_id: int, *, with_models: bool, blobs: BlobStore) -> Iterator[bytes]:
    """Stream a project. Rows are as they were at the beginning; files never change.

    Raises:
        FileNotFoundError: An image was deleted before its turn: the stream breaks off and is no whole zip.
    """
    archive = _HashedZip()
    with session_scope(read_only=True) as session:
        repository.read_at_one_moment(session)
        images = repository.list_image_files(session, project_id)
        models = describe_models(session, project_id) if with_models else []
        yield from archive.add(PROJECT_FILE, [_project(session, project_id).model_dump_json(indent=2).encode()])
        yield from archive.add(LABELS_FILE, _labels(session, project_id))
    for path, mark in ((VALIDATION_FILE, "in_validation"), (BACKGROUND_FILE, "is_background")):
        marked = MarkedImages(images=[image.name for image in images if getattr(image, mark)])
        yield from archive.add(path, [marked.model_dump_json().encode()])
    for number, image in enumerate(images, start=1):
        yield from _add_image(archive, number, image, blobs)
    for number, model in enumerate(models, start=1):
        yield from _add_model(archive, f"models/{number}/", model, blobs)
    yield from archive.finish()


class _HashedZip:
    """A zip that ends with a list of its files and their hashes."""

    def __init__(self) -> None:
        self._zip = ZipStream()
        self._files: list[ArchivedFile] = []

    def add(
        self,
        path: str,
        chunks: Iterable[bytes],
        *,
        compress: bool = True,
        modified: datetime | None = None,
        **about: Any,
    ) -> Iterator[bytes]:
        """Add a file; what else is said about it goes into its line of the list."""
        digest, size = hashlib.sha256(), 0

        def noted() -> Iterator[bytes]:
            nonlocal size
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                yield chunk

        yield from self._zip.add(path, noted(), compress=compress, modified=modified or utc_now())
        self._files.append(ArchivedFile(path=path, bytes=size, sha256=digest.hexdigest(), **about))

    def finish(self) -> Iterator[bytes]:
        manifest = ManifestDocument(files=self._files).model_dump_json(exclude_none=True).encode()
        yield from self._zip.add(MANIFEST_FILE, [manifest], compress=True, modified=utc_now())
        yield from self._zip.finish()


def _project(session: Session, project_id: int) -> ProjectDocument:
    project = get_project(session, project_id)
    return ProjectDocument(
        name=project.name,
        strip_location=project.strip_location,
        made_at=utc_now(),
        made_by=f"maskwright {metadata.version('maskwright')}",
    )


def _labels(session: Session, project_id: int) -> Iterator[bytes]:
    images = [ExportedImage(*image) for image in list_image_names(session, project_id)]
    export = LabelExport(
        project_name=get_project(session, project_id).name,
        classes=[ExportedClass(c.id, c.name, c.color) for c in list_classes(session, project_id)],
        images=images,
        batches=_batches(session, images),
    )
    for file in maskwright.write(export):
        yield from file.content


def _batches(session: Session, images: Sequence[ExportedImage]) -> Iterator[Batch]:
    for start in range(0, len(images), IMAGES_AT_ONCE):
        some = images[start : start + IMAGES_AT_ONCE]
        instances = list_instances(session, [image.image_id for image in some])
        yield [(image, instances.get(image.image_id, ())) for image in some]


def _add_image(archive: _HashedZip, number: int, image: ImageFile, blobs: BlobStore) -> Iterator[bytes]:
    path, name = IMAGES_FOLDER + image.name, None
    if not _can_be_in_a_zip(path):
        path, name = f"{RENAMED_FOLDER}{number}", image.name
    chunks = blobs.read_chunks(image.storage_key, start=0, length=image.byte_size)
    yield from archive.add(path, chunks, compress=False, modified=image.created_at, image_id=image.image_id, image=name)


def _can_be_in_a_zip(path: str) -> bool:
    """Whether a reader of zips from outside takes a file of this name as it is."""
    try:
        is_kept = len(path) <= MAX_NAME_CHARACTERS and clean_name(path) == path
    except BadName:
        return False
    return is_kept and not path.lower().endswith(_NO_ZIPS_INSIDE) and not lies_beside_files(path)


def _add_model(archive: _HashedZip, folder: str, model: StoredModel, blobs: BlobStore) -> Iterator[bytes]:
    yield from archive.add(folder + MODEL_FILE, [model.document.model_dump_json(indent=2).encode()])
    if blobs.exists(model.snapshot_key):
        yield from _add_blob(archive, folder + SNAPSHOT_FILE, model.snapshot_key, blobs)
    for key in blobs.list_keys(model.prefix):
        yield from _add_blob(archive, folder + FILES_FOLDER + key.removeprefix(model.prefix), key, blobs)


def _add_blob(archive: _HashedZip, path: str, key: str, blobs: BlobStore) -> Iterator[bytes]:
    chunks = blobs.read_chunks(key, start=0, length=blobs.size(key))
    yield from archive.add(path, chunks, compress=False)

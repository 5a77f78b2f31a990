"""A project that comes in as an archive: all of it, checked, or nothing."""

from collections.abc import Mapping
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from app.db.engine import session_scope
from app.images.intake import Candidate, Intake, PreparedImage, RefusedFile
from app.images.repository import ImageName, insert_images
from app.labels.repository import set_background
from app.project_archive import repository
from app.project_archive.label_rows import add_labels
from app.project_archive.model_files import ModelIntake, NewImage
from app.project_archive.reading import BrokenArchive, ProjectArchive, open_archive
from app.project_archive.schemas import BACKGROUND_FILE, LABELS_FILE, VALIDATION_FILE, MarkedImages
from app.projects.schemas import ProjectSchema
from app.projects.service import project_prefix
from app.projects.unfinished import finish_project, unfinished_project
from app.settings import Settings
from app.splits.repository import set_validation
from app.storage.blobs import BlobStore

ROWS_AT_ONCE = 1000  # images written in one transaction


def import_project(user_id: int, path: Path, *, blobs: BlobStore, settings: Settings) -> ProjectSchema:
    """Make a project of an archive; whoever sent it becomes its owner.

    Rows are written in short transactions, so that others can save meanwhile.

    Raises:
        BrokenArchive: It is none, was made by a newer version, is not whole, or holds what cannot be taken.
        StorageFull: The disk is full.
    """
    with (
        open_archive(path, max_upload_bytes=settings.max_upload_bytes) as archive,
        TemporaryDirectory(dir=blobs.scratch, prefix="project-") as scratch,
        unfinished_project(
            name=archive.project.name,
            strip_location=archive.project.strip_location,
            user_id=user_id,
            blobs=blobs,
        ) as project_id,
    ):
        folder = Path(scratch)
        intake = Intake(
            blobs,
            prefix=project_prefix(project_id),
            max_pixels=settings.max_image_pixels,
            strip_location=False,  # where the project says so it was done when they were uploaded
        )
        images = _add_images(archive, intake, project_id, user_id=user_id, folder=folder)
        add_labels(archive.unpack(LABELS_FILE, folder / "labels.json"), project_id, images)
        _mark_images(archive, project_id, images)
        models = ModelIntake(archive, project_id, _by_old_id(archive, project_id, images), folder=folder, blobs=blobs)
        for model_folder in archive.model_folders:
            models.take(model_folder)
        with session_scope() as session:
            return finish_project(session, project_id, user_id=user_id)


def _add_images(
    archive: ProjectArchive, intake: Intake, project_id: int, *, user_id: int, folder: Path
) -> dict[str, ImageName]:
    """Store images as an upload does, and write their rows in their old order."""
    files = archive.images
    candidates = [
        Candidate(name, partial(archive.unpack_unchecked, file.path, folder / f"image-{number}"))
        for number, (name, file) in enumerate(files.items())
    ]
    images: dict[str, ImageName] = {}
    # Closed at once when something fails: else its threads would go on storing files behind the clearing up.
    with closing(intake.prepare(candidates)) as outcomes:
        while some := list(islice(outcomes, ROWS_AT_ONCE)):
            taken: list[PreparedImage] = []
            for outcome in some:
                path = files[outcome.name].path
                if isinstance(outcome, RefusedFile):
                    raise BrokenArchive(path, outcome.error)
                archive.check_hash(path, outcome.content_hash)
                taken.append(outcome)
            with session_scope() as session:
                ids = insert_images(session, project_id, user_id, taken)
            for image in taken:
                images[image.name] = ImageName(ids[image.name], image.name, image.width, image.height)
    return images


def _mark_images(archive: ProjectArchive, project_id: int, images: Mapping[str, ImageName]) -> None:
    for_validation = _marked_ids(archive, VALIDATION_FILE, images)
    # Archives of before there was such a mark lack it.
    background = _marked_ids(archive, BACKGROUND_FILE, images) if BACKGROUND_FILE in archive.files else []
    with session_scope() as session:
        set_validation(session, project_id, for_validation, validation=True)
        set_background(session, project_id, background, background=True)


def _marked_ids(archive: ProjectArchive, path: str, images: Mapping[str, ImageName]) -> list[int]:
    names = archive.read(path, MarkedImages).images
    if missing := [name for name in names if name not in images]:
        raise BrokenArchive(path, f"it names the image {missing[0]!r:.200}, which is not there")
    return [images[name].image_id for name in names]


def _by_old_id(archive: ProjectArchive, project_id: int, images: Mapping[str, ImageName]) -> dict[int, NewImage]:
    with session_scope(read_only=True) as session:
        keys = repository.list_storage_keys(session, project_id)
    return {
        file.image_id: NewImage(images[name].image_id, keys[images[name].image_id])
        for name, file in archive.images.items()
        if file.image_id is not None
    }

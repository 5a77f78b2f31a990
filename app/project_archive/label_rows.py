"""The labels of a project archive on their way into rows, some images at a time."""

from collections.abc import Mapping
from pathlib import Path

from app.db.engine import session_scope
from app.images.repository import ImageName
from app.labels import repository
from app.labels.formats.maskwright import parse_document
from app.labels.formats.maskwright_stream import read_documents
from app.labels.formats.parsed import ParsedLabels, UnreadableFile
from app.labels.importing import to_stored
from app.labels.matching import MAX_CLASS_NAME_CHARACTERS, FittedImage, fit_labels
from app.project_archive.reading import BrokenArchive
from app.project_archive.schemas import LABELS_FILE

IMAGES_AT_ONCE = 100  # whose instances are in memory, and written in one transaction


def add_labels(path: Path, project_id: int, images: Mapping[str, ImageName]) -> None:
    """Write classes and instances.

    Args:
        images: The project's images by name.
    Raises:
        BrokenArchive: The file is damaged, or does not fit the images.
    """
    class_ids: dict[str, int] = {}
    seen: set[str] = set()
    try:
        for number, document in enumerate(read_documents(path, images_at_once=IMAGES_AT_ONCE)):
            parsed = parse_document(document)
            if number == 0:  # the one with the labels alone
                class_ids = _add_classes(project_id, parsed)
            fitted = _fit(parsed, images, class_ids)
            twice = seen & {image.name for image in fitted}
            if twice:
                raise BrokenArchive(LABELS_FILE, f"it has the image {min(twice)!r} twice")
            seen |= {image.name for image in fitted}
            _add_instances(project_id, fitted, class_ids)
    except UnreadableFile as error:
        raise BrokenArchive(LABELS_FILE, str(error)) from error


def _add_classes(project_id: int, parsed: ParsedLabels) -> dict[str, int]:
    for name in parsed.colors:
        if not 0 < len(name) <= MAX_CLASS_NAME_CHARACTERS or not name.isprintable():
            words = f"the label {name[:100]!r} should be 1 to {MAX_CLASS_NAME_CHARACTERS} characters to be shown"
            raise BrokenArchive(LABELS_FILE, words)
    with session_scope() as session:
        added = repository.add_classes(session, project_id, parsed.colors)
        return {label_class.name: label_class.id for label_class in added}


def _fit(parsed: ParsedLabels, images: Mapping[str, ImageName], class_ids: Mapping[str, int]) -> list[FittedImage]:
    fitted = fit_labels(parsed, [images[image.name] for image in parsed.images if image.name in images])
    if fitted.refusals:
        problem = fitted.refusals[0]
        where = "".join(f"{part}: " for part in (problem.image, problem.entry) if part is not None)
        raise BrokenArchive(LABELS_FILE, f"{where}{problem.error}")
    if fitted.missing:
        raise BrokenArchive(LABELS_FILE, f"it has labels of the image {fitted.missing[0]!r}, which is not there")
    for image in fitted.images:
        for instance in image.instances:
            if instance.class_name not in class_ids:
                words = f"{image.name}: the label {instance.class_name!r} is not among its labels"
                raise BrokenArchive(LABELS_FILE, words)
    return fitted.images


def _add_instances(project_id: int, images: list[FittedImage], class_ids: Mapping[str, int]) -> None:
    labeled = [image for image in images if image.instances]
    if not labeled:
        return
    with session_scope() as session:
        repository.insert_instances(
            session,
            (
                (image.image_id, position, to_stored(instance, class_ids))
                for image in labeled
                for position, instance in enumerate(image.instances)
            ),
        )
        repository.recount(session, project_id, [image.image_id for image in labeled])

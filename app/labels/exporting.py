"""Exporting a project's labels, streamed: however many there are, memory holds a batch."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.db.engine import session_scope
from app.errors import Unprocessable
from app.images.repository import list_image_names
from app.labels import repository
from app.labels.formats.parsed import ExportedClass, ExportedImage, LabelExport
from app.labels.formats.table import FORMATS, LabelFormat
from app.masks.instance import Instance
from app.projects.repository import get_project

IMAGES_AT_ONCE = 100


def choose_format(file_format: str) -> LabelFormat:
    """Find a format by its name.

    Raises:
        Unprocessable: There is none.
    """
    label_format = FORMATS.get(file_format)
    if label_format is None:
        raise Unprocessable(f"format: {file_format[:50]!r} is not known; give {' or '.join(FORMATS)}")
    return label_format


def export_labels(project_id: int, label_format: LabelFormat) -> Iterator[bytes]:
    """Stream a project's labels in a format, in a transaction of its own that lasts as long as the stream."""
    with session_scope(read_only=True) as session:
        images = [ExportedImage(*row) for row in list_image_names(session, project_id)]
        classes = [ExportedClass(c.id, c.name, c.color) for c in repository.list_classes(session, project_id)]
        export = LabelExport(
            project_name=get_project(session, project_id).name,
            classes=classes,
            images=images,
            batches=_batches(session, images),
        )
        for text in label_format.write(export):
            yield text.encode()


def _batches(
    session: Session, images: list[ExportedImage]
) -> Iterator[list[tuple[ExportedImage, tuple[Instance, ...]]]]:
    for start in range(0, len(images), IMAGES_AT_ONCE):
        some = images[start : start + IMAGES_AT_ONCE]
        instances = repository.list_instances(session, [image.image_id for image in some])
        yield [(image, instances.get(image.image_id, ())) for image in some]

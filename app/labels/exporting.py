"""Exporting a project's labels, streamed: however many there are, memory holds a batch."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.db.engine import session_scope
from app.downloads import file_name
from app.errors import Unprocessable
from app.images.repository import list_image_names, list_validation_ids
from app.labels import repository
from app.labels.formats.parsed import Batch, ExportedClass, ExportedImage, LabelExport
from app.labels.formats.table import FORMATS, READERS, WRITERS, LabelWriter
from app.labels.losses import Losses
from app.labels.schemas import ExportReport, LabelFormatSchema
from app.masks.instance import Instance
from app.projects.repository import get_project
from app.zip_stream import ZipStream

IMAGES_AT_ONCE = 100


def list_formats() -> list[LabelFormatSchema]:
    """Every format that can be read or written."""
    return [
        LabelFormatSchema(
            name=name,
            title=label_format.TITLE,
            accepts=label_format.ACCEPTS,
            reads=name in READERS,
            writes=name in WRITERS,
            cannot_hold=list(label_format.CANNOT_HOLD),
        )
        for name, label_format in FORMATS.items()
    ]


def choose_writer(file_format: str) -> LabelWriter:
    """Find a format to write by its name.

    Raises:
        Unprocessable: There is none.
    """
    writer = WRITERS.get(file_format)
    if writer is None:
        raise Unprocessable(f"format: {file_format[:50]!r} is not known; give {' or '.join(WRITERS)}")
    return writer


def name_export(project_id: int, writer: LabelWriter) -> str:
    """What the file of a project's labels is called."""
    with session_scope(read_only=True) as session:
        project_name = get_project(session, project_id).name
    return file_name(project_name, "labels", writer.NAME, suffix=".zip" if writer.IS_ARCHIVE else ".json")


def export_labels(project_id: int, writer: LabelWriter) -> Iterator[bytes]:
    """Stream a project's labels in a format, in a transaction of its own that lasts as long as the stream.

    A zip ends with `losses.json`, which says what the format could not hold.
    """
    with session_scope(read_only=True) as session:
        losses = Losses()
        export = _export(session, project_id, writer, losses)
        if not writer.IS_ARCHIVE:
            for file in writer.write(export):
                yield from file.content
            return
        archive = ZipStream()
        now = datetime.now(UTC)
        for file in writer.write(export):
            yield from archive.add(file.name, file.content, compress=file.is_compressed, modified=now)
        yield from archive.add("losses.json", [losses.as_json(writer)], compress=True, modified=now)
        yield from archive.finish()


def report_losses(project_id: int, writer: LabelWriter) -> ExportReport:
    """Measure what a format would lose: every object that it holds otherwise is compared, mask against mask."""
    with session_scope(read_only=True) as session:
        losses = Losses(measures=True)
        for _batch in _export(session, project_id, writer, losses).batches:
            pass
    return losses.report(writer)


def _export(session: Session, project_id: int, writer: LabelWriter, losses: Losses) -> LabelExport:
    in_validation = set(list_validation_ids(session, project_id))
    images = [
        ExportedImage(*row, in_validation=row.image_id in in_validation)
        for row in list_image_names(session, project_id)
    ]
    return LabelExport(
        project_name=get_project(session, project_id).name,
        classes=[ExportedClass(c.id, c.name, c.color) for c in repository.list_classes(session, project_id)],
        images=images,
        batches=_batches(session, images, writer, losses),
    )


def _batches(session: Session, images: list[ExportedImage], writer: LabelWriter, losses: Losses) -> Iterator[Batch]:
    for start in range(0, len(images), IMAGES_AT_ONCE):
        some = images[start : start + IMAGES_AT_ONCE]
        instances = repository.list_instances(session, [image.image_id for image in some])
        yield [(image, _kept(image, instances.get(image.image_id, ()), writer, losses)) for image in some]


def _kept(
    image: ExportedImage, instances: tuple[Instance, ...], writer: LabelWriter, losses: Losses
) -> tuple[Instance, ...]:
    kept = writer.keep(instances, image.height, image.width)
    for instance, what_is_left in zip(instances, kept, strict=True):
        losses.note(image, instance, what_is_left)
    return tuple([what_is_left.instance for what_is_left in kept if what_is_left.instance is not None])

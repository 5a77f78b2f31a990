"""The labels that a model was trained with, as they were: COCO, for training elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.bundle import repository
from app.db.enums import Split
from app.downloads import file_name
from app.errors import Conflict, NotFound
from app.labels.formats import coco
from app.labels.formats.parsed import Batch, ExportedClass, ExportedImage, LabelExport
from app.projects.repository import get_project
from app.statistics.downloads import category_ids
from app.storage.blobs import get_blob_store
from app.training.model_files import Owner, read_snapshot
from app.training.snapshot import Snapshot, SnapshotImage


@dataclass(frozen=True, slots=True)
class LabelsDownload:
    """A COCO file that is written while it is sent."""

    file_name: str
    chunks: Iterator[bytes]


def download_training_labels(session: Session, *, model_id: int, split: Split | None) -> LabelsDownload:
    """Give the labels of one split, or of both, with our image and label ids as the COCO export has them.

    Raises:
        NotFound: There is no such model.
        Conflict: The labels that it was trained with did not come with it.
        ModelFileBroken: They are damaged.
    """
    model = repository.get_model(session, model_id)
    if model is None:
        raise NotFound(f"there is no model {model_id}")
    store = get_blob_store()
    if not store.exists(model.snapshot_key):
        raise Conflict(
            f"the labels that model {model.name!r} was trained with are not there: they did not come with it, or "
            f"{model.snapshot_key} in the storage was lost; restore it from a backup"
        )
    frozen = read_snapshot(store, model.snapshot_key, Owner.of(model))
    ids = category_ids(session, model.project_id, frozen.class_names)
    classes = [ExportedClass(number, name, "") for number, name in zip(ids, frozen.class_names, strict=True)]
    export = _export(frozen, split, classes, title=f"{model.name}, as it was trained")
    project_name = get_project(session, model.project_id).name
    name = file_name(project_name, model.name, "labels", split or "", suffix=".json")
    (file,) = coco.write(export)
    return LabelsDownload(name, iter(file.content))


def _export(frozen: Snapshot, split: Split | None, classes: list[ExportedClass], *, title: str) -> LabelExport:
    pairs = [(image, _exported(image)) for image in (frozen.images if split is None else frozen.of_split(split))]
    return LabelExport(
        project_name=title, classes=classes, images=[exported for _, exported in pairs], batches=_batches(pairs)
    )


def _batches(pairs: list[tuple[SnapshotImage, ExportedImage]]) -> Iterator[Batch]:
    for image, exported in pairs:
        kept = coco.keep(image.instances, image.height, image.width)
        yield [(exported, tuple(one.instance for one in kept if one.instance is not None))]


def _exported(image: SnapshotImage) -> ExportedImage:
    in_validation = image.split is Split.VALIDATION
    return ExportedImage(image.image_id, image.name, image.width, image.height, in_validation=in_validation)

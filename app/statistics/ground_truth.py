"""The labels that predictions are judged by: those the training read, or today's where they have changed since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.db.models import Model
from app.masks.instance import Instance
from app.masks.prediction_table import ImagePredictions, PredictionTable, image_predictions
from app.masks.raster import instance_to_rle
from app.statistics import repository
from app.statistics.schemas import LabelsChanged
from app.storage.blobs import get_blob_store
from app.training import repository as training_repository
from app.training.freeze import to_instance
from app.training.model_files import Owner, read_snapshot

FREEZE_MARGIN = timedelta(minutes=5)  # a model's row is written after its labels were read


@dataclass(frozen=True, slots=True)
class TodaysLabels:
    """How today's labels differ from those of a table. `stamp` changes with every change."""

    stamp: str
    changed: LabelsChanged
    deleted: frozenset[int]
    instances: Mapping[int, Sequence[Instance]]  # by image, of those that may have changed

    def judge(self, table: PredictionTable) -> PredictionTable:
        """Judge the table's predictions by today's labels."""
        images = (
            _rejudged(image, self.instances[image.image_id], table.class_names)
            if image.image_id in self.instances
            else image
            for image in table.images
            if image.image_id not in self.deleted
        )
        return PredictionTable(table.class_names, tuple(images))


def with_snapshot_masks(model: Model, table: PredictionTable) -> PredictionTable:
    """Fill in what files of the first format lack, from the labels that the training read.

    Raises:
        ModelFileBroken: These are missing or damaged.
    """
    snapshot = read_snapshot(get_blob_store(), model.snapshot_key, Owner.of(model))
    instances = {image.image_id: image.instances for image in snapshot.images}
    # An archive leaves images out that were deleted before it was made.
    images = (_rejudged(i, instances.get(i.image_id, ()), table.class_names) for i in table.images)
    return PredictionTable(table.class_names, tuple(images))


def stamp_of(session: Session, model: Model, table: PredictionTable) -> str:
    """What changes whenever the labels on the table's images do."""
    changed = _changed_since(session, model, table)
    latest = max((at for at in changed.values() if at is not None), default=model.created_at)
    names = sorted(repository.class_ids(session, model.project_id))
    return repr((len(changed), sorted(i for i, at in changed.items() if at is None), latest.isoformat(), names))


def todays_labels(session: Session, model: Model, table: PredictionTable, *, stamp: str) -> TodaysLabels:
    """Read the labels of images that changed since the training was asked for, and count how they differ."""
    gone = [name for name in table.class_names if name not in repository.class_ids(session, model.project_id)]
    changed = _changed_since(session, model, table)
    gone_classes = {table.class_names.index(name) for name in gone}
    with_gone = {i.image_id for i in table.images if gone_classes & set(i.overlaps.truth_classes.tolist())}
    deleted = frozenset(image_id for image_id, at in changed.items() if at is None)
    rows = training_repository.list_instances(session, sorted((changed.keys() | with_gone) - deleted))
    counts = _Counts(set(table.class_names))
    instances: dict[int, Sequence[Instance]] = {}
    for image in table.images:
        if image.image_id in deleted:
            counts.compare(image, (), table.class_names)
        elif image.image_id in changed or image.image_id in with_gone:
            own = [to_instance(one, image.height, image.width) for one in rows.get(image.image_id, [])]
            counts.compare(image, own, table.class_names)
            instances[image.image_id] = own
    return TodaysLabels(stamp, counts.labels_changed(gone), deleted, instances)


class _Counts:
    """Adds up how images' labels differ from those in the table."""

    def __init__(self, known: set[str]) -> None:
        self._known = known
        self._unknown: set[str] = set()
        self._images = self._added = self._changed = self._removed = 0

    def compare(self, image: ImagePredictions, instances: Sequence[Instance], class_names: Sequence[str]) -> None:
        before = _described(image, class_names)
        after = {
            one.instance_id: (
                one.class_name,
                one.crowd,
                instance_to_rle(one, image.height, image.width).counts,
            )
            for one in instances
        }
        self._unknown |= {one.class_name for one in instances} - self._known
        added, removed = len(after.keys() - before.keys()), len(before.keys() - after.keys())
        changed = sum(before[key] != after[key] for key in before.keys() & after.keys())
        self._added += added
        self._removed += removed
        self._changed += changed
        self._images += bool(added or removed or changed)

    def labels_changed(self, gone: Sequence[str]) -> LabelsChanged:
        return LabelsChanged(
            images=self._images,
            added=self._added,
            changed=self._changed,
            removed=self._removed,
            unknown_labels=sorted(self._unknown),
            gone_labels=list(gone),
        )


def _changed_since(session: Session, model: Model, table: PredictionTable) -> Mapping[int, datetime | None]:
    """Images that may have other labels than the training read, and when they changed; None of a deleted one."""
    changed_at = repository.changed_at(session, [image.image_id for image in table.images])
    since = model.created_at - FREEZE_MARGIN
    return {
        image.image_id: changed_at.get(image.image_id)
        for image in table.images
        if (at := changed_at.get(image.image_id)) is None or at > since
    }


def _described(image: ImagePredictions, class_names: Sequence[str]) -> dict[str, tuple[str, bool, str]]:
    overlaps = image.overlaps
    classes = [class_names[index] for index in overlaps.truth_classes.tolist()]
    columns = zip(classes, overlaps.truth_is_crowd.tolist(), image.truth_rle_counts, strict=True)
    return dict(zip(image.truth_ids, columns, strict=True))


def _rejudged(image: ImagePredictions, instances: Sequence[Instance], class_names: Sequence[str]) -> ImagePredictions:
    index_of = {name: index for index, name in enumerate(class_names)}
    known = [one for one in instances if one.class_name in index_of]
    return image_predictions(
        image_id=image.image_id,
        height=image.height,
        width=image.width,
        predicted=[image.rle(index) for index in range(len(image.rle_counts))],
        boxes_xyxy=image.boxes_xyxy.tolist(),
        scores=image.overlaps.scores.tolist(),
        prediction_classes=image.overlaps.prediction_classes.tolist(),
        truth=[instance_to_rle(one, image.height, image.width) for one in known],
        truth_ids=[one.instance_id for one in known],
        truth_classes=[index_of[one.class_name] for one in known],
        truth_is_crowd=[one.crowd for one in known],
    )

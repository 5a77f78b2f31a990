"""Which stored predictions a question is about, and the score thresholds that hold for them."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.db.enums import CheckpointKind, Speed, Split
from app.db.models import Checkpoint, Model
from app.errors import Conflict, Unprocessable
from app.masks.prediction_table import ImagePredictions, PredictionTable
from app.statistics import ground_truth, repository
from app.statistics.ground_truth import TodaysLabels
from app.statistics.schemas import GroundTruth
from app.statistics.tables import Evaluation, JoinedTable, TableCache
from app.storage.blobs import get_blob_store
from app.training.model_files import Owner, read_predictions
from app.training.thresholds import effective_thresholds


class NoPredictions(Conflict):
    """The speed was not made, or the model came without its predictions."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which predictions a question is about, and what they are judged by."""

    model_id: int
    split: Split = Split.VALIDATION
    kind: CheckpointKind = CheckpointKind.BEST
    speed: Speed = Speed.SLOW
    ground_truth: GroundTruth = GroundTruth.SNAPSHOT
    iou_threshold: float = 0.5


@dataclass(frozen=True, slots=True)
class Loaded:
    """A checkpoint's stored predictions on a split, matched, and the thresholds that they are judged at."""

    choice: Choice
    model: Model
    checkpoint: Checkpoint
    joined: JoinedTable
    thresholds: Mapping[str, float]
    is_preview: bool

    @property
    def images(self) -> tuple[ImagePredictions, ...]:
        return self.joined.stored.images

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.joined.class_names

    @property
    def score_thresholds(self) -> NDArray[np.float64]:
        """By class, (K,)."""
        return np.array([self.thresholds[name] for name in self.class_names], dtype=np.float64)

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Which predictions are at or above their label's threshold, (P,)."""
        table = self.joined.table
        kept: NDArray[np.bool_] = table.scores >= self.score_thresholds[table.prediction_classes]
        return kept

    @property
    def evaluation(self) -> Evaluation:
        return self.joined.at(self.choice.iou_threshold)


def load(
    session: Session, choice: Choice, *, tables: TableCache, preview: Mapping[str | None, float] | None = None
) -> Loaded:
    """Find the stored predictions of a choice.

    Args:
        preview: Thresholds to judge at in place of those in force, by label; the key None is for every other label.
    Raises:
        Conflict: The model is not trained yet.
        NoPredictions: The speed was not made.
        ModelFileBroken: The stored predictions are missing or damaged.
        Unprocessable: The model does not know a label of the preview.
    """
    model = repository.get_model(session, choice.model_id)
    checkpoint = get_checkpoint(session, model, choice.kind)
    joined = _joined(session, model, checkpoint, choice, tables)
    thresholds = effective_thresholds(session, checkpoint, class_names=model.class_names, speed=choice.speed)
    if not preview:
        return Loaded(choice, model, checkpoint, joined, thresholds, is_preview=False)
    check_labels(model, [label for label in preview if label is not None])
    previewed = {name: preview.get(name, preview.get(None, value)) for name, value in thresholds.items()}
    return Loaded(choice, model, checkpoint, joined, previewed, is_preview=True)


def get_checkpoint(session: Session, model: Model, kind: CheckpointKind) -> Checkpoint:
    """The checkpoint, if it can predict.

    Raises:
        Conflict: It cannot.
    """
    checkpoint = repository.list_checkpoints(session, model.id).get(kind)
    if checkpoint is None or checkpoint.export_prefix is None:
        raise Conflict(
            f"model {model.name!r} is not trained yet: it is {model.status}; statistics are there once it is ready"
        )
    return checkpoint


def check_labels(model: Model, labels: list[str]) -> None:
    """Refuse a label that the model does not know.

    Raises:
        Unprocessable: As said.
    """
    unknown = sorted(set(labels) - set(model.class_names))
    if unknown:
        raise Unprocessable(
            f"model {model.name!r} does not know the label {unknown[0]!r}; it knows {', '.join(model.class_names)}"
        )


def restricted(loaded: Loaded, image_ids: Set[int], *, tables: TableCache) -> Loaded:
    """The same on some of the images."""
    if len(loaded.images) == len(image_ids):
        return loaded
    kept = tuple(image for image in loaded.images if image.image_id in image_ids)
    key = f"{loaded.joined.key} {sorted(image_ids)}"
    joined = tables.joined.get(key, lambda: JoinedTable(key, PredictionTable(loaded.class_names, kept)))
    return replace(loaded, joined=joined)


def images_of_other_set(session: Session, loaded: Loaded, *, tables: TableCache) -> frozenset[int]:
    """The training images of validation predictions, and the other way round, as far as predictions are stored."""
    split = Split.TRAINING if loaded.choice.split is Split.VALIDATION else Split.VALIDATION
    choice = replace(_by_snapshot(loaded.choice), split=split)
    stored = repository.find_prediction_set(
        session, checkpoint_id=loaded.checkpoint.id, split=split, speed=choice.speed
    )
    if stored is None:
        return frozenset()
    joined = _joined(session, loaded.model, loaded.checkpoint, choice, tables)
    return frozenset(image.image_id for image in joined.stored.images)


def todays_labels(session: Session, loaded: Loaded, *, tables: TableCache) -> TodaysLabels:
    """How today's labels differ from those that the training read."""
    frozen = _joined(session, loaded.model, loaded.checkpoint, _by_snapshot(loaded.choice), tables)
    return _todays(session, loaded.model, frozen, tables)


def _joined(session: Session, model: Model, checkpoint: Checkpoint, choice: Choice, tables: TableCache) -> JoinedTable:
    stored = repository.find_prediction_set(
        session, checkpoint_id=checkpoint.id, split=choice.split, speed=choice.speed
    )
    if stored is None:
        raise NoPredictions(
            f"model {model.name!r} has no stored predictions for speed {choice.speed}; ask for {Speed.SLOW}"
        )
    key = stored.storage_key

    def read() -> JoinedTable:
        table = read_predictions(get_blob_store(), key, Owner.of(model))
        if not table.has_truth_masks:
            table = ground_truth.with_snapshot_masks(model, table)
        return JoinedTable(key, table)

    frozen = tables.joined.get(key, read)
    if choice.ground_truth is GroundTruth.SNAPSHOT:
        return frozen
    todays = _todays(session, model, frozen, tables)
    todays_key = f"{key} {todays.stamp}"
    return tables.joined.get(todays_key, lambda: JoinedTable(todays_key, todays.judge(frozen.stored)))


def _todays(session: Session, model: Model, frozen: JoinedTable, tables: TableCache) -> TodaysLabels:
    stamp = ground_truth.stamp_of(session, model, frozen.stored)
    return tables.todays.get(
        f"{frozen.key} {stamp}",
        lambda: ground_truth.todays_labels(session, model, frozen.stored, stamp=stamp),
    )


def _by_snapshot(choice: Choice) -> Choice:
    return replace(choice, ground_truth=GroundTruth.SNAPSHOT)

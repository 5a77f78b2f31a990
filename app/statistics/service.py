"""Statistics of a trained model: figures, thresholds, predictions image by image, downloads."""

import io
import json
import zipfile
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.db.enums import CheckpointKind, Speed, Split
from app.db.models import Checkpoint, Model
from app.errors import Conflict, Unprocessable
from app.inference.postprocess import one_bit_png
from app.masks.matching import Matches, MatchTable
from app.masks.prediction_table import ImagePredictions, PredictionTable, prediction_table_from_bytes
from app.masks.rle import box_xywh, decode_rle
from app.statistics import figures, repository
from app.statistics.schemas import (
    MissedInstance,
    PredictedImage,
    SavedCheckpoint,
    ShownPrediction,
    Statistics,
    StoredRle,
    ThresholdChange,
    Thresholds,
)
from app.storage.blobs import get_blob_store
from app.training.thresholds import effective_thresholds

MIN_SHOWN_SCORE = 0.05  # of predictions below their threshold: lower ones would hide the picture
CACHED_TABLES = 8  # stored predictions that are kept parsed, a few megabytes each


@dataclass(frozen=True, slots=True)
class Choice:
    """Which predictions a question is about."""

    model_id: int
    split: Split = Split.VALIDATION
    kind: CheckpointKind = CheckpointKind.BEST
    speed: Speed = Speed.SLOW


@dataclass(frozen=True, slots=True)
class Loaded:
    """A checkpoint's stored predictions on a split, and the thresholds that hold."""

    model: Model
    checkpoint: Checkpoint
    table: PredictionTable
    thresholds: Mapping[str, float]


class TableCache:
    """The last few stored tables, parsed: a moved slider must not read the file again. Keys name immutable files."""

    def __init__(self, size: int = CACHED_TABLES) -> None:
        self._size = size
        self._lock = Lock()
        self._tables: OrderedDict[str, PredictionTable] = OrderedDict()

    def get(self, storage_key: str) -> PredictionTable:
        with self._lock:
            if storage_key in self._tables:
                self._tables.move_to_end(storage_key)
                return self._tables[storage_key]
        table = prediction_table_from_bytes(get_blob_store().read_bytes(storage_key))
        with self._lock:
            self._tables[storage_key] = table
            while len(self._tables) > self._size:
                self._tables.popitem(last=False)
        return table


def load(session: Session, choice: Choice, *, tables: TableCache) -> Loaded:
    """Find the stored predictions of a choice.

    Raises:
        Conflict: The model is not trained yet, or the speed was not made.
    """
    model = repository.get_model(session, choice.model_id)
    checkpoint = _get_checkpoint(session, model, choice.kind)
    stored = repository.find_prediction_set(
        session, checkpoint_id=checkpoint.id, split=choice.split, speed=choice.speed
    )
    if stored is None:
        raise Conflict(f"model {model.name!r} has no stored predictions for speed {choice.speed}; ask for {Speed.SLOW}")
    thresholds = effective_thresholds(session, checkpoint, class_names=model.class_names, speed=choice.speed)
    return Loaded(model, checkpoint, tables.get(stored.storage_key), thresholds)


def compute_statistics(session: Session, choice: Choice, *, iou_threshold: float, tables: TableCache) -> Statistics:
    """Every figure of the statistics page at one IoU threshold."""
    loaded = load(session, choice, tables=tables)
    table, matches = figures.matches_of(loaded.table, iou_threshold)
    names = loaded.table.class_names
    thresholds = figures.threshold_array(names, loaded.thresholds)
    return Statistics(
        images=len(loaded.table.images),
        global_=figures.global_statistics(table, matches, thresholds),
        labels=figures.label_statistics(table, matches, names, thresholds),
        curves=figures.precision_recall_curves(table, matches, names),
        saved=_saved(session, choice.model_id),
    )


def read_thresholds(session: Session, *, model_id: int, kind: CheckpointKind, speed: Speed) -> Thresholds:
    """The threshold of every label."""
    model = repository.get_model(session, model_id)
    checkpoint = _get_checkpoint(session, model, kind)
    values = effective_thresholds(session, checkpoint, class_names=model.class_names, speed=speed)
    return Thresholds(optimized=checkpoint.thresholds_optimized, values=values)


def change_thresholds(
    session: Session, change: ThresholdChange, *, model_id: int, kind: CheckpointKind, speed: Speed
) -> Thresholds:
    """Choose optimized thresholds, or set some or all by hand; labels that are not named keep theirs.

    Raises:
        Conflict: The model is not trained yet.
        Unprocessable: The model does not know a label.
    """
    model = repository.get_model(session, model_id)
    checkpoint = _get_checkpoint(session, model, kind)
    if not change.optimized:
        current = effective_thresholds(session, checkpoint, class_names=model.class_names, speed=speed)
        wanted = change.values if change.values is not None else dict.fromkeys(model.class_names, change.all or 0.0)
        unknown = sorted(set(wanted) - set(model.class_names))
        if unknown:
            raise Unprocessable(
                f"model {model.name!r} does not know the label {unknown[0]!r}; it knows {', '.join(model.class_names)}"
            )
        repository.replace_manual_thresholds(session, checkpoint.id, current | wanted)
    checkpoint.thresholds_optimized = change.optimized
    session.flush()
    return read_thresholds(session, model_id=model_id, kind=kind, speed=speed)


def show_predictions(
    loaded: Loaded, *, iou_threshold: float, only: Literal["correct", "incorrect"] | None, after_id: int, limit: int
) -> list[PredictedImage]:
    """Images of the split with their predictions judged, by ascending id; `limit + 1` are given where more follow."""
    table, matches = figures.matches_of(loaded.table, iou_threshold)
    shown: list[PredictedImage] = []
    predictions_before = truths_before = 0
    for image in loaded.table.images:
        own = slice(predictions_before, predictions_before + len(image.rle_counts))
        truths = slice(truths_before, truths_before + len(image.truth_ids))
        predictions_before, truths_before = own.stop, truths.stop
        if image.image_id > after_id and len(shown) <= limit:
            shown.append(_judge(loaded, image, table, matches, own, truths, only))
    return shown


def coco_results(session: Session, loaded: Loaded) -> Iterator[str]:
    """Every stored prediction as a JSON array of COCO results, piece by piece; ids as in the COCO export."""
    ids = _category_ids(session, loaded)
    yield "["
    separator = ""
    for image in loaded.table.images:
        for index, counts in enumerate(image.rle_counts):
            result = {
                "image_id": image.image_id,
                "category_id": ids[int(image.overlaps.prediction_classes[index])],
                "segmentation": {"size": [image.height, image.width], "counts": counts},
                "bbox": list(box_xywh(image.rle(index))),
                "score": float(image.overlaps.scores[index]),
            }
            yield separator + json.dumps(result)
            separator = ",\n"
    yield "]"


def masks_archive(loaded: Loaded) -> bytes:
    """A zip with a PNG for each prediction at or above its threshold, in a folder for each image."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for image in loaded.table.images:
            rows: list[dict[str, Any]] = []
            for index in np.flatnonzero(_kept(loaded, image)).tolist():
                name = f"{image.image_id}/mask_{len(rows) + 1:04}.png"
                archive.writestr(name, one_bit_png(decode_rle(image.rle(index))))
                rows.append(_named(loaded, image, index) | {"file": name})
            archive.writestr(f"{image.image_id}/predictions.json", json.dumps(rows, ensure_ascii=False))
    return file.getvalue()


def _get_checkpoint(session: Session, model: Model, kind: CheckpointKind) -> Checkpoint:
    checkpoint = repository.list_checkpoints(session, model.id).get(kind)
    if checkpoint is None or checkpoint.export_prefix is None:
        raise Conflict(f"model {model.name!r} is not trained yet: it is {model.status}")
    return checkpoint


def _saved(session: Session, model_id: int) -> dict[CheckpointKind, SavedCheckpoint | None]:
    found = repository.list_checkpoints(session, model_id)
    return {
        kind: SavedCheckpoint(step=row.step, elapsed_s=row.elapsed_s, at=row.saved_at)
        if (row := found.get(kind))
        else None
        for kind in CheckpointKind
    }


def _judge(
    loaded: Loaded,
    image: ImagePredictions,
    table: MatchTable,
    matches: Matches,
    own: slice,
    truths: slice,
    only: Literal["correct", "incorrect"] | None,
) -> PredictedImage:
    """Judge one image's predictions; `own` and `truths` are its places in the joined table."""
    kept = _kept(loaded, image)
    correct, truth, iou = matches.correct[own], matches.truth[own], matches.iou[own]
    ignored = matches.ignored[own]
    wanted = kept & ~ignored & (correct == (only == "correct")) if only else image.overlaps.scores >= MIN_SHOWN_SCORE
    found = set(truth[kept & correct].tolist())
    return PredictedImage(
        image_id=image.image_id,
        predictions=[
            ShownPrediction(
                **_named(loaded, image, index),
                box_xyxy=tuple(image.boxes_xyxy[index].tolist()),
                rle=StoredRle(size=(image.height, image.width), counts=image.rle_counts[index]),
                correct=bool(correct[index]) if kept[index] and not ignored[index] else None,
                iou=float(iou[index]),
                instance_id=image.truth_ids[truth[index] - truths.start] if truth[index] >= 0 else None,
            )
            for index in np.argsort(-image.overlaps.scores, kind="stable").tolist()
            if wanted[index] or (only is None and kept[index])
        ],
        missed=[
            MissedInstance(
                instance_id=image.truth_ids[place], label=loaded.table.class_names[image.overlaps.truth_classes[place]]
            )
            for place in range(len(image.truth_ids))
            if truths.start + place not in found and not image.overlaps.truth_is_crowd[place]
        ],
    )


def _kept(loaded: Loaded, image: ImagePredictions) -> NDArray[np.bool_]:
    thresholds = figures.threshold_array(loaded.table.class_names, loaded.thresholds)
    kept: NDArray[np.bool_] = image.overlaps.scores >= thresholds[image.overlaps.prediction_classes]
    return kept


def _named(loaded: Loaded, image: ImagePredictions, index: int) -> dict[str, Any]:
    label = loaded.table.class_names[image.overlaps.prediction_classes[index]]
    return {"label": label, "score": float(image.overlaps.scores[index])}


def _category_ids(session: Session, loaded: Loaded) -> list[int]:
    """Our label ids, as the COCO export has them; labels renamed or deleted since get numbers that no label has."""
    known = repository.class_ids(session, loaded.model.project_id)
    free = max(known.values(), default=0) + 1
    return [known.get(name, free + place) for place, name in enumerate(loaded.table.class_names)]

"""What is made of a trained checkpoint: the exported model, its predictions on both splits, the best thresholds."""

import shutil
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.engine import session_scope
from app.db.enums import CheckpointKind, Speed, Split
from app.db.models import Checkpoint, CurvePoint, Model, PredictionSet, Threshold
from app.inference.model_meta import ModelMeta, write_meta
from app.inference.predictor import Predictor
from app.masks.average_precision import average_precision
from app.masks.prediction_table import ImagePredictions, PredictionTable, prediction_table_to_bytes
from app.storage.blobs import BlobStore
from app.training.exports import TORCHSCRIPT_FILE, prediction_device
from app.training.lifecycle import Claim
from app.training.model_files import store_export
from app.training.snapshot import Snapshot, SnapshotImage
from app.training.stored_predictions import optimized_thresholds, predict_image
from worker.checkpoint import TrainedModel, load_stored_model
from worker.evaluate import best_accuracy
from worker.export_onnx import ExportMismatch, export_model
from worker.export_torchscript import export_torchscript
from worker.export_watch import ExportWatch
from worker.failures import NoCheckpoint
from worker.model import IMAGE_MEAN, IMAGE_STD
from worker.reporter import STATE_FILE, DatabaseReporter

SAMPLE_IMAGES = 3  # that the exported model is compared with torch on

LoadImage = Callable[[SnapshotImage], NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class Exported:
    """A checkpoint that can predict without torch, and what it predicts."""

    meta: ModelMeta
    directory: Path
    tables: Mapping[Split, PredictionTable]
    thresholds: Mapping[str, float]
    judged_on_part: bool  # of the validation images, while it trained


def export_checkpoints(
    claim: Claim,
    frozen: Snapshot,
    *,
    store: BlobStore,
    reporter: DatabaseReporter,
    directory: Path,
    load_image: LoadImage,
) -> None:
    """Export best and last, once where both are of one step, and predict with each on every image of the snapshot.

    Checkpoints that an earlier attempt exported are left as they are.

    Args:
        directory: Is made anew for each export.
    Raises:
        NoCheckpoint: nothing was saved.
        ModelFileBroken: a saved state is missing or damaged.
        ExportMismatch: the exported model answers otherwise than the trained one.
        WorkerStopping: the worker is to end.
    """
    states = _states_to_export(claim.lease.model_id)
    watch = ExportWatch(reporter, images=len(states) * len(frozen.images))
    for state_keys in states:
        reporter.log(f"Exporting {' and '.join(state_keys)}.")
        kind, state_key = next(iter(state_keys.items()))
        trained = load_stored_model(store, state_key, claim.owner)
        exported = _export(
            claim, trained, frozen, directory, load_image=load_image, each_image=watch.before_image, log=reporter.log
        )
        reporter.log(_in_words(exported.tables[Split.VALIDATION]))
        prefix = state_key.removesuffix(STATE_FILE)
        keys = _store_export(exported, kind, store, prefix)
        reporter.write(partial(_record_export, kinds=state_keys.keys(), exported=exported, prefix=prefix, keys=keys))


def _in_words(validation: PredictionTable) -> str:
    """What an exported model is worth on every validation image; while it trained, perhaps a part was looked at."""
    precision = average_precision(validation.match_table())
    if precision.mean_ap is None or precision.mean_ap50 is None:
        return "No validation image has a label, so there is no mAP."
    images, mean_ap, ap50 = len(validation.images), precision.mean_ap, precision.mean_ap50
    return f"On all {images} validation images: mAP {mean_ap:.3f}, AP50 {ap50:.3f}."


def _states_to_export(model_id: int) -> list[dict[CheckpointKind, str]]:
    """State keys by kind, those of one step and attempt together: best first, whose folder stays longest."""
    of_model = select(Checkpoint).where(Checkpoint.model_id == model_id).order_by(Checkpoint.kind)
    with session_scope(read_only=True) as session:
        checkpoints = session.scalars(of_model).all()
    if not checkpoints:
        raise NoCheckpoint("No state of the training could be saved, perhaps since the disk is full: see the log.")
    together: defaultdict[str, dict[CheckpointKind, str]] = defaultdict(dict)
    for checkpoint in checkpoints:
        if checkpoint.export_prefix is None:
            _kind, _, attempt_and_step = checkpoint.state_key.split("/")[-2].partition("-")
            together[attempt_and_step][checkpoint.kind] = checkpoint.state_key
    return list(together.values())


def _export(
    claim: Claim,
    trained: TrainedModel,
    frozen: Snapshot,
    directory: Path,
    *,
    load_image: LoadImage,
    each_image: Callable[[str], None],
    log: Callable[[str], None],
) -> Exported:
    shutil.rmtree(directory, ignore_errors=True)
    meta = ModelMeta(
        class_names=frozen.class_names,
        image_size=trained.config.image_size,
        size=trained.config.size.value,
        model_name=claim.name,
        checkpoint="",
        step=trained.point.step,
        image_mean=IMAGE_MEAN,
        image_std=IMAGE_STD,
        model_id=claim.lease.model_id,
    )
    samples = [load_image(image) for image in (frozen.of_split(Split.VALIDATION) or frozen.images)[:SAMPLE_IMAGES]]
    report = export_model(trained.model, meta=meta, directory=directory, sample_images=samples)
    _add_torchscript(trained, directory / TORCHSCRIPT_FILE, samples[:1], log=log)
    torch.cuda.empty_cache()  # what torch keeps of a GPU for later, another runtime may need now
    predictor = Predictor.load(directory, device=prediction_device())
    tables = {
        split: _predict_split(predictor, frozen, split, load_image=load_image, each_image=each_image)
        for split in (Split.VALIDATION, Split.TRAINING)
    }
    thresholds = optimized_thresholds(tables[Split.VALIDATION])
    return Exported(report.meta, directory, tables, thresholds, trained.judged_on_part)


def _add_torchscript(
    trained: TrainedModel, path: Path, samples: Sequence[NDArray[np.uint8]], *, log: Callable[[str], None]
) -> None:
    """Write the file for people with torch; the model does without it rather than with a wrong one."""
    try:
        export_torchscript(
            trained.model,
            image_size=trained.config.image_size,
            class_count=len(trained.config.class_names),
            path=path,
            sample_images=samples,
        )
    except ExportMismatch as error:
        path.unlink()
        log(f"No TorchScript file: {error}. Predictions and the other downloads do not need it.")


def _store_export(exported: Exported, kind: CheckpointKind, store: BlobStore, prefix: str) -> dict[Split, str]:
    """Store an export's files below a prefix; gives the key of each split's predictions."""
    write_meta(exported.directory, replace(exported.meta, checkpoint=kind.value))
    store_export(store, prefix.rstrip("/"), exported.directory)
    keys = {split: f"{prefix}predictions-{split}-{Speed.SLOW}.npz" for split in exported.tables}
    for split, table in exported.tables.items():
        store.put_bytes(keys[split], prediction_table_to_bytes(table))
    return keys


def _record_export(
    session: Session,
    model: Model,
    *,
    kinds: Collection[CheckpointKind],
    exported: Exported,
    prefix: str,
    keys: Mapping[Split, str],
) -> None:
    """Let the rows of the checkpoints that are one export know it."""
    of_kinds = select(Checkpoint).where(Checkpoint.model_id == model.id, Checkpoint.kind.in_(kinds))
    for checkpoint in session.scalars(of_kinds).all():
        if checkpoint.export_prefix is None:  # else an earlier try was committed although its answer was lost
            _point_to_export(session, checkpoint, exported, prefix, keys)


def _point_to_export(
    session: Session, checkpoint: Checkpoint, exported: Exported, prefix: str, keys: Mapping[Split, str]
) -> None:
    """Let a checkpoint's row know its export, predictions and thresholds."""
    comparison = exported.meta.torch_comparison
    checkpoint.export_prefix = prefix.rstrip("/")
    checkpoint.export_difference = comparison.score_difference if comparison else None
    if exported.judged_on_part:
        _judge_on_all(session, checkpoint, exported.tables[Split.VALIDATION])
    session.add_all(
        PredictionSet(
            checkpoint_id=checkpoint.id,
            split=split,
            speed=Speed.SLOW,
            storage_key=keys[split],
            prediction_count=table.prediction_count,
        )
        for split, table in exported.tables.items()
    )
    session.add_all(
        Threshold(checkpoint_id=checkpoint.id, class_name=name, speed=Speed.SLOW, score_threshold=threshold)
        for name, threshold in exported.thresholds.items()
    )


def _judge_on_all(session: Session, checkpoint: Checkpoint, validation: PredictionTable) -> None:
    """Put the figures of all validation images where those of a part were, so that statistics and curve agree."""
    table = validation.match_table()
    precision = average_precision(table)
    checkpoint.mean_ap, checkpoint.ap50 = precision.mean_ap, precision.mean_ap50
    of_step = update(CurvePoint).where(CurvePoint.model_id == checkpoint.model_id, CurvePoint.step == checkpoint.step)
    session.execute(
        of_step.values(mean_ap=precision.mean_ap, ap50=precision.mean_ap50, validation_accuracy=best_accuracy(table))
    )


def _predict_split(
    predictor: Predictor,
    frozen: Snapshot,
    split: Split,
    *,
    load_image: LoadImage,
    each_image: Callable[[str], None],
) -> PredictionTable:
    images = sorted(frozen.of_split(split), key=lambda image: image.image_id)

    def predictions() -> Iterator[ImagePredictions]:
        for number, image in enumerate(images, start=1):
            each_image(f"Predicting {split} image {number} of {len(images)}.")
            yield predict_image(predictor, image, frozen.class_names, load_image(image))

    return PredictionTable(frozen.class_names, tuple(predictions()))

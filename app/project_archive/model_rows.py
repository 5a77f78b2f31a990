"""Models as they are in an archive: made of their rows, and made into rows again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.db.enums import ModelStatus
from app.db.models import (
    Checkpoint,
    CurvePoint,
    Model,
    ModelLogLine,
    PredictionSet,
    SpeedFigures,
    Threshold,
    ThresholdRevision,
)
from app.project_archive import repository
from app.project_archive.schemas import (
    ArchivedCheckpoint,
    ArchivedLogLine,
    ArchivedModel,
    ArchivedPoint,
    ArchivedPredictionSet,
    ArchivedSpeedFigures,
    ArchivedThreshold,
    ArchivedThresholdRevision,
)
from app.training.lifecycle import model_prefix
from app.training.repository import list_checkpoints, list_curve_points, list_log_lines

# What rows and documents have under the same names; the rest is keys of files.
_OF_MODEL = tuple(name for name in ArchivedModel.model_fields if name not in ("config", "checkpoints", "curve", "log"))
_OF_CHECKPOINT = tuple(
    name
    for name in ArchivedCheckpoint.model_fields
    if name
    not in ("state_file", "export_folder", "thresholds", "threshold_history", "prediction_sets", "speed_figures")
)
_NO_FILE = "none"


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model's document, and where its files are."""

    document: ArchivedModel
    prefix: str
    snapshot_key: str


def describe_models(session: Session, project_id: int) -> list[StoredModel]:
    """A project's ready models, oldest first."""
    return [
        StoredModel(_describe(session, model), model_prefix(project_id, model.id), model.snapshot_key)
        for model in repository.list_ready_models(session, project_id)
    ]


def add_model(session: Session, project_id: int, archived: ArchivedModel, *, snapshot_key: str, can_go_on: bool) -> int:
    """Write a model's row with its curve and log; its checkpoints follow when their files are stored.

    Args:
        can_go_on: Whether all is there that a stopped training needs to be resumed.
    """
    model = Model(
        **{name: getattr(archived, name) for name in _OF_MODEL if name != "stop_requested"},
        project_id=project_id,
        status=ModelStatus.READY,
        config=archived.config.to_dict() | {"continue_from": None},  # it names a model of where the archive was made
        snapshot_key=snapshot_key,
        stop_requested=archived.stop_requested and can_go_on,
        progress=1.0,
    )
    session.add(model)
    session.flush()
    session.add_all(CurvePoint(model_id=model.id, **point.model_dump()) for point in archived.curve)
    session.add_all(ModelLogLine(model_id=model.id, **line.model_dump()) for line in archived.log)
    return model.id


def add_checkpoints(session: Session, project_id: int, model_id: int, archived: ArchivedModel) -> None:
    """Write the rows of a model's checkpoints, thresholds and prediction sets."""
    prefix = model_prefix(project_id, model_id)
    for document in archived.checkpoints:
        checkpoint = Checkpoint(
            model_id=model_id,
            **{name: getattr(document, name) for name in _OF_CHECKPOINT},
            state_key=prefix + (document.state_file or _NO_FILE),
            export_prefix=None if document.export_folder is None else prefix + document.export_folder,
        )
        session.add(checkpoint)
        session.flush()
        session.add_all(
            Threshold(checkpoint_id=checkpoint.id, **threshold.model_dump()) for threshold in document.thresholds
        )
        session.add_all(
            ThresholdRevision(checkpoint_id=checkpoint.id, changed_by=None, **revision.model_dump())
            for revision in document.threshold_history
        )
        session.add_all(
            PredictionSet(
                checkpoint_id=checkpoint.id,
                storage_key=prefix + predictions.file,
                **predictions.model_dump(exclude={"file"}),
            )
            for predictions in document.prediction_sets
        )
        session.add_all(
            SpeedFigures(checkpoint_id=checkpoint.id, **figures.model_dump()) for figures in document.speed_figures
        )


def _describe(session: Session, model: Model) -> ArchivedModel:
    prefix = model_prefix(model.project_id, model.id)
    checkpoints = list(list_checkpoints(session, [model.id]).get(model.id, {}).values())
    ids = [checkpoint.id for checkpoint in checkpoints]
    thresholds = repository.list_thresholds(session, ids)
    revisions = repository.list_threshold_revisions(session, ids)
    predictions = repository.list_prediction_sets(session, ids)
    figures = repository.list_speed_figures(session, ids)
    return ArchivedModel(
        **{name: getattr(model, name) for name in _OF_MODEL},
        config=model.config,
        checkpoints=[
            _describe_checkpoint(
                checkpoint,
                prefix,
                thresholds[checkpoint.id],
                revisions[checkpoint.id],
                predictions[checkpoint.id],
                figures[checkpoint.id],
            )
            for checkpoint in checkpoints
        ],
        curve=[ArchivedPoint.model_validate(point) for point in list_curve_points(session, model.id)],
        log=[ArchivedLogLine.model_validate(line) for line in list_log_lines(session, model.id)],
    )


def _describe_checkpoint(
    checkpoint: Checkpoint,
    prefix: str,
    thresholds: Sequence[Threshold],
    revisions: Sequence[ThresholdRevision],
    predictions: Sequence[PredictionSet],
    figures: Sequence[SpeedFigures],
) -> ArchivedCheckpoint:
    return ArchivedCheckpoint(
        **{name: getattr(checkpoint, name) for name in _OF_CHECKPOINT},
        state_file=_below(prefix, checkpoint.state_key),
        export_folder=None if checkpoint.export_prefix is None else _below(prefix, checkpoint.export_prefix),
        thresholds=[ArchivedThreshold.model_validate(threshold) for threshold in thresholds],
        threshold_history=[ArchivedThresholdRevision.model_validate(revision) for revision in revisions],
        prediction_sets=[
            ArchivedPredictionSet(
                split=row.split,
                speed=row.speed,
                file=row.storage_key.removeprefix(prefix),
                prediction_count=row.prediction_count,
            )
            for row in predictions
        ],
        speed_figures=[ArchivedSpeedFigures.model_validate(row) for row in figures],
    )


def _below(prefix: str, key: str) -> str | None:
    """A key within the model's folder; none for what lies elsewhere, and so is no file of the model's."""
    return key.removeprefix(prefix) if key.startswith(prefix) else None

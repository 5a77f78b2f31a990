"""Models as JSON, many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import fields

from sqlalchemy.orm import Session

from app.db.enums import CheckpointKind, ModelStatus
from app.db.models import Checkpoint, CurvePoint, Model
from app.training import repository
from app.training.schemas import ConfigSchema, CurvePointSchema, ModelSchema
from app.training.snapshot import TrainingConfig

FIRST_CHECKPOINT_NOTE = "it can be stopped once its first checkpoint is saved, within a minute of its first step"

Checkpoints = Mapping[CheckpointKind, Checkpoint]


def describe(session: Session, models: Sequence[Model]) -> list[ModelSchema]:
    """Say everything about models, with the same few queries for one and for a hundred."""
    ids = [model.id for model in models]
    checkpoints = repository.list_checkpoints(session, ids)
    points = repository.list_checkpoint_points(session, ids)
    emails = repository.user_emails(session, {model.created_by for model in models if model.created_by is not None})
    return [
        _model_schema(
            model,
            checkpoints.get(model.id, {}),
            points,
            created_by=emails.get(model.created_by or 0),
        )
        for model in models
    ]


def describe_one(session: Session, model: Model) -> ModelSchema:
    return describe(session, [model])[0]


def describe_point(point: CurvePoint) -> CurvePointSchema:
    return CurvePointSchema(
        step=point.step,
        elapsed_s=point.elapsed_s,
        train_loss=point.train_loss,
        validation_loss=point.validation_loss,
        validation_class_loss=point.validation_class_loss,
        validation_accuracy=point.validation_accuracy,
        map=point.mean_ap,
        ap50=point.ap50,
        learning_rate=point.learning_rate,
        is_best=point.is_best,
    )


def can_resume(model: Model, checkpoints: Checkpoints) -> bool:
    """A training goes on after a failure, or from where somebody stopped it; one that ended by itself has ended."""
    was_stopped = model.status is ModelStatus.READY and model.stop_requested and CheckpointKind.LAST in checkpoints
    return was_stopped or model.status is ModelStatus.FAILED


def _model_schema(
    model: Model,
    checkpoints: Checkpoints,
    points: Mapping[tuple[int, int], CurvePoint],
    *,
    created_by: str | None,
) -> ModelSchema:
    waits_or_trains = model.status in (ModelStatus.QUEUED, ModelStatus.TRAINING)
    can_stop = waits_or_trains and CheckpointKind.LAST in checkpoints and not model.stop_requested
    return ModelSchema(
        id=model.id,
        name=model.name,
        project_id=model.project_id,
        size=model.size,
        status=model.status,
        progress=model.progress,
        elapsed_s=model.elapsed_s,
        eta_s=model.eta_s,
        initialised_from=model.initialised_from,
        best=_checkpoint_point(checkpoints.get(CheckpointKind.BEST), points),
        last=_checkpoint_point(checkpoints.get(CheckpointKind.LAST), points),
        error=model.error,
        config=_config_schema(TrainingConfig.from_dict(model.config)),
        class_names=model.class_names,
        training_image_count=model.training_image_count,
        validation_image_count=model.validation_image_count,
        created_by=created_by,
        created_at=model.created_at,
        started_at=model.started_at,
        finished_at=model.finished_at,
        attempt=model.attempt,
        device=model.device,
        images_per_second=model.images_per_second,
        queue_position=model.queue_position if model.status is ModelStatus.QUEUED else None,
        can_stop=can_stop,
        stop_note=_stop_note(model, can_stop=can_stop),
        can_resume=can_resume(model, checkpoints),
        default_speed=model.default_speed,
    )


def _stop_note(model: Model, *, can_stop: bool) -> str | None:
    """Why a training cannot be stopped right now."""
    match model.status:
        case ModelStatus.TRAINING if not can_stop:
            return FIRST_CHECKPOINT_NOTE
        case ModelStatus.QUEUED if model.stop_requested:
            return "it ends as soon as a worker takes it, and what it has learned is kept"
        case _:
            return None


def _config_schema(config: TrainingConfig) -> ConfigSchema:
    return ConfigSchema(**{field.name: getattr(config, field.name) for field in fields(config)})


def _checkpoint_point(
    checkpoint: Checkpoint | None, points: Mapping[tuple[int, int], CurvePoint]
) -> CurvePointSchema | None:
    if checkpoint is None:
        return None
    point = points.get((checkpoint.model_id, checkpoint.step))
    if point is not None:
        return describe_point(point)
    # A checkpoint between two evaluations, or a best one whose point a resumed training has yet to reach again.
    return CurvePointSchema(
        step=checkpoint.step,
        elapsed_s=checkpoint.elapsed_s,
        train_loss=None,
        validation_loss=None,
        validation_class_loss=None,
        validation_accuracy=None,
        map=checkpoint.mean_ap,
        ap50=checkpoint.ap50,
        learning_rate=None,
        is_best=checkpoint.kind is CheckpointKind.BEST,
    )

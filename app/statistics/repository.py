"""The rows that statistics are made of."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.db.enums import CheckpointKind, Speed, Split
from app.db.models import Checkpoint, LabelClass, Model, PredictionSet, Threshold


def get_model(session: Session, model_id: int) -> Model:
    return session.get_one(Model, model_id)


def list_checkpoints(session: Session, model_id: int) -> dict[CheckpointKind, Checkpoint]:
    rows = session.scalars(select(Checkpoint).where(Checkpoint.model_id == model_id))
    return {checkpoint.kind: checkpoint for checkpoint in rows}


def find_prediction_set(session: Session, *, checkpoint_id: int, split: Split, speed: Speed) -> PredictionSet | None:
    query = select(PredictionSet).where(PredictionSet.checkpoint_id == checkpoint_id)
    return session.scalar(query.where(PredictionSet.split == split, PredictionSet.speed == speed))


def replace_manual_thresholds(session: Session, checkpoint_id: int, values: Mapping[str, float]) -> None:
    """Set the thresholds by hand, which hold for every speed."""
    session.execute(delete(Threshold).where(Threshold.checkpoint_id == checkpoint_id, Threshold.speed.is_(None)))
    session.add_all(
        Threshold(checkpoint_id=checkpoint_id, class_name=name, speed=None, score_threshold=value)
        for name, value in values.items()
    )


def class_ids(session: Session, project_id: int) -> dict[str, int]:
    query = select(LabelClass.name, LabelClass.id).where(LabelClass.project_id == project_id)
    return dict(session.execute(query).all())

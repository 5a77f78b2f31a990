"""The rows that a prediction needs."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.db.enums import CheckpointKind, Speed, Split
from app.db.models import Checkpoint, Model, PredictionSet, SpeedFigures


def get_model(session: Session, model_id: int) -> Model:
    return session.get_one(Model, model_id)


def find_model(session: Session, *, project_id: int, name: str) -> Model | None:
    return session.scalar(select(Model).where(Model.project_id == project_id, Model.name == name))


def find_checkpoint(session: Session, *, model_id: int, kind: CheckpointKind) -> Checkpoint | None:
    return session.scalar(select(Checkpoint).where(Checkpoint.model_id == model_id, Checkpoint.kind == kind))


def lock_checkpoint(session: Session, checkpoint_id: int) -> Checkpoint | None:
    """Let two who write what it predicts take turns; None where it is gone."""
    return session.scalar(select(Checkpoint).where(Checkpoint.id == checkpoint_id).with_for_update())


def has_export(session: Session, model_id: int) -> bool:
    """Whether a checkpoint of the model can predict."""
    query = select(Checkpoint.id).where(Checkpoint.model_id == model_id, Checkpoint.export_prefix.is_not(None))
    return session.scalar(query.limit(1)) is not None


def list_exported_without(session: Session, model_id: int, *, speed: Speed) -> Sequence[Checkpoint]:
    """The checkpoints that can predict, and have no stored predictions of this speed."""
    made = exists().where(PredictionSet.checkpoint_id == Checkpoint.id, PredictionSet.speed == speed)
    query = select(Checkpoint).where(Checkpoint.model_id == model_id, Checkpoint.export_prefix.is_not(None), ~made)
    return session.scalars(query.order_by(Checkpoint.id)).all()


def list_made_speeds(session: Session, model_id: int) -> set[Speed]:
    """The speeds of which every checkpoint that can predict has stored predictions."""
    exported = select(Checkpoint.id, PredictionSet.speed).outerjoin(PredictionSet).distinct()
    rows = session.execute(exported.where(Checkpoint.model_id == model_id, Checkpoint.export_prefix.is_not(None)))
    made = {(checkpoint_id, speed) for checkpoint_id, speed in rows}
    checkpoint_ids = {checkpoint_id for checkpoint_id, _ in made}
    return {speed for speed in Speed if made and made.issuperset((one, speed) for one in checkpoint_ids)}


def find_prediction_key(session: Session, checkpoint_id: int, *, split: Split, speed: Speed) -> str | None:
    """Where the stored predictions of a split lie."""
    query = select(PredictionSet.storage_key).where(
        PredictionSet.checkpoint_id == checkpoint_id, PredictionSet.split == split, PredictionSet.speed == speed
    )
    return session.scalar(query)


def list_figures(session: Session, checkpoint_id: int) -> dict[Speed, SpeedFigures]:
    """What was measured of each speed."""
    rows = session.scalars(select(SpeedFigures).where(SpeedFigures.checkpoint_id == checkpoint_id))
    return {row.speed: row for row in rows}


def is_made(session: Session, checkpoint_id: int, *, speed: Speed) -> bool:
    query = select(PredictionSet.id).where(PredictionSet.checkpoint_id == checkpoint_id, PredictionSet.speed == speed)
    return session.scalar(query.limit(1)) is not None

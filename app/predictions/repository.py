"""The rows that a prediction needs."""

from collections.abc import Sequence

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app.db.enums import BatchStatus, CheckpointKind, Speed, Split
from app.db.models import Batch, Checkpoint, Model, PredictionSet, SpeedFigures, Threshold


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


def list_exported(session: Session, model_id: int, *, without: Speed | None = None) -> Sequence[Checkpoint]:
    """The checkpoints that can predict; of those with `without` the ones that have no predictions of that speed."""
    query = select(Checkpoint).where(Checkpoint.model_id == model_id, Checkpoint.export_prefix.is_not(None))
    if without is not None:
        query = query.where(
            ~exists().where(PredictionSet.checkpoint_id == Checkpoint.id, PredictionSet.speed == without)
        )
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


def list_prediction_keys(session: Session, checkpoint_ids: Sequence[int], *, speed: Speed) -> set[str]:
    """Where the stored predictions of a speed lie."""
    of_speed = PredictionSet.checkpoint_id.in_(checkpoint_ids), PredictionSet.speed == speed
    return set(session.scalars(select(PredictionSet.storage_key).where(*of_speed)))


def list_prediction_keys_below(session: Session, prefix: str) -> set[str]:
    """Those of all checkpoints that begin so."""
    below = PredictionSet.storage_key.startswith(prefix, autoescape=True)
    return set(session.scalars(select(PredictionSet.storage_key).where(below)))


def delete_speed(session: Session, checkpoint_ids: Sequence[int], *, speed: Speed) -> None:
    """Delete the rows of all that was made of a speed."""
    for table in (PredictionSet, Threshold, SpeedFigures):
        session.execute(delete(table).where(table.checkpoint_id.in_(checkpoint_ids), table.speed == speed))


def is_awaited(session: Session, export_prefix: str) -> bool:
    """Whether a batch that has not ended is to be predicted with these graphs."""
    going_on = [status for status in BatchStatus if not status.has_ended]
    query = select(Batch.id).where(Batch.export_prefix == export_prefix, Batch.status.in_(going_on))
    return session.scalar(query.limit(1)) is not None


def list_figures(session: Session, checkpoint_id: int) -> dict[Speed, SpeedFigures]:
    """What was measured of each speed."""
    rows = session.scalars(select(SpeedFigures).where(SpeedFigures.checkpoint_id == checkpoint_id))
    return {row.speed: row for row in rows}

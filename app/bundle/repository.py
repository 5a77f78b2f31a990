"""The rows that a bundle is made of."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.enums import CheckpointKind
from app.db.models import Checkpoint, Model


def get_model(session: Session, model_id: int) -> Model | None:
    return session.get(Model, model_id)


def get_checkpoint(session: Session, model_id: int, kind: CheckpointKind) -> Checkpoint:
    return session.scalars(select(Checkpoint).where(Checkpoint.model_id == model_id, Checkpoint.kind == kind)).one()

"""The rows that a prediction needs."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.enums import CheckpointKind
from app.db.models import Checkpoint, Model


def find_model(session: Session, *, project_id: int, name: str) -> Model | None:
    return session.scalar(select(Model).where(Model.project_id == project_id, Model.name == name))


def find_checkpoint(session: Session, *, model_id: int, kind: CheckpointKind) -> Checkpoint | None:
    return session.scalar(select(Checkpoint).where(Checkpoint.model_id == model_id, Checkpoint.kind == kind))

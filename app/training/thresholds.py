"""The score threshold that holds for each label of a checkpoint, in statistics, prediction and bundle alike."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.enums import Speed
from app.db.models import Checkpoint, Threshold

DEFAULT_SCORE_THRESHOLD = 0.5  # of a label that the validation set says nothing about


def effective_thresholds(
    session: Session, checkpoint: Checkpoint, *, class_names: list[str], speed: Speed
) -> dict[str, float]:
    """Give every label's threshold: the optimized one of the speed, or the one set by hand for all speeds."""
    wanted = speed if checkpoint.thresholds_optimized else None
    stored = thresholds_of(session, checkpoint.id, speed=wanted)
    return {name: stored.get(name, DEFAULT_SCORE_THRESHOLD) for name in class_names}


def thresholds_of(session: Session, checkpoint_id: int, *, speed: Speed | None) -> dict[str, float]:
    """Stored thresholds by class name; `speed` None gives those set by hand."""
    query = select(Threshold.class_name, Threshold.score_threshold).where(
        Threshold.checkpoint_id == checkpoint_id,
        Threshold.speed.is_(None) if speed is None else Threshold.speed == speed,
    )
    return dict(session.execute(query).all())

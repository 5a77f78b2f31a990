"""The rows that statistics are made of."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.db.bulk import in_portions
from app.db.enums import CheckpointKind, Speed, Split
from app.db.models import Checkpoint, Image, LabelClass, Model, PredictionSet, Threshold, ThresholdRevision, User
from app.paging import PageParams

MAX_ROW_ID = 2**31 - 1  # of an INTEGER column


def get_model(session: Session, model_id: int) -> Model:
    return session.get_one(Model, model_id)


def list_models(session: Session, project_id: int, model_ids: Sequence[int]) -> list[Model]:
    """Those of the models that are the project's."""
    return list(session.scalars(select(Model).where(Model.project_id == project_id, Model.id.in_(model_ids))))


def list_checkpoints(session: Session, model_id: int) -> dict[CheckpointKind, Checkpoint]:
    rows = session.scalars(select(Checkpoint).where(Checkpoint.model_id == model_id))
    return {checkpoint.kind: checkpoint for checkpoint in rows}


def lock_checkpoint(session: Session, checkpoint: Checkpoint) -> None:
    """Let two who change its thresholds at once take turns."""
    session.refresh(checkpoint, with_for_update=True)


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


def list_threshold_revisions(
    session: Session, checkpoint_id: int, page: PageParams
) -> list[tuple[ThresholdRevision, str | None]]:
    """A checkpoint's changes and who made them, the newest first; one more than the page holds."""
    query = select(ThresholdRevision, User.email).outerjoin(User, User.id == ThresholdRevision.changed_by)
    query = query.where(ThresholdRevision.checkpoint_id == checkpoint_id)
    if (after := page.after(int)) is not None:
        query = query.where(ThresholdRevision.id < after[0])
    rows = session.execute(query.order_by(ThresholdRevision.id.desc()).limit(page.limit + 1))
    return [(revision, email) for revision, email in rows]


def count_threshold_revisions(session: Session, checkpoint_id: int) -> int:
    query = select(func.count(ThresholdRevision.id)).where(ThresholdRevision.checkpoint_id == checkpoint_id)
    return session.scalar(query) or 0


def class_ids(session: Session, project_id: int) -> dict[str, int]:
    query = select(LabelClass.name, LabelClass.id).where(LabelClass.project_id == project_id)
    return dict(session.execute(query).all())


def changed_at(session: Session, image_ids: Sequence[int]) -> dict[int, datetime]:
    """When the labels of images last changed; deleted images are left out."""
    found: dict[int, datetime] = {}
    for portion in in_portions(_possible(image_ids)):
        found |= dict(session.execute(select(Image.id, Image.changed_at).where(Image.id.in_(portion))).all())
    return found


def image_names(session: Session, image_ids: Sequence[int]) -> dict[int, str]:
    """Names of images; deleted ones are left out."""
    names: dict[int, str] = {}
    for portion in in_portions(_possible(image_ids)):
        names |= dict(session.execute(select(Image.id, Image.name).where(Image.id.in_(portion))).all())
    return names


def _possible(image_ids: Sequence[int]) -> list[int]:
    """Leave out ids that no row can have, as archives give images that were gone: PostgreSQL would refuse the query."""
    return [image_id for image_id in image_ids if image_id <= MAX_ROW_ID]

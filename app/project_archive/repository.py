"""Every query of project archives that no other domain has."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.enums import ModelStatus
from app.db.models import Image, Model, PredictionSet, SpeedFigures, Threshold, ThresholdRevision

Row = TypeVar("Row")


class ImageFile(NamedTuple):
    """What the archive has of an image beside its labels."""

    image_id: int
    name: str
    storage_key: str
    byte_size: int
    created_at: datetime
    in_validation: bool
    is_background: bool


def read_at_one_moment(session: Session) -> None:
    """Let all queries of a session see the same state, whatever is written meanwhile; SQLite does that anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def list_image_files(session: Session, project_id: int) -> list[ImageFile]:
    """A project's images, by id."""
    columns = (Image.id, Image.name, Image.storage_key, Image.byte_size, Image.created_at)
    query = select(*columns, Image.in_validation, Image.is_background)
    return [ImageFile(*row) for row in session.execute(query.where(Image.project_id == project_id).order_by(Image.id))]


def list_storage_keys(session: Session, project_id: int) -> dict[int, str]:
    """The keys of a project's images by id."""
    query = select(Image.id, Image.storage_key).where(Image.project_id == project_id)
    return dict(session.execute(query).all())


def list_ready_models(session: Session, project_id: int) -> list[Model]:
    """A project's models that can predict, oldest first."""
    query = select(Model).where(Model.project_id == project_id, Model.status == ModelStatus.READY)
    return list(session.scalars(query.order_by(Model.id)))


def list_thresholds(session: Session, checkpoint_ids: Sequence[int]) -> dict[int, list[Threshold]]:
    query = select(Threshold).where(Threshold.checkpoint_id.in_(checkpoint_ids)).order_by(Threshold.id)
    return _grouped([(row.checkpoint_id, row) for row in session.scalars(query)])


def list_threshold_revisions(session: Session, checkpoint_ids: Sequence[int]) -> dict[int, list[ThresholdRevision]]:
    """The oldest first."""
    query = select(ThresholdRevision).where(ThresholdRevision.checkpoint_id.in_(checkpoint_ids))
    return _grouped([(row.checkpoint_id, row) for row in session.scalars(query.order_by(ThresholdRevision.id))])


def list_prediction_sets(session: Session, checkpoint_ids: Sequence[int]) -> dict[int, list[PredictionSet]]:
    query = select(PredictionSet).where(PredictionSet.checkpoint_id.in_(checkpoint_ids)).order_by(PredictionSet.id)
    return _grouped([(row.checkpoint_id, row) for row in session.scalars(query)])


def list_speed_figures(session: Session, checkpoint_ids: Sequence[int]) -> dict[int, list[SpeedFigures]]:
    query = select(SpeedFigures).where(SpeedFigures.checkpoint_id.in_(checkpoint_ids)).order_by(SpeedFigures.speed)
    return _grouped([(row.checkpoint_id, row) for row in session.scalars(query)])


def _grouped(pairs: Sequence[tuple[int, Row]]) -> dict[int, list[Row]]:
    groups: dict[int, list[Row]] = defaultdict(list)
    for key, row in pairs:
        groups[key].append(row)
    return groups

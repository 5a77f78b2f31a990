"""Queries about labeling time."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.db.bulk import insert_into
from app.db.models import LabelingTime, User


def add_time(session: Session, *, user_id: int, project_id: int, image_id: int, day: date, seconds: float) -> None:
    """Add to a person's time on an image in a day; two tabs that do so at once both count."""
    statement = insert_into(session, LabelingTime).values(
        user_id=user_id, project_id=project_id, image_id=image_id, day=day, seconds=seconds
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[LabelingTime.user_id, LabelingTime.image_id, LabelingTime.day],
            set_={"seconds": LabelingTime.seconds + statement.excluded.seconds},
        )
    )


def list_days(
    session: Session, project_id: int, *, first: date | None, last: date | None, user_id: int | None
) -> Sequence[Row[int, str, str, date, float, int]]:
    """Each person's days with their seconds and images; of everybody where `user_id` is None."""
    query = (
        select(
            User.id,
            User.name,
            User.email,
            LabelingTime.day,
            func.sum(LabelingTime.seconds),
            func.count(),  # a row is one image, deleted or not
        )
        .join(User, User.id == LabelingTime.user_id)
        .where(LabelingTime.project_id == project_id)
        .group_by(User.id, User.name, User.email, LabelingTime.day)
        .order_by(LabelingTime.day.desc(), User.email)
    )
    if first is not None:
        query = query.where(LabelingTime.day >= first)
    if last is not None:
        query = query.where(LabelingTime.day <= last)
    if user_id is not None:
        query = query.where(LabelingTime.user_id == user_id)
    return session.execute(query).all()

"""Queries about the validation set."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Image, ImageClassCount, LabelClass
from app.db.totals import add_to_project
from app.images.repository import set_mark


def set_validation(session: Session, project_id: int, image_ids: Sequence[int], *, validation: bool) -> int:
    """Mark images, or take their mark away; how many that changed."""
    changed = set_mark(session, image_ids, Image.in_validation, Image.project_id == project_id, value=validation)
    add_to_project(session, project_id, validation=changed if validation else -changed)
    return changed


def count_validation(session: Session, project_id: int) -> int:
    query = select(func.count(Image.id)).where(Image.project_id == project_id, Image.in_validation)
    return session.scalar(query) or 0


def labels_by_image(session: Session, project_id: int) -> dict[int, set[str]]:
    """The class names on each labeled image of a project; on background there are none."""
    query = (
        select(Image.id, LabelClass.name)
        .outerjoin(ImageClassCount, ImageClassCount.image_id == Image.id)
        .outerjoin(LabelClass, LabelClass.id == ImageClassCount.class_id)
        .where(Image.project_id == project_id, Image.is_labeled)
        .order_by(Image.id)
    )
    names: dict[int, set[str]] = {}
    for image_id, name in session.execute(query):
        names.setdefault(image_id, set()).update([name] if name is not None else [])
    return names

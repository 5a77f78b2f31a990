"""Every query of copying a project: the database copies, whatever the number of rows."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, func, insert, literal, select, update
from sqlalchemy.orm import Session, aliased

from app.db.models import Image, ImageClassCount, Instance, LabelClass
from app.projects.service import project_prefix


def list_blob_keys(session: Session, project_id: int) -> set[str]:
    """The keys of a project's images and thumbnails."""
    query = select(Image.storage_key, Image.thumbnail_key).where(Image.project_id == project_id)
    return {key for row in session.execute(query) for key in row}


def copy_rows(session: Session, source_id: int, target_id: int) -> None:
    """Copy classes, images and instances into a project that has none.

    Names join the copies with what they were copied from, since both are unique within a project. Counts are made of
    the instances that have come: on PostgreSQL somebody may save between two of the statements.
    """
    project: dict[str, ColumnElement[Any]] = {"project_id": literal(target_id, Integer)}
    _copy(session, LabelClass, source_id, project)
    moved = {
        name: func.replace(getattr(Image, name), project_prefix(source_id), project_prefix(target_id))
        for name in ("storage_key", "thumbnail_key")
    }
    started_anew: dict[str, ColumnElement[Any]] = {
        "revision": literal(0),
        "instance_count": literal(0),
        "draft_count": literal(0),  # drafts stay where they are
        "draft_certainty": literal(1.0),
    }
    _copy(session, Image, source_id, {**project, **moved, **started_anew})
    _copy_instances(session, source_id, target_id)
    _count_instances(session, target_id)


def _copy(
    session: Session, kind: type[LabelClass | Image], source_id: int, values: dict[str, ColumnElement[Any]]
) -> None:
    """Copy the rows of a project, in the order of their ids, with these values in place of their own."""
    names = [column.key for column in kind.__table__.columns if column.key != "id"]
    rows = select(*(values.get(name, getattr(kind, name)) for name in names))
    session.execute(insert(kind).from_select(names, rows.where(kind.project_id == source_id).order_by(kind.id)))


def _copy_instances(session: Session, source_id: int, target_id: int) -> None:
    image, label_class = aliased(Image), aliased(LabelClass)  # the copies
    values = {"image_id": image.id, "class_id": label_class.id}
    names = [column.key for column in Instance.__table__.columns]
    rows = (
        select(*(values.get(name, getattr(Instance, name)) for name in names))
        .join(Image, Image.id == Instance.image_id)
        .join(image, (image.project_id == target_id) & (image.name == Image.name))
        .join(LabelClass, LabelClass.id == Instance.class_id)
        .join(label_class, (label_class.project_id == target_id) & (label_class.name == LabelClass.name))
        .where(Image.project_id == source_id)
    )
    session.execute(insert(Instance).from_select(names, rows))


def _count_instances(session: Session, project_id: int) -> None:
    by_class = (
        select(Instance.image_id, Instance.class_id, func.count())
        .join(Image, Image.id == Instance.image_id)
        .where(Image.project_id == project_id)
        .group_by(Instance.image_id, Instance.class_id)
    )
    session.execute(insert(ImageClassCount).from_select(["image_id", "class_id", "instance_count"], by_class))
    total = select(func.coalesce(func.sum(ImageClassCount.instance_count), 0))
    session.execute(
        update(Image)
        .where(Image.project_id == project_id)
        .values(instance_count=total.where(ImageClassCount.image_id == Image.id).scalar_subquery())
        .execution_options(synchronize_session=False)
    )

"""Counts that are kept with every change, so that a page of a hundred thousand images need not count them.

A project knows its images, the labeled ones and those for validation; a label knows its images and instances. Whoever
changes images or instances does it inside `totals_kept`, or counts the project anew.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Update, case, func, select, update
from sqlalchemy.orm import Session

from app.db.base import utc_now
from app.db.bulk import in_portions
from app.db.models import Image, ImageClassCount, LabelClass, Project


@dataclass(slots=True)
class _Totals:
    """What some images add to their project's totals and, by class, to its labels'."""

    images: int = 0
    labeled: int = 0
    validation: int = 0
    class_images: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    class_instances: dict[int, int] = field(default_factory=lambda: defaultdict(int))


@contextmanager
def totals_kept(session: Session, project_id: int, image_ids: Sequence[int]) -> Iterator[None]:
    """Add to the totals what the block changes in these images of a project: their instances, marks or being there."""
    before = _measure(session, image_ids)
    yield
    session.flush()
    _apply(session, project_id, before, _measure(session, image_ids))


def add_to_project(
    session: Session, project_id: int, *, images: int = 0, labeled: int = 0, validation: int = 0
) -> None:
    """Add to a project's totals what is known to have changed."""
    if images or labeled or validation:
        _set(
            session,
            update(Project)
            .where(Project.id == project_id)
            .values(
                image_count=Project.image_count + images,
                labeled_count=Project.labeled_count + labeled,
                validation_count=Project.validation_count + validation,
            ),
        )


def recount_project(session: Session, project_id: int) -> None:
    """Count everything anew, after a change to all of a project."""
    session.flush()
    _lock_totals(session, project_id)
    counted = select(func.count(Image.id)).where(Image.project_id == project_id)
    _set(
        session,
        update(Project)
        .where(Project.id == project_id)
        .values(
            image_count=counted.scalar_subquery(),
            labeled_count=counted.where(Image.is_labeled).scalar_subquery(),
            validation_count=counted.where(Image.in_validation).scalar_subquery(),
        ),
    )
    of_class = ImageClassCount.class_id == LabelClass.id
    instances = select(func.coalesce(func.sum(ImageClassCount.instance_count), 0)).where(of_class)
    _set(
        session,
        update(LabelClass)
        .where(LabelClass.project_id == project_id)
        .values(
            image_count=select(func.count(ImageClassCount.image_id)).where(of_class).scalar_subquery(),
            instance_count=instances.scalar_subquery(),
        ),
    )


def touch_project(session: Session, project_id: int) -> None:
    """Note that the project's images, labels or models have changed."""
    session.execute(update(Project).where(Project.id == project_id).values(changed_at=utc_now()))


def _lock_totals(session: Session, project_id: int) -> None:
    """Wait for those who have added to the totals and not committed: what they did is seen by the counting after this.

    In the order in which `_apply` writes, and as no stronger a lock than it takes.
    """
    classes = select(LabelClass.id).where(LabelClass.project_id == project_id).order_by(LabelClass.id)
    session.execute(classes.with_for_update(key_share=True)).all()
    session.execute(select(Project.id).where(Project.id == project_id).with_for_update(key_share=True)).all()


def _measure(session: Session, image_ids: Sequence[int]) -> _Totals:
    totals = _Totals()
    for some in in_portions(image_ids):
        images, labeled, validation = session.execute(
            select(
                func.count(Image.id),
                func.count(case((Image.is_labeled, 1))),
                func.count(case((Image.in_validation, 1))),
            ).where(Image.id.in_(some))
        ).one()
        totals.images += images
        totals.labeled += labeled
        totals.validation += validation
        by_class = select(
            ImageClassCount.class_id, func.count(ImageClassCount.image_id), func.sum(ImageClassCount.instance_count)
        ).where(ImageClassCount.image_id.in_(some))
        for class_id, image_count, instance_count in session.execute(by_class.group_by(ImageClassCount.class_id)):
            totals.class_images[class_id] += image_count
            totals.class_instances[class_id] += int(instance_count)
    return totals


def _apply(session: Session, project_id: int, before: _Totals, after: _Totals) -> None:
    # In the order of their ids, so that two who save at once never wait for each other.
    for class_id in sorted({*before.class_images, *after.class_images}):
        images = after.class_images[class_id] - before.class_images[class_id]
        instances = after.class_instances[class_id] - before.class_instances[class_id]
        if images or instances:
            _set(
                session,
                update(LabelClass)
                .where(LabelClass.id == class_id)
                .values(
                    image_count=LabelClass.image_count + images,
                    instance_count=LabelClass.instance_count + instances,
                ),
            )
    add_to_project(
        session,
        project_id,
        images=after.images - before.images,
        labeled=after.labeled - before.labeled,
        validation=after.validation - before.validation,
    )


def _set(session: Session, statement: Update) -> None:
    session.execute(statement.execution_options(synchronize_session=False))

"""Labels of a project: making, changing, merging and deleting them."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db.models import LabelClass
from app.db.totals import touch_project
from app.errors import Conflict, NotFound, Unprocessable
from app.labels import repository, revisions
from app.labels.schemas import DeletedLabel, LabelChangesBody, LabelSchema
from app.projects.access import Access


def list_labels(session: Session, project_id: int) -> list[LabelSchema]:
    """A project's labels in their order, with their counts."""
    return [_described(label_class) for label_class in repository.list_classes(session, project_id)]


def create_label(session: Session, access: Access, *, name: str, color: str | None) -> LabelSchema:
    """Make a label; without a colour it gets the palette's next.

    Raises:
        Conflict: The name is taken.
    """
    with _name_taken_refused(name):
        (label_class,) = repository.add_classes(session, access.project_id, {name: color})
    touch_project(session, access.project_id)
    return _described(label_class)


def change_label(session: Session, access: Access, label_id: int, changes: LabelChangesBody) -> LabelSchema:
    """Rename, recolour or move a label. Its instances follow without being touched.

    Raises:
        Conflict: The new name is another label's.
    """
    label_class = _existing(repository.find_class(session, access.project_id, label_id), access, label_id)
    if changes.name is not None:
        label_class.name = changes.name
        with _name_taken_refused(changes.name):
            session.flush()
    if changes.color is not None:
        label_class.color = changes.color
    if changes.position is not None:
        label_class.position = changes.position
    touch_project(session, access.project_id)
    return _described(label_class)


def delete_label(session: Session, access: Access, label_id: int) -> DeletedLabel:
    """Delete a label with every instance that has it."""
    label_class = _existing(repository.lock_class(session, access.project_id, label_id), access, label_id)
    gone = DeletedLabel(instances_deleted=label_class.instance_count, images_changed=label_class.image_count)
    revisions.keep_class(session, label_id, label_class.name, user_id=access.user_id)
    repository.delete_class(session, access.project_id, label_id)
    touch_project(session, access.project_id)
    return gone


def merge_label(session: Session, access: Access, label_id: int, *, into_id: int) -> LabelSchema:
    """Give a label's instances to another label and delete it.

    Raises:
        Unprocessable: The other label is the same one, or not there.
    """
    if label_id == into_id:
        raise Unprocessable(f"into: label {into_id} cannot be merged into itself; give another label's id")
    label_class = _existing(repository.lock_class(session, access.project_id, label_id), access, label_id)
    into = repository.find_class(session, access.project_id, into_id)
    if into is None:
        raise Unprocessable(f"into: there is no label {into_id} in project {access.project_id}")
    revisions.keep_class(session, label_id, label_class.name, into_id=into_id, user_id=access.user_id)
    repository.merge_class(session, access.project_id, label_id, into_id=into_id)
    touch_project(session, access.project_id)
    session.refresh(into)
    return _described(into)


def _existing(label_class: LabelClass | None, access: Access, label_id: int) -> LabelClass:
    if label_class is None:
        raise NotFound(f"there is no label {label_id} in project {access.project_id}")
    return label_class


@contextmanager
def _name_taken_refused(name: str) -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise Conflict(f"there is a label {name!r} already; choose another name, or merge the two") from error


def _described(label_class: LabelClass) -> LabelSchema:
    return LabelSchema(
        id=label_class.id,
        name=label_class.name,
        color=label_class.color,
        position=label_class.position,
        image_count=label_class.image_count,
        instance_count=label_class.instance_count,
    )

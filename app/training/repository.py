"""Every query about trainings and models; what workers write is in lifecycle.py."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, func, not_, select
from sqlalchemy.orm import Session

from app.accounts.caller import Caller
from app.db.bulk import in_portions
from app.db.enums import CheckpointKind, ModelStatus
from app.db.models import (
    Checkpoint,
    CurvePoint,
    Image,
    ImageClassCount,
    Instance,
    LabelClass,
    Membership,
    Model,
    ModelLogLine,
    Project,
    User,
)
from app.paging import PageParams
from app.training.lifecycle import RUNNING

MEASURED_MODELS = 30  # the newest on a device; each size that is in use is among them
ACTIVE = (*RUNNING, ModelStatus.QUEUED)


class LabeledImage(NamedTuple):
    id: int
    name: str
    storage_key: str
    width: int
    height: int
    in_validation: bool
    instance_count: int


class StoredShape(NamedTuple):
    image_id: int
    polygons: list[Any] | None
    rle_counts: str | None


class NamedInstance(NamedTuple):
    instance: Instance
    class_name: str


def list_labeled_images(session: Session, project_id: int) -> list[LabeledImage]:
    """A project's images with instances, and those that are background."""
    columns = (Image.id, Image.name, Image.storage_key, Image.width, Image.height, Image.in_validation)
    query = select(*columns, Image.instance_count)
    rows = session.execute(query.where(Image.project_id == project_id, Image.is_labeled).order_by(Image.id))
    return [LabeledImage(*row) for row in rows]


def count_unlabeled_images(session: Session, project_id: int) -> int:
    query = select(func.count(Image.id)).where(Image.project_id == project_id, not_(Image.is_labeled))
    return session.scalar(query) or 0


def count_instances_by_label(session: Session, project_id: int) -> list[tuple[int, str, int]]:
    """Image, class name and how many instances of the class it has, for each pair that occurs."""
    counted = select(ImageClassCount.image_id, LabelClass.name, ImageClassCount.instance_count)
    rows = session.execute(counted.join(LabelClass).where(LabelClass.project_id == project_id))
    return [(image_id, class_name, count) for image_id, class_name, count in rows]


def count_images_changed_since(session: Session, project_id: int, model_id: int) -> int:
    """Images whose labels or validation mark changed after a model of the project was asked for."""
    asked_at = select(Model.created_at).where(Model.id == model_id, Model.project_id == project_id).scalar_subquery()
    changed = select(func.count(Image.id)).where(Image.project_id == project_id, Image.changed_at > asked_at)
    return session.scalar(changed) or 0


def list_shapes(session: Session, image_ids: Sequence[int]) -> Iterator[StoredShape]:
    """The outlines of images' instances, crowds left out."""
    for portion in in_portions(image_ids):
        query = select(Instance.image_id, Instance.polygons, Instance.rle_counts)
        for row in session.execute(query.where(Instance.image_id.in_(portion), Instance.crowd.is_(False))):
            yield StoredShape(*row)


def list_class_names(session: Session, project_id: int) -> list[str]:
    """A project's class names in the order of its lists."""
    query = select(LabelClass.name).where(LabelClass.project_id == project_id)
    return list(session.scalars(query.order_by(LabelClass.position, LabelClass.id)))


def list_instances(session: Session, image_ids: Sequence[int]) -> dict[int, list[NamedInstance]]:
    """The instances of images, in drawing order."""
    instances: defaultdict[int, list[NamedInstance]] = defaultdict(list)
    for portion in in_portions(image_ids):
        query = select(Instance, LabelClass.name).join(LabelClass).where(Instance.image_id.in_(portion))
        order = (Instance.image_id, Instance.position, Instance.instance_id)
        for instance, class_name in session.execute(query.order_by(*order)):
            instances[instance.image_id].append(NamedInstance(instance, class_name))
    return instances


def get_model(session: Session, model_id: int, *, lock: bool = False) -> Model:
    return session.get_one(Model, model_id, with_for_update=lock, populate_existing=True)


def name_is_taken(session: Session, project_id: int, name: str) -> bool:
    return session.scalar(select(Model.id).where(Model.project_id == project_id, Model.name == name)) is not None


def list_model_names(session: Session, project_id: int) -> set[str]:
    return set(session.scalars(select(Model.name).where(Model.project_id == project_id)))


def list_models(session: Session, project_id: int, page: PageParams) -> list[Model]:
    """A project's models, newest first; one more than the page holds."""
    query = select(Model).where(Model.project_id == project_id).order_by(Model.id.desc()).limit(page.limit + 1)
    if (after := page.after(int)) is not None:
        query = query.where(Model.id < after[0])
    return list(session.scalars(query))


def count_models(session: Session, project_id: int) -> int:
    return session.scalar(select(func.count(Model.id)).where(Model.project_id == project_id)) or 0


def list_active_models(session: Session) -> list[Model]:
    """Running models by their start, then queued ones in order."""
    by_turn = (Model.status == ModelStatus.QUEUED, Model.queue_position, Model.id)
    return list(session.scalars(select(Model).where(Model.status.in_(ACTIVE)).order_by(*by_turn)))


def lock_queued_models(session: Session) -> list[Model]:
    """Models that wait, in the queue's order."""
    query = select(Model).where(Model.status == ModelStatus.QUEUED)
    return list(session.scalars(query.order_by(Model.queue_position, Model.id).with_for_update()))


def next_queue_position(session: Session) -> int:
    last = session.scalar(select(func.max(Model.queue_position)).where(Model.status.in_(ACTIVE)))
    return (last or 0) + 1


def list_checkpoints(session: Session, model_ids: Collection[int]) -> dict[int, dict[CheckpointKind, Checkpoint]]:
    """Checkpoints by model and kind."""
    checkpoints: defaultdict[int, dict[CheckpointKind, Checkpoint]] = defaultdict(dict)
    for checkpoint in session.scalars(select(Checkpoint).where(Checkpoint.model_id.in_(model_ids))):
        checkpoints[checkpoint.model_id][checkpoint.kind] = checkpoint
    return checkpoints


def delete_checkpoints(session: Session, model_id: int) -> None:
    session.execute(delete(Checkpoint).where(Checkpoint.model_id == model_id))


def list_checkpoint_points(session: Session, model_ids: Collection[int]) -> dict[tuple[int, int], CurvePoint]:
    """The curve points that checkpoints were saved at, by model and step."""
    at_checkpoint = (Checkpoint.model_id == CurvePoint.model_id) & (Checkpoint.step == CurvePoint.step)
    query = select(CurvePoint).join(Checkpoint, at_checkpoint).where(CurvePoint.model_id.in_(model_ids))
    return {(point.model_id, point.step): point for point in session.scalars(query)}


def list_curve_points(session: Session, model_id: int, *, after_step: int = -1) -> list[CurvePoint]:
    query = select(CurvePoint).where(CurvePoint.model_id == model_id, CurvePoint.step > after_step)
    return list(session.scalars(query.order_by(CurvePoint.step)))


def list_log_lines(session: Session, model_id: int) -> list[ModelLogLine]:
    return list(
        session.scalars(select(ModelLogLine).where(ModelLogLine.model_id == model_id).order_by(ModelLogLine.id))
    )


def list_existing_models(session: Session, model_ids: Collection[int]) -> list[Model]:
    return list(session.scalars(select(Model).where(Model.id.in_(model_ids))))


def list_measured_models(session: Session, device: str, *, min_seconds: float, min_steps: int) -> list[Model]:
    """Models that were measured on a device in trainings of some length, the newest first."""
    long_enough = (Model.elapsed_s >= min_seconds, Model.step >= min_steps)
    measured = select(Model).where(Model.device == device, Model.images_per_second > 0, *long_enough)
    return list(session.scalars(measured.order_by(Model.started_at.desc(), Model.id.desc()).limit(MEASURED_MODELS)))


def user_emails(session: Session, user_ids: Collection[int]) -> dict[int, str]:
    return dict(session.execute(select(User.id, User.email).where(User.id.in_(user_ids))).all())


def visible_project_names(session: Session, caller: Caller) -> dict[int, str]:
    """The projects that the caller may see."""
    return dict(session.execute(select(Project.id, Project.name).where(*_visible(caller))).all())


def member_roles(session: Session, caller: Caller) -> dict[int, str]:
    query = select(Membership.project_id, Membership.role).where(Membership.user_id == caller.user_id)
    return dict(session.execute(query).all())


def _visible(caller: Caller) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if caller.token_project_id is not None:
        conditions.append(Project.id == caller.token_project_id)
    if not caller.is_admin:
        own = select(Membership.project_id).where(Membership.user_id == caller.user_id)
        conditions.append(Project.id.in_(own))
    return conditions

"""Every query about labels and instances."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.db.base import utc_now
from app.db.bulk import in_portions, insert_of_new
from app.db.draft_totals import draft_totals, recount_drafts_of_project
from app.db.models import DraftInstance, Image, ImageClassCount, Instance, LabelClass
from app.db.totals import add_to_project, recount_project, totals_kept
from app.images.repository import set_mark
from app.labels.palette import choose_colors
from app.masks.instance import Instance as MaskInstance
from app.masks.instance import Polygon, Rle


@dataclass(frozen=True, slots=True)
class StoredInstance:
    """A row of `instances` but for its image and position; polygons are in contract.md's JSON form."""

    instance_id: str
    class_id: int
    polygons: list[Any] | None
    rle_counts: str | None
    crowd: bool
    source: str


# --- classes -----------------------------------------------------------------------------------------------------


def list_classes(session: Session, project_id: int) -> list[LabelClass]:
    """A project's classes in their order."""
    query = select(LabelClass).where(LabelClass.project_id == project_id)
    return list(session.scalars(query.order_by(LabelClass.position, LabelClass.id)))


def find_class(session: Session, project_id: int, class_id: int) -> LabelClass | None:
    return session.scalar(select(LabelClass).where(LabelClass.project_id == project_id, LabelClass.id == class_id))


def lock_class(session: Session, project_id: int, class_id: int) -> LabelClass | None:
    """Find a class that is to go: who is saving instances of it ends first, and who comes later finds it gone."""
    query = select(LabelClass).where(LabelClass.project_id == project_id, LabelClass.id == class_id)
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def add_classes(session: Session, project_id: int, colors: Mapping[str, str | None]) -> list[LabelClass]:
    """Make classes at the end of the project's list; one without a colour gets the palette's next."""
    added = [LabelClass(**values) for values in _new_classes(session, project_id, colors)]
    session.add_all(added)
    session.flush()
    return added


def add_missing_classes(session: Session, project_id: int, colors: Mapping[str, str | None]) -> set[str]:
    """Make classes as `add_classes` does, but for those that somebody made meanwhile; the names of the made ones."""
    if not colors:
        return set()
    statement = insert_of_new(session, LabelClass, [LabelClass.project_id, LabelClass.name])
    return set(session.scalars(statement.returning(LabelClass.name), _new_classes(session, project_id, colors)))


def _new_classes(session: Session, project_id: int, colors: Mapping[str, str | None]) -> list[dict[str, Any]]:
    present = list_classes(session, project_id)
    chosen = iter(choose_colors(len(colors), taken=(label_class.color for label_class in present)))
    first = max((label_class.position for label_class in present), default=-1) + 1
    return [
        {"project_id": project_id, "name": name, "color": color or next(chosen), "position": first + number}
        for number, (name, color) in enumerate(colors.items())
    ]


def delete_class(session: Session, project_id: int, class_id: int) -> None:
    """Delete a class, which is locked, with its instances."""
    own = select(ImageClassCount.instance_count).where(
        ImageClassCount.image_id == Image.id, ImageClassCount.class_id == class_id
    )
    _bump(session, _has_class(class_id), instance_count=Image.instance_count - own.scalar_subquery())
    session.execute(delete(LabelClass).where(LabelClass.id == class_id))
    recount_project(session, project_id)
    recount_drafts_of_project(session, project_id)


def merge_class(session: Session, project_id: int, class_id: int, *, into_id: int) -> None:
    """Give the instances of a class, which is locked, to another one, and delete it."""
    _bump(session, _has_class(class_id))
    for kind in (Instance, DraftInstance):
        session.execute(update(kind).where(kind.class_id == class_id).values(class_id=into_id))
    other = ImageClassCount.__table__.alias()
    merged = select(other.c.instance_count).where(
        other.c.image_id == ImageClassCount.image_id, other.c.class_id == class_id
    )
    both = select(other.c.image_id).where(other.c.class_id == class_id)
    session.execute(
        update(ImageClassCount)
        .where(ImageClassCount.class_id == into_id, ImageClassCount.image_id.in_(both))
        .values(instance_count=ImageClassCount.instance_count + merged.scalar_subquery())
        .execution_options(synchronize_session=False)
    )
    alone = (
        ~select(other.c.image_id)
        .where(other.c.image_id == ImageClassCount.image_id, other.c.class_id == into_id)
        .exists()
    )
    session.execute(
        update(ImageClassCount)
        .where(ImageClassCount.class_id == class_id, alone)
        .values(class_id=into_id)
        .execution_options(synchronize_session=False)
    )
    session.execute(delete(LabelClass).where(LabelClass.id == class_id))
    recount_project(session, project_id)


def _has_class(class_id: int) -> ColumnElement[bool]:
    return Image.id.in_(select(ImageClassCount.image_id).where(ImageClassCount.class_id == class_id))


# --- instances ---------------------------------------------------------------------------------------------------

INSTANCE_COLUMNS = (
    Instance.image_id,
    Instance.instance_id,
    Instance.class_id,
    Instance.polygons,
    Instance.rle_counts,
    Instance.crowd,
    Instance.source,
)


def list_instances(session: Session, image_ids: Sequence[int]) -> dict[int, tuple[MaskInstance, ...]]:
    """The instances of images, in drawing order; an image without any is missing.

    What is stored was checked when it came in and is not checked again.
    """
    found: dict[int, list[MaskInstance]] = defaultdict(list)
    for some in in_portions(image_ids):
        query = (
            select(*INSTANCE_COLUMNS, LabelClass.name, Image.height, Image.width)
            .join(LabelClass, LabelClass.id == Instance.class_id)
            .join(Image, Image.id == Instance.image_id)
            .where(Instance.image_id.in_(some))
            .order_by(Instance.image_id, Instance.position, Instance.instance_id)
        )
        for row in session.execute(query):
            found[row.image_id].append(_mask_instance(row))
    return {image_id: tuple(instances) for image_id, instances in found.items()}


def list_stored_instances(
    session: Session, image_ids: Sequence[int], *, only: Sequence[str] | None = None
) -> dict[int, list[StoredInstance]]:
    """The rows of images, in drawing order; an image without any is missing.

    Args:
        only: Leaves out all but the instances with these ids.
    """
    found: dict[int, list[StoredInstance]] = defaultdict(list)
    for some in in_portions(image_ids):
        query = select(*INSTANCE_COLUMNS).where(Instance.image_id.in_(some))
        if only is not None:
            query = query.where(Instance.instance_id.in_(only))
        for image_id, *columns in session.execute(
            query.order_by(Instance.image_id, Instance.position, Instance.instance_id)
        ):
            found[image_id].append(StoredInstance(*columns))
    return found


def advance_revision(session: Session, image_id: int, *, revision: int) -> bool:
    """Take an image from one revision to the next, and its lock with it; false when it is at another one."""
    statement = (
        update(Image)
        .where(Image.id == image_id, Image.revision == revision)
        .values(revision=revision + 1, changed_at=utc_now())
        .returning(Image.id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(statement) is not None


def advance_revisions(session: Session, image_ids: Sequence[int]) -> None:
    """Take images to their next revisions."""
    for some in in_portions(image_ids):
        _bump(session, Image.id.in_(some))


def list_revisions(session: Session, image_ids: Sequence[int]) -> dict[int, int]:
    """The revisions of images."""
    found: dict[int, int] = {}
    for some in in_portions(image_ids):
        for image_id, revision in session.execute(select(Image.id, Image.revision).where(Image.id.in_(some))):
            found[image_id] = revision
    return found


def lock_images(session: Session, image_ids: Sequence[int]) -> dict[int, int]:
    """Keep others from changing images until the end of the transaction.

    Returns:
        The number of instances of those that still exist.
    """
    counts: dict[int, int] = {}
    for some in in_portions(sorted(image_ids)):
        query = select(Image.id, Image.instance_count).where(Image.id.in_(some)).order_by(Image.id).with_for_update()
        for image_id, instance_count in session.execute(query):
            counts[image_id] = instance_count
    return counts


def set_background(session: Session, project_id: int, image_ids: Sequence[int], *, background: bool) -> int:
    """Mark images as background, but for those with instances, or take the mark away; how many that changed."""
    changed = set_mark(session, image_ids, Image.is_background, Image.instance_count == 0, value=background)
    add_to_project(session, project_id, labeled=changed if background else -changed)
    return changed


def next_positions(session: Session, image_ids: Sequence[int]) -> dict[int, int]:
    """The positions on top of images' instances; an image without any is missing."""
    tops: dict[int, int] = {}
    for some in in_portions(image_ids):
        query = select(Instance.image_id, func.max(Instance.position)).where(Instance.image_id.in_(some))
        for image_id, highest in session.execute(query.group_by(Instance.image_id)):
            tops[image_id] = highest + 1
    return tops


def insert_instances(session: Session, rows: Iterable[tuple[int, int, StoredInstance]]) -> None:
    """Write rows, each given by image id, position and content."""
    values = [
        {
            "image_id": image_id,
            "instance_id": instance.instance_id,
            "class_id": instance.class_id,
            "position": position,
            "polygons": instance.polygons,
            "rle_counts": instance.rle_counts,
            "crowd": instance.crowd,
            "source": instance.source,
        }
        for image_id, position, instance in rows
    ]
    if values:
        session.execute(insert(Instance.__table__), values)  # type: ignore[arg-type]


def update_instance(session: Session, image_id: int, instance: StoredInstance, *, position: int | None = None) -> None:
    """Overwrite a row; without a position it keeps its own."""
    values: dict[str, Any] = {
        "class_id": instance.class_id,
        "polygons": instance.polygons,
        "rle_counts": instance.rle_counts,
        "crowd": instance.crowd,
        "source": instance.source,
    }
    if position is not None:
        values["position"] = position
    session.execute(
        update(Instance)
        .where(Instance.image_id == image_id, Instance.instance_id == instance.instance_id)
        .values(values)
        .execution_options(synchronize_session=False)
    )


def delete_instances(session: Session, image_id: int, instance_ids: Sequence[str]) -> None:
    for some in in_portions(instance_ids):
        session.execute(
            delete(Instance)
            .where(Instance.image_id == image_id, Instance.instance_id.in_(some))
            .execution_options(synchronize_session=False)
        )


def delete_all_instances(session: Session, image_ids: Sequence[int]) -> None:
    for some in in_portions(image_ids):
        session.execute(
            delete(Instance).where(Instance.image_id.in_(some)).execution_options(synchronize_session=False)
        )


def recount(session: Session, project_id: int, image_ids: Sequence[int]) -> None:
    """Bring the counts of images, by class and in all, and the project's totals up to date with their instances."""
    with totals_kept(session, project_id, image_ids):
        _recount_images(session, image_ids)


def _recount_images(session: Session, image_ids: Sequence[int]) -> None:
    for some in in_portions(image_ids):
        session.execute(delete(ImageClassCount).where(ImageClassCount.image_id.in_(some)))
        counted = (
            select(Instance.image_id, Instance.class_id, func.count())
            .where(Instance.image_id.in_(some))
            .group_by(Instance.image_id, Instance.class_id)
        )
        columns = ["image_id", "class_id", "instance_count"]
        session.execute(insert(ImageClassCount).from_select(columns, counted))
        total = (
            select(func.coalesce(func.sum(ImageClassCount.instance_count), 0))
            .where(ImageClassCount.image_id == Image.id)
            .scalar_subquery()
        )
        session.execute(
            update(Image)
            .where(Image.id.in_(some))
            .values(
                instance_count=total,
                is_background=and_(Image.is_background, total == 0),
                **draft_totals(),  # a draft is open while no instance has its id
            )
            .execution_options(synchronize_session=False)
        )


def _bump(session: Session, condition: ColumnElement[bool], **values: Any) -> None:
    session.execute(
        update(Image)
        .where(condition)
        .values(revision=Image.revision + 1, changed_at=utc_now(), **values)
        .execution_options(synchronize_session=False)
    )


def _mask_instance(row: Row[Any]) -> MaskInstance:
    return MaskInstance(
        instance_id=row.instance_id,
        class_name=row.name,
        polygons=() if row.polygons is None else tuple(_polygon(polygon) for polygon in row.polygons),
        rle=None if row.rle_counts is None else Rle.from_encoder((row.height, row.width), row.rle_counts),
        crowd=row.crowd,
        source=row.source,
    )


def _polygon(polygon: dict[str, Any]) -> Polygon:
    return Polygon(_ring(polygon["exterior"]), tuple(_ring(hole) for hole in polygon["holes"]))


def _ring(points: list[list[float]]) -> tuple[tuple[float, float], ...]:
    return tuple(map(tuple, points))  # type: ignore[arg-type]  # pairs, as they were checked when they came in

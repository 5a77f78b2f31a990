"""Every query of the history of images: what each save changed, kept so that one can go back step by step.

A step holds the instances that a save changed as they were before it, and the places in the drawing order that it took
from others. Going back from what is stored now, newest step first, gives any state that is kept; a save of one
instance costs one small row, however many the image has.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import orjson
from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.db.bulk import in_portions
from app.db.enums import RevisionCause
from app.db.models import Image, ImageClassCount, ImageRevision, Instance, User
from app.labels.repository import INSTANCE_COLUMNS, StoredInstance

_FAST = 1  # zlib's level: the next one saves a tenth and takes twice as long


@dataclass(frozen=True, slots=True)
class Placed:
    """An instance and its place in the drawing order."""

    position: int
    instance: StoredInstance


@dataclass(frozen=True, slots=True)
class WayBack:
    """From the state after a save to the one before: None takes an instance away."""

    instances: Mapping[str, StoredInstance | None]
    class_names: Mapping[int, str]  # of those instances, for when the label is gone
    positions: Mapping[str, int]

    def packed(self) -> bytes:
        rows = {
            instance_id: None if row is None else [row.class_id, row.polygons, row.rle_counts, row.crowd, row.source]
            for instance_id, row in self.instances.items()
        }
        names = {str(class_id): name for class_id, name in self.class_names.items()}
        return zlib.compress(orjson.dumps([rows, names, dict(self.positions)]), _FAST)

    @classmethod
    def unpacked(cls, packed: bytes) -> "WayBack":
        rows, names, positions = orjson.loads(zlib.decompress(packed))
        instances = {
            instance_id: None if row is None else StoredInstance(instance_id, *row) for instance_id, row in rows.items()
        }
        return cls(instances, {int(class_id): name for class_id, name in names.items()}, positions)


@dataclass(frozen=True, slots=True)
class Step:
    """One save of an image."""

    image_id: int
    revision: int
    came_from: int
    saved_at: datetime
    saved_by: int | None
    cause: RevisionCause
    added: int
    changed: int
    deleted: int
    way_back: WayBack


def list_placed(
    session: Session, image_ids: Sequence[int], *, only: Sequence[str] | None = None
) -> dict[int, dict[str, Placed]]:
    """The instances of images by their ids, in drawing order; an image without any is missing.

    Args:
        only: Leaves out all but the instances with these ids.
    """
    conditions = [()] if only is None else [(Instance.instance_id.in_(names),) for names in in_portions(only)]
    return _placed(
        session, [(Instance.image_id.in_(some), *more) for some in in_portions(image_ids) for more in conditions]
    )


def list_placed_of_class(session: Session, class_id: int, image_ids: Sequence[int]) -> dict[int, dict[str, Placed]]:
    """The instances of a class in images, by image and id."""
    return _placed(
        session, [(Instance.image_id.in_(some), Instance.class_id == class_id) for some in in_portions(image_ids)]
    )


def add_steps(session: Session, steps: Iterable[Step]) -> None:
    values = [
        {
            "image_id": step.image_id,
            "revision": step.revision,
            "came_from": step.came_from,
            "saved_at": step.saved_at,
            "saved_on": step.saved_at.date(),
            "saved_by": step.saved_by,
            "cause": step.cause,
            "added": step.added,
            "changed": step.changed,
            "deleted": step.deleted,
            "way_back": step.way_back.packed(),
        }
        for step in steps
    ]
    if values:
        session.execute(insert(ImageRevision.__table__), values)  # type: ignore[arg-type]


def list_steps(
    session: Session, image_id: int, *, before: int | None, limit: int
) -> Sequence[Row[int, int, datetime, int | None, str, str, RevisionCause, int, int, int]]:
    """The saves of an image with who made them, newest first."""
    query = (
        select(
            ImageRevision.revision,
            ImageRevision.came_from,
            ImageRevision.saved_at,
            ImageRevision.saved_by,
            User.name,
            User.email,
            ImageRevision.cause,
            ImageRevision.added,
            ImageRevision.changed,
            ImageRevision.deleted,
        )
        .join(User, User.id == ImageRevision.saved_by, isouter=True)
        .where(ImageRevision.image_id == image_id)
        .order_by(ImageRevision.revision.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(ImageRevision.revision < before)
    return session.execute(query).all()


def count_steps(session: Session, image_id: int) -> int:
    query = select(func.count()).select_from(ImageRevision).where(ImageRevision.image_id == image_id)
    return session.scalar(query) or 0


def is_kept(session: Session, image_id: int, revision: int) -> bool:
    """Whether the steps lead back to this revision: one that a save led to, or began from."""
    query = select(ImageRevision.revision).where(
        ImageRevision.image_id == image_id,
        (ImageRevision.revision == revision) | (ImageRevision.came_from == revision),
    )
    return session.scalar(query.limit(1)) is not None


def list_ways_back(session: Session, image_id: int, *, to: int) -> list[WayBack]:
    """What leads from the present state to a revision, in that order."""
    query = (
        select(ImageRevision.way_back)
        .where(ImageRevision.image_id == image_id, ImageRevision.revision > to)
        .order_by(ImageRevision.revision.desc())
    )
    return [WayBack.unpacked(packed) for packed in session.scalars(query)]


def lock_images_of_class(session: Session, class_id: int) -> dict[int, int]:
    """Keep others from changing the images that have a class; gives their revisions."""
    having = select(ImageClassCount.image_id).where(ImageClassCount.class_id == class_id)
    query = select(Image.id, Image.revision).where(Image.id.in_(having)).order_by(Image.id).with_for_update()
    return {row.id: row.revision for row in session.execute(query)}


# --- tidying -----------------------------------------------------------------------------------------------------


def delete_steps_before(session: Session, day: date) -> int:
    """Forget what was saved before a day; how many steps that were."""
    result = session.execute(delete(ImageRevision).where(ImageRevision.saved_on < day))
    return result.rowcount  # type: ignore[attr-defined,no-any-return]


def list_crowded_days(session: Session, *, before: date, limit: int) -> list[tuple[int, date]]:
    """Images and days before a day, with more than one save."""
    query = (
        select(ImageRevision.image_id, ImageRevision.saved_on)
        .where(ImageRevision.saved_on < before)
        .group_by(ImageRevision.image_id, ImageRevision.saved_on)
        .having(func.count() > 1)
        .order_by(ImageRevision.image_id, ImageRevision.saved_on)
        .limit(limit)
    )
    return [(image_id, day) for image_id, day in session.execute(query)]


def join_steps(session: Session, image_id: int, day: date) -> None:
    """Make one step of those of a day: back from its last save to the state before its first."""
    on_day = (ImageRevision.image_id == image_id, ImageRevision.saved_on == day)
    steps = list(session.scalars(select(ImageRevision).where(*on_day).order_by(ImageRevision.revision.desc())))
    last, first = steps[0], steps[-1]
    ways = [WayBack.unpacked(step.way_back) for step in steps]
    joined = WayBack(
        {key: row for way in ways for key, row in way.instances.items()},
        {key: name for way in ways for key, name in way.class_names.items()},
        {key: position for way in ways for key, position in way.positions.items()},
    )
    sums = {name: sum(getattr(step, name) for step in steps) for name in ("added", "changed", "deleted")}
    session.execute(
        delete(ImageRevision).where(*on_day, ImageRevision.revision < last.revision),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        update(ImageRevision)
        .where(ImageRevision.image_id == image_id, ImageRevision.revision == last.revision)
        .values(came_from=first.came_from, way_back=joined.packed(), **sums)
        .execution_options(synchronize_session=False)
    )


def _placed(session: Session, conditions: Iterable[Sequence[ColumnElement[bool]]]) -> dict[int, dict[str, Placed]]:
    order = (Instance.image_id, Instance.position, Instance.instance_id)
    found: dict[int, dict[str, Placed]] = defaultdict(dict)
    for condition in conditions:
        rows = select(Instance.position, *INSTANCE_COLUMNS).where(*condition).order_by(*order)
        for position, image_id, *row in session.execute(rows):
            instance = StoredInstance(*row)
            found[image_id][instance.instance_id] = Placed(position, instance)
    return found

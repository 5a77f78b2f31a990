"""The history of an image: every save can be looked at, and taken back by another save.

Kept is every save for 30 days, then the last one of each day (UTC), for a year in all. A label that gets another name
changes no instance: the history shows its instances under the name that it has now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.orm import Session

from app.db.base import utc_now
from app.db.engine import session_scope
from app.db.enums import RevisionCause
from app.db.models import Image
from app.errors import NotFound
from app.images.service import get_image
from app.labels import repository, revision_rows
from app.labels.repository import StoredInstance
from app.labels.revision_rows import Placed, Step, WayBack
from app.labels.schemas import RevisionAuthor, RevisionSchema
from app.paging import PageParams, cut_page

KEPT_ALL_DAYS = 30
KEPT_DAYS = 365
SWEEP_SECONDS = 3600
DAYS_AT_ONCE = 100  # of one transaction while old steps are put together: others are not kept waiting
_IMAGES_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class PastInstance:
    """An instance as it was, and the name of its label."""

    instance: StoredInstance
    class_name: str


@dataclass(frozen=True, slots=True)
class Saving:
    """Who changes instances, and by what."""

    user_id: int | None
    cause: RevisionCause = RevisionCause.SAVE


def step_between(
    image_id: int,
    came_from: int,
    before: Mapping[str, Placed],
    after: Mapping[str, Placed],
    *,
    saving: Saving,
    class_names: Mapping[int, str],
) -> Step:
    """What leads back from some instances of an image to what they were; the others stayed as they are."""
    added = after.keys() - before.keys()
    deleted = before.keys() - after.keys()
    changed = {key for key in before.keys() & after.keys() if before[key].instance != after[key].instance}
    rows = {key: before[key].instance if key in before else None for key in (*added, *deleted, *changed)}
    classes = {row.class_id for row in rows.values() if row is not None}
    moved = {key: one.position for key, one in before.items() if key in deleted or after[key].position != one.position}
    return Step(
        image_id=image_id,
        revision=came_from + 1,
        came_from=came_from,
        saved_at=utc_now(),
        saved_by=saving.user_id,
        cause=saving.cause,
        added=len(added),
        changed=len(changed),
        deleted=len(deleted),
        way_back=WayBack(rows, {class_id: class_names[class_id] for class_id in classes}, moved),
    )


def keep_class(session: Session, class_id: int, class_name: str, *, into_id: int | None = None, user_id: int) -> None:
    """Keep the instances of a class, which is locked, and is about to be deleted with them, or merged into another."""
    revisions = revision_rows.lock_images_of_class(session, class_id)
    saving = Saving(user_id, RevisionCause.LABEL_DELETED if into_id is None else RevisionCause.LABEL_MERGED)
    image_ids = list(revisions)
    for start in range(0, len(image_ids), _IMAGES_AT_ONCE):
        some = image_ids[start : start + _IMAGES_AT_ONCE]
        placed = revision_rows.list_placed_of_class(session, class_id, some)
        revision_rows.add_steps(
            session,
            (
                step_between(
                    key,
                    revisions[key],
                    before,
                    {} if into_id is None else _of_class(before, into_id),
                    saving=saving,
                    class_names={class_id: class_name},
                )
                for key, before in placed.items()
            ),
        )


def list_revisions(session: Session, image_id: int, page: PageParams) -> tuple[list[RevisionSchema], str | None, int]:
    """A page of an image's saves, newest first; the cursor of the next; how many there are."""
    after = page.after(int)
    rows = revision_rows.list_steps(session, image_id, before=after[0] if after else None, limit=page.limit + 1)
    shown, next_cursor = cut_page(rows, page, key=lambda row: (row.revision,))
    items = [
        RevisionSchema(
            revision=row.revision,
            came_from=row.came_from,
            saved_at=row.saved_at,
            saved_by=None if row.saved_by is None else RevisionAuthor(id=row.saved_by, name=row.name or row.email),
            cause=row.cause,
            added=row.added,
            changed=row.changed,
            deleted=row.deleted,
        )
        for row in shown
    ]
    return items, next_cursor, revision_rows.count_steps(session, image_id)


def read_past_instances(session: Session, image_id: int, revision: int) -> tuple[Image, list[PastInstance]]:
    """The instances of an image as they were at a revision, lowest first.

    Raises:
        NotFound: The image never had that revision, or it is not kept any more.
    """
    image = get_image(session, image_id)
    if revision != image.revision and not revision_rows.is_kept(session, image_id, revision):
        raise NotFound(
            f"image {image_id} has no revision {revision}, or it is not kept any more; GET …/revisions lists those kept"
        )
    ways = revision_rows.list_ways_back(session, image_id, to=revision)
    placed = revision_rows.list_placed(session, [image_id]).get(image_id, {})
    names = {name_of.id: name_of.name for name_of in repository.list_classes(session, image.project_id)}
    old_names = {class_id: name for way in ways for class_id, name in way.class_names.items()}
    return image, [
        PastInstance(instance, names.get(instance.class_id) or old_names[instance.class_id])
        for instance in _go_back(placed, ways)
    ]


def _of_class(placed: Mapping[str, Placed], class_id: int) -> dict[str, Placed]:
    return {key: replace(one, instance=replace(one.instance, class_id=class_id)) for key, one in placed.items()}


def _go_back(placed: Mapping[str, Placed], ways: Sequence[WayBack]) -> Iterable[StoredInstance]:
    instances: dict[str, StoredInstance] = {key: one.instance for key, one in placed.items()}
    positions = {key: one.position for key, one in placed.items()}
    for way in ways:
        for key, row in way.instances.items():
            if row is None:
                instances.pop(key, None)
            else:
                instances[key] = row
        positions |= way.positions
    return sorted(instances.values(), key=lambda one: (positions[one.instance_id], one.instance_id))


def tidy() -> int:
    """Forget what is too old, and keep of each day that is a month ago its last save; how many days were tidied."""
    today = utc_now().date()
    with session_scope() as session:
        revision_rows.delete_steps_before(session, today - timedelta(days=KEPT_DAYS))
    tidied = 0
    while True:
        with session_scope() as session:
            before = today - timedelta(days=KEPT_ALL_DAYS)
            days = revision_rows.list_crowded_days(session, before=before, limit=DAYS_AT_ONCE)
            repository.lock_images(session, sorted({image_id for image_id, _ in days}))
            for image_id, day in days:
                revision_rows.join_steps(session, image_id, day)
        tidied += len(days)
        if len(days) < DAYS_AT_ONCE:
            return tidied

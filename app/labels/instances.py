"""Saving the instances of an image: nothing is lost when two save at once, and a repeated save is harmless."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.db.models import Image
from app.db.totals import touch_project
from app.errors import PreconditionFailed, PreconditionRequired, Unprocessable
from app.images.service import get_image
from app.labels import repository, revision_rows, revisions
from app.labels.repository import StoredInstance
from app.labels.revision_rows import Placed
from app.labels.revisions import Saving
from app.masks.instance import Instance, InvalidMask, Polygon, instance_from_json
from app.masks.polygons import clip_polygons
from app.masks.rle import area

MAX_SOURCE_CHARACTERS = 120
_TAG = re.compile(r'(?:W/)?"(\d{1,18})"|(\d{1,18})')  # some clients send the number without quotes
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_SHOWN_NAMES = 10


@dataclass(frozen=True, slots=True)
class SavedInstances:
    """Instances in their JSON form, at a revision of their image."""

    revision: int
    items: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class IfMatch:
    """The revisions that a caller has seen; `*` matches every one."""

    header: str
    revisions: frozenset[int]
    any_revision: bool

    def allows(self, revision: int) -> bool:
        return self.any_revision or revision in self.revisions


def parse_if_match(header: str | None) -> IfMatch:
    """Read the header `If-Match`.

    Raises:
        PreconditionRequired: It is missing.
    """
    if header is None:
        raise PreconditionRequired(
            'send the ETag of GET …/instances as If-Match (such as "3"), so that nobody else\'s work is overwritten'
        )
    tags = [_TAG.fullmatch(tag.strip()) for tag in header.split(",")]
    revisions = frozenset(int(tag[1] or tag[2]) for tag in tags if tag is not None)
    return IfMatch(header, revisions, any_revision=header.strip() == "*")


def read_instances(session: Session, image_id: int) -> SavedInstances:
    """All instances of an image, lowest first."""
    image = get_image(session, image_id)
    names = {label_class.id: label_class.name for label_class in repository.list_classes(session, image.project_id)}
    stored = repository.list_stored_instances(session, [image_id]).get(image_id, [])
    return SavedInstances(image.revision, [_to_json(instance, image, names) for instance in stored])


def read_past_instances(session: Session, image_id: int, revision: int) -> SavedInstances:
    """All instances of an image as they were at a revision, lowest first, under the names of their labels now.

    Raises:
        NotFound: The image never had that revision, or it is not kept any more.
    """
    image, past = revisions.read_past_instances(session, image_id, revision)
    return SavedInstances(
        revision, [_to_json(one.instance, image, {one.instance.class_id: one.class_name}) for one in past]
    )


def replace_instances(
    session: Session, image_id: int, items: Sequence[Any], if_match: IfMatch, *, saving: Saving
) -> SavedInstances:
    """Store these instances in place of all that an image has.

    Raises:
        PreconditionFailed: Somebody saved meanwhile; not where the same is stored already.
        Unprocessable: An instance is not as it should be; the message says which and why.
    """
    wanted = _parsed(items)
    image = get_image(session, image_id)
    classes = _Classes(session, image.project_id)
    rows = [_checked(instance, image, classes) for instance in wanted]
    before = revision_rows.list_placed(session, [image_id]).get(image_id, {})
    saved = SavedInstances(image.revision, [_to_json(row, image, classes.names) for row in rows])
    if rows == [one.instance for one in before.values()]:
        return saved
    _advance(session, image, if_match)
    repository.delete_all_instances(session, [image_id])
    repository.insert_instances(session, [(image_id, position, row) for position, row in enumerate(rows)])
    after = {row.instance_id: Placed(position, row) for position, row in enumerate(rows)}
    _keep_step(session, image, before, after, saving, classes)
    _finish(session, image)
    return SavedInstances(image.revision + 1, saved.items)


def change_instances(
    session: Session,
    image_id: int,
    *,
    upsert: Sequence[Any],
    delete: Sequence[str],
    if_match: IfMatch,
    saving: Saving,
) -> SavedInstances:
    """Write some instances and delete others; the rest of the image stays untouched.

    Returns:
        The instances that were written, as they are stored.
    Raises:
        PreconditionFailed: Somebody saved meanwhile; not where all of it is stored already.
        Unprocessable: An instance is not as it should be; the message says which and why.
    """
    wanted = _parsed(upsert)
    gone = {_uuid(instance_id) for instance_id in delete}
    if both := gone & {instance.instance_id for instance in wanted}:
        raise Unprocessable(f"instance {min(both)} is both in upsert and in delete; choose one")
    image = get_image(session, image_id)
    classes = _Classes(session, image.project_id)
    rows = [_checked(instance, image, classes) for instance in wanted]
    named = [*(row.instance_id for row in rows), *gone]
    before = revision_rows.list_placed(session, [image_id], only=named).get(image_id, {})
    saved = SavedInstances(image.revision, [_to_json(row, image, classes.names) for row in rows])
    new = [row for row in rows if row.instance_id not in before]
    changed = [row for row in rows if row.instance_id in before and before[row.instance_id].instance != row]
    if not new and not changed and not gone & before.keys():
        return saved
    _advance(session, image, if_match)
    repository.delete_instances(session, image_id, sorted(gone & before.keys()))
    for row in changed:
        repository.update_instance(session, image_id, row)
    first = repository.next_positions(session, [image_id]).get(image_id, 0)
    repository.insert_instances(session, [(image_id, first + number, row) for number, row in enumerate(new)])
    after = {
        row.instance_id: Placed(before[row.instance_id].position, row) for row in rows if row.instance_id in before
    }
    after |= {row.instance_id: Placed(first + number, row) for number, row in enumerate(new)}
    _keep_step(session, image, before, after, saving, classes)
    _finish(session, image)
    return SavedInstances(image.revision + 1, saved.items)


def polygons_to_json(polygons: Sequence[Polygon]) -> list[Any]:
    """Polygons as they are stored: lists all the way down, as JSON gives them back."""
    return [
        {"exterior": [[x, y] for x, y in p.exterior], "holes": [[[x, y] for x, y in hole] for hole in p.holes]}
        for p in polygons
    ]


class _Classes:
    """The labels of a project by name and by id."""

    def __init__(self, session: Session, project_id: int) -> None:
        self.names = {c.id: c.name for c in repository.list_classes(session, project_id)}
        self._ids = {name: class_id for class_id, name in self.names.items()}

    def id_of(self, instance: Instance) -> int:
        class_id = self._ids.get(instance.class_name)
        if class_id is None:
            known = ", ".join(sorted(self._ids)[:_SHOWN_NAMES]) or "none yet"
            raise Unprocessable(
                f"instance {instance.instance_id}: there is no label {instance.class_name[:100]!r} in this project; "
                f"make it first, or use one of its labels ({known})"
            )
        return class_id


def _uuid(instance_id: str) -> str:
    if not _UUID.fullmatch(instance_id):
        raise Unprocessable(f"delete holds {instance_id[:100]!r}, which is no UUID; give ids of instances")
    return instance_id.lower()


def _parsed(items: Sequence[Any]) -> list[Instance]:
    try:
        instances = [instance_from_json(item) for item in items]
    except InvalidMask as error:
        raise Unprocessable(str(error)) from error
    (instance_id, count), *_ = Counter(instance.instance_id for instance in instances).most_common(1) or [("", 0)]
    if count > 1:
        raise Unprocessable(f"instance {instance_id} comes {count} times; give every instance an id of its own")
    return instances


def _checked(instance: Instance, image: Image, classes: _Classes) -> StoredInstance:
    """Fit an instance to its image: polygons are cut at the border, anything else must fit already."""
    who = f"instance {instance.instance_id}"
    if len(instance.source) > MAX_SOURCE_CHARACTERS or not instance.source.isprintable():
        raise Unprocessable(f"{who}: source should be {MAX_SOURCE_CHARACTERS} characters at most that can be shown")
    polygons: list[Any] | None = None
    if instance.rle is None:
        clipped = clip_polygons(instance.polygons, image.height, image.width)
        if not clipped.polygons:
            raise Unprocessable(
                f"{who} lies wholly outside the image of {image.width} x {image.height} pixels; delete it instead"
            )
        polygons = polygons_to_json(clipped.polygons)
    elif instance.rle.size != (image.height, image.width):
        height, width = instance.rle.size
        raise Unprocessable(
            f"{who}: rle size is [{height}, {width}], the image's is [{image.height}, {image.width}]; use that"
        )
    elif area(instance.rle) == 0:
        raise Unprocessable(f"{who} has no pixel; delete it instead")
    return StoredInstance(
        instance_id=instance.instance_id,
        class_id=classes.id_of(instance),
        polygons=polygons,
        rle_counts=None if instance.rle is None else instance.rle.counts,
        crowd=instance.crowd,
        source=instance.source,
    )


def _to_json(instance: StoredInstance, image: Image, names: Mapping[int, str]) -> dict[str, Any]:
    shape: dict[str, Any]
    if instance.polygons is not None:
        shape = {"polygons": instance.polygons}
    else:
        shape = {"rle": {"size": [image.height, image.width], "counts": instance.rle_counts}}
    return {
        "id": instance.instance_id,
        "label": names[instance.class_id],
        **shape,
        "crowd": instance.crowd,
        "source": instance.source,
    }


def _advance(session: Session, image: Image, if_match: IfMatch) -> None:
    if not if_match.allows(image.revision) or not repository.advance_revision(
        session, image.id, revision=image.revision
    ):
        stale = PreconditionFailed(
            f"image {image.id} was saved by somebody else meanwhile: it is at revision {image.revision} or later, "
            f"your change began from {if_match.header[:100]}; load it again and repeat the change"
        )
        stale.headers = {"ETag": f'"{image.revision}"'}
        raise stale


def _keep_step(
    session: Session,
    image: Image,
    before: Mapping[str, Placed],
    after: Mapping[str, Placed],
    saving: Saving,
    classes: _Classes,
) -> None:
    step = revisions.step_between(image.id, image.revision, before, after, saving=saving, class_names=classes.names)
    revision_rows.add_steps(session, [step])


def _finish(session: Session, image: Image) -> None:
    repository.recount(session, image.project_id, [image.id])
    touch_project(session, image.project_id)

"""Every query about images."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, delete, func, not_, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.db.base import utc_now
from app.db.bulk import in_portions, insert_of_new
from app.db.draft_totals import has_open
from app.db.models import Image, ImageClassCount, LabelClass, Project, User
from app.db.totals import add_to_project, totals_kept
from app.images.intake import PreparedImage


class ImageSort(StrEnum):
    """The order of a list of images; ids grow in the order of uploading."""

    ID = "id"
    ID_DOWN = "-id"
    NAME = "name"
    NAME_DOWN = "-name"
    CREATED = "created"
    CREATED_DOWN = "-created"
    CHANGED = "changed"
    CHANGED_DOWN = "-changed"
    INSTANCES = "instances"
    INSTANCES_DOWN = "-instances"
    UNCERTAINTY = "uncertainty"  # of open drafts, the least certain image first
    UNCERTAINTY_DOWN = "-uncertainty"

    @property
    def is_down(self) -> bool:
        return self.startswith("-")

    @property
    def key_types(self) -> tuple[type, ...]:
        """The types of the sort key's parts, for a cursor."""
        return (*(kind for _, kind in self._columns), int)

    def key(self, image: Any) -> tuple[Any, ...]:
        """An image's sort key."""
        return (*(getattr(image, column.key) for column, _ in self._columns), image.id)

    def order_by(self, *, backwards: bool = False) -> list[ColumnElement[Any]]:
        columns = [*(column for column, _ in self._columns), Image.id]
        return [column.desc() if self.is_down != backwards else column.asc() for column in columns]

    def beyond(self, key: Sequence[Any], *, backwards: bool = False) -> ColumnElement[bool]:
        """What comes after a sort key in this order, or before it."""
        columns = tuple_(*(column for column, _ in self._columns), Image.id)
        return columns < tuple(key) if self.is_down != backwards else columns > tuple(key)

    @property
    def _columns(self) -> tuple[tuple[InstrumentedAttribute[Any], type], ...]:
        return _SORT_COLUMNS[self.removeprefix("-")]


_SORT_COLUMNS: dict[str, tuple[tuple[InstrumentedAttribute[Any], type], ...]] = {
    "id": (),
    "created": (),
    "name": ((Image.name, str),),
    "changed": ((Image.changed_at, datetime),),
    "instances": ((Image.instance_count, int),),
    "uncertainty": ((Image.draft_certainty, float),),
}


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """Which images of a project are meant; all that are set must hold."""

    class_id: int | None = None
    labeled: bool | None = None
    validation: bool | None = None
    drafts: bool | None = None  # whether there are open ones
    name_part: str | None = None
    image_ids: tuple[int, ...] | None = None
    uploaded_by: int | None = None
    uploaded_after: datetime | None = None  # inclusive, so that stretches of time can lie side by side
    uploaded_before: datetime | None = None  # exclusive
    folder: str | None = None  # with the folders below it

    def conditions(self) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if self.labeled is not None:
            conditions.append(and_(Image.is_labeled) if self.labeled else not_(Image.is_labeled))
        if self.validation is not None:
            conditions.append(Image.in_validation.is_(self.validation))
        if self.drafts is not None:
            conditions.append(has_open() if self.drafts else ~has_open())
        if self.name_part:
            conditions.append(Image.name_folded.contains(self.name_part.casefold(), autoescape=True))
        if self.image_ids is not None:
            conditions.append(Image.id.in_(self.image_ids))
        return conditions + self._upload_conditions()

    def _upload_conditions(self) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if self.uploaded_by is not None:
            conditions.append(Image.uploaded_by == self.uploaded_by)
        if self.uploaded_after is not None:
            conditions.append(Image.created_at >= self.uploaded_after)
        if self.uploaded_before is not None:
            conditions.append(Image.created_at < self.uploaded_before)
        if self.folder is not None:
            # A range of the index on names, which are compared byte by byte: "0" is what comes after "/".
            conditions += [Image.name >= f"{self.folder}/", Image.name < f"{self.folder}0"]
        return conditions


class FolderCount(NamedTuple):
    """How many images lie directly in a folder."""

    folder: str
    image_count: int


class UploaderCount(NamedTuple):
    """How many images somebody uploaded."""

    user_id: int
    name: str
    email: str
    image_count: int


class ClassCount(NamedTuple):
    """How many instances of a class an image has."""

    class_id: int
    class_name: str
    instance_count: int


def list_images(
    session: Session,
    project_id: int,
    wanted: ImageFilter,
    *,
    sort: ImageSort,
    limit: int,
    after: Sequence[Any] | None = None,
) -> list[Image]:
    """A stretch of a project's images that begins after a sort key."""
    query = filtered(select(Image), project_id, wanted).order_by(*sort.order_by()).limit(limit)
    if after is not None:
        query = query.where(sort.beyond(after))
    return list(session.scalars(query))


def count_images(session: Session, project_id: int, wanted: ImageFilter) -> int:
    """How many images a filter leaves; for the simplest filters that is a total which is kept anyway."""
    if (kept := _kept_count(project_id, wanted)) is not None:
        return session.scalar(kept) or 0
    return session.scalar(filtered(select(func.count(Image.id)), project_id, wanted)) or 0


def list_image_ids(session: Session, project_id: int, wanted: ImageFilter, *, sort: ImageSort) -> list[int]:
    return list(session.scalars(filtered(select(Image.id), project_id, wanted).order_by(*sort.order_by())))


def list_folders(session: Session, project_id: int, *, limit: int) -> list[FolderCount]:
    """The first folders by name that have images directly in them; "" is the one above all."""
    query = (
        select(Image.folder, func.count())
        .where(Image.project_id == project_id)
        .group_by(Image.folder)
        .order_by(Image.folder)
        .limit(limit)
    )
    return [FolderCount(*row) for row in session.execute(query)]


def count_folders(session: Session, project_id: int) -> int:
    return session.scalar(select(func.count(Image.folder.distinct())).where(Image.project_id == project_id)) or 0


def list_uploaders(session: Session, project_id: int) -> list[UploaderCount]:
    """Everyone whose images are in the project, by name."""
    counts = (
        select(Image.uploaded_by, func.count().label("image_count"))
        .where(Image.project_id == project_id)
        .group_by(Image.uploaded_by)
        .subquery()
    )
    query = (
        select(User.id, User.name, User.email, counts.c.image_count)
        .join(counts, counts.c.uploaded_by == User.id)
        .order_by(User.name, User.email)
    )
    return [UploaderCount(*row) for row in session.execute(query)]


def find_neighbours(
    session: Session, image: Image, wanted: ImageFilter, *, sort: ImageSort
) -> tuple[int | None, int | None]:
    """The ids before and after an image in a list, which it need not be part of."""
    query = filtered(select(Image.id), image.project_id, wanted).limit(1)
    key = sort.key(image)
    before = query.where(sort.beyond(key, backwards=True)).order_by(*sort.order_by(backwards=True))
    after = query.where(sort.beyond(key)).order_by(*sort.order_by())
    return session.scalar(before), session.scalar(after)


def find_image(session: Session, image_id: int) -> Image | None:
    return session.get(Image, image_id)


def find_image_by_name(session: Session, project_id: int, name: str) -> Image | None:
    return session.scalar(select(Image).where(Image.project_id == project_id, Image.name == name))


def find_images(session: Session, project_id: int, image_ids: Sequence[int]) -> list[Image]:
    """Those of the images that are in the project, by id."""
    found: list[Image] = []
    for some in in_portions(sorted(set(image_ids))):
        query = select(Image).where(Image.project_id == project_id, Image.id.in_(some)).order_by(Image.id)
        found += session.scalars(query)
    return found


def find_image_ids(session: Session, project_id: int, image_ids: Sequence[int]) -> set[int]:
    """Those of the ids that images of the project have."""
    found: set[int] = set()
    for some in in_portions(sorted(set(image_ids))):
        found.update(session.scalars(select(Image.id).where(Image.project_id == project_id, Image.id.in_(some))))
    return found


def find_class_id(session: Session, project_id: int, name_or_id: str) -> int | None:
    """A class by its name, else by its id."""
    named = session.scalar(
        select(LabelClass.id).where(LabelClass.project_id == project_id, LabelClass.name == name_or_id)
    )
    if named is not None or not (name_or_id.isascii() and name_or_id.isdigit() and len(name_or_id) < 19):
        return named
    return session.scalar(
        select(LabelClass.id).where(LabelClass.project_id == project_id, LabelClass.id == int(name_or_id))
    )


def list_class_counts(session: Session, image_ids: Sequence[int]) -> dict[int, list[ClassCount]]:
    """How many instances of each class the images have, most first; images without any are missing."""
    counts: dict[int, list[ClassCount]] = defaultdict(list)
    for some in in_portions(image_ids):
        query = (
            select(ImageClassCount.image_id, LabelClass.id, LabelClass.name, ImageClassCount.instance_count)
            .join(LabelClass, LabelClass.id == ImageClassCount.class_id)
            .where(ImageClassCount.image_id.in_(some))
            .order_by(ImageClassCount.image_id, ImageClassCount.instance_count.desc(), LabelClass.position)
        )
        for image_id, class_id, class_name, instance_count in session.execute(query):
            counts[image_id].append(ClassCount(class_id, class_name, instance_count))
    return counts


def find_taken_names(session: Session, project_id: int, names: Sequence[str]) -> set[str]:
    """Those of the names that images of the project already have."""
    taken: set[str] = set()
    for some in in_portions(names):
        taken.update(session.scalars(select(Image.name).where(Image.project_id == project_id, Image.name.in_(some))))
    return taken


def find_names_by_hash(session: Session, project_id: int, content_hashes: Sequence[str]) -> dict[str, str]:
    """For content that is in the project already, the name of the first image that has it."""
    names: dict[str, str] = {}
    for some in in_portions(content_hashes):
        query = (
            select(Image.content_hash, Image.name)
            .where(Image.project_id == project_id, Image.content_hash.in_(some))
            .order_by(Image.id.desc())
        )
        for content_hash, name in session.execute(query):
            names[content_hash] = name
    return names


def insert_images(session: Session, project_id: int, user_id: int, images: Sequence[PreparedImage]) -> dict[str, int]:
    """Write rows and give their ids by name; an image whose name was taken meanwhile is left out."""
    if not images:
        return {}
    statement = insert_of_new(session, Image, [Image.project_id, Image.name])
    rows = [
        {
            "project_id": project_id,
            "uploaded_by": user_id,
            "name": image.name,
            "width": image.width,
            "height": image.height,
            "byte_size": image.byte_size,
            "media_type": image.media_type,
            "content_hash": image.content_hash,
            "storage_key": image.storage_key,
            "thumbnail_key": image.thumbnail_key,
            "fingerprint": image.fingerprint,
        }
        for image in images
    ]
    ids = {name: image_id for image_id, name in session.execute(statement.returning(Image.id, Image.name), rows)}
    add_to_project(session, project_id, images=len(ids))
    return ids


def list_blob_keys(session: Session, image_ids: Sequence[int]) -> list[str]:
    """The keys of images' files and thumbnails."""
    keys: list[str] = []
    for some in in_portions(image_ids):
        for row in session.execute(select(Image.storage_key, Image.thumbnail_key).where(Image.id.in_(some))):
            keys += row
    return keys


def delete_images(session: Session, project_id: int, image_ids: Sequence[int]) -> int:
    """Delete images with all that hangs on them; how many there were."""
    count = 0
    with totals_kept(session, project_id, image_ids):
        for some in in_portions(image_ids):
            statement = delete(Image).where(Image.id.in_(some)).returning(Image.id)
            count += len(session.scalars(statement.execution_options(synchronize_session=False)).all())
    return count


class ImageName(NamedTuple):
    """What matching labels to images needs of an image."""

    image_id: int
    name: str
    width: int
    height: int


def list_image_names(session: Session, project_id: int) -> list[ImageName]:
    """Every image of a project, by id."""
    query = select(Image.id, Image.name, Image.width, Image.height).where(Image.project_id == project_id)
    return [ImageName(*row) for row in session.execute(query.order_by(Image.id))]


def set_mark(
    session: Session,
    image_ids: Sequence[int],
    mark: InstrumentedAttribute[bool],
    *conditions: ColumnElement[bool],
    value: bool,
) -> int:
    """Mark images of which the conditions hold, or take their mark away; how many that changed."""
    changed = 0
    for some in in_portions(sorted(set(image_ids))):
        statement = (
            update(Image)
            .where(Image.id.in_(some), mark.is_(not value), *conditions)
            .values({mark: value, Image.changed_at: utc_now()})
            .returning(Image.id)
            .execution_options(synchronize_session=False)
        )
        changed += len(session.scalars(statement).all())
    return changed


def list_validation_ids(session: Session, project_id: int) -> list[int]:
    """The images in a project's validation set, by id."""
    query = select(Image.id).where(Image.project_id == project_id, Image.in_validation).order_by(Image.id)
    return list(session.scalars(query))


def filtered(query: Select[Any], project_id: int, wanted: ImageFilter) -> Select[Any]:
    """Leave of a query of images those of a project that a filter means."""
    if wanted.class_id is not None:
        query = query.join(
            ImageClassCount, and_(ImageClassCount.image_id == Image.id, ImageClassCount.class_id == wanted.class_id)
        )
    return query.where(Image.project_id == project_id, *wanted.conditions())


def _kept_count(project_id: int, wanted: ImageFilter) -> Select[Any] | None:
    """The query for a total that needs no counting, where the filter is no more than one word."""
    of_project: ColumnElement[int] | InstrumentedAttribute[int]
    match wanted:
        case _ if wanted == ImageFilter():
            of_project = Project.image_count
        case _ if wanted == ImageFilter(validation=wanted.validation):
            of_project = (
                Project.validation_count if wanted.validation else Project.image_count - Project.validation_count
            )
        case _ if wanted == ImageFilter(labeled=wanted.labeled):
            of_project = Project.labeled_count if wanted.labeled else Project.image_count - Project.labeled_count
        case _ if wanted == ImageFilter(class_id=wanted.class_id):
            return select(LabelClass.image_count).where(LabelClass.id == wanted.class_id)
        case _:
            return None
    return select(of_project).where(Project.id == project_id)

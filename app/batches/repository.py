"""Every query about batches; what workers write is in lifecycle.py."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, literal, select
from sqlalchemy.orm import Session, undefer

from app.db.bulk import in_portions
from app.db.models import Batch, BatchDrafts, BatchImage, Image, LabelClass, Model, User
from app.images.intake import PreparedImage, RefusedFile
from app.images.repository import ImageFilter, ImageSort, filtered
from app.paging import PageParams

_IMAGES_AT_ONCE = 100  # read with their predictions


def get_model(session: Session, model_id: int) -> Model:
    return session.get_one(Model, model_id)


def find_batch(session: Session, batch_id: int, *, lock: bool = False) -> Batch | None:
    return session.get(Batch, batch_id, with_for_update=lock, populate_existing=lock)


def list_batches(
    session: Session, project_id: int, page: PageParams, *, model_id: int | None
) -> list[tuple[Batch, User | None]]:
    """A project's batches and who asked for them, the newest first; one more than the page holds."""
    query = select(Batch, User).outerjoin(User, User.id == Batch.created_by).where(*_of(project_id, model_id))
    if (after := page.after(int)) is not None:
        query = query.where(Batch.id < after[0])
    return [(batch, user) for batch, user in session.execute(query.order_by(Batch.id.desc()).limit(page.limit + 1))]


def count_batches(session: Session, project_id: int, *, model_id: int | None) -> int:
    return session.scalar(select(func.count(Batch.id)).where(*_of(project_id, model_id))) or 0


def find_user(session: Session, user_id: int | None) -> User | None:
    return None if user_id is None else session.get(User, user_id)


def add_filtered_images(session: Session, batch: Batch, wanted: ImageFilter, *, sort: ImageSort) -> int:
    """Take the images under a filter into a batch, in their order; how many there are."""
    return _copy_images(session, batch, filtered(select(*_image_columns(sort)), batch.project_id, wanted), first=0)


def add_named_images(session: Session, batch: Batch, image_ids: Sequence[int]) -> int:
    """Take these images of the batch's project in, by id; how many there are."""
    count = 0
    for some in in_portions(sorted(set(image_ids))):
        named = select(*_image_columns(ImageSort.ID)).where(Image.project_id == batch.project_id, Image.id.in_(some))
        count += _copy_images(session, batch, named, first=count)
    return count


def add_files(session: Session, batch: Batch, taken: Sequence[PreparedImage], refused: Sequence[RefusedFile]) -> None:
    """Take files in that came with the request; the refused ones behind the others, done already."""
    rows: list[dict[str, Any]] = [
        {
            "name": image.name,
            "width": image.width,
            "height": image.height,
            "media_type": image.media_type,
            "content_hash": image.content_hash,
            "storage_key": image.storage_key,
            "thumbnail_key": image.thumbnail_key,
            "is_done": False,
            "error": None,
        }
        for image in taken
    ]
    nothing = {"width": 0, "height": 0, "media_type": "", "content_hash": "", "storage_key": None}
    rows += [
        {"name": file.name[:500], **nothing, "thumbnail_key": None, "is_done": True, "error": file.error}
        for file in refused
    ]
    values = [{"batch_id": batch.id, "position": place, **row} for place, row in enumerate(rows, start=1)]
    session.execute(insert(BatchImage), values)


def want_drafts(session: Session, batch_id: int, *, min_score: float | None) -> None:
    """Note that drafts are to be made of a batch, from its first image on."""
    session.execute(delete(BatchDrafts).where(BatchDrafts.batch_id == batch_id))
    session.add(BatchDrafts(batch_id=batch_id, min_score=min_score))
    session.flush()


def find_drafts(session: Session, batch_id: int) -> BatchDrafts | None:
    return session.get(BatchDrafts, batch_id)


def list_images(session: Session, batch_id: int, page: PageParams) -> list[BatchImage]:
    """The images of a batch without what was found in them; one more than the page holds."""
    after = page.after(int)
    query = select(BatchImage).where(BatchImage.batch_id == batch_id, BatchImage.position > (after[0] if after else 0))
    return list(session.scalars(query.order_by(BatchImage.position).limit(page.limit + 1)))


def find_image(session: Session, batch_id: int, position: int, *, with_predictions: bool) -> BatchImage | None:
    query = select(BatchImage).where(BatchImage.batch_id == batch_id, BatchImage.position == position)
    return session.scalar(query.options(undefer(BatchImage.predictions)) if with_predictions else query)


def list_image_heads(session: Session, batch_id: int) -> list[BatchImage]:
    """Every image in which something was looked for, without what was found."""
    return list(session.scalars(_predicted(batch_id).order_by(BatchImage.position)))


def iter_predicted(session: Session, batch_id: int) -> Iterator[list[BatchImage]]:
    """Every image in which something was looked for, with what was found: in portions, so that memory holds one."""
    query = _predicted(batch_id).options(undefer(BatchImage.predictions)).order_by(BatchImage.position)
    position = 0
    while some := session.scalars(query.where(BatchImage.position > position).limit(_IMAGES_AT_ONCE)).all():
        yield list(some)
        position = some[-1].position
        for image in some:
            session.expunge(image)


def list_problems(session: Session, batch_id: int, *, limit: int) -> list[BatchImage]:
    query = select(BatchImage).where(*_with_error(batch_id)).order_by(BatchImage.position).limit(limit)
    return list(session.scalars(query))


def count_problems(session: Session, batch_id: int) -> int:
    return session.scalar(select(func.count()).select_from(BatchImage).where(*_with_error(batch_id))) or 0


def has_expired(session: Session, now: datetime) -> bool:
    return session.scalar(select(Batch.id).where(Batch.expires_at < now).limit(1)) is not None


def list_expired(session: Session, now: datetime, *, limit: int) -> list[Batch]:
    """Batches whose time is over, locked."""
    query = select(Batch).where(Batch.expires_at < now).order_by(Batch.id).limit(limit)
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def list_classes(session: Session, project_id: int) -> dict[str, LabelClass]:
    """A project's classes by name, in their order."""
    query = select(LabelClass).where(LabelClass.project_id == project_id)
    return {one.name: one for one in session.scalars(query.order_by(LabelClass.position, LabelClass.id))}


def _image_columns(sort: ImageSort) -> list[ColumnElement[Any]]:
    return [
        func.row_number().over(order_by=sort.order_by()).label("place"),
        *(
            getattr(Image, name).label(name)
            for name in ("name", "id", "width", "height", "media_type", "content_hash", "storage_key", "thumbnail_key")
        ),
    ]


def _copy_images(session: Session, batch: Batch, images: Select[Any], *, first: int) -> int:
    """Write what a query gives of images as rows of a batch, numbered after `first`: all within the database."""
    source = images.subquery()
    rows = select(
        literal(batch.id),
        source.c.place + first,
        source.c.name,
        source.c.id,
        source.c.width,
        source.c.height,
        source.c.media_type,
        source.c.content_hash,
        source.c.storage_key,
        source.c.thumbnail_key,
        literal(False),  # noqa: FBT003 - a value of the row
    )
    names = ["batch_id", "position", "name", "image_id", "width", "height", "media_type", "content_hash"]
    names += ["storage_key", "thumbnail_key", "is_done"]
    written = session.execute(insert(BatchImage).from_select(names, rows, include_defaults=False))
    return int(written.rowcount)  # type: ignore[attr-defined]


def _of(project_id: int, model_id: int | None) -> list[ColumnElement[bool]]:
    return [Batch.project_id == project_id, *([] if model_id is None else [Batch.model_id == model_id])]


def _predicted(batch_id: int) -> Select[BatchImage]:
    return select(BatchImage).where(BatchImage.batch_id == batch_id, BatchImage.prediction_count.is_not(None))


def _with_error(batch_id: int) -> tuple[ColumnElement[bool], ...]:
    return BatchImage.batch_id == batch_id, BatchImage.is_done.is_(True), BatchImage.error.is_not(None)

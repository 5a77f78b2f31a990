"""Every query about draft labels."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Delete, Update, delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.db.bulk import in_portions
from app.db.draft_totals import has_open, is_open
from app.db.models import DraftInstance, Image, LabelClass


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft as it is stored; the RLE is of the whole image."""

    draft_id: str
    image_id: int
    class_id: int
    class_name: str
    source: str
    score: float
    rle_counts: str


def list_open(
    session: Session, image_ids: Sequence[int], *, min_score: float | None = None
) -> dict[int, list[StoredDraft]]:
    """The open drafts of images, best score first; an image without any is missing."""
    return _by_image(session, image_ids, (is_open(), *_from(min_score)))


def list_rejected(session: Session, image_ids: Sequence[int]) -> dict[int, list[StoredDraft]]:
    """The rejected drafts of images; an image without any is missing."""
    return _by_image(session, image_ids, (DraftInstance.is_rejected.is_(True),))


def list_images_with_drafts(session: Session, project_id: int, image_ids: Sequence[int] | None) -> list[int]:
    """Those of a project's images, or of these of them, that have open drafts."""
    query = select(Image.id).where(Image.project_id == project_id, has_open())
    if image_ids is None:
        return list(session.scalars(query.order_by(Image.id)))
    found: list[int] = []
    for some in in_portions(sorted(set(image_ids))):
        found += session.scalars(query.where(Image.id.in_(some)).order_by(Image.id))
    return found


def add_drafts(session: Session, drafts: Iterable[StoredDraft], *, model_id: int | None) -> None:
    values = [
        {
            "draft_id": draft.draft_id,
            "image_id": draft.image_id,
            "class_id": draft.class_id,
            "model_id": model_id,
            "source": draft.source,
            "score": draft.score,
            "rle_counts": draft.rle_counts,
            "is_rejected": False,
        }
        for draft in drafts
    ]
    if values:
        session.execute(insert(DraftInstance), values)


def delete_open(session: Session, image_ids: Sequence[int]) -> int:
    """Delete the open drafts of images; how many there were."""
    statement = delete(DraftInstance).where(is_open())
    return sum(_count(session, statement.where(DraftInstance.image_id.in_(some))) for some in in_portions(image_ids))


def reject_open(
    session: Session, image_ids: Sequence[int], *, rejection_id: str, min_score: float | None
) -> dict[int, int]:
    """Reject the open drafts of images together; how many that were of each image."""
    statement = update(DraftInstance).where(is_open(), *_from(min_score))
    return _count_by_image(session, statement.values(is_rejected=True, rejection_id=rejection_id), image_ids)


def restore_rejected(session: Session, image_ids: Sequence[int], *, rejection_id: str) -> dict[int, int]:
    """Open the drafts of images again that were rejected together; how many that were of each image."""
    statement = update(DraftInstance).where(DraftInstance.rejection_id == rejection_id)
    return _count_by_image(session, statement.values(is_rejected=False, rejection_id=None), image_ids)


def list_images_of_rejection(session: Session, project_id: int, rejection_id: str) -> list[int]:
    """The project's images whose drafts were rejected together."""
    rejected = select(DraftInstance.image_id).where(DraftInstance.rejection_id == rejection_id)
    query = select(Image.id).where(Image.project_id == project_id, Image.id.in_(rejected))
    return list(session.scalars(query.order_by(Image.id)))


def set_rejected(session: Session, image_id: int, draft_ids: Sequence[str], *, is_rejected: bool) -> int:
    """Reject drafts of an image, or take it back; how many were changed."""
    mine = (DraftInstance.image_id == image_id, DraftInstance.is_rejected.is_(not is_rejected))
    statement = update(DraftInstance).where(*mine).values(is_rejected=is_rejected, rejection_id=None)
    return sum(_count(session, statement.where(DraftInstance.draft_id.in_(some))) for some in in_portions(draft_ids))


def count_drafts(session: Session, project_id: int) -> tuple[int, int]:
    """The open drafts of a project, and the images that have any."""
    query = select(func.coalesce(func.sum(Image.draft_count), 0), func.count(Image.id))
    drafts, images = session.execute(query.where(Image.project_id == project_id, has_open())).one()
    return int(drafts), int(images)


def draft_count(session: Session, image_id: int) -> int:
    return session.scalar(select(Image.draft_count).where(Image.id == image_id)) or 0


def _by_image(
    session: Session, image_ids: Sequence[int], conditions: Sequence[ColumnElement[bool]]
) -> dict[int, list[StoredDraft]]:
    found: dict[int, list[StoredDraft]] = defaultdict(list)
    query = (
        select(
            DraftInstance.draft_id,
            DraftInstance.image_id,
            DraftInstance.class_id,
            LabelClass.name,
            DraftInstance.source,
            DraftInstance.score,
            DraftInstance.rle_counts,
        )
        .join(LabelClass, LabelClass.id == DraftInstance.class_id)
        .where(*conditions)
        .order_by(DraftInstance.image_id, DraftInstance.score.desc(), DraftInstance.draft_id)
    )
    for some in in_portions(image_ids):
        for row in session.execute(query.where(DraftInstance.image_id.in_(some))):
            found[row.image_id].append(StoredDraft(*row))
    return found


def _from(min_score: float | None) -> tuple[ColumnElement[bool], ...]:
    return () if min_score is None else (DraftInstance.score >= min_score,)


def _count_by_image(session: Session, statement: Update, image_ids: Sequence[int]) -> dict[int, int]:
    """Carry a change of drafts out on those of images; how many rows it concerned of each."""
    counts: dict[int, int] = defaultdict(int)
    for some in in_portions(image_ids):
        changed = statement.where(DraftInstance.image_id.in_(some)).returning(DraftInstance.image_id)
        for image_id in session.scalars(changed.execution_options(synchronize_session=False)):
            counts[image_id] += 1
    return counts


def _count(session: Session, statement: Update | Delete) -> int:
    """Carry a change out; how many rows it concerned."""
    result = session.execute(statement.execution_options(synchronize_session=False))
    return int(result.rowcount)  # type: ignore[attr-defined]

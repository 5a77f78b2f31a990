"""What images know of their open drafts: how many there are, and how certain the model was of them.

Kept with every change of drafts and instances, so that a gallery can filter and sort by it without looking at drafts.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, func, literal_column, select, update
from sqlalchemy.orm import Session

from app.db.bulk import in_portions
from app.db.models import DraftInstance, Image, Instance


def is_open() -> ColumnElement[bool]:
    """The condition on a draft: not rejected, and not accepted as an instance."""
    accepted = exists().where(
        Instance.image_id == DraftInstance.image_id, Instance.instance_id == DraftInstance.draft_id
    )
    return ~DraftInstance.is_rejected & ~accepted


def has_open() -> ColumnElement[bool]:
    """The condition on an image: it has open drafts. The 0 is written out as in the index that knows only those."""
    return Image.draft_count > literal_column("0")


def draft_totals() -> dict[str, Any]:
    """The values of an UPDATE of images that brings them up to date with their drafts."""
    mine = (DraftInstance.image_id == Image.id, is_open())
    certainty = select(func.coalesce(func.avg(func.abs(2 * DraftInstance.score - 1)), 1.0)).where(*mine)
    return {
        "draft_count": select(func.count()).where(*mine).scalar_subquery(),
        "draft_certainty": certainty.scalar_subquery(),
    }


def recount_drafts(session: Session, image_ids: Sequence[int]) -> None:
    """Bring images up to date with their drafts."""
    for some in in_portions(image_ids):
        _recount(session, Image.id.in_(some))


def recount_drafts_of_project(session: Session, project_id: int) -> None:
    """The same after a change to all of a project: images without any draft have nothing to be counted."""
    with_any = exists().where(DraftInstance.image_id == Image.id)
    _recount(session, (Image.project_id == project_id) & (has_open() | with_any))


def _recount(session: Session, condition: ColumnElement[bool]) -> None:
    statement = update(Image).where(condition).values(draft_totals())
    session.execute(statement.execution_options(synchronize_session=False))

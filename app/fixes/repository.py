"""Every query about fixes."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.enums import FixAction
from app.db.models import Fix, Image, ImageRevision, User
from app.paging import PageParams


def list_decided(session: Session, model_id: int) -> frozenset[str]:
    """The keys of a model's findings that somebody has decided on."""
    return frozenset(session.scalars(select(Fix.finding).where(Fix.model_id == model_id)))


def find_fix(session: Session, model_id: int, finding: str) -> Fix | None:
    return session.scalar(select(Fix).where(Fix.model_id == model_id, Fix.finding == finding))


def list_fixes(session: Session, model_id: int, page: PageParams) -> list[tuple[Fix, str | None]]:
    """A model's fixes and whose they are, the newest first; one more than the page holds."""
    query = select(Fix, User.email).outerjoin(User, User.id == Fix.decided_by).where(Fix.model_id == model_id)
    if (after := page.after(int)) is not None:
        query = query.where(Fix.id < after[0])
    rows = session.execute(query.order_by(Fix.id.desc()).limit(page.limit + 1))
    return [(fix, email) for fix, email in rows]


def count_fixes(session: Session, model_id: int) -> dict[FixAction, int]:
    query = select(Fix.action, func.count()).where(Fix.model_id == model_id).group_by(Fix.action)
    return dict(session.execute(query).all())


def find_image(session: Session, project_id: int, image_id: int) -> Image | None:
    return session.scalar(select(Image).where(Image.project_id == project_id, Image.id == image_id))


def has_revision(session: Session, image_id: int, revision: int) -> bool:
    """Whether the history of an image has the save that led to a revision."""
    return session.get(ImageRevision, (image_id, revision)) is not None


def email_of(session: Session, user_id: int) -> str:
    return session.get_one(User, user_id).email

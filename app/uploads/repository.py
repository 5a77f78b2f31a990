"""Every query about uploads. What changes one compares first, so that of two requests one alone succeeds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, delete, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from app.db.models import Upload


def find_upload(session: Session, project_id: int, upload_id: str) -> Upload | None:
    return session.scalar(select(Upload).where(Upload.id == upload_id, Upload.project_id == project_id))


def get_upload(session: Session, upload_id: str) -> Upload:
    return session.get_one(Upload, upload_id)


def list_unfinished(
    session: Session, project_id: int, user_id: int, *, limit: int, after: Sequence[Any] | None
) -> list[Upload]:
    """Somebody's uploads without a report, oldest first."""
    query = select(Upload).where(*_unfinished(project_id, user_id)).order_by(Upload.created_at, Upload.id)
    if after is not None:
        query = query.where(tuple_(Upload.created_at, Upload.id) > tuple(after))
    return list(session.scalars(query.limit(limit)))


def count_unfinished(session: Session, project_id: int, user_id: int) -> int:
    return session.scalar(select(func.count()).select_from(Upload).where(*_unfinished(project_id, user_id))) or 0


def move_offset(
    session: Session, upload_id: str, *, from_offset: int, to_offset: int, pieces: Sequence[str], now: datetime
) -> bool:
    """Note what has arrived, unless the offset is another one by now: then False."""
    statement = update(Upload).where(Upload.id == upload_id, Upload.offset == from_offset)
    return _changed_one(session, statement.values(offset=to_offset, pieces=list(pieces), changed_at=now))


def claim(session: Session, upload_id: str, *, now: datetime, until: datetime) -> bool:
    """Keep others from taking the whole file in; False when somebody does, or did."""
    is_free = or_(Upload.claimed_until.is_(None), Upload.claimed_until < now)
    statement = update(Upload).where(Upload.id == upload_id, Upload.report.is_(None), is_free)
    return _changed_one(session, statement.values(claimed_until=until))


def release(session: Session, upload_id: str, *, until: datetime) -> None:
    """Take a claim back, if it is still this one."""
    statement = update(Upload).where(Upload.id == upload_id, Upload.claimed_until == until)
    _changed_one(session, statement.values(claimed_until=None))


def store_report(session: Session, upload_id: str, report: dict[str, Any], *, now: datetime) -> bool:
    """Note what became of a file; False when it was noted before or the upload was removed."""
    statement = update(Upload).where(Upload.id == upload_id, Upload.report.is_(None))
    return _changed_one(session, statement.values(report=report, pieces=[], changed_at=now))


def delete_changed_before(session: Session, time: datetime) -> list[tuple[int, str]]:
    """Remove uploads whose last byte came before a time; their projects and ids."""
    statement = delete(Upload).where(Upload.changed_at < time).returning(Upload.project_id, Upload.id)
    return [(project_id, upload_id) for project_id, upload_id in session.execute(statement)]


def _unfinished(project_id: int, user_id: int) -> list[ColumnElement[bool]]:
    return [Upload.project_id == project_id, Upload.user_id == user_id, Upload.report.is_(None)]


def _changed_one(session: Session, statement: Any) -> bool:
    result = session.execute(statement.execution_options(synchronize_session=False))
    return isinstance(result, CursorResult) and result.rowcount == 1

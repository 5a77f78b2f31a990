"""Every query about people, their sessions and their tokens."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.db.bulk import insert_into
from app.db.models import ApiToken, LoginSession, TokenDay, User
from app.paging import PageParams


def find_user(session: Session, user_id: int) -> User | None:
    return session.get(User, user_id)


def find_user_by_email(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(User.email == email))


def list_users(session: Session, page: PageParams, *, part: str = "") -> list[User]:
    """One row more than the page holds, by e-mail; those with this part in their name or e-mail."""
    query = select(User).where(_has_part(part)).order_by(User.email).limit(page.limit + 1)
    if after := page.after(str):
        query = query.where(User.email > after[0])
    return list(session.scalars(query))


def count_users(session: Session, *, part: str = "") -> int:
    return session.scalar(select(func.count()).select_from(User).where(_has_part(part))) or 0


def count_admins(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(User).where(User.is_admin)) or 0


def find_token_with_user(session: Session, secret_hash: str) -> tuple[ApiToken, User] | None:
    query = select(ApiToken, User).join(User, User.id == ApiToken.user_id).where(ApiToken.secret_hash == secret_hash)
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def add_token_uses(session: Session, token_id: int, *, day: date, count: int, last_at: datetime) -> None:
    """Add to a token's uses, in all and of a day; one that was revoked meanwhile needs none."""
    counted = update(ApiToken).where(ApiToken.id == token_id).returning(ApiToken.id)
    if session.scalar(counted.values(use_count=ApiToken.use_count + count, last_used_at=last_at)) is None:
        return
    statement = insert_into(session, TokenDay).values(token_id=token_id, day=day, use_count=count)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[TokenDay.token_id, TokenDay.day],
            set_={"use_count": TokenDay.use_count + statement.excluded.use_count},
        )
    )


def uses_of_day(session: Session, token_ids: Sequence[int], day: date) -> dict[int, int]:
    """Tokens' uses on a day, for those that were used."""
    query = select(TokenDay.token_id, TokenDay.use_count).where(TokenDay.token_id.in_(token_ids), TokenDay.day == day)
    return dict(session.execute(query).all())


def uses_by_day(session: Session, token_ids: Sequence[int], *, first: date) -> dict[tuple[int, date], int]:
    """Tokens' uses from a day on, by token and day, for the days on which each was used."""
    query = select(TokenDay).where(TokenDay.token_id.in_(token_ids), TokenDay.day >= first)
    return {(row.token_id, row.day): row.use_count for row in session.scalars(query)}


def owns_token(session: Session, token_id: int, *, user_id: int) -> bool:
    query = select(ApiToken.id).where(ApiToken.id == token_id, ApiToken.user_id == user_id)
    return session.scalar(query) is not None


def list_tokens(session: Session, user_id: int, page: PageParams) -> list[ApiToken]:
    """One row more than the page holds, newest first."""
    query = select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.id.desc()).limit(page.limit + 1)
    if after := page.after(int):
        query = query.where(ApiToken.id < after[0])
    return list(session.scalars(query))


def count_tokens(session: Session, user_id: int) -> int:
    return session.scalar(select(func.count()).select_from(ApiToken).where(ApiToken.user_id == user_id)) or 0


def delete_token(session: Session, token_id: int, *, user_id: int) -> bool:
    """Whether there was such a token of this person."""
    query = delete(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user_id).returning(ApiToken.id)
    return session.scalar(query) is not None


def find_login_with_user(session: Session, secret_hash: str) -> tuple[LoginSession, User] | None:
    query = (
        select(LoginSession, User)
        .join(User, User.id == LoginSession.user_id)
        .where(LoginSession.secret_hash == secret_hash)
    )
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def set_login_expiry(session: Session, login_id: int, expires_at: datetime) -> None:
    session.execute(update(LoginSession).where(LoginSession.id == login_id).values(expires_at=expires_at))


def delete_login(session: Session, secret_hash: str) -> None:
    session.execute(delete(LoginSession).where(LoginSession.secret_hash == secret_hash))


def delete_other_logins(session: Session, user_id: int, *, kept_hash: str | None) -> None:
    query = delete(LoginSession).where(LoginSession.user_id == user_id)
    if kept_hash is not None:
        query = query.where(LoginSession.secret_hash != kept_hash)
    session.execute(query)


def delete_tokens(session: Session, user_id: int) -> None:
    session.execute(delete(ApiToken).where(ApiToken.user_id == user_id))


def delete_expired_logins(session: Session, user_id: int, now: datetime) -> None:
    session.execute(delete(LoginSession).where(LoginSession.user_id == user_id, LoginSession.expires_at <= now))


def _has_part(part: str) -> ColumnElement[bool]:
    return or_(User.email.icontains(part, autoescape=True), User.name.icontains(part, autoescape=True))

"""Queries of people, their sessions and tokens."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.db.models import ApiToken, LoginSession, User


def find_user(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(User.email == email.lower()))


def list_users(session: Session, *, limit: int, after_id: int) -> list[User]:
    return list(session.scalars(select(User).where(User.id > after_id).order_by(User.id).limit(limit)))


def count_users(session: Session) -> int:
    return session.scalar(select(func.count(User.id))) or 0


def delete_login_sessions(session: Session, *, secret_hash: str | None = None, user_id: int | None = None) -> None:
    query = delete(LoginSession)
    if secret_hash is not None:
        query = query.where(LoginSession.secret_hash == secret_hash)
    if user_id is not None:
        query = query.where(LoginSession.user_id == user_id)
    session.execute(query)


def delete_expired_sessions(session: Session, *, now: datetime) -> None:
    session.execute(delete(LoginSession).where(LoginSession.expires_at <= now))


def list_tokens(session: Session, user_id: int, *, limit: int, after_id: int) -> list[ApiToken]:
    query = (
        select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.id > after_id).order_by(ApiToken.id).limit(limit)
    )
    return list(session.scalars(query))


def count_tokens(session: Session, user_id: int) -> int:
    return session.scalar(select(func.count(ApiToken.id)).where(ApiToken.user_id == user_id)) or 0


def find_token(session: Session, user_id: int, token_id: int) -> ApiToken | None:
    return session.scalar(select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.id == token_id))

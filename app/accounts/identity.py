"""Who sent a request: by the header `X-auth-token`, else by the session's cookie with its CSRF token."""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.tokens import csrf_token, hash_secret
from app.db.base import utc_now
from app.db.engine import session_scope
from app.db.enums import TokenScope
from app.db.models import ApiToken, LoginSession, User
from app.errors import Forbidden, Unauthorized

LAST_USE_RESOLUTION = timedelta(minutes=1)  # a token's last use is written at most this often


@dataclass(frozen=True, slots=True)
class Identity:
    """A signed-in person, and what the token that spoke for them may do."""

    user_id: int
    is_admin: bool
    token_scope: TokenScope = TokenScope.FULL
    token_project_id: int | None = None


def identify_token(token: str, *, scope: TokenScope) -> Identity:
    """Find who an API token belongs to, in a transaction of its own.

    Args:
        scope: What the request needs; a token that may only predict may do nothing else.
    Raises:
        Unauthorized: The token is unknown, revoked or past its end.
        Forbidden: It may not do this.
    """
    with session_scope(read_only=True) as session:
        row = session.execute(
            select(ApiToken, User.is_admin).join(User).where(ApiToken.secret_hash == hash_secret(token))
        ).one_or_none()
    now = utc_now()
    if row is None or (row.ApiToken.expires_at is not None and row.ApiToken.expires_at <= now):
        raise Unauthorized("the API token in X-Auth-token is not valid; make one on the API tokens page")
    stored = row.ApiToken
    if scope is TokenScope.FULL and stored.scope is TokenScope.PREDICT:
        raise Forbidden("this API token may only predict; use one that may do everything")
    if stored.last_used_at is None or now - stored.last_used_at > LAST_USE_RESOLUTION:
        with session_scope() as session:
            session.execute(update(ApiToken).where(ApiToken.id == stored.id).values(last_used_at=now))
    return Identity(stored.user_id, row.is_admin, stored.scope, stored.project_id)


def identify_session(session: Session, secret: str) -> Identity:
    """Find who a browser's session belongs to.

    Raises:
        Unauthorized: The session has ended.
    """
    row = session.execute(
        select(LoginSession.user_id, User.is_admin)
        .join(User)
        .where(LoginSession.secret_hash == hash_secret(secret), LoginSession.expires_at > utc_now())
    ).one_or_none()
    if row is None:
        raise Unauthorized("you are signed out; sign in again")
    return Identity(row.user_id, row.is_admin)


def check_csrf(secret: str, sent: str | None, *, signing_key: bytes) -> None:
    """Make sure that a change comes from our own page.

    Raises:
        Forbidden: The CSRF token is missing or another session's.
    """
    if sent is None or not hmac.compare_digest(sent, csrf_token(secret, signing_key=signing_key)):
        raise Forbidden("the header X-CSRF-Token is missing or old; load the page again")

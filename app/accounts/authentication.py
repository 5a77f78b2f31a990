"""Tells who stands behind a token or a browser session, in short transactions of its own before the endpoint's.

A session's CSRF token is derived from its secret, which only the cookie holds: another site can make a browser send
the cookie, but cannot read it.
"""

import hmac
from datetime import timedelta

from app.accounts import repository
from app.accounts.caller import Caller
from app.accounts.token_uses import TokenUses
from app.accounts.tokens import hash_secret
from app.db.base import utc_now
from app.db.engine import session_scope
from app.errors import Forbidden, Unauthorized
from app.settings import get_settings

LOGIN_LIFETIME = timedelta(days=30)
LOGIN_RENEWAL = timedelta(days=1)  # how often the 30 days begin anew while it is used


def authenticate_token(secret: str, uses: TokenUses) -> Caller:
    """The owner of an API token; its use is counted.

    Raises:
        Unauthorized: No such token, expired or revoked.
    """
    now = utc_now()
    with session_scope(read_only=True) as session:
        found = repository.find_token_with_user(session, hash_secret(secret))
    if found is None or (found[0].expires_at is not None and found[0].expires_at <= now):
        raise Unauthorized(
            "the token in X-Auth-token is empty, wrong, revoked or expired: make one on the API tokens page"
        )
    token, user = found
    uses.note(token.id, now)
    return Caller(
        user_id=user.id,
        is_admin=user.is_admin,
        scope=token.scope,
        token_id=token.id,
        token_project_id=token.project_id,
    )


def authenticate_login(secret: str) -> Caller:
    """The owner of a browser session.

    Raises:
        Unauthorized: Not signed in, or no longer.
    """
    now = utc_now()
    with session_scope(read_only=True) as session:
        found = repository.find_login_with_user(session, hash_secret(secret)) if secret else None
    if found is None or found[0].expires_at <= now:
        raise Unauthorized("sign in first, or send your API token in the header X-Auth-token")
    login, user = found
    if now + LOGIN_LIFETIME - login.expires_at > LOGIN_RENEWAL:
        with session_scope() as session:
            repository.set_login_expiry(session, login.id, now + LOGIN_LIFETIME)
    return Caller(user_id=user.id, is_admin=user.is_admin)


def csrf_token(secret: str) -> str:
    return hmac.new(get_settings().signing_key(), f"csrf:{secret}".encode(), "sha256").hexdigest()


def require_csrf_token(secret: str, given: str) -> None:
    """Refuse a change that a signed-in browser may have been tricked into by another site."""
    if not hmac.compare_digest(csrf_token(secret).encode(), given.encode()):
        raise Forbidden("X-CSRF-Token is missing or wrong: send csrf_token of GET /api/v1/me, or use an API token")

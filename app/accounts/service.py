"""Accounts: making people, signing in and out, API tokens."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.accounts import repository
from app.accounts.passwords import hash_password, verify_password
from app.accounts.tokens import hash_secret, make_session_secret, make_token
from app.db.base import utc_now
from app.db.enums import TokenScope
from app.db.models import ApiToken, LoginSession, User
from app.errors import Conflict, Forbidden, NotFound, Unauthorized, Unprocessable

SESSION_LENGTH = timedelta(days=30)


def create_user(session: Session, *, email: str, password: str, name: str = "", is_admin: bool = False) -> User:
    """Make an account.

    Raises:
        Conflict: There is one with this address.
        Unprocessable: The password is too short or too long.
    """
    if repository.find_user(session, email) is not None:
        raise Conflict(f"there is an account for {email} already")
    user = User(email=email.lower(), password_hash=hash_password(password), name=name, is_admin=is_admin)
    session.add(user)
    session.flush()
    return user


def sign_in(session: Session, *, email: str, password: str) -> tuple[User, str]:
    """Begin a browser session; gives the person and the secret of the cookie.

    Raises:
        Unauthorized: The address or the password is wrong; which, is not said.
    """
    user = repository.find_user(session, email)
    if not verify_password(password, user.password_hash if user else None) or user is None:
        raise Unauthorized("the e-mail address or the password is wrong")
    now = utc_now()
    repository.delete_expired_sessions(session, now=now)
    secret = make_session_secret()
    session.add(LoginSession(user_id=user.id, secret_hash=hash_secret(secret), expires_at=now + SESSION_LENGTH))
    return user, secret


def sign_out(session: Session, secret: str) -> None:
    repository.delete_login_sessions(session, secret_hash=hash_secret(secret))


def get_user(session: Session, user_id: int) -> User:
    return session.get_one(User, user_id)


def change_user(
    session: Session, user_id: int, *, name: str | None, password: str | None, current_password: str | None
) -> User:
    """Change one's own name or password; a new password ends every browser session.

    Raises:
        Forbidden: The current password, needed for a new one, is missing or wrong.
    """
    user = get_user(session, user_id)
    if name is not None:
        user.name = name
    if password is not None:
        if not verify_password(current_password or "", user.password_hash):
            raise Forbidden("the current password is missing or wrong")
        user.password_hash = hash_password(password)
        repository.delete_login_sessions(session, user_id=user_id)
    return user


def create_token(
    session: Session,
    user_id: int,
    *,
    name: str,
    scope: TokenScope = TokenScope.FULL,
    project_id: int | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Make an API token; gives its row and the token itself, which is not stored.

    Raises:
        Unprocessable: Its end has no time zone, or has passed.
    """
    if expires_at is not None:
        if expires_at.tzinfo is None:
            raise Unprocessable("expires_at needs a time zone, for example 2027-01-31T12:00:00Z")
        if expires_at <= utc_now():
            raise Unprocessable(f"expires_at {expires_at.isoformat()} has passed already")
    token = make_token()
    row = ApiToken(
        user_id=user_id,
        name=name,
        secret_hash=hash_secret(token),
        last_four=token[-4:],
        scope=scope,
        project_id=project_id,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return row, token


def revoke_token(session: Session, user_id: int, token_id: int) -> None:
    """Make a token worthless at once.

    Raises:
        NotFound: The person has no such token.
    """
    token = repository.find_token(session, user_id, token_id)
    if token is None:
        raise NotFound(f"you have no API token {token_id}")
    session.delete(token)

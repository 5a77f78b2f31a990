"""Rules of accounts, browser sessions and API tokens."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import JsonValue, TypeAdapter, ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import repository
from app.accounts.authentication import LOGIN_LIFETIME
from app.accounts.caller import Caller
from app.accounts.passwords import hash_password, is_password
from app.accounts.schemas import (
    Email,
    ListedTokenSchema,
    TokenDaySchema,
    TokenSchema,
    TokenUsesSchema,
    UsesOfTokenSchema,
)
from app.accounts.sign_in_limit import SignInLimit
from app.accounts.tokens import hash_secret, new_session_secret, new_token
from app.db.base import utc_now
from app.db.engine import session_scope
from app.db.enums import PasswordOrigin, Role, TokenScope
from app.db.models import ApiToken, LoginSession, User
from app.errors import Conflict, Forbidden, NotFound, Unauthorized, Unprocessable
from app.paging import PageParams, cut_page
from app.projects.access import require_project_role

_EMAIL: TypeAdapter[str] = TypeAdapter(Email)
MAX_PREFERENCES_BYTES = 16 * 1024  # they travel with every look at who is signed in


def verify_sign_in(limit: SignInLimit, *, email: str, password: str, address: str) -> User:
    """Give the person whose password this is; no connection to the database is held while it is hashed.

    Raises:
        Unauthorized: No such account, or another password; in the same words and time.
        TooManyRequests: Too many wrong ones before.
    """
    limit.check(address, email)
    with session_scope(read_only=True) as session:
        user = repository.find_user_by_email(session, email)
    if not is_password(password, user.password_hash if user else None) or user is None:
        limit.failed(address, email)
        raise Unauthorized(f"no account with the e-mail {email} and this password")
    limit.succeeded(address, email)
    return user


def open_login(session: Session, user: User) -> str:
    """Begin a browser session; its secret goes into the cookie and nowhere else."""
    now = utc_now()
    repository.delete_expired_logins(session, user.id, now)
    secret = new_session_secret()
    session.add(LoginSession(user_id=user.id, secret_hash=hash_secret(secret), expires_at=now + LOGIN_LIFETIME))
    return secret


def close_login(session: Session, secret: str) -> None:
    repository.delete_login(session, hash_secret(secret))


def checked_email(text: str) -> str:
    """An e-mail as accounts are stored under it: lower case, without spaces around.

    Raises:
        Unprocessable: It does not look like one.
    """
    try:
        return _EMAIL.validate_python(text)
    except ValidationError as error:
        raise Unprocessable(f"{text!r} is not an e-mail address") from error


def get_user(session: Session, user_id: int) -> User:
    user = repository.find_user(session, user_id)
    if user is None:
        raise NotFound(f"there is no person {user_id}")
    return user


def list_users(session: Session, page: PageParams, *, part: str = "") -> tuple[list[User], str | None, int]:
    users, cursor = cut_page(repository.list_users(session, page, part=part), page, key=lambda user: (user.email,))
    return users, cursor, repository.count_users(session, part=part)


def create_user(
    session: Session,
    *,
    email: str,
    password_hash: str,
    name: str = "",
    is_admin: bool = False,
    password_origin: PasswordOrigin = PasswordOrigin.OWN,
) -> User:
    """Make an account. The password comes hashed: hashing is slow, and the session that writes is open here.

    Raises:
        Conflict: There is one with this e-mail.
    """
    user = User(email=email, password_hash=password_hash, password_origin=password_origin, name=name, is_admin=is_admin)
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:  # the database alone knows, when two are made at once
        raise Conflict(f"there is an account with {email} already") from error
    return user


def change_user(
    session: Session,
    caller: Caller,
    user_id: int,
    *,
    name: str | None,
    password_hash: str | None,
    is_admin: bool | None,
) -> User:
    """Change somebody's account. A new password ends their browser sessions, and opens an account that was closed.

    Raises:
        NotFound: Nobody has this id.
        Conflict: The caller would take the administration from themselves.
        Forbidden: The caller's own password, by this way that asks for no present one.
    """
    user = get_user(session, user_id)
    if name is not None:
        user.name = name
    if password_hash is not None:
        if user_id == caller.user_id:
            raise Forbidden("change your own password with PATCH /api/v1/me, which asks for the present one")
        user.password_hash, user.password_origin = password_hash, PasswordOrigin.GIVEN
        repository.delete_other_logins(session, user_id, kept_hash=None)
    if is_admin is not None:
        if user_id == caller.user_id and not is_admin:
            raise Conflict("you cannot end your own administration: another administrator can")
        user.is_admin = is_admin
    return user


def close_user(session: Session, caller: Caller, user_id: int) -> User:
    """Let somebody in no more: no password, no browser session and no token opens the account.

    What they made keeps their name, and their memberships stay for when a new password opens the account again.

    Raises:
        NotFound: Nobody has this id.
        Conflict: It is the caller's own, who might be the last administrator.
    """
    user = get_user(session, user_id)
    if user_id == caller.user_id:
        raise Conflict("you cannot close your own account: another administrator can")
    user.password_hash = ""
    repository.delete_other_logins(session, user_id, kept_hash=None)
    repository.delete_tokens(session, user_id)
    return user


def is_administrator(session: Session, *, email: str, password: str) -> bool:
    """Whether an administrator signs in with this."""
    user = repository.find_user_by_email(session, email)
    return user is not None and user.is_admin and is_password(password, user.password_hash)


def chose_own_password(session: Session, *, email: str) -> bool:
    """Whether there is an account whose password its person chose."""
    user = repository.find_user_by_email(session, email)
    return user is not None and not user.is_closed and user.password_origin is PasswordOrigin.OWN


def make_administrator(
    session: Session,
    *,
    email: str,
    password_hash: str,
    replace: bool,
    password_origin: PasswordOrigin = PasswordOrigin.OWN,
) -> User:
    """Make an administrator's account, or with `replace` make one out of an account that exists.

    Raises:
        Conflict: There is an account with this e-mail, and `replace` was not asked for.
    """
    user = repository.find_user_by_email(session, email)
    if user is None:
        return create_user(
            session, email=email, password_hash=password_hash, is_admin=True, password_origin=password_origin
        )
    if not replace:
        raise Conflict(f"there is an account with {email} already: --replace gives it this password")
    user.is_admin = True
    user.password_hash, user.password_origin = password_hash, password_origin
    repository.delete_other_logins(session, user.id, kept_hash=None)
    return user


def changed_password_hash(caller: Caller, *, current: str | None, new: str) -> str:
    """Hash a new password once the present one was given rightly; no connection to the database is held meanwhile.

    Raises:
        Forbidden: By token, or with a wrong present password.
        Unprocessable: The new one is too short, or is the one that somebody else chose.
    """
    if caller.token_id is not None:
        raise Forbidden("a token cannot change the password of its owner: sign in")
    with session_scope(read_only=True) as session:
        user = get_user(session, caller.user_id)
    if not is_password(current or "", user.password_hash):
        raise Forbidden("current_password is missing or wrong")
    if new == current and user.password_origin is not PasswordOrigin.OWN:
        raise Unprocessable("this is the password that you were given; choose another")
    return hash_password(new)


def change_me(
    session: Session, caller: Caller, *, name: str | None, password_hash: str | None, login_secret: str | None
) -> User:
    """Change name or password; a new password ends the person's other browser sessions."""
    user = get_user(session, caller.user_id)
    if name is not None:
        user.name = name
    if password_hash is not None:
        user.password_hash, user.password_origin = password_hash, PasswordOrigin.OWN
        kept = hash_secret(login_secret) if login_secret else None
        repository.delete_other_logins(session, user.id, kept_hash=kept)
    return user


def change_preferences(user: User, changes: Mapping[str, JsonValue]) -> None:
    """Lay what a browser wants kept over what is kept already; None takes a preference away.

    Raises:
        Unprocessable: They would be too many to keep, or hold what JSON cannot.
    """
    laid_over = {**user.preferences, **changes}
    kept = {name: value for name, value in laid_over.items() if value is not None}
    try:
        size = len(json.dumps(kept, allow_nan=False, ensure_ascii=False).encode())
    except ValueError as error:  # a NaN, or half of a character: no later answer could hold it
        raise Unprocessable(f"preferences: {error}; send valid JSON") from error
    if size > MAX_PREFERENCES_BYTES:
        raise Unprocessable(f"preferences: {size} bytes are more than the {MAX_PREFERENCES_BYTES} kept; drop some")
    user.preferences = kept


def list_tokens(session: Session, caller: Caller, page: PageParams) -> tuple[list[ListedTokenSchema], str | None, int]:
    rows = repository.list_tokens(session, caller.user_id, page)
    tokens, cursor = cut_page(rows, page, key=lambda token: (token.id,))
    today = repository.uses_of_day(session, [token.id for token in tokens], utc_now().date())
    items = [
        ListedTokenSchema(**TokenSchema.model_validate(token).model_dump(), uses_today=today.get(token.id, 0))
        for token in tokens
    ]
    return items, cursor, repository.count_tokens(session, caller.user_id)


def token_uses(session: Session, caller: Caller, token_id: int, *, days: int) -> TokenUsesSchema:
    """How often a token was used on each of the last days, today included.

    Raises:
        NotFound: The caller has no such token.
    """
    if not repository.owns_token(session, token_id, user_id=caller.user_id):
        raise NotFound(f"you have no token {token_id}")
    return _uses_of_tokens(session, [token_id], days)[token_id]


def list_token_uses(
    session: Session, caller: Caller, page: PageParams, *, days: int
) -> tuple[list[UsesOfTokenSchema], str | None, int]:
    """The same of each token of a page of the caller's, in the order of list_tokens."""
    rows = repository.list_tokens(session, caller.user_id, page)
    tokens, cursor = cut_page(rows, page, key=lambda token: (token.id,))
    uses = _uses_of_tokens(session, [token.id for token in tokens], days)
    items = [UsesOfTokenSchema(token_id=token_id, items=of.items, total=of.total) for token_id, of in uses.items()]
    return items, cursor, repository.count_tokens(session, caller.user_id)


def _uses_of_tokens(session: Session, token_ids: Sequence[int], days: int) -> dict[int, TokenUsesSchema]:
    first = utc_now().date() - timedelta(days=days - 1)
    period = [first + timedelta(days=number) for number in range(days)]
    counted = repository.uses_by_day(session, token_ids, first=first)
    uses: dict[int, TokenUsesSchema] = {}
    for token_id in token_ids:
        items = [TokenDaySchema(day=day, uses=counted.get((token_id, day), 0)) for day in period]
        uses[token_id] = TokenUsesSchema(items=items, total=sum(item.uses for item in items))
    return uses


def token_uses_csv(uses: TokenUsesSchema) -> str:
    """The days as a table that spreadsheets open."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["day", "uses"])
    table.writerows((item.day, item.uses) for item in uses.items)
    return text.getvalue()


def create_token(
    session: Session,
    caller: Caller,
    *,
    name: str,
    scope: TokenScope = TokenScope.FULL,
    project_id: int | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Make a token of the caller's; the second value is the token itself, which is stored nowhere.

    Raises:
        NotFound: No project with this id that the caller may see.
        Unprocessable: It would have expired already.
    """
    if project_id is not None:
        require_project_role(session, caller, project_id, Role.LABELER)
    if expires_at is not None and expires_at <= utc_now():
        raise Unprocessable(f"expires_at: {expires_at.isoformat()} is past")
    secret = new_token()
    token = ApiToken(
        user_id=caller.user_id,
        name=name,
        secret_hash=hash_secret(secret),
        last_four=secret[-4:],
        scope=scope,
        project_id=project_id,
        expires_at=expires_at,
    )
    session.add(token)
    session.flush()
    return token, secret


def create_token_for(
    session: Session,
    *,
    email: str,
    name: str,
    scope: TokenScope = TokenScope.FULL,
    project_id: int | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Make a token for somebody, as whoever runs the machine may; see create_token.

    Raises:
        NotFound: Nobody has an account with this e-mail.
    """
    user = repository.find_user_by_email(session, email)
    if user is None:
        raise NotFound(f"nobody has an account with {email}: make one first (maskwright admin create)")
    owner = Caller(user_id=user.id, is_admin=user.is_admin)
    return create_token(session, owner, name=name, scope=scope, project_id=project_id, expires_at=expires_at)[1]


def revoke_token(session: Session, caller: Caller, token_id: int) -> None:
    """Make a token useless at once.

    Raises:
        NotFound: The caller has no such token.
    """
    if not repository.delete_token(session, token_id, user_id=caller.user_id):
        raise NotFound(f"you have no token {token_id}")

"""Signing in, the signed-in person, API tokens, and the accounts of this Maskwright."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from app.accounts import authentication, service
from app.accounts.passwords import hash_password
from app.accounts.schemas import (
    ListedTokenSchema,
    MeChanges,
    MeSchema,
    NewTokenSchema,
    SignInBody,
    TokenBody,
    TokenSchema,
    TokenUsesSchema,
    UserBody,
    UserChanges,
    UserSchema,
    UsesFormat,
    UsesOfTokenSchema,
)
from app.accounts.sign_in_limit import SignInLimit
from app.application import new_router
from app.db.enums import PasswordOrigin
from app.db.models import ApiToken, User
from app.deps import AccountUser, CurrentUser, InstanceAdmin, ReadSessionDep, SessionDep
from app.downloads import attachment, file_name
from app.http import SESSION_COOKIE, PageQuery, PathId, errors
from app.paging import Page

MAX_USES_DAYS = 366
UsesDays = Annotated[int, Query(ge=1, le=MAX_USES_DAYS)]

router = new_router("/api/v1", tags=["accounts"])


@router.post("/session", responses=errors(429))
def sign_in(body: SignInBody, request: Request, response: Response, session: SessionDep) -> MeSchema:
    """Sign a browser in: sets the session cookie and gives the token that changes need in `X-CSRF-Token`."""
    limit: SignInLimit = request.app.state.sign_in_limit
    address = request.client.host if request.client else ""
    # Before the session that writes has begun.
    user = service.verify_sign_in(limit, email=body.email, password=body.password, address=address)
    secret = service.open_login(session, user)
    _set_cookie(request, response, secret)
    return _me(user, secret)


@router.delete("/session", status_code=204)
def sign_out(request: Request, response: Response, session: SessionDep, _caller: CurrentUser) -> None:
    service.close_login(session, request.cookies.get(SESSION_COOKIE, ""))
    response.delete_cookie(SESSION_COOKIE, path="/")


@router.get("/me")
def get_me(request: Request, response: Response, session: ReadSessionDep, caller: CurrentUser) -> MeSchema:
    secret = None if caller.token_id else request.cookies[SESSION_COOKIE]
    if secret is not None:
        _set_cookie(request, response, secret)  # so that its 30 days begin anew
    return _me(service.get_user(session, caller.user_id), secret)


@router.patch("/me")
def change_me(body: MeChanges, request: Request, session: SessionDep, caller: AccountUser) -> MeSchema:
    """Change the name, the password or preferences; a new password ends all other browser sessions."""
    secret = None if caller.token_id else request.cookies[SESSION_COOKIE]
    password_hash = None
    if body.password is not None:
        password_hash = service.changed_password_hash(caller, current=body.current_password, new=body.password)
    user = service.change_me(session, caller, name=body.name, password_hash=password_hash, login_secret=secret)
    if body.preferences is not None:
        service.change_preferences(user, body.preferences)
    return _me(user, secret)


def _write_token_uses(request: Request, _caller: AccountUser) -> None:
    """Also the use that the listing itself is."""
    request.app.state.token_uses.write()


@router.get("/tokens", dependencies=[Depends(_write_token_uses)])
def list_tokens(page: PageQuery, session: ReadSessionDep, caller: AccountUser) -> Page[ListedTokenSchema]:
    """The caller's tokens, newest first, with how often and when last each was used."""
    items, next_cursor, total = service.list_tokens(session, caller, page)
    return Page(items=items, next_cursor=next_cursor, total=total)


@router.get("/tokens/uses", dependencies=[Depends(_write_token_uses)])
def list_uses_of_tokens(
    page: PageQuery, session: ReadSessionDep, caller: AccountUser, days: UsesDays = 30
) -> Page[UsesOfTokenSchema]:
    """How often each of the caller's tokens was used on each of the last days (UTC), in the order of the tokens."""
    items, next_cursor, total = service.list_token_uses(session, caller, page, days=days)
    return Page(items=items, next_cursor=next_cursor, total=total)


@router.get(
    "/tokens/{token_id}/uses",
    dependencies=[Depends(_write_token_uses)],
    response_model=TokenUsesSchema,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def list_token_uses(
    token_id: PathId,
    session: ReadSessionDep,
    caller: AccountUser,
    days: UsesDays = 30,
    format: UsesFormat = UsesFormat.JSON,
) -> TokenUsesSchema | Response:
    """How often one of the caller's tokens was used on each of the last days (UTC), today included."""
    uses = service.token_uses(session, caller, token_id, days=days)
    match format:
        case UsesFormat.JSON:
            return uses
        case UsesFormat.CSV:
            return Response(
                service.token_uses_csv(uses),
                media_type="text/csv; charset=utf-8",
                headers=attachment(file_name("token", str(token_id), "uses", suffix=".csv")),
            )


@router.post("/tokens", status_code=201)
def create_token(body: TokenBody, session: SessionDep, caller: AccountUser) -> NewTokenSchema:
    """Make an API token; `token` is shown this once."""
    token, secret = service.create_token(
        session,
        caller,
        name=body.name,
        scope=body.scope,
        project_id=body.project_id,
        expires_at=body.expires_at,
    )
    return _new_token(token, secret)


@router.delete("/tokens/{token_id}", status_code=204)
def revoke_token(token_id: PathId, session: SessionDep, caller: AccountUser) -> None:
    service.revoke_token(session, caller, token_id)


@router.get("/users")
def list_users(
    page: PageQuery,
    session: ReadSessionDep,
    _admin: InstanceAdmin,
    q: Annotated[str, Query(max_length=100, description="Part of the name or e-mail, in any case")] = "",
) -> Page[UserSchema]:
    users, next_cursor, total = service.list_users(session, page, part=q)
    items = [UserSchema.model_validate(user) for user in users]
    return Page(items=items, next_cursor=next_cursor, total=total)


@router.post("/users", status_code=201, responses=errors(409))
def create_user(body: UserBody, session: SessionDep, _admin: InstanceAdmin) -> UserSchema:
    """Make an account, so that its person can be added to projects; at their first sign-in they choose a password."""
    password_hash = hash_password(body.password)
    user = service.create_user(
        session,
        email=body.email,
        password_hash=password_hash,
        name=body.name,
        is_admin=body.is_admin,
        password_origin=PasswordOrigin.GIVEN,
    )
    return UserSchema.model_validate(user)


@router.patch("/users/{user_id}", responses=errors(404, 409))
def change_user(user_id: PathId, body: UserChanges, session: SessionDep, admin: InstanceAdmin) -> UserSchema:
    """Change name, password or administration of an account; a password also opens one that was closed."""
    password_hash = None if body.password is None else hash_password(body.password)
    user = service.change_user(
        session, admin, user_id, name=body.name, password_hash=password_hash, is_admin=body.is_admin
    )
    return UserSchema.model_validate(user)


@router.post("/users/{user_id}/close", responses=errors(404, 409))
def close_user(user_id: PathId, session: SessionDep, admin: InstanceAdmin) -> UserSchema:
    """Sign somebody out everywhere, revoke their tokens and let them in no more; a new password opens it again."""
    return UserSchema.model_validate(service.close_user(session, admin, user_id))


def _me(user: User, secret: str | None) -> MeSchema:
    csrf_token = authentication.csrf_token(secret) if secret else None
    return MeSchema(
        **UserSchema.model_validate(user).model_dump(),
        password_origin=user.password_origin,
        preferences=user.preferences,
        csrf_token=csrf_token,
    )


def _new_token(token: ApiToken, secret: str) -> NewTokenSchema:
    return NewTokenSchema(**TokenSchema.model_validate(token).model_dump(), token=secret)


def _set_cookie(request: Request, response: Response, secret: str) -> None:
    response.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=int(authentication.LOGIN_LIFETIME.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )

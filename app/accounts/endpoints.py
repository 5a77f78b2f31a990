"""Sign-in, one's own account, API tokens, and for administrators the accounts of others."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response, status

from app.accounts import repository, service
from app.accounts.schemas import Credentials, MadeToken, Me, MeChange, NewToken, NewUser, TokenItem, UserItem
from app.accounts.sign_in_limit import SignInLimit
from app.accounts.tokens import csrf_token
from app.db.models import ApiToken, User
from app.deps import SESSION_COOKIE, CurrentUser, InstanceAdmin, ReadSessionDep, SessionDep, SettingsDep, token_project
from app.errors import Conflict, Forbidden, NotFound, TooManyRequests, Unauthorized, Unprocessable
from app.http import Page, PageQuery, encode_cursor, errors

router = APIRouter(prefix="/api/v1", tags=["accounts"])


def _limit(request: Request) -> SignInLimit:
    limit: SignInLimit = request.app.state.sign_in_limit
    return limit


@router.post("/session", responses=errors(Unauthorized, TooManyRequests))
def sign_in(
    request: Request,
    response: Response,
    credentials: Credentials,
    session: SessionDep,
    settings: SettingsDep,
    limit: Annotated[SignInLimit, Depends(_limit)],
) -> Me:
    """Begin a browser session; the answer sets its cookie."""
    address = request.client.host if request.client else ""
    limit.check(address, credentials.email)
    try:
        user, secret = service.sign_in(session, email=credentials.email, password=credentials.password)
    except Unauthorized:
        limit.failed(address, credentials.email)
        raise
    limit.succeeded(address, credentials.email)
    response.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=int(service.SESSION_LENGTH.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return _me(user, csrf_token(secret, signing_key=settings.signing_key()))


@router.delete("/session", status_code=status.HTTP_204_NO_CONTENT)
def sign_out(request: Request, response: Response, session: SessionDep) -> None:
    """End this browser's session; harmless where there is none."""
    service.sign_out(session, request.cookies.get(SESSION_COOKIE, ""))
    response.delete_cookie(SESSION_COOKIE)


@router.get("/me", responses=errors(Unauthorized))
def read_me(request: Request, user: CurrentUser, session: ReadSessionDep, settings: SettingsDep) -> Me:
    """Who is signed in."""
    return _me(service.get_user(session, user.user_id), _csrf(request, settings.signing_key()))


@router.patch("/me", responses=errors(Unauthorized, Forbidden, Unprocessable))
def change_me(request: Request, user: CurrentUser, change: MeChange, session: SessionDep, settings: SettingsDep) -> Me:
    """Change one's own name or password."""
    changed = service.change_user(session, user.user_id, **change.model_dump())
    return _me(changed, _csrf(request, settings.signing_key()))


@router.get("/users", responses=errors(Unauthorized, Forbidden))
def list_users(_: InstanceAdmin, page: PageQuery, session: ReadSessionDep) -> Page[UserItem]:
    """Everybody with an account, for administrators of this server."""
    users = repository.list_users(session, limit=page.limit, after_id=page.after_id)
    return Page(
        items=[UserItem.model_validate(user, from_attributes=True) for user in users],
        next_cursor=encode_cursor(users[-1].id) if len(users) == page.limit else None,
        total=repository.count_users(session),
    )


@router.post(
    "/users", status_code=status.HTTP_201_CREATED, responses=errors(Unauthorized, Forbidden, Conflict, Unprocessable)
)
def create_user(_: InstanceAdmin, new: NewUser, session: SessionDep) -> UserItem:
    """Make an account for somebody."""
    return UserItem.model_validate(service.create_user(session, **new.model_dump()), from_attributes=True)


@router.get("/tokens", responses=errors(Unauthorized))
def list_tokens(user: CurrentUser, page: PageQuery, session: ReadSessionDep) -> Page[TokenItem]:
    """One's own API tokens, without their secrets."""
    tokens = repository.list_tokens(session, user.user_id, limit=page.limit, after_id=page.after_id)
    return Page(
        items=[TokenItem.model_validate(token, from_attributes=True) for token in tokens],
        next_cursor=encode_cursor(tokens[-1].id) if len(tokens) == page.limit else None,
        total=repository.count_tokens(session, user.user_id),
    )


@router.post("/tokens", status_code=status.HTTP_201_CREATED, responses=errors(Unauthorized, NotFound, Unprocessable))
def create_token(
    user: CurrentUser, new: NewToken, session: SessionDep, _: Annotated[None, Depends(token_project)]
) -> MadeToken:
    """Make an API token: this answer is the only one that shows it."""
    row, token = service.create_token(session, user.user_id, **new.model_dump())
    return MadeToken(**_columns(row), token=token)


@router.delete("/tokens/{token_id}", status_code=status.HTTP_204_NO_CONTENT, responses=errors(Unauthorized, NotFound))
def revoke_token(token_id: int, user: CurrentUser, session: SessionDep) -> None:
    """Revoke one of one's own API tokens, at once."""
    service.revoke_token(session, user.user_id, token_id)


def _me(user: User, token: str | None) -> Me:
    return Me(id=user.id, email=user.email, name=user.name, is_admin=user.is_admin, csrf_token=token)


def _csrf(request: Request, signing_key: bytes) -> str | None:
    secret = request.cookies.get(SESSION_COOKIE)
    return None if secret is None else csrf_token(secret, signing_key=signing_key)


def _columns(row: ApiToken) -> dict[str, Any]:
    return TokenItem.model_validate(row, from_attributes=True).model_dump()

"""What endpoints depend on: a session of the database, and who may do this.

Who may do it is looked up in a short session of its own, which is over before the endpoint's begins: see
docs/decisions/0004-sqlite-writers-take-turns.md.
"""

from collections.abc import Callable, Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from app.accounts.identity import Identity, check_csrf, identify_session, identify_token
from app.accounts.schemas import NewToken
from app.db.engine import session_scope
from app.db.enums import Role, TokenScope
from app.errors import Forbidden, Unauthorized
from app.projects.access import Access, image_access, model_access, project_access
from app.settings import Settings, get_settings

TOKEN_HEADER = "X-Auth-token"
CSRF_HEADER = "X-CSRF-Token"
SESSION_COOKIE = "maskwright_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def get_session() -> Iterator[Session]:
    with session_scope() as session:
        yield session


def get_read_session() -> Iterator[Session]:
    with session_scope(read_only=True) as session:
        yield session


# scope="function": committed before the answer is sent, so who has the 200 can read what was written.
SessionDep = Annotated[Session, Depends(get_session, scope="function")]
ReadSessionDep = Annotated[Session, Depends(get_read_session, scope="function")]
SettingsDep = Annotated[Settings, Depends(get_settings)]


def current_user(request: Request) -> Identity:
    """Who sent the request.

    Raises:
        Unauthorized: Nobody who is known.
        Forbidden: A change without the session's CSRF token, or with a token that may only predict.
    """
    return _identify(request, scope=TokenScope.FULL)


def predicting_user(request: Request) -> Identity:
    """Who sent the request, be it with a token that may only predict."""
    return _identify(request, scope=TokenScope.PREDICT)


CurrentUser = Annotated[Identity, Depends(current_user)]
PredictingUser = Annotated[Identity, Depends(predicting_user)]


def instance_admin(user: CurrentUser) -> Identity:
    if not user.is_admin:
        raise Forbidden("only an administrator of this server may do this")
    return user


InstanceAdmin = Annotated[Identity, Depends(instance_admin)]


def _project(minimum: Role) -> Callable[[int, Identity], Access]:
    def access(project_id: int, user: CurrentUser) -> Access:
        with session_scope(read_only=True) as session:
            return project_access(session, user, project_id, minimum=minimum)

    return access


def _image(minimum: Role) -> Callable[[int, Identity], Access]:
    def access(image_id: int, user: CurrentUser) -> Access:
        with session_scope(read_only=True) as session:
            return image_access(session, user, image_id, minimum=minimum)

    return access


def _model(minimum: Role) -> Callable[[int, Identity], Access]:
    def access(model_id: int, user: CurrentUser) -> Access:
        with session_scope(read_only=True) as session:
            return model_access(session, user, model_id, minimum=minimum)

    return access


# For paths with {project_id}, {image_id} and {model_id}: the least role that may.
ProjectLabeler = Annotated[Access, Depends(_project(Role.LABELER))]
ProjectDeveloper = Annotated[Access, Depends(_project(Role.DEVELOPER))]
ProjectAdmin = Annotated[Access, Depends(_project(Role.ADMIN))]
ProjectOwner = Annotated[Access, Depends(_project(Role.OWNER))]
ImageLabeler = Annotated[Access, Depends(_image(Role.LABELER))]
ModelReader = Annotated[Access, Depends(_model(Role.LABELER))]
ModelDeveloper = Annotated[Access, Depends(_model(Role.DEVELOPER))]


def token_project(new: NewToken, user: CurrentUser) -> None:
    """A token for one project is only for a project that its maker may see."""
    if new.project_id is not None:
        with session_scope(read_only=True) as session:
            project_access(session, user, new.project_id, minimum=Role.LABELER)


def _identify(request: Request, *, scope: TokenScope) -> Identity:
    token = request.headers.get(TOKEN_HEADER)
    if token is not None:
        return identify_token(token, scope=scope)
    secret = request.cookies.get(SESSION_COOKIE)
    if secret is None:
        raise Unauthorized(f"sign in first, or send an API token in the header {TOKEN_HEADER}")
    if request.method not in SAFE_METHODS:
        check_csrf(secret, request.headers.get(CSRF_HEADER), signing_key=get_settings().signing_key())
    with session_scope(read_only=True) as session:
        return identify_session(session, secret)

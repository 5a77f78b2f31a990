"""What endpoints ask for: a session, the caller, and the right to a project.

Who may do what is looked up in a short read-only session of its own, so that an endpoint's own session begins with its
service's first query (docs/decisions/0004).
"""

from collections.abc import Callable, Iterator
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader
from sqlalchemy.orm import Session

from app.accounts import authentication
from app.accounts.caller import Caller
from app.db.engine import session_scope
from app.db.enums import Role, TokenScope
from app.errors import Forbidden
from app.http import CSRF_HEADER, SESSION_COOKIE, TOKEN_HEADER, PathId
from app.projects import access
from app.projects.access import Access

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def get_session() -> Iterator[Session]:
    with session_scope() as session:
        yield session


def get_read_session() -> Iterator[Session]:
    with session_scope(read_only=True) as session:
        yield session


# Committed before the response is sent: with FastAPI's default scope a client may hear 200 of a commit that fails.
SessionDep = Annotated[Session, Depends(get_session, scope="function")]
ReadSessionDep = Annotated[Session, Depends(get_read_session, scope="function")]


_token_header = APIKeyHeader(name=TOKEN_HEADER, auto_error=False)  # for the page at /api/docs


def get_caller(request: Request, _documented: Annotated[str | None, Security(_token_header)]) -> Caller:
    """The person behind the request; the header wins over the cookie."""
    if TOKEN_HEADER in request.headers:
        caller = authentication.authenticate_token(request.headers[TOKEN_HEADER], request.app.state.token_uses)
        if caller.scope is TokenScope.PREDICT and not request.url.path.startswith("/api/predict/"):
            raise Forbidden("this token may only predict (/api/predict/…): use one with full scope, or sign in")
        return caller
    secret = request.cookies.get(SESSION_COOKIE, "")
    caller = authentication.authenticate_login(secret)
    if request.method not in _SAFE_METHODS:
        authentication.require_csrf_token(secret, request.headers.get(CSRF_HEADER, ""))
    return caller


CurrentUser = Annotated[Caller, Depends(get_caller)]


def get_whole_account(caller: CurrentUser) -> Caller:
    caller.require_whole_account()
    return caller


def get_instance_admin(caller: CurrentUser) -> Caller:
    caller.require_whole_account()
    if not caller.is_admin:
        raise Forbidden("this needs an administrator of this Maskwright (maskwright admin create)")
    return caller


AccountUser = Annotated[Caller, Depends(get_whole_account)]  # not a token that was made for one project
InstanceAdmin = Annotated[Caller, Depends(get_instance_admin)]


def _project_access(role: Role) -> Callable[..., Access]:
    def dependency(project_id: PathId, caller: CurrentUser) -> Access:
        with session_scope(read_only=True) as session:
            return access.require_project_role(session, caller, project_id, role)

    return dependency


def _image_access(role: Role) -> Callable[..., Access]:
    def dependency(image_id: PathId, caller: CurrentUser) -> Access:
        with session_scope(read_only=True) as session:
            return access.require_image_role(session, caller, image_id, role)

    return dependency


def _model_access(role: Role) -> Callable[..., Access]:
    def dependency(model_id: PathId, caller: CurrentUser) -> Access:
        with session_scope(read_only=True) as session:
            return access.require_model_role(session, caller, model_id, role)

    return dependency


def _batch_access(role: Role) -> Callable[..., Access]:
    def dependency(batch_id: PathId, caller: CurrentUser) -> Access:
        with session_scope(read_only=True) as session:
            return access.require_batch_role(session, caller, batch_id, role)

    return dependency


# Every member may read, so reading asks for a Labeler.
LabelerAccess = Annotated[Access, Depends(_project_access(Role.LABELER))]
DeveloperAccess = Annotated[Access, Depends(_project_access(Role.DEVELOPER))]
AdminAccess = Annotated[Access, Depends(_project_access(Role.ADMIN))]
ImageLabelerAccess = Annotated[Access, Depends(_image_access(Role.LABELER))]
ModelLabelerAccess = Annotated[Access, Depends(_model_access(Role.LABELER))]
ModelDeveloperAccess = Annotated[Access, Depends(_model_access(Role.DEVELOPER))]
BatchLabelerAccess = Annotated[Access, Depends(_batch_access(Role.LABELER))]
BatchDeveloperAccess = Annotated[Access, Depends(_batch_access(Role.DEVELOPER))]

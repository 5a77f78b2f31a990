"""Projects and their members over REST."""

from typing import Annotated

from fastapi import Query

from app.application import new_router
from app.db.enums import Role
from app.db.models import User
from app.deps import AccountUser, AdminAccess, CurrentUser, DeveloperAccess, LabelerAccess, ReadSessionDep, SessionDep
from app.http import PageQuery, PathId, errors
from app.paging import Page
from app.projects import copying, service
from app.projects.schemas import (
    CopyBody,
    MemberBody,
    MemberSchema,
    ProjectBody,
    ProjectChangesBody,
    ProjectQuery,
    ProjectSchema,
    RoleBody,
)
from app.storage.blobs import get_blob_store

router = new_router("/api/v1/projects", tags=["projects"])


@router.post("", status_code=201)
def create_project(body: ProjectBody, session: SessionDep, caller: AccountUser) -> ProjectSchema:
    """Make a project; its maker owns it."""
    return service.create_project(session, caller, name=body.name)


@router.get("")
def list_projects(
    query: Annotated[ProjectQuery, Query()], page: PageQuery, session: ReadSessionDep, caller: CurrentUser
) -> Page[ProjectSchema]:
    """The projects that the caller may see, without archived ones unless asked for."""
    items, next_cursor, total = service.list_projects(session, caller, query, page)
    return Page(items=items, next_cursor=next_cursor, total=total)


@router.get("/{project_id}")
def get_project(session: ReadSessionDep, access: LabelerAccess) -> ProjectSchema:
    return service.get_project(session, access)


@router.patch("/{project_id}")
def change_project(body: ProjectChangesBody, session: SessionDep, access: AdminAccess) -> ProjectSchema:
    """Rename a project, archive it or take it back, or change its settings."""
    return service.change_project(session, access, body)


@router.delete("/{project_id}", status_code=204)
def delete_project(session: SessionDep, access: AdminAccess) -> None:
    """Delete a project with its images, labels and models. This cannot be undone."""
    service.delete_project(session, access)


@router.post("/{project_id}/copy", status_code=201, responses=errors(409, 507))
def copy_project(access: DeveloperAccess, _caller: AccountUser, body: CopyBody) -> ProjectSchema:
    """Copy a project with its images, labels and settings, without its members and models; the copier owns it."""
    return copying.copy_project(access, name=body.name, blobs=get_blob_store())


@router.get("/{project_id}/members")
def list_members(page: PageQuery, session: ReadSessionDep, access: LabelerAccess) -> Page[MemberSchema]:
    members, next_cursor, total = service.list_members(session, access, page)
    return Page(items=[_member(user, role) for user, role in members], next_cursor=next_cursor, total=total)


@router.post("/{project_id}/members", status_code=201, responses=errors(409))
def add_member(body: MemberBody, session: SessionDep, access: AdminAccess) -> MemberSchema:
    """Let a person with an account into the project, as Labeler unless said otherwise."""
    return _member(*service.add_member(session, access, email=body.email, role=body.role))


@router.patch("/{project_id}/members/{user_id}", responses=errors(409))
def change_role(user_id: PathId, body: RoleBody, session: SessionDep, access: AdminAccess) -> MemberSchema:
    return _member(*service.change_role(session, access, user_id=user_id, role=body.role))


@router.delete("/{project_id}/members/{user_id}", status_code=204, responses=errors(409))
def remove_member(user_id: PathId, session: SessionDep, access: LabelerAccess) -> None:
    """Take a member out of the project; everyone may take out themselves."""
    service.remove_member(session, access, user_id=user_id)


def _member(user: User, role: Role) -> MemberSchema:
    return MemberSchema(user_id=user.id, email=user.email, name=user.name, role=role)

"""Projects and members over REST."""

from fastapi import APIRouter, status

from app.db.enums import Role
from app.db.models import User
from app.deps import CurrentUser, ProjectAdmin, ProjectLabeler, ProjectOwner, ReadSessionDep, SessionDep
from app.errors import Conflict, Forbidden, NotFound, Unauthorized, Unprocessable
from app.http import Page, PageQuery, encode_cursor, errors
from app.projects import repository, service
from app.projects.access import Access
from app.projects.schemas import MemberItem, NewMember, NewProject, ProjectItem, RoleChange

router = APIRouter(prefix="/api/v1/projects", tags=["projects"], responses=errors(Unauthorized, Forbidden))


@router.post("", status_code=status.HTTP_201_CREATED, responses=errors(Unprocessable))
def create_project(new: NewProject, user: CurrentUser, session: SessionDep) -> ProjectItem:
    """Make a project; its maker owns it."""
    project = service.create_project(session, user, name=new.name)
    return service.get_project(session, Access(user.user_id, project.id, Role.OWNER))


@router.get("")
def list_projects(user: CurrentUser, page: PageQuery, session: ReadSessionDep) -> Page[ProjectItem]:
    """The projects that one may see."""
    items, total = service.list_projects(session, user, limit=page.limit, after_id=page.after_id)
    return Page(items=items, next_cursor=encode_cursor(items[-1].id) if len(items) == page.limit else None, total=total)


@router.get("/{project_id}", responses=errors(NotFound))
def read_project(access: ProjectLabeler, session: ReadSessionDep) -> ProjectItem:
    """One project with its counts."""
    return service.get_project(session, access)


@router.patch("/{project_id}", responses=errors(NotFound, Unprocessable))
def rename_project(change: NewProject, access: ProjectAdmin, session: SessionDep) -> ProjectItem:
    """Give a project another name."""
    return service.rename_project(session, access, name=change.name)


@router.delete("/{project_id}", status_code=status.HTTP_204_NO_CONTENT, responses=errors(NotFound))
def delete_project(access: ProjectOwner, session: SessionDep) -> None:
    """Delete a project with its images, labels and models. This cannot be undone."""
    service.delete_project(session, access)


@router.get("/{project_id}/members", responses=errors(NotFound))
def list_members(access: ProjectLabeler, page: PageQuery, session: ReadSessionDep) -> Page[MemberItem]:
    """Who works in the project."""
    members = repository.list_members(session, access.project_id, limit=page.limit, after_id=page.after_id)
    return Page(
        items=[_member(user, role) for user, role in members],
        next_cursor=encode_cursor(members[-1][0].id) if len(members) == page.limit else None,
        total=repository.count_members(session, access.project_id),
    )


@router.post("/{project_id}/members", status_code=status.HTTP_201_CREATED, responses=errors(NotFound, Conflict))
def add_member(new: NewMember, access: ProjectAdmin, session: SessionDep) -> MemberItem:
    """Let a person with an account into the project, as Labeler unless said otherwise."""
    return _member(*service.add_member(session, access, email=new.email, role=new.role))


@router.patch("/{project_id}/members/{user_id}", responses=errors(NotFound, Conflict))
def change_role(user_id: int, change: RoleChange, access: ProjectAdmin, session: SessionDep) -> MemberItem:
    """Give a member another role."""
    return _member(*service.change_role(session, access, user_id=user_id, role=change.role))


@router.delete(
    "/{project_id}/members/{user_id}", status_code=status.HTTP_204_NO_CONTENT, responses=errors(NotFound, Conflict)
)
def remove_member(user_id: int, access: ProjectAdmin, session: SessionDep) -> None:
    """Take a member out of the project."""
    service.remove_member(session, access, user_id=user_id)


def _member(user: User, role: Role) -> MemberItem:
    return MemberItem(user_id=user.id, email=user.email, name=user.name, role=role)

"""Rules of projects and their members."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.accounts.caller import Caller
from app.accounts.repository import find_user_by_email
from app.db.after_commit import run_after_commit
from app.db.base import utc_now
from app.db.enums import Role
from app.db.models import Membership, Project, User
from app.errors import Conflict, Forbidden, NotFound
from app.paging import PageParams, cut_page
from app.projects import repository
from app.projects.access import RANK, Access
from app.projects.repository import ImageCounts
from app.projects.schemas import LabelCountSchema, ProjectChangesBody, ProjectQuery, ProjectSchema
from app.storage.blobs import get_blob_store

Member = tuple[User, Role]


def create_project(session: Session, caller: Caller, *, name: str) -> ProjectSchema:
    """Make a project that belongs to its maker."""
    project = Project(name=name, created_by=caller.user_id)
    session.add(project)
    session.flush()
    session.add(Membership(project_id=project.id, user_id=caller.user_id, role=Role.OWNER))
    return describe_projects(session, [(project, Role.OWNER)])[0]


def list_projects(
    session: Session, caller: Caller, wanted: ProjectQuery, page: PageParams
) -> tuple[list[ProjectSchema], str | None, int]:
    """The projects that a person may see: an instance admin sees all, a token for one project sees that one."""
    rows = repository.list_projects(session, caller, wanted, page)
    shown, cursor = cut_page(rows, page, key=lambda row: repository.sort_key(row[0], wanted))
    return describe_projects(session, shown), cursor, repository.count_projects(session, caller, wanted)


def get_project(session: Session, access: Access) -> ProjectSchema:
    return describe_projects(session, [(repository.get_project(session, access.project_id), access.role)])[0]


def change_project(session: Session, access: Access, changes: ProjectChangesBody) -> ProjectSchema:
    """Rename a project, move it out of the way or back, or change its settings."""
    project = repository.get_project(session, access.project_id)
    if changes.name is not None:
        project.name = changes.name
        project.changed_at = utc_now()
    if changes.archived is not None:
        project.archived_at = (project.archived_at or utc_now()) if changes.archived else None
    if changes.strip_location is not None:
        project.strip_location = changes.strip_location
    return get_project(session, access)


def delete_project(session: Session, access: Access) -> None:
    """Delete a project with all that is in it. A training that runs finds its row gone and ends."""
    session.delete(repository.get_project(session, access.project_id))
    prefix = project_prefix(access.project_id)
    run_after_commit(session, lambda: get_blob_store().delete_prefix(prefix))


def project_prefix(project_id: int) -> str:
    """Where a project's files lie in storage."""
    return f"projects/{project_id}/"


def list_members(session: Session, access: Access, page: PageParams) -> tuple[list[Member], str | None, int]:
    rows = repository.list_members(session, access.project_id, page)
    members, cursor = cut_page(rows, page, key=lambda row: (row[0].email,))
    return members, cursor, repository.count_members(session, access.project_id)


def add_member(session: Session, access: Access, *, email: str, role: Role) -> Member:
    """Let a person with an account into a project.

    Raises:
        NotFound: Nobody has an account with this e-mail.
        Conflict: A member already.
        Forbidden: The role is above one's own.
    """
    repository.lock_project(session, access.project_id)
    _refuse_above(access, role)
    user = find_user_by_email(session, email)
    if user is None:
        raise NotFound(
            f"nobody has an account with {email}: an administrator of this Maskwright makes one "
            "(on the page People, or POST /api/v1/users)"
        )
    if repository.find_membership(session, access.project_id, user.id) is not None:
        raise Conflict(f"{email} is a member already: change the role instead")
    session.add(Membership(project_id=access.project_id, user_id=user.id, role=role))
    return user, role


def change_role(session: Session, access: Access, *, user_id: int, role: Role) -> Member:
    """Give a member another role.

    Raises:
        NotFound: No such member.
        Forbidden: The old or the new role is above one's own.
        Conflict: The project would be left without an owner.
    """
    membership = _locked_membership(session, access, user_id)
    _refuse_above(access, membership.role)
    _refuse_above(access, role)
    if role is not Role.OWNER:
        _keep_an_owner(session, membership)
    membership.role = role
    return session.get_one(User, user_id), role


def remove_member(session: Session, access: Access, *, user_id: int) -> None:
    """Take a member out, or leave: everyone may remove themselves.

    Raises:
        NotFound: No such member.
        Forbidden: Somebody else, without being Admin, or somebody of a higher role.
        Conflict: The project would be left without an owner.
    """
    membership = _locked_membership(session, access, user_id)
    if user_id != access.user_id:
        if RANK[access.role] < RANK[Role.ADMIN]:
            raise Forbidden(f"as {access.role} you may leave the project, but not remove others")
        _refuse_above(access, membership.role)
    _keep_an_owner(session, membership)
    session.delete(membership)


def describe_projects(session: Session, rows: Sequence[tuple[Project, Role]]) -> list[ProjectSchema]:
    """Projects as lists show them, with the same few queries for one and for a hundred."""
    ids = [project.id for project, _role in rows]
    images, models = repository.count_images(session, ids), repository.count_models(session, ids)
    labels: dict[int, list[LabelCountSchema]] = {project_id: [] for project_id in ids}
    for count in repository.count_labels(session, ids):
        labels[count.project_id].append(
            LabelCountSchema(label_id=count.label_id, label=count.label, color=count.color, count=count.count)
        )
    return [
        _schema(project, role, images.get(project.id, ImageCounts()), models.get(project.id, 0), labels[project.id])
        for project, role in rows
    ]


def _locked_membership(session: Session, access: Access, user_id: int) -> Membership:
    repository.lock_project(session, access.project_id)
    membership = repository.find_membership(session, access.project_id, user_id)
    if membership is None:
        raise NotFound(f"project {access.project_id} has no member {user_id}")
    return membership


def _refuse_above(access: Access, role: Role) -> None:
    if RANK[role] > RANK[access.role]:
        raise Forbidden(f"as {access.role} you cannot give or take the role {role}")


def _keep_an_owner(session: Session, membership: Membership) -> None:
    if membership.role is Role.OWNER and repository.count_members(session, membership.project_id, role=Role.OWNER) == 1:
        raise Conflict("the project would have no owner: make another member its owner first")


def _schema(
    project: Project, role: Role, images: ImageCounts, model_count: int, label_counts: list[LabelCountSchema]
) -> ProjectSchema:
    return ProjectSchema(
        id=project.id,
        name=project.name,
        role=role,
        created_by=project.created_by,
        created_at=project.created_at,
        changed_at=project.changed_at,
        archived_at=project.archived_at,
        strip_location=project.strip_location,
        image_count=images.images,
        labeled_count=images.labeled,
        validation_count=images.validation,
        model_count=model_count,
        cover_image_id=images.cover_image_id,
        label_counts=label_counts,
    )

"""Projects and their members."""

from sqlalchemy.orm import Session

from app.accounts.identity import Identity
from app.accounts.repository import find_user
from app.db.after_commit import run_after_commit
from app.db.enums import Role
from app.db.models import Membership, Project, User
from app.errors import Conflict, Forbidden, NotFound
from app.projects import repository
from app.projects.access import RANKS, Access
from app.projects.repository import ImageCounts, Viewer
from app.projects.schemas import ProjectItem
from app.storage.blobs import get_blob_store


def create_project(session: Session, identity: Identity, *, name: str) -> Project:
    """Make a project that belongs to its maker.

    Raises:
        Forbidden: The token that asks is for one project.
    """
    if identity.token_project_id is not None:
        raise Forbidden("this API token is for one project and cannot make another")
    project = Project(name=name, created_by=identity.user_id)
    session.add(project)
    session.flush()
    session.add(Membership(project_id=project.id, user_id=identity.user_id, role=Role.OWNER))
    session.flush()
    return project


def list_projects(session: Session, identity: Identity, *, limit: int, after_id: int) -> tuple[list[ProjectItem], int]:
    """The projects that a person may see, and how many there are in all."""
    viewer = Viewer(identity.user_id, identity.is_admin, identity.token_project_id)
    rows = repository.list_projects(session, viewer, limit=limit, after_id=after_id)
    return _items(session, rows), repository.count_projects(session, viewer)


def get_project(session: Session, access: Access) -> ProjectItem:
    return _items(session, [(session.get_one(Project, access.project_id), access.role)])[0]


def rename_project(session: Session, access: Access, *, name: str) -> ProjectItem:
    session.get_one(Project, access.project_id).name = name
    repository.touch_project(session, access.project_id)
    session.flush()
    session.expire_all()
    return get_project(session, access)


def delete_project(session: Session, access: Access) -> None:
    """Delete a project with all that is in it; trainings that run notice that their row is gone."""
    session.delete(session.get_one(Project, access.project_id))
    prefix = project_prefix(access.project_id)
    run_after_commit(session, lambda: get_blob_store().delete_prefix(prefix))


def project_prefix(project_id: int) -> str:
    """Where a project's files lie in storage."""
    return f"projects/{project_id}/"


def add_member(session: Session, access: Access, *, email: str, role: Role) -> tuple[User, Role]:
    """Let a person into a project.

    Raises:
        NotFound: Nobody has an account with this address.
        Conflict: The person is a member already.
        Forbidden: The role is above one's own.
    """
    user = find_user(session, email)
    if user is None:
        raise NotFound(
            f"nobody has an account for {email}; an administrator makes one with POST /api/v1/users "
            f"or `maskwright admin create --email {email} --password-stdin`"
        )
    if repository.find_membership(session, access.project_id, user.id) is not None:
        raise Conflict(f"{email} is a member of project {access.project_id} already")
    _check_rank(access, role)
    session.add(Membership(project_id=access.project_id, user_id=user.id, role=role))
    return user, role


def change_role(session: Session, access: Access, *, user_id: int, role: Role) -> tuple[User, Role]:
    """Give a member another role.

    Raises:
        NotFound: There is no such member.
        Forbidden: The old or new role is above one's own.
        Conflict: The project would have no owner left.
    """
    membership = _get_membership(session, access, user_id)
    _check_rank(access, membership.role)
    _check_rank(access, role)
    if role is not Role.OWNER:
        _keep_an_owner(session, membership)
    membership.role = role
    return session.get_one(User, user_id), role


def remove_member(session: Session, access: Access, *, user_id: int) -> None:
    """Take a member out; see change_role for what is refused."""
    membership = _get_membership(session, access, user_id)
    _check_rank(access, membership.role)
    _keep_an_owner(session, membership)
    session.delete(membership)


def _get_membership(session: Session, access: Access, user_id: int) -> Membership:
    membership = repository.find_membership(session, access.project_id, user_id)
    if membership is None:
        raise NotFound(f"project {access.project_id} has no member {user_id}")
    return membership


def _check_rank(access: Access, role: Role) -> None:
    if RANKS[role] > RANKS[access.role]:
        raise Forbidden(f"as {access.role} you cannot give or take the role {role}")


def _keep_an_owner(session: Session, membership: Membership) -> None:
    if membership.role is Role.OWNER and repository.count_members(session, membership.project_id, role=Role.OWNER) == 1:
        raise Conflict("this is the project's last owner: make somebody else an owner first")


def _items(session: Session, rows: list[tuple[Project, Role]]) -> list[ProjectItem]:
    ids = [project.id for project, _ in rows]
    images, models = repository.count_images(session, ids), repository.count_models(session, ids)
    return [
        _item(project, role, images.get(project.id, ImageCounts()), models.get(project.id, 0)) for project, role in rows
    ]


def _item(project: Project, role: Role, counts: ImageCounts, model_count: int) -> ProjectItem:
    return ProjectItem(
        id=project.id,
        name=project.name,
        role=role,
        created_at=project.created_at,
        changed_at=project.changed_at,
        image_count=counts.images,
        labeled_count=counts.labeled,
        validation_count=counts.validation,
        model_count=model_count,
        cover_image_id=counts.cover_image_id,
    )

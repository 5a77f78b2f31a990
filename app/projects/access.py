"""Who may do what in a project. What may not be seen answers in the same words as what does not exist."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.caller import Caller
from app.db.enums import Role
from app.db.models import Batch, Image, Membership, Model, Project
from app.errors import Forbidden, NotFound

RANK = {role: rank for rank, role in enumerate(reversed(Role))}  # Labeler 0 … Owner 3


@dataclass(frozen=True, slots=True)
class Access:
    """A person's role in one project, established for this request."""

    user_id: int
    project_id: int
    role: Role
    token_id: int | None = None


def require_project_role(session: Session, caller: Caller, project_id: int, role: Role) -> Access:
    """Let the caller into a project with at least this role.

    Raises:
        NotFound: No such project, or the caller is no member.
        Forbidden: A member with a lesser role.
    """
    held = _held_role(session, caller, project_id)
    if held is None:
        raise NotFound(f"there is no project {project_id} that you may see")
    if RANK[held] < RANK[role]:
        raise Forbidden(f"your role in project {project_id} is {held}; this needs {role} or more")
    return Access(user_id=caller.user_id, project_id=project_id, role=held, token_id=caller.token_id)


def require_image_role(session: Session, caller: Caller, image_id: int, role: Role) -> Access:
    """The same for the project that an image lies in."""
    project_id = session.scalar(select(Image.project_id).where(Image.id == image_id))
    if project_id is None or _held_role(session, caller, project_id) is None:
        raise NotFound(f"there is no image {image_id} that you may see")
    return require_project_role(session, caller, project_id, role)


def require_model_role(session: Session, caller: Caller, model_id: int, role: Role) -> Access:
    """The same for the project that a model was trained in."""
    project_id = session.scalar(select(Model.project_id).where(Model.id == model_id))
    if project_id is None or _held_role(session, caller, project_id) is None:
        raise NotFound(f"there is no model {model_id} that you may see")
    return require_project_role(session, caller, project_id, role)


def require_batch_role(session: Session, caller: Caller, batch_id: int, role: Role) -> Access:
    """The same for the project that a batch of predictions belongs to."""
    project_id = session.scalar(select(Batch.project_id).where(Batch.id == batch_id))
    if project_id is None or _held_role(session, caller, project_id) is None:
        raise NotFound(f"there is no batch {batch_id} that you may see")
    return require_project_role(session, caller, project_id, role)


def _held_role(session: Session, caller: Caller, project_id: int) -> Role | None:
    if caller.token_project_id not in (None, project_id):
        return None
    query = (
        select(Project.id, Membership.role)
        .outerjoin(Membership, (Membership.project_id == Project.id) & (Membership.user_id == caller.user_id))
        .where(Project.id == project_id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    return Role.OWNER if caller.is_admin else row.role

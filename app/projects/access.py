"""Who may do what in a project. Unknown and invisible answer alike, so that ids tell nothing."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.identity import Identity
from app.db.enums import Role
from app.db.models import Image, Membership, Model, Project
from app.errors import Forbidden, NotFound

# Labelers work on images and labels, developers on all but members, admins and owners on everything.
RANKS = {Role.LABELER: 0, Role.DEVELOPER: 1, Role.ADMIN: 2, Role.OWNER: 3}


@dataclass(frozen=True, slots=True)
class Access:
    """A person in a project, allowed to do what was asked."""

    user_id: int
    project_id: int
    role: Role


def project_access(session: Session, identity: Identity, project_id: int, *, minimum: Role) -> Access:
    """Let a person into a project.

    Raises:
        NotFound: There is no such project, or the person may not see it.
        Forbidden: The person's role, or the token's project, does not allow it.
    """
    role = _role(session, identity, project_id)
    if role is None or identity.token_project_id not in (None, project_id):
        raise NotFound(f"there is no project {project_id}, or you may not see it")
    if RANKS[role] < RANKS[minimum]:
        raise Forbidden(
            f"your role in project {project_id} is {role}; this needs {minimum} or more: ask the project's owner"
        )
    return Access(identity.user_id, project_id, role)


def image_access(session: Session, identity: Identity, image_id: int, *, minimum: Role) -> Access:
    """Let a person at an image; see project_access."""
    return _access_of(
        session,
        identity,
        session.scalar(select(Image.project_id).where(Image.id == image_id)),
        f"image {image_id}",
        minimum,
    )


def model_access(session: Session, identity: Identity, model_id: int, *, minimum: Role) -> Access:
    """Let a person at a model; see project_access."""
    return _access_of(
        session,
        identity,
        session.scalar(select(Model.project_id).where(Model.id == model_id)),
        f"model {model_id}",
        minimum,
    )


def _access_of(session: Session, identity: Identity, project_id: int | None, what: str, minimum: Role) -> Access:
    hidden = NotFound(f"there is no {what}, or you may not see it")
    if project_id is None:
        raise hidden
    try:
        return project_access(session, identity, project_id, minimum=minimum)
    except NotFound:
        raise hidden from None


def _role(session: Session, identity: Identity, project_id: int) -> Role | None:
    role = session.scalar(
        select(Membership.role).where(Membership.project_id == project_id, Membership.user_id == identity.user_id)
    )
    if role is None and identity.is_admin and session.get(Project, project_id) is not None:
        return Role.OWNER  # who runs the server can reach its disk anyway
    return role

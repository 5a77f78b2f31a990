"""Queries of projects and their members."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.orm import Session

from app.db.base import utc_now
from app.db.enums import Role
from app.db.models import Image, Membership, Model, Project, User


@dataclass(frozen=True, slots=True)
class ImageCounts:
    """How many images a project has, and the one that stands for it: its first labeled, else its first."""

    images: int = 0
    labeled: int = 0
    validation: int = 0
    cover_image_id: int | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the list: an administrator sees all projects, a token for one project that one alone."""

    user_id: int
    sees_all: bool
    only_project_id: int | None


def list_projects(session: Session, viewer: Viewer, *, limit: int, after_id: int) -> list[tuple[Project, Role]]:
    """Projects that a person may see, with their role, oldest first."""
    role = func.coalesce(Membership.role, Role.OWNER if viewer.sees_all else None).label("role")
    query = (
        select(Project, role)
        .outerjoin(Membership, (Membership.project_id == Project.id) & (Membership.user_id == viewer.user_id))
        .where(_visible(viewer), Project.id > after_id)
        .order_by(Project.id)
        .limit(limit)
    )
    return [(project, Role(name)) for project, name in session.execute(query)]


def count_projects(session: Session, viewer: Viewer) -> int:
    return session.scalar(select(func.count(Project.id)).where(_visible(viewer))) or 0


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    mine = Project.id.in_(select(Membership.project_id).where(Membership.user_id == viewer.user_id))
    visible = Project.id.is_not(None) if viewer.sees_all else mine
    return visible if viewer.only_project_id is None else visible & (Project.id == viewer.only_project_id)


def count_images(session: Session, project_ids: Sequence[int]) -> dict[int, ImageCounts]:
    """Counts by project; a project without images is missing."""
    is_labeled = Image.instance_count > 0
    query = (
        select(
            Image.project_id,
            func.count(Image.id),
            func.count(case((is_labeled, 1))),
            func.count(case((Image.in_validation, 1))),
            func.coalesce(func.min(case((is_labeled, Image.id))), func.min(Image.id)),
        )
        .where(Image.project_id.in_(project_ids))
        .group_by(Image.project_id)
    )
    return {project_id: ImageCounts(*counts) for project_id, *counts in session.execute(query)}


def count_models(session: Session, project_ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(Model.project_id, func.count(Model.id))
        .where(Model.project_id.in_(project_ids))
        .group_by(Model.project_id)
    )
    return dict(session.execute(query).tuples().all())


def touch_project(session: Session, project_id: int) -> None:
    """Note that something in the project has changed."""
    session.execute(update(Project).where(Project.id == project_id).values(changed_at=utc_now()))


def list_members(session: Session, project_id: int, *, limit: int, after_id: int) -> list[tuple[User, Role]]:
    query = (
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == project_id, User.id > after_id)
        .order_by(User.id)
        .limit(limit)
    )
    return [(user, role) for user, role in session.execute(query)]


def count_members(session: Session, project_id: int, *, role: Role | None = None) -> int:
    query = select(func.count(Membership.user_id)).where(Membership.project_id == project_id)
    if role is not None:
        query = query.where(Membership.role == role)
    return session.scalar(query) or 0


def find_membership(session: Session, project_id: int, user_id: int) -> Membership | None:
    return session.get(Membership, (project_id, user_id))

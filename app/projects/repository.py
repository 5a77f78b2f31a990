"""Every query about projects and their members."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, true, tuple_
from sqlalchemy.orm import Session

from app.accounts.caller import Caller
from app.db.base import UtcDateTime
from app.db.enums import Role
from app.db.models import Image, LabelClass, Membership, Model, Project, User
from app.paging import PageParams
from app.projects.schemas import Archived, ProjectQuery


@dataclass(frozen=True, slots=True)
class ImageCounts:
    """How many images a project has, and the one that stands for it: its first labeled, else its first."""

    images: int = 0
    labeled: int = 0
    validation: int = 0
    cover_image_id: int | None = None


@dataclass(frozen=True, slots=True)
class LabelCount:
    project_id: int
    label_id: int
    label: str
    color: str
    count: int


def list_projects(
    session: Session, caller: Caller, wanted: ProjectQuery, page: PageParams
) -> list[tuple[Project, Role]]:
    """One row more than the page holds, with the caller's role."""
    query = (
        select(Project, Membership.role)
        .outerjoin(Membership, (Membership.project_id == Project.id) & (Membership.user_id == caller.user_id))
        .where(_visible(caller), *_conditions(wanted), _beyond(wanted, page))
        .order_by(*(column.desc() if wanted.sort.is_down else column for column in _columns(wanted)))
        .limit(page.limit + 1)
    )
    return [(project, Role.OWNER if caller.is_admin else role) for project, role in session.execute(query)]


def sort_key(project: Project, wanted: ProjectQuery) -> tuple[Any, ...]:
    """What a page that begins after this project is asked for by."""
    match wanted.sort.column:
        case "name":
            return (project.name, project.id)
        case "changed":
            return (project.changed_at, project.id)
        case _:
            return (project.id,)


def count_projects(session: Session, caller: Caller, wanted: ProjectQuery) -> int:
    return session.scalar(select(func.count(Project.id)).where(_visible(caller), *_conditions(wanted))) or 0


def get_project(session: Session, project_id: int) -> Project:
    return session.get_one(Project, project_id)


def lock_project(session: Session, project_id: int) -> None:
    """Let changes of a project's members take turns, so that two owners cannot remove each other at once."""
    session.execute(select(Project.id).where(Project.id == project_id).with_for_update())


def count_images(session: Session, project_ids: Sequence[int]) -> dict[int, ImageCounts]:
    """Counts by project, as they are kept (app/db/totals.py), and the cover."""
    first = select(Image.id).where(Image.project_id == Project.id).order_by(Image.id).limit(1)
    first_labeled = first.where(Image.instance_count > 0)
    query = select(
        Project.id,
        Project.image_count,
        Project.labeled_count,
        Project.validation_count,
        func.coalesce(first_labeled.scalar_subquery(), first.scalar_subquery()),
    ).where(Project.id.in_(project_ids))
    return {project_id: ImageCounts(*counts) for project_id, *counts in session.execute(query)}


def count_models(session: Session, project_ids: Sequence[int]) -> dict[int, int]:
    """Counts by project; a project without models is missing."""
    query = (
        select(Model.project_id, func.count(Model.id))
        .where(Model.project_id.in_(project_ids))
        .group_by(Model.project_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def count_labels(session: Session, project_ids: Sequence[int]) -> list[LabelCount]:
    """How many instances each label has, in the labels' order."""
    query = (
        select(LabelClass.project_id, LabelClass.id, LabelClass.name, LabelClass.color, LabelClass.instance_count)
        .where(LabelClass.project_id.in_(project_ids))
        .order_by(LabelClass.position, LabelClass.id)
    )
    return [LabelCount(*row) for row in session.execute(query)]


def list_members(session: Session, project_id: int, page: PageParams) -> list[tuple[User, Role]]:
    """One row more than the page holds, by e-mail."""
    query = (
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == project_id)
        .order_by(User.email)
        .limit(page.limit + 1)
    )
    if after := page.after(str):
        query = query.where(User.email > after[0])
    return [(user, role) for user, role in session.execute(query)]


def count_members(session: Session, project_id: int, *, role: Role | None = None) -> int:
    query = select(func.count(Membership.user_id)).where(Membership.project_id == project_id)
    if role is not None:
        query = query.where(Membership.role == role)
    return session.scalar(query) or 0


def find_membership(session: Session, project_id: int, user_id: int) -> Membership | None:
    return session.get(Membership, (project_id, user_id))


def _conditions(wanted: ProjectQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.archived is not Archived.ALL:
        is_archived = wanted.archived is Archived.YES
        conditions.append(Project.archived_at.is_not(None) if is_archived else Project.archived_at.is_(None))
    if wanted.q:
        conditions.append(Project.name.icontains(wanted.q, autoescape=True))
    return conditions


def _columns(wanted: ProjectQuery) -> tuple[ColumnElement[Any], ...]:
    """What a list is sorted by; names whatever their case, as the database sees it."""
    match wanted.sort.column:
        case "name":
            return (func.lower(Project.name), Project.id.expression)
        case "changed":
            return (Project.changed_at.expression, Project.id.expression)
        case _:
            return (Project.id.expression,)


def _beyond(wanted: ProjectQuery, page: PageParams) -> ColumnElement[bool]:
    """What comes after the page's cursor in the wanted order."""
    key: tuple[ColumnElement[Any], ...]
    match wanted.sort.column:
        case "name" if after := page.after(str, int):
            key = (func.lower(after[0]), literal(after[1]))
        case "changed" if after := page.after(datetime, int):
            key = (literal(after[0], UtcDateTime()), literal(after[1]))
        case "id" if after := page.after(int):
            key = (literal(after[0]),)
        case _:
            return true()
    columns = tuple_(*_columns(wanted))
    return columns < tuple_(*key) if wanted.sort.is_down else columns > tuple_(*key)


def _visible(caller: Caller) -> ColumnElement[bool]:
    mine = Project.id.in_(select(Membership.project_id).where(Membership.user_id == caller.user_id))
    visible = Project.id.is_not(None) if caller.is_admin else mine
    return visible if caller.token_project_id is None else visible & (Project.id == caller.token_project_id)

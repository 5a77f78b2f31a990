"""What the project endpoints take and answer."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from app.accounts.schemas import Email
from app.db.enums import Role

ProjectName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class NewProject(BaseModel):
    name: ProjectName


class ProjectItem(BaseModel):
    """A project as its caller sees it: with their role, and what is in it."""

    id: int
    name: str
    role: Role
    created_at: datetime
    changed_at: datetime
    image_count: int
    labeled_count: int
    validation_count: int
    model_count: int
    cover_image_id: int | None


class NewMember(BaseModel):
    email: Email
    role: Role = Role.LABELER


class RoleChange(BaseModel):
    role: Role


class MemberItem(BaseModel):
    user_id: int
    email: str
    name: str
    role: Role

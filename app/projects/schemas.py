"""What projects and members look like in JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from app.accounts.schemas import Email
from app.db.enums import Role
from app.http import RequestBody

ProjectName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class ProjectBody(RequestBody):
    name: ProjectName


class LabelCountSchema(BaseModel):
    """How many instances of a label the project has; labels without any are there too."""

    label_id: int
    label: str
    color: str
    count: int


class ProjectSchema(BaseModel):
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
    label_counts: list[LabelCountSchema]


class MemberBody(RequestBody):
    email: Email
    role: Role = Role.LABELER


class RoleBody(RequestBody):
    role: Role


class MemberSchema(BaseModel):
    user_id: int
    email: str
    name: str
    role: Role

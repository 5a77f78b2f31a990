"""What projects and members look like in JSON."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from app.accounts.schemas import Email
from app.db.enums import Role
from app.http import RequestBody
from app.names import Name


class ProjectBody(RequestBody):
    name: Name


class ProjectChangesBody(RequestBody):
    """What is left out stays as it is."""

    name: Name | None = None
    archived: bool | None = None
    strip_location: bool | None = None

    @model_validator(mode="after")
    def _something_is_given(self) -> Self:
        if self.name is None and self.archived is None and self.strip_location is None:
            raise ValueError("give at least one of name, archived and strip_location")
        return self


class CopyBody(RequestBody):
    name: Name | None = None


class Archived(StrEnum):
    """Which projects a list shows: those in use, those out of the way, or both."""

    NO = "false"
    YES = "true"
    ALL = "all"


class ProjectSort(StrEnum):
    """The order of a list of projects; `-` turns it round."""

    ID = "id"
    ID_DOWN = "-id"
    NAME = "name"
    NAME_DOWN = "-name"
    CHANGED = "changed"
    CHANGED_DOWN = "-changed"

    @property
    def column(self) -> str:
        return self.removeprefix("-")

    @property
    def is_down(self) -> bool:
        return self.startswith("-")


class ProjectQuery(BaseModel):
    """The filter and order of a list of projects."""

    archived: Archived = Archived.NO
    q: Annotated[str | None, Field(max_length=100, description="Part of the name, in any case")] = None
    sort: ProjectSort = ProjectSort.ID


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
    created_by: int | None
    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None
    strip_location: bool
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

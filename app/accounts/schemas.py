"""What the account endpoints take and answer."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from app.db.enums import TokenScope

Email = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=320, pattern=r"^[^@\s]+@[^@\s]+$")
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class Credentials(BaseModel):
    email: Email
    password: str


class Me(BaseModel):
    id: int
    email: str
    name: str
    is_admin: bool
    csrf_token: str | None  # null for API tokens, which need none


class MeChange(BaseModel):
    name: Name | None = None
    password: str | None = None
    current_password: str | None = None


class NewUser(BaseModel):
    email: Email
    password: str
    name: str = ""
    is_admin: bool = False


class UserItem(BaseModel):
    id: int
    email: str
    name: str
    is_admin: bool
    created_at: datetime


class NewToken(BaseModel):
    name: Name = "API token"
    scope: TokenScope = TokenScope.FULL
    project_id: int | None = None
    expires_at: Annotated[datetime | None, Field(description="with its time zone")] = None


class TokenItem(BaseModel):
    id: int
    name: str
    scope: TokenScope
    project_id: int | None
    last_four: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class MadeToken(TokenItem):
    token: str

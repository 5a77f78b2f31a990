"""What accounts, sessions and tokens look like in JSON."""

import datetime as dt
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from app.db.enums import PasswordOrigin, TokenScope
from app.http import RequestBody, RowId
from app.names import Name, OptionalName

Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, max_length=320, pattern=r"^\s*[^@\s]+@[^@\s]+\s*$"),
]
PreferenceName = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class SignInBody(RequestBody):
    email: Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=320)]
    password: str


class UserBody(RequestBody):
    email: Email
    password: str
    name: OptionalName = ""
    is_admin: bool = False


class UserChanges(RequestBody):
    """What an administrator changes of somebody's account. A password opens an account that was closed."""

    name: OptionalName | None = None
    password: str | None = None
    is_admin: bool | None = None


class MeChanges(RequestBody):
    """A new password needs the present one beside it. Preferences are laid over the kept ones; null takes one away."""

    name: OptionalName | None = None
    password: str | None = None
    current_password: str | None = None
    preferences: dict[PreferenceName, JsonValue] | None = None


class TokenBody(RequestBody):
    name: Name = "API token"
    scope: TokenScope = TokenScope.FULL
    project_id: RowId | None = None
    expires_at: AwareDatetime | None = None


class UserSchema(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    email: str
    name: str
    is_admin: bool
    is_closed: bool
    created_at: datetime


class MeSchema(UserSchema):
    """The signed-in person. `csrf_token` is null for API tokens, which need none.

    Pages ask for another password while `password_origin` is not `own`: somebody else chose it.
    """

    password_origin: PasswordOrigin
    preferences: dict[str, JsonValue]
    csrf_token: str | None


class TokenSchema(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    scope: TokenScope
    project_id: int | None
    last_four: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    use_count: int  # requests, from its first on


class ListedTokenSchema(TokenSchema):
    uses_today: int  # since midnight, UTC


class TokenDaySchema(BaseModel):
    day: dt.date
    uses: int


class TokenUsesSchema(BaseModel):
    """Requests by day (UTC), oldest first, days without any too."""

    items: list[TokenDaySchema]
    total: int


class UsesOfTokenSchema(TokenUsesSchema):
    token_id: int


class UsesFormat(StrEnum):
    JSON = "json"
    CSV = "csv"


class NewTokenSchema(TokenSchema):
    """A token just made: `token` is shown this once."""

    token: str = Field(min_length=26, max_length=26)

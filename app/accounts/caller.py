"""Who makes a request."""

from dataclasses import dataclass

from app.db.enums import TokenScope
from app.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in person, by browser session or by API token.

    `token_project_id` is set when the token opens one project only. An instance admin (`is_admin`) may do everything
    in every project: whoever runs the machine can read its disk anyway.
    """

    user_id: int
    is_admin: bool
    scope: TokenScope = TokenScope.FULL
    token_id: int | None = None
    token_project_id: int | None = None

    def require_whole_account(self) -> None:
        """Refuse a token that was made for one project where the account as a whole is meant."""
        if self.token_project_id is not None:
            raise Forbidden(
                f"this token is for project {self.token_project_id} only: use one without a project, or sign in"
            )

"""`maskwright token`"""

from datetime import timedelta
from typing import Annotated

import typer

from app.accounts import service
from app.cli.typer_app import AsJson, new_cli, say_json
from app.db.base import utc_now
from app.db.engine import session_scope
from app.db.enums import TokenScope
from app.db.schema_version import require_current

cli = new_cli("API tokens.")


@cli.callback()
def group() -> None:
    """Keeps `create` a word of its own while it is the only one."""


@cli.command()
def create(
    *,
    email: Annotated[str, typer.Option(help="Whose token it will be.")],
    name: Annotated[str, typer.Option(help="What the list of tokens calls it.")] = "API token",
    scope: Annotated[TokenScope, typer.Option(help="What it may do: everything, or predict only.")] = TokenScope.FULL,
    project: Annotated[int | None, typer.Option(help="The id of the one project that it opens.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="When it expires; left out, never.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make an API token for a person and print it, alone on the last line: it is shown this once."""
    require_current()
    with session_scope() as session:
        token = service.create_token_for(
            session,
            email=service.checked_email(email),
            name=name,
            scope=scope,
            project_id=project,
            expires_at=utc_now() + timedelta(days=days) if days else None,
        )
    if as_json:
        say_json({"token": token})
    else:
        typer.echo(token)

"""`maskwright admin`"""

from typing import Annotated

import typer

from app.accounts import service
from app.accounts.passwords import hash_password
from app.cli.password_input import read_password
from app.cli.typer_app import AsJson, new_cli, say_json
from app.db.engine import session_scope
from app.db.schema_version import require_current

cli = new_cli("Administrators of this Maskwright: they make accounts and see every project.")


@cli.callback()
def group() -> None:
    """Keeps `create` a word of its own while it is the only one."""


@cli.command()
def create(
    *,
    email: Annotated[str, typer.Option(help="What the person signs in with.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking for it.")
    ] = False,
    print_token: Annotated[
        bool, typer.Option("--print-token", help="Make an API token too and print it, alone on the last line.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Give an account that exists this password and make it an administrator.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make an administrator. Repeated with the same password it changes nothing."""
    require_current()
    password = read_password(from_stdin=password_stdin)
    address = service.checked_email(email)
    with session_scope(read_only=True) as session:
        is_there = service.is_administrator(session, email=address, password=password)
    password_hash = hash_password(password)  # slow, so before the session that writes
    with session_scope() as session:
        if not is_there:
            service.make_administrator(session, email=address, password_hash=password_hash, replace=replace)
        token = service.create_token_for(session, email=address, name="admin create") if print_token else None
    words = f"{address} is an administrator already" if is_there else f"{address} is an administrator now"
    if as_json:
        say_json({"email": address, "created": not is_there, "token": token})
        return
    typer.echo(words)
    if token is not None:
        typer.echo(token)

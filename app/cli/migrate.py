"""`maskwright migrate`"""

import typer

from app.cli.typer_app import AsJson, new_cli, say_json
from app.db.migrate import migrate
from app.db.schema_version import head_revision, stored_revision

cli = new_cli("Bring the database to the tables of this version. A SQLite file is copied aside first.")


@cli.command()
def run(*, as_json: AsJson = False) -> None:
    before = stored_revision()
    backup = migrate()
    if as_json:
        say_json({"before": before, "after": head_revision(), "backup": str(backup) if backup else None})
    elif before == head_revision():
        typer.echo(f"the database is at revision {before} already")
    else:
        typer.echo(f"the database went from revision {before or 'none'} to {head_revision()}")
        if backup is not None:
            typer.echo(f"a copy of it as it was: {backup}")

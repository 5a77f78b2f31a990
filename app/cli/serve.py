"""`maskwright serve`"""

from subprocess import Popen
from typing import Annotated

import typer

from app.cli.migration import MIGRATE
from app.cli.quick_import import import_quickly
from app.cli.typer_app import new_cli
from app.data_folder import make_data_folder
from app.settings import get_settings

cli = new_cli("The server alone: pages, REST API and prediction. It never loads torch.")


@cli.command()
def run(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen at; MASKWRIGHT_HOST otherwise.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="MASKWRIGHT_PORT otherwise.")] = None,
    migrate: Annotated[bool, typer.Option("--migrate", help="Bring the database up to date first.")] = False,
) -> None:
    settings = get_settings()
    make_data_folder(settings.data_dir)
    # A new database gets its tables while the server is imported, which takes as long.
    first_migration = Popen(MIGRATE) if migrate and settings.lacks_sqlite_file else None
    server = import_quickly("app.cli.server")
    if first_migration is not None and first_migration.wait() != 0:
        raise typer.Exit(1)  # it has said why
    server.serve(host=host, port=port, migrate=migrate and first_migration is None)

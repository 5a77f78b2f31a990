"""`maskwright up`"""

import sys
import urllib.error
import urllib.request
from typing import Annotated

import typer

from app.cli.supervisor import Child, Supervisor
from app.cli.typer_app import new_cli
from app.cli.worker import worker_command
from app.db.migrate import migrate
from app.db.schema_version import is_current
from app.logging import configure_logging
from app.settings import get_settings

cli = new_cli("Server and worker on this machine, the database brought up to date first.")


@cli.command()
def run(
    *, worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Whether to train on this machine.")] = True
) -> None:
    configure_logging()
    settings = get_settings()
    if not is_current():
        migrate()
    url = f"http://{settings.host}:{settings.port}"
    typer.echo(f"Maskwright runs at {url}")
    typer.echo("The first administrator is made with: maskwright admin create --email you@example.com")
    children = [Child("server", [sys.executable, "-m", "app.cli.main", "serve"])]
    if worker:
        children.append(Child("worker", worker_command()))
    # Importing torch would take the cores that the server needs to answer quickly.
    Supervisor(children, may_start=lambda: _answers(f"{url}/healthz")).run()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False

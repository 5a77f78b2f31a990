"""`maskwright up`"""

import socket
import sys
import urllib.error
import urllib.request
from importlib.util import find_spec
from typing import Annotated

import typer

from app.cli import main
from app.cli.address import base_url, connect_host
from app.cli.supervisor import Child, Supervisor
from app.cli.typer_app import new_cli
from app.cli.worker import run_worker
from app.data_folder import make_data_folder
from app.errors import AppError
from app.logging import configure_logging
from app.settings import Settings, get_settings

cli = new_cli("Server and worker on this machine, the database brought up to date first.")


class PortTaken(AppError):
    """Another program listens where the server is to be."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            f"something listens at {settings.host}:{settings.port} already: stop it, or choose another port with "
            "MASKWRIGHT_PORT"
        )


@cli.command()
def run(
    *, worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Whether to train on this machine.")] = True
) -> None:
    configure_logging()
    settings = get_settings()
    make_data_folder(settings.data_dir)
    with socket.socket() as probe:
        if probe.connect_ex((connect_host(settings.host), settings.port)) == 0:
            raise PortTaken(settings)
    # The server itself migrates and says where it is: this process knows no SQLAlchemy, so the server starts at once.
    children = [Child("server", _serve)]
    if worker and find_spec("torch") is None:
        typer.echo("No worker: training needs torch, which is not installed (pip install 'maskwright[worker]')")
    elif worker:
        children.append(Child("worker", run_worker))
    # Importing torch would take the cores that the server needs to answer quickly.
    supervisor = Supervisor(children, may_start=lambda: _answers(f"{base_url(settings.host, settings.port)}/healthz"))
    raise typer.Exit(supervisor.run())


def _serve() -> None:
    sys.exit(main.run(["serve", "--migrate"]))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False

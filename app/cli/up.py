"""`maskwright up`"""

import socket
import sys
from importlib.util import find_spec

import typer

from app.cli.address import connect_host
from app.cli.supervisor import Supervised, Supervisor
from app.cli.typer_app import new_cli
from app.errors import AppError
from app.settings import Settings, get_settings

CONNECT_SECONDS = 0.5

cli = new_cli("Serve web pages and REST, with a worker beside: everything on one machine.")


class PortTaken(AppError):
    """Another program listens where the server is to be."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            f"something listens at {settings.host}:{settings.port} already; stop it, or choose another port with "
            "MASKWRIGHT_PORT"
        )


@cli.command()
def run() -> None:
    settings = get_settings()
    if _answers(settings):
        raise PortTaken(settings)
    server = Supervised("server", [sys.executable, "-m", "app.cli.main", "serve", "--migrate"])
    workers = [Supervised("worker", [sys.executable, "-m", "worker"])]
    if find_spec("torch") is None:
        typer.echo("No worker: training needs torch, which is not installed here (pip install 'maskwright[worker]')")
        workers = []
    # The worker loads torch: it waits until the server answers, which is what a person waits for.
    raise typer.Exit(Supervisor(server, workers, is_ready=lambda: _answers(settings)).run())


def _answers(settings: Settings) -> bool:
    try:
        socket.create_connection((connect_host(settings), settings.port), CONNECT_SECONDS).close()
    except OSError:
        return False
    return True

"""`maskwright serve`"""

import socket
import subprocess
import sys
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI

from app.accounts.repository import count_admins
from app.cli.address import base_url
from app.cli.typer_app import new_cli
from app.db.engine import session_scope
from app.db.schema_version import is_current, require_current
from app.headers import HTTP_PARSER
from app.logging import LOG_CONFIG
from app.main import create_app
from app.settings import get_settings
from app.training.exports import prediction_device

KEEP_ALIVE_SECONDS = 75  # longer than the minute that proxies keep theirs, so they never meet a closed connection
SHUTDOWN_SECONDS = 5  # for answers that are under way

cli = new_cli("The server alone: pages, REST API and prediction. It never loads torch.")


@cli.command()
def run(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen at; MASKWRIGHT_HOST otherwise.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="MASKWRIGHT_PORT otherwise.")] = None,
    migrate: Annotated[bool, typer.Option("--migrate", help="Bring the database up to date first.")] = False,
) -> None:
    if migrate and not is_current():
        # In a process of its own: Alembic would stay in the server's memory.
        subprocess.run([sys.executable, "-m", "app.cli.main", "migrate"], check=False)
    require_current()  # here, so that it is said in one line; the application refuses too
    prediction_device()
    settings = get_settings()
    app = create_app()
    config = uvicorn.Config(
        app,
        host=host or settings.host,
        port=port or settings.port,
        http=HTTP_PARSER,
        log_config=LOG_CONFIG,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=True,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    server = _Server(config, app)
    server.run()
    if not server.started:
        raise typer.Exit(1)


class _Server(uvicorn.Server):
    """Says where it is once it answers, and sends those away who listen to trainings before it ends."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.started:
            return
        typer.echo(f"Maskwright runs at {base_url(self.config.host, self.config.port)}")
        with session_scope(read_only=True) as session:
            has_administrator = count_admins(session) > 0
        if not has_administrator:
            typer.echo("The first administrator is made with: maskwright admin create --email you@example.com")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._app.state.training_events.close()
        await super().shutdown(sockets)

"""The server of `maskwright serve`: all that a start imports."""

import socket
import subprocess

import typer
import uvicorn
from fastapi import FastAPI

from app.accounts.repository import count_admins
from app.cli.address import base_url
from app.cli.migration import MIGRATE
from app.db.engine import session_scope
from app.db.schema_version import is_current, require_current
from app.headers import HTTP_PARSER
from app.logging import LOG_CONFIG
from app.main import create_app
from app.settings import get_settings
from app.training.exports import prediction_device

KEEP_ALIVE_SECONDS = 75  # longer than the minute that proxies keep theirs, so they never meet a closed connection
SHUTDOWN_SECONDS = 5  # for answers that are under way


def serve(*, host: str | None, port: int | None, migrate: bool) -> None:
    """Serve until asked to stop.

    Raises:
        typer.Exit: The server could not start, and has said why.
    """
    if migrate and not is_current():
        subprocess.run(MIGRATE, check=False)
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

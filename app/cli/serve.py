"""`maskwright serve`"""

import logging
import socket
import subprocess
import sys
from typing import Annotated

import typer
import uvicorn

from app.accounts.repository import count_admins
from app.cli.address import base_url
from app.cli.typer_app import new_cli
from app.db.engine import session_scope
from app.db.schema_version import is_current, require_current
from app.main import create_app
from app.settings import Settings, get_settings

# Pages hold their event streams open for ever; a restart does not wait for them.
GRACE_SECONDS = 3

cli = new_cli("Serve web pages and REST, without a worker.")


@cli.command()
def run(
    *,
    migrate: Annotated[bool, typer.Option("--migrate", help="Bring the database to this version first.")] = False,
) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if migrate and not is_current():
        # In a process of its own: Alembic would stay in the server's memory.
        subprocess.run([sys.executable, "-m", "app.cli.main", "migrate"], check=False)
    require_current()
    settings = get_settings()
    config = uvicorn.Config(
        create_app(),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _AnnouncingServer(config, settings)
    server.run()
    if not server.started:
        raise typer.Exit(1)


class _AnnouncingServer(uvicorn.Server):
    """Says where it is once it answers, and what a first visitor needs."""

    def __init__(self, config: uvicorn.Config, settings: Settings) -> None:
        super().__init__(config)
        self._settings = settings

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            typer.echo(f"Maskwright is at {base_url(self._settings)}")
            with session_scope(read_only=True) as session:
                has_admin = count_admins(session) > 0
            if not has_admin:
                typer.echo("Make the first administrator: maskwright admin create --email you@example.com")

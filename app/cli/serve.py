"""`maskwright serve`"""

from typing import Annotated

import typer
import uvicorn

from app.cli.typer_app import new_cli
from app.db.schema_version import require_current
from app.logging import LOG_CONFIG
from app.settings import get_settings

KEEP_ALIVE_SECONDS = 75  # longer than the minute that proxies keep theirs, so they never meet a closed connection
SHUTDOWN_SECONDS = 10

cli = new_cli("The server alone: pages, REST API and prediction. It never loads torch.")


@cli.command()
def run(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen at; MASKWRIGHT_HOST otherwise.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="MASKWRIGHT_PORT otherwise.")] = None,
) -> None:
    require_current()  # here, so that it is said in one line; the application refuses too
    settings = get_settings()
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=host or settings.host,
        port=port or settings.port,
        log_config=LOG_CONFIG,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )

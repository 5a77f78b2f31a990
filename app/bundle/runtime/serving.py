"""Serving a bundle until it is told to end."""

import socket
import sys

import uvicorn

from app.bundle.runtime.addresses import list_addresses, open_socket
from app.bundle.runtime.application import create_app, predict_path
from app.bundle.runtime.loading import load_model
from app.bundle.runtime.manifest import Manifest
from app.bundle.runtime.options import Options
from app.headers import HTTP_PARSER
from app.http import TOKEN_HEADER
from app.logging import LOG_CONFIG

KEEP_ALIVE_SECONDS = 75  # as the server that made the bundle
SHUTDOWN_SECONDS = 5  # for answers that are under way


def run(options: Options, manifest: Manifest) -> int:
    """Serve; gives the exit status.

    Raises:
        BundleRefused: The address cannot be had, or the model not be loaded.
    """
    with open_socket(options.host, options.port) as opened:
        app = create_app(options, manifest, load_model(options.folder, manifest))
        config = uvicorn.Config(
            app,
            http=HTTP_PARSER,
            log_config=LOG_CONFIG,
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
        server = _Server(config, options, manifest)
        server.run(sockets=[opened])
    return 0 if server.started else 1


class _Server(uvicorn.Server):
    """Says where it is once it answers."""

    def __init__(self, config: uvicorn.Config, options: Options, manifest: Manifest) -> None:
        super().__init__(config)
        self._options = options
        self._manifest = manifest

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            sys.stdout.write("\n".join(self._words()) + "\n")
            sys.stdout.flush()

    def _words(self) -> list[str]:
        manifest, options = self._manifest, self._options
        here, *elsewhere = list_addresses(options.host, options.port)
        lines = [
            f"{manifest.model_name} ({manifest.checkpoint}, speed {manifest.speed}) runs at {here}",
            *(f"  from other machines and phones: {address}" for address in elsewhere),
            f"  pictures go to: {here}{predict_path(manifest)}",
        ]
        if options.token:
            lines.append(f"  with the token in the header {TOKEN_HEADER}")
        return lines

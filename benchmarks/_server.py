"""A fresh Maskwright for a benchmark: its own folder, database and port, and a client signed in as administrator."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from app.db.engine import dispose_engine
from app.settings import get_settings
from app.storage.blobs import get_blob_store
from tests.services import free_port

START_SECONDS = 60
STOP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server's process, and how to talk to it."""

    client: httpx.Client
    process: psutil.Process
    seconds_to_start: float

    def memory_mb(self) -> float:
        """What the server's processes hold in memory together."""
        processes = [self.process, *self.process.children(recursive=True)]
        return sum(process.memory_info().rss for process in processes) / 1e6


@contextmanager
def running_server(
    command: str = "up", *, prepare: Callable[[], object] | None = None, **settings: str
) -> Iterator[RunningServer]:
    """Migrate an empty database, let `prepare` fill it under the server's settings, and start the server.

    Args:
        command: `up`, with a worker, or `serve` without.
        prepare: Called in this process.
        settings: Settings beside DATA_DIR and PORT, by their names without the prefix.
    """
    with tempfile.TemporaryDirectory(prefix="maskwright-benchmark-") as folder:
        port = free_port()
        own = {"DATA_DIR": folder, "PORT": str(port), **settings}
        environment = os.environ | {f"MASKWRIGHT_{name}": value for name, value in own.items()}
        program = [sys.executable, "-m", "app.cli.main"]
        subprocess.run([*program, "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
        made = subprocess.run(
            [*program, "admin", "create", "--email", "bench@example.com", "--password-stdin", "--print-token"],
            env=environment,
            input=secrets.token_urlsafe(12),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        if prepare is not None:
            os.environ.update(environment)
            _forget_earlier_server()
            prepare()
        with (Path(folder) / "server.log").open("wb") as log:
            server = subprocess.Popen([*program, command], env=environment, stdout=log, stderr=log)
        try:
            base_url = f"http://127.0.0.1:{port}"
            seconds = _wait_until_up(base_url)
            headers = {"X-Auth-token": made.stdout.split()[-1]}
            with httpx.Client(base_url=base_url, headers=headers, timeout=600, trust_env=False) as client:
                yield RunningServer(client, psutil.Process(server.pid), seconds)
        finally:
            server.terminate()
            server.wait(STOP_SECONDS)


def _forget_earlier_server() -> None:
    dispose_engine()
    get_settings.cache_clear()
    get_blob_store.cache_clear()


def _wait_until_up(base_url: str) -> float:
    started = time.monotonic()
    while time.monotonic() - started < START_SECONDS:
        try:
            if httpx.get(f"{base_url}/healthz", timeout=2, trust_env=False).is_success:
                return time.monotonic() - started
        except httpx.TransportError:
            time.sleep(0.05)
    raise SystemExit("the server does not answer")

"""PostgreSQL and Redis of this machine, started for the tests on free ports and stopped after them; its Chromium."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

START_SECONDS = 60


def skip_or_fail(reason: str) -> None:
    """A service that is missing skips its tests visibly; REQUIRE_SERVICES=1 (CI) makes that an error."""
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def find_postgresql() -> Path | None:
    """The folder with initdb and pg_ctl: on the PATH, else where Debian puts the newest version."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


def find_chromium() -> str | None:
    """The one without a window's parts, where it is installed: it opens a page with less than half of the work."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


@contextmanager
def postgresql_server(programs: Path) -> Iterator[str]:
    """Run a server that forgets everything; gives the URL of its first database."""
    # Root may not run PostgreSQL; the folder must be one that the user postgres may enter.
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="maskwright-postgresql-", dir="/tmp"))
    if user:
        shutil.chown(folder, "postgres", "postgres")
    port = free_port()
    data = folder / "data"
    options = (
        f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' "
        "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=100"
    )
    try:
        run = [
            *user,
            programs / "initdb",
            "-D",
            data,
            "-U",
            "maskwright",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]
        _run([*run, "--no-sync", "--no-instructions"], folder)
        _run([*user, programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"], folder)
        try:
            yield f"postgresql+psycopg://maskwright@127.0.0.1:{port}/postgres"
        finally:
            _run([*user, programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis_server(program: str) -> Iterator[str]:
    """Run a Redis that keeps nothing on disk; gives its URL."""
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nothing listens on port {port} after {START_SECONDS} s")


def _run(command: list[str | Path], folder: Path) -> None:
    # The server inherits the pipes of its starter and would hold them open: output goes to a file.
    log = folder / "starter.log"
    with log.open("wb") as output:
        done = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, cwd="/", check=False)
    if done.returncode:
        raise RuntimeError(f"{command}: {log.read_text()}")

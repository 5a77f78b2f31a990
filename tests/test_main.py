"""The server as a process: quick to start, small, and without torch."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.settings import Settings
from tests.services import free_port

MAX_RESIDENT_MB = 250  # before a model is loaded
GIVE_UP_SECONDS = 60

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def server(app_env: Settings) -> Iterator[tuple[psutil.Process, str]]:
    """A server that has just answered for the first time, and its address."""
    port = free_port()
    environment = os.environ | {"MASKWRIGHT_PORT": str(port)}
    log = app_env.data_dir / "server.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "app.cli.main", "serve"]
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_alive(process, address, log)
        yield psutil.Process(process.pid), address
    finally:
        process.terminate()
        process.wait(GIVE_UP_SECONDS)


def wait_until_alive(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise AssertionError(log.read_text())


@pytest.mark.slow
def test_serve__is_small_and_without_torch(server: tuple[psutil.Process, str]) -> None:
    process, address = server
    with urllib.request.urlopen(f"{address}/api/openapi.json") as answer:  # the largest thing made on demand
        assert json.load(answer)["openapi"]
    assert process.memory_info().rss < MAX_RESIDENT_MB * 1024**2
    assert not [region.path for region in process.memory_maps() if "torch" in region.path]


@pytest.mark.slow
def test_serve__refuses_an_unmigrated_database_in_one_line(app_env: Settings) -> None:
    environment = os.environ | {"MASKWRIGHT_DATABASE_URL": f"sqlite:///{app_env.data_dir / 'new.db'}"}
    command = [sys.executable, "-m", "app.cli.main", "serve"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=GIVE_UP_SECONDS, check=False
    )
    assert done.returncode == 1
    assert "run maskwright migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_app__imports_no_torch(app_env: Settings) -> None:
    code = "import sys; import app.main; app.main.create_app(); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'app.main'" in done.stdout
    for name in ("torch", "torchvision", "worker", "alembic", "onnx"):
        assert f"'{name}'" not in done.stdout

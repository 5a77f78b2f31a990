"""Starting a bundle's run.sh, with the packages of the tests' own Python."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services import free_port
from tests.side_by_side import one_core

START_SECONDS = 120  # of a machine whose cores are busy
STOP_SECONDS = 30


@dataclass(frozen=True)
class Running:
    url: str
    greeting: str


def run_sh(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Start run.sh with the packages of the tests' own Python, unless the environment says otherwise."""
    given = {"PATH": os.environ["PATH"], "MASKWRIGHT_BUNDLE_PYTHON": sys.executable} | environment
    with one_core():
        return subprocess.run(
            [str(folder / "run.sh"), *arguments],
            env=given,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[Running]:
    """A bundle's server that answers, on a free port."""
    port = free_port()
    command = [str(folder / "run.sh"), "--port", str(port), *arguments]
    environment = os.environ | {"MASKWRIGHT_BUNDLE_PYTHON": sys.executable}
    with one_core():
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield Running(f"http://127.0.0.1:{port}", _read_greeting(process))
    finally:
        process.terminate()
        process.communicate(timeout=STOP_SECONDS)


def _read_greeting(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    greeting = ""
    while "pictures go to" not in greeting:
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        greeting += line
    return greeting


def ask(url: str, image: bytes) -> bytes:
    request = urllib.request.Request(url, data=image, headers={"Content-Type": "application/octet-stream"})
    with urllib.request.urlopen(request, timeout=START_SECONDS) as answer:
        body: bytes = answer.read()
        return body

"""The supervisor runs in a process of its own here: it takes over the signals of its process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PATIENCE_SECONDS = 60.0  # a busy machine starts a process slowly

PROGRAM = """
import os, sys, time
from functools import partial
from pathlib import Path
from app.cli.supervisor import Child, Supervisor
folder = Path(sys.argv[1])

def note_and_sleep(file):
    with file.open("a") as notes:
        notes.write(f"{os.getpid()}\\n")
    time.sleep(600)

children = [Child(name, partial(note_and_sleep, folder / name)) for name in ("first", "second")]
Supervisor(children, may_start=lambda: (folder / "first").exists()).run()
"""


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def started(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)])
    yield process
    process.kill()
    process.wait()


@pytest.mark.slow
def test_supervisor__starts_a_killed_child_again(supervisor: subprocess.Popen[bytes], tmp_path: Path) -> None:
    eventually(lambda: len(started(tmp_path / "second")) == 1)
    os.kill(started(tmp_path / "second")[0], signal.SIGKILL)
    eventually(lambda: len(started(tmp_path / "second")) == 2)
    assert len(started(tmp_path / "first")) == 1


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_supervisor__leaves_no_child_behind(
    supervisor: subprocess.Popen[bytes], tmp_path: Path, number: signal.Signals
) -> None:
    eventually(lambda: bool(started(tmp_path / "first")) and bool(started(tmp_path / "second")))
    children = started(tmp_path / "first") + started(tmp_path / "second")
    supervisor.send_signal(number)
    supervisor.wait(PATIENCE_SECONDS)
    eventually(lambda: not any(is_running(pid) for pid in children))

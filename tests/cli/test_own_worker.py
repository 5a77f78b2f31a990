"""The worker of a command that waits for a training."""

import itertools
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from app.cli import own_worker
from app.cli.own_worker import OwnWorker, WorkerDied
from app.db.engine import session_scope
from app.settings import Settings
from app.training import lifecycle

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Has a letter for each worker that was started; each dies at once."""
    path = tmp_path / "starts"
    command = [sys.executable, "-c", f"open({str(path)!r}, 'a').write('x')"]
    monkeypatch.setattr(own_worker, "worker_command", lambda: command)
    path.touch()
    return path


def test_ensure__starts_one_anew_that_died_but_not_for_ever(app_env: Settings, starts: Path) -> None:
    with OwnWorker(clock=lambda: 0.0) as worker, pytest.raises(WorkerDied, match="maskwright worker says why"):
        ensure_for_ever(worker)
    assert starts.read_text() == "x" * lifecycle.MAX_DEATHS


def test_ensure__does_not_count_deaths_after_a_long_healthy_time(app_env: Settings, starts: Path) -> None:
    long_after_each_other = itertools.count(step=own_worker.HEALTHY_SECONDS + 1)
    deaths = lifecycle.MAX_DEATHS + 1
    with OwnWorker(clock=lambda: next(long_after_each_other)) as worker:
        while len(starts.read_text()) < deaths:
            worker.ensure()


def ensure_for_ever(worker: OwnWorker) -> NoReturn:
    while True:
        worker.ensure()


def test_ensure__leaves_it_to_one_that_is_alive(app_env: Settings, starts: Path) -> None:
    with session_scope() as session:
        lifecycle.beat(session, "worker", hostname="desk", device="CPU")
    with OwnWorker() as worker:
        worker.ensure()
    assert starts.read_text() == ""

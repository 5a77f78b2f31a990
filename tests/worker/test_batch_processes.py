"""Batches on real workers: processes that hear a broker, predict, die and follow one another."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from app.db.clock import read_database_time
from app.db.engine import session_scope
from app.db.enums import BatchStatus, CheckpointKind
from app.db.models import Batch, BatchImage, Worker
from app.settings import Settings
from tests.conftest import Person, use_settings
from tests.exported import exported_random_model
from tests.images.pictures import png
from tests.trained import store_trained_model

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 240.0  # a busy machine loads torch in half a minute
IMAGES = 60  # a worker tells what it has done once a second: it is to be killed before it has done all


@pytest.fixture
def ask(project_id: int, developer: Person, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], int]:
    """Ask for predictions on a few files; gives the batch's id."""
    exported = exported_random_model(tmp_path_factory, seed=0)

    def ask() -> int:
        model_id = store_trained_model(project_id, exports=dict.fromkeys(CheckpointKind, exported))
        files = [("files", (f"{number}.png", png(64, 48))) for number in range(IMAGES)]
        answer = developer.post(f"/api/v1/models/{model_id}/batches", files=files)
        assert answer.status_code == 202, answer.text
        batch_id: int = answer.json()["id"]
        return batch_id

    return ask


@contextmanager
def running_worker(log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    environment = os.environ | {"OMP_NUM_THREADS": "1", "MASKWRIGHT_DEVICE": "cpu"}
    with log.open("ab") as output:
        process = subprocess.Popen([sys.executable, "-m", "worker"], env=environment, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        sys.stdout.write(log.read_text())


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def read(batch_id: int) -> Batch:
    with session_scope(read_only=True) as session:
        return session.get_one(Batch, batch_id)


def is_known() -> bool:
    with session_scope(read_only=True) as session:
        return session.scalar(select(Worker.id).limit(1)) is not None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_killed_worker__is_followed_by_another(app_env: Settings, tmp_path: Path, ask: Callable[[], int]) -> None:
    batch_id = ask()
    with running_worker(tmp_path / "worker.log") as worker:
        wait_for(lambda: read(batch_id).done_count)
        worker.kill()
    before = read(batch_id)
    with session_scope() as session:  # its lease would run out in 20 seconds
        session.execute(update(Batch).values(lease_expires_at=read_database_time(session) - timedelta(seconds=1)))
    with running_worker(tmp_path / "worker.log") as worker:
        wait_for(lambda: read(batch_id).status.has_ended)
        worker.terminate()
        assert worker.wait(PATIENCE_SECONDS) == 0
    batch = read(batch_id)
    assert (batch.status, batch.error, batch.done_count) == (BatchStatus.READY, None, IMAGES)
    assert batch.attempt == before.attempt + (before.status is BatchStatus.RUNNING)
    with session_scope(read_only=True) as session:
        assert session.scalar(select(func.count(BatchImage.prediction_count))) == IMAGES


@pytest.mark.services
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_worker__predicts_what_redis_rings_for(
    app_env: Settings,
    database: str,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    ask: Callable[[], int],
) -> None:
    use_settings(monkeypatch, data_dir=tmp_path, database_url=database, broker_url=redis_url)
    with running_worker(tmp_path / "worker.log") as worker:
        wait_for(is_known)
        batch_id = ask()
        wait_for(lambda: read(batch_id).status.has_ended)
        assert (read(batch_id).status, read(batch_id).done_count) == (BatchStatus.READY, IMAGES)
        worker.terminate()
        assert worker.wait(PATIENCE_SECONDS) == 0
    assert not is_known()

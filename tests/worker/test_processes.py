"""Real workers: processes that hear a broker, train, die and follow one another."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, select, update

from app.db.clock import read_database_time
from app.db.engine import session_scope
from app.db.enums import ModelStatus
from app.db.models import Checkpoint, Model, Worker
from app.settings import Settings
from app.storage.blobs import get_blob_store
from tests.conftest import Person, use_settings
from tests.worker.breakable import breakable_connection
from tests.worker.labeled_project import add_pictures
from worker.checkpoint import read_checkpoint

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 240.0  # a busy machine loads torch in half a minute
GRACE_SECONDS = 10.0  # contract: a worker that is asked to end has ended within

LONG_TEST_SECONDS = 900  # several workers one after another, each of which loads torch
AWAY_SECONDS = 5.0

StartWorker = Callable[[], AbstractContextManager["subprocess.Popen[bytes]"]]
Start = Callable[..., int]


@pytest.fixture
def start_worker(app_env: Settings, tmp_path: Path) -> Iterator[StartWorker]:
    """Run `python -m worker` on one core; what it says is shown when the test fails."""
    log = tmp_path / "worker.log"

    @contextmanager
    def start() -> Iterator[subprocess.Popen[bytes]]:
        environment = os.environ | {"OMP_NUM_THREADS": "1", "MASKWRIGHT_DEVICE": "cpu"}
        with log.open("ab") as output:
            command = [sys.executable, "-m", "worker"]
            process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    yield start
    sys.stdout.write(log.read_text() if log.exists() else "")


@pytest.fixture
def start(project_id: int, owner: Person) -> Start:
    with session_scope() as session:
        add_pictures(session, project_id)

    def start(**settings: Any) -> int:
        body = {"name": "m", "image_size": 64, "max_steps": 1, **settings}
        model_id: int = owner.post(f"/api/v1/projects/{project_id}/models", json=body).json()["id"]
        return model_id

    return start


def wait_for(condition: Callable[[], object], *, seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def read_model(model_id: int) -> Model:
    with session_scope(read_only=True) as session:
        return session.get_one(Model, model_id)


def has_ended(model_id: int) -> bool:
    return read_model(model_id).status in (ModelStatus.READY, ModelStatus.FAILED)


def live_workers() -> list[str]:
    with session_scope(read_only=True) as session:
        return list(session.scalars(select(Worker.id)))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_worker__trains_what_the_folder_rings_for_and_ends_when_asked(
    start: Start, start_worker: StartWorker, owner: Person
) -> None:
    with start_worker() as worker:
        wait_for(live_workers)
        model_id = start()
        wait_for(lambda: has_ended(model_id))
        assert (read_model(model_id).error, read_model(model_id).status) == (None, ModelStatus.READY)
        assert owner.get("/api/v1/queue").json()["workers"][0]["device"].startswith("CPU, ")
        worker.terminate()
        assert worker.wait(GRACE_SECONDS) == 0
    assert live_workers() == []


@pytest.mark.services
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_worker__trains_what_redis_rings_for(
    app_env: Settings,
    database: str,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    start: Start,
    start_worker: StartWorker,
) -> None:
    use_settings(monkeypatch, data_dir=app_env.data_dir, database_url=database, broker_url=redis_url)
    with start_worker():
        wait_for(live_workers)
        model_id = start()
        wait_for(lambda: has_ended(model_id))
        assert (read_model(model_id).error, read_model(model_id).status) == (None, ModelStatus.READY)


@pytest.mark.timeout(LONG_TEST_SECONDS)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_worker__killed_at_random_moments_is_followed_by_others(
    start: Start, start_worker: StartWorker, owner: Person
) -> None:
    moments = random.Random(6)
    model_id = start(max_steps=6)
    kept: list[dict[str, Any]] = []
    for attempt in (1, 2, 3):
        with start_worker() as worker:
            wait_for(lambda attempt=attempt: read_model(model_id).attempt == attempt)
            time.sleep(moments.uniform(0.0, 8.0))
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
        check_saved_states(model_id)
        last = owner.get(f"/api/v1/models/{model_id}").json()["last"]
        points = [point for point in read_curve(owner, model_id) if last and point["step"] <= last["step"]]
        assert points[: len(kept)] == kept  # what was saved is never trained again
        kept = points
        let_leases_run_out()
    with start_worker():
        wait_for(lambda: has_ended(model_id), seconds=LONG_TEST_SECONDS)
    model = owner.get(f"/api/v1/models/{model_id}").json()
    assert (model["status"], model["error"], model["attempt"], model["last"]["step"]) == ("ready", None, 4, 6)
    steps = [point["step"] for point in read_curve(owner, model_id)]
    assert steps == sorted(set(steps))


def check_saved_states(model_id: int) -> None:
    """Whatever the database points to is whole."""
    with session_scope(read_only=True) as session:
        keys = session.scalars(select(Checkpoint.state_key).where(Checkpoint.model_id == model_id)).all()
    for key in keys:
        with get_blob_store().local_path(key) as path:
            assert read_checkpoint(path)["model"]


@pytest.mark.timeout(LONG_TEST_SECONDS)
@pytest.mark.services
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_worker__outlives_a_while_without_database_and_broker(
    app_env: Settings,
    database: str,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    start: Start,
    start_worker: StartWorker,
) -> None:
    near = {"data_dir": app_env.data_dir, "database_url": database, "broker_url": redis_url}
    postgresql, redis = make_url(database), make_url(redis_url)
    with (
        breakable_connection(str(postgresql.host), int(postgresql.port or 0)) as (postgresql_port, has_database),
        breakable_connection(str(redis.host), int(redis.port or 0)) as (redis_port, has_broker),
    ):
        far = {
            "database_url": postgresql.set(port=postgresql_port).render_as_string(),
            "broker_url": f"redis://127.0.0.1:{redis_port}/0",
        }
        use_settings(monkeypatch, **(near | far))
        with start_worker():
            use_settings(monkeypatch, **near)  # the server is not cut off
            wait_for(live_workers)
            first = start(max_steps=4)
            wait_for(lambda: read_model(first).step > 0)
            has_database.clear()
            has_broker.clear()
            step = read_model(first).step
            second = start(name="n")
            time.sleep(AWAY_SECONDS)
            assert read_model(first).step <= step + 1  # nothing was told meanwhile
            has_database.set()
            has_broker.set()
            wait_for(lambda: has_ended(first) and has_ended(second), seconds=LONG_TEST_SECONDS)
    for model_id in (first, second):
        model = read_model(model_id)
        assert (model.error, model.status, model.attempt) == (None, ModelStatus.READY, 1)


def read_curve(owner: Person, model_id: int) -> list[dict[str, Any]]:
    points: list[dict[str, Any]] = owner.get(f"/api/v1/models/{model_id}/curve").json()["items"]
    return points


def let_leases_run_out() -> None:
    """As if the 20 s of a lease had gone by."""
    with session_scope() as session:
        session.execute(update(Model).values(lease_expires_at=read_database_time(session) - timedelta(seconds=1)))

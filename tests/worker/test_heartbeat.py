import time
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.db.engine import session_scope
from app.db.enums import ModelStatus
from app.db.models import Model, Worker
from app.settings import Settings
from app.training import lifecycle
from worker import heartbeat as heartbeats
from worker.heartbeat import Heartbeat

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def heartbeat(app_env: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Heartbeat]:
    monkeypatch.setattr(heartbeats, "TICK_SECONDS", 0.05)
    monkeypatch.setattr(lifecycle, "HEARTBEAT_SECONDS", 0.1)
    beating = Heartbeat("desk:1:x", hostname="desk", device="CPU, 2 cores")
    beating.start()
    yield beating
    beating.stop()


def read_worker() -> Worker | None:
    with session_scope(read_only=True) as session:
        return session.scalars(select(Worker)).one_or_none()


def wait_until_beaten_after(worker: Worker) -> Worker:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        beaten = read_worker()
        if beaten is not None and beaten.heartbeat_at > worker.heartbeat_at:
            return beaten
    raise AssertionError("no further heartbeat came")


def test_start__makes_the_worker_known_at_once(heartbeat: Heartbeat) -> None:
    worker = read_worker()
    assert worker is not None
    assert (worker.id, worker.hostname, worker.device) == ("desk:1:x", "desk", "CPU, 2 cores")
    assert wait_until_beaten_after(worker).started_at == worker.started_at


def test_run__makes_a_forgotten_worker_known_again(heartbeat: Heartbeat) -> None:
    known = read_worker()
    assert known is not None
    with session_scope() as session:
        lifecycle.sign_off(session, "desk:1:x")
    assert wait_until_beaten_after(known).id == "desk:1:x"


def test_stop__takes_the_worker_off_the_list(app_env: Settings) -> None:
    beating = Heartbeat("desk:1:x", hostname="desk", device="CPU")
    beating.start()
    beating.stop()
    assert read_worker() is None


def test_run__sweeps_while_idle(heartbeat: Heartbeat, queued_model: int) -> None:
    with session_scope() as session:
        lifecycle.beat(session, "dead", hostname="rack", device="CPU")
        session.flush()
        lifecycle.claim_next(session, "dead")
        model = session.get_one(Model, queued_model)
        model.lease_expires_at = model.created_at
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with session_scope(read_only=True) as session:
            if session.get_one(Model, queued_model).status is ModelStatus.QUEUED:
                return
    raise AssertionError("the dead worker's model did not come back into the queue")

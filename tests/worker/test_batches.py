"""A worker's thread for batches, on a stand-in for the network: what it does with images, requests and its end."""

from collections.abc import Callable
from threading import Event
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.batches import lifecycle
from app.db.engine import session_scope
from app.db.enums import BatchStatus
from app.db.models import Batch, BatchImage
from app.inference.errors import DeviceUnavailable
from app.inference.prediction import Prediction
from app.jobs.queue import ring_batch
from app.settings import Settings
from app.storage.blobs import get_blob_store
from tests.batches.stored import add_batch, square
from tests.worker.labeled_project import picture
from worker import batches
from worker.batches import BatchPredictor, LoadedModel
from worker.heartbeat import Heartbeat

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

NAMES = ("a.png", "b.png", "c.png")


class Network:
    """Finds the same object everywhere, and tells of what it is asked."""

    def __init__(self) -> None:
        self.seen = 0
        self.threads: list[int | None] = []
        self.before_each: Callable[[], object] = lambda: None

    def predict(self, _rgb: NDArray[np.uint8], *, score_thresholds: dict[str, float]) -> list[Prediction]:
        self.before_each()
        self.seen += 1
        assert set(score_thresholds.values()) == {lifecycle.LOWEST_KEPT_SCORE}
        return [square("fig", 0.9, 1, 1), square("fig", 0.1, 2, 2)]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    network = Network()

    def get(_self: LoadedModel, _prefix: str, _precision: object, _owner: object, *, threads: int | None) -> Any:
        network.threads.append(threads)
        return network

    monkeypatch.setattr(LoadedModel, "get", get)
    return network


@pytest.fixture
def shutdown() -> Event:
    return Event()


@pytest.fixture
def heartbeat(app_env: Settings) -> Heartbeat:
    return Heartbeat("desk:1:a", hostname="desk", device="CPU, 2 cores")


@pytest.fixture
def predictor(app_env: Settings, heartbeat: Heartbeat, shutdown: Event) -> BatchPredictor:
    return BatchPredictor("desk:1:a", settings=app_env, store=get_blob_store(), heartbeat=heartbeat, shutdown=shutdown)


@pytest.fixture
def batch_id(project_id: int) -> int:
    for name in NAMES:
        get_blob_store().put_bytes(f"none/{name}", picture(1, "fig"))
    return add_batch(project_id, [(name, None) for name in NAMES])


def read(batch_id: int) -> Batch:
    with session_scope(read_only=True) as session:
        return session.get_one(Batch, batch_id)


def read_image(batch_id: int, position: int) -> BatchImage:
    with session_scope(read_only=True) as session:
        return session.get_one(BatchImage, (batch_id, position))


def test_images__are_counted_at_the_thresholds(batch_id: int, predictor: BatchPredictor, network: Network) -> None:
    predictor.work_off_queue()
    assert (read(batch_id).status, read(batch_id).done_count, network.seen) == (BatchStatus.READY, 3, 3)
    assert read_image(batch_id, 2).prediction_count == 1


def test_images__that_are_gone_or_broken_are_told_and_passed_over(
    batch_id: int, predictor: BatchPredictor, network: Network
) -> None:
    get_blob_store().delete(["none/a.png"])
    get_blob_store().put_bytes("none/c.png", b"broken")
    predictor.work_off_queue()
    assert (read(batch_id).status, read(batch_id).done_count, network.seen) == (BatchStatus.READY, 3, 1)
    assert "deleted" in (read_image(batch_id, 1).error or "")
    assert read_image(batch_id, 3).error
    assert read_image(batch_id, 3).prediction_count is None


def test_shutdown__gives_the_batch_back_with_what_was_found(
    batch_id: int, predictor: BatchPredictor, network: Network, shutdown: Event
) -> None:
    network.before_each = shutdown.set
    predictor.work_off_queue()
    assert (read(batch_id).status, read(batch_id).done_count) == (BatchStatus.QUEUED, 1)
    shutdown.clear()
    network.before_each = lambda: None
    predictor.work_off_queue()
    assert (read(batch_id).status, network.seen) == (BatchStatus.READY, 3), "no image is done twice"


def test_cancel__ends_it_at_the_next_report(
    batch_id: int, predictor: BatchPredictor, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "REPORT_SECONDS", 0.0)

    def cancel() -> None:
        with session_scope() as session:
            batch = session.get_one(Batch, batch_id)
            batch.attempt += 1
            lifecycle.end(session, batch, BatchStatus.CANCELLED, kept_days=1)

    network.before_each = cancel
    predictor.work_off_queue()
    assert (read(batch_id).status, read(batch_id).done_count, network.seen) == (BatchStatus.CANCELLED, 0, 1)


def test_large_batch__lets_a_small_one_have_its_turn(
    project_id: int, batch_id: int, predictor: BatchPredictor, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "TURN_SECONDS", 0.0)
    ended: list[int] = []
    small = 0

    def add_small_one() -> None:
        nonlocal small
        if network.seen == 1:
            small = add_batch(project_id, [("a.png", None)])
        elif small and read(small).status is BatchStatus.READY:
            ended.append(read(batch_id).done_count)

    network.before_each = add_small_one
    predictor.work_off_queue()
    assert read(batch_id).status is read(small).status is BatchStatus.READY
    assert ended == [2], "the small one came before the large one's last image"


@pytest.mark.parametrize(
    "error,told",
    [
        (ZeroDivisionError(), "a fault of the worker, not yours: ZeroDivisionError"),
        (DeviceUnavailable("the GPU did not finish"), "the GPU did not finish. Ask for the predictions again"),
    ],
)
def test_fault__fails_the_batch_in_words(
    batch_id: int,
    predictor: BatchPredictor,
    network: Network,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    told: str,
) -> None:
    def break_down() -> None:
        raise error

    network.before_each = break_down
    predictor.work_off_queue()
    batch = read(batch_id)
    assert batch.status is BatchStatus.FAILED
    assert (batch.error or "").startswith(told)
    assert batch.expires_at is not None
    assert "failed" in caplog.text


def test_training_beside__leaves_one_thread(
    batch_id: int, predictor: BatchPredictor, network: Network, heartbeat: Heartbeat
) -> None:
    network.before_each = lambda: heartbeat.follow(object() if network.seen == 0 else None)  # type: ignore[arg-type]
    predictor.work_off_queue()
    assert network.threads == [None, 1, None]


def test_heartbeat__renews_the_lease(
    batch_id: int, predictor: BatchPredictor, network: Network, heartbeat: Heartbeat
) -> None:
    leases = []

    def beat() -> None:
        heartbeat._beat()
        leases.append(read(batch_id).lease_expires_at)

    network.before_each = beat
    predictor.work_off_queue()
    assert leases == sorted(set(leases))
    assert len(leases) == 3


def test_bell__wakes_the_thread(
    batch_id: int,
    predictor: BatchPredictor,
    network: Network,
    shutdown: Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batches, "LOOK_SECONDS", 60.0)
    worked = Event()
    turns: list[int] = []

    def work() -> None:
        turns.append(len(turns))
        worked.set()

    monkeypatch.setattr(predictor, "work_off_queue", work)
    predictor.start()
    assert worked.wait(20)
    worked.clear()
    ring_batch(batch_id)
    assert worked.wait(20), "the bell was not heard"
    shutdown.set()
    ring_batch(batch_id)
    predictor._thread.join(20)

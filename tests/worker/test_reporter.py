import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import make_url, select

from app.db.engine import session_scope
from app.db.enums import CheckpointKind, ModelStatus
from app.db.models import Checkpoint, CurvePoint, Model, ModelLogLine
from app.settings import Settings
from app.storage.blobs import BlobStore, StorageFull, get_blob_store
from app.training.lifecycle import Claim, LeaseLost
from tests.conftest import use_settings
from tests.training.conftest import claim_model, set_status
from tests.worker.breakable import breakable_connection
from worker.report import CurvePoint as Point
from worker.report import StopRequest
from worker.reporter import DatabaseReporter

ONE_DATABASE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def claim(queued_model: int) -> Claim:
    """A model that this worker has just claimed."""
    return claim_model()


@pytest.fixture
def reporter(claim: Claim) -> DatabaseReporter:
    return DatabaseReporter(claim, store=get_blob_store(), shutdown=Event())


@pytest.fixture
def state_file(tmp_path: Path) -> Path:
    path = tmp_path / "state.pt"
    path.write_bytes(b"state")
    return path


def point(step: int) -> Point:
    return Point(step, step / 2, 1.0, 1.5, 0.25, 0.5, 0.75, 0.001, is_best=False)


def read_model() -> Model:
    with session_scope(read_only=True) as session:
        return session.scalars(select(Model)).one()


def read_checkpoints() -> dict[CheckpointKind, Checkpoint]:
    with session_scope(read_only=True) as session:
        return {checkpoint.kind: checkpoint for checkpoint in session.scalars(select(Checkpoint))}


def test_curve_point__replaces_the_point_of_its_step(reporter: DatabaseReporter) -> None:
    reporter.curve_point(point(10))
    reporter.curve_point(point(10))
    reporter.curve_point(point(20))
    with session_scope(read_only=True) as session:
        points = session.scalars(select(CurvePoint).order_by(CurvePoint.step)).all()
    assert [(p.step, p.elapsed_s, p.mean_ap, p.is_best) for p in points] == [
        (10, 5.0, 0.5, False),
        (20, 10.0, 0.5, False),
    ]


@ONE_DATABASE
def test_progress__tells_how_long_it_will_take(reporter: DatabaseReporter) -> None:
    reporter.progress(step=7, elapsed_s=30.0, fraction=0.25)
    model = read_model()
    assert (model.step, model.elapsed_s, model.progress, model.eta_s) == (7, 30.0, 0.25, 90.0)


@ONE_DATABASE
def test_progress__counts_what_comes_after_the_training_once_the_pace_is_known(
    claim: Claim, reporter: DatabaseReporter
) -> None:
    set_status(
        claim.lease.model_id,
        ModelStatus.TRAINING,
        images_per_second=2.0,
        training_image_count=30,
        validation_image_count=10,
    )
    reporter.progress(step=7, elapsed_s=30.0, fraction=0.25)
    assert read_model().eta_s == 90 + 40 * 1.5  # two checkpoints, each image as long as 1.5 of the training


def test_checkpoint__replaces_the_one_before_and_its_files(
    reporter: DatabaseReporter, state_file: Path, claim: Claim
) -> None:
    reporter.checkpoint(CheckpointKind.LAST, state_file, point(10))
    reporter.checkpoint(CheckpointKind.BEST, state_file, point(10))
    before = read_checkpoints()
    reporter.checkpoint(CheckpointKind.LAST, state_file, point(20))
    after = read_checkpoints()
    assert after[CheckpointKind.BEST].state_key == before[CheckpointKind.BEST].state_key
    assert (after[CheckpointKind.LAST].step, after[CheckpointKind.LAST].mean_ap) == (20, 0.5)
    store = get_blob_store()
    assert store.read_bytes(after[CheckpointKind.LAST].state_key) == b"state"
    assert store.exists(after[CheckpointKind.BEST].state_key)
    assert not store.exists(before[CheckpointKind.LAST].state_key)


def share_export(folder: str) -> None:
    """Let best and last be one export, as where they are of one step."""
    get_blob_store().put_bytes(f"{folder}/detector.onnx", b"graph")
    with session_scope() as session:
        for checkpoint in session.scalars(select(Checkpoint)):
            checkpoint.export_prefix = folder


@ONE_DATABASE
@pytest.mark.parametrize("home", CheckpointKind)
def test_checkpoint__leaves_an_export_that_the_other_shares(
    reporter: DatabaseReporter, state_file: Path, home: CheckpointKind
) -> None:
    for kind in CheckpointKind:
        reporter.checkpoint(kind, state_file, point(10))
    folder = reporter.checkpoint_prefix(home, 10).rstrip("/")
    share_export(folder)
    store = get_blob_store()
    reporter.checkpoint(CheckpointKind.LAST, state_file, point(20))
    assert store.exists(f"{folder}/detector.onnx")
    reporter.checkpoint(CheckpointKind.BEST, state_file, point(20))
    assert not list(store.list_keys(f"{folder}/"))
    assert all(store.exists(checkpoint.state_key) for checkpoint in read_checkpoints().values())


@ONE_DATABASE
def test_checkpoint__tried_twice_is_kept(reporter: DatabaseReporter, state_file: Path) -> None:
    reporter.checkpoint(CheckpointKind.LAST, state_file, point(10))
    reporter.checkpoint(CheckpointKind.LAST, state_file, point(10))
    assert get_blob_store().exists(read_checkpoints()[CheckpointKind.LAST].state_key)


@ONE_DATABASE
def test_checkpoint__counts_no_death_before_it(reporter: DatabaseReporter, state_file: Path) -> None:
    set_status(1, ModelStatus.TRAINING, deaths_since_checkpoint=3)
    reporter.checkpoint(CheckpointKind.LAST, state_file, point(10))
    assert read_model().deaths_since_checkpoint == 0


@ONE_DATABASE
def test_checkpoint__of_a_full_disk_leaves_the_earlier_one(
    claim: Claim, reporter: DatabaseReporter, state_file: Path
) -> None:
    reporter.checkpoint(CheckpointKind.LAST, state_file, point(10))
    full = DatabaseReporter(claim, store=FullStore(get_blob_store()), shutdown=Event())
    assert not full.checkpoint(CheckpointKind.LAST, state_file, point(20))
    last = read_checkpoints()[CheckpointKind.LAST]
    assert last.step == 10
    assert get_blob_store().exists(last.state_key)
    with session_scope(read_only=True) as session:
        assert any("disk is full" in message for message in session.scalars(select(ModelLogLine.message)))


class FullStore:
    """A store whose disk is full: nothing can be put, everything else goes on."""

    def __init__(self, store: BlobStore) -> None:
        self._store = store

    def put_file(self, key: str, path: Path, *, shared: bool = False) -> None:
        raise StorageFull("no space left")

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


def test_reports__write_nothing_when_the_lease_is_lost(
    reporter: DatabaseReporter, state_file: Path, claim: Claim
) -> None:
    set_status(1, ModelStatus.QUEUED)
    claim_model("another")
    for report in (
        lambda: reporter.log("hello"),
        lambda: reporter.curve_point(point(10)),
        lambda: reporter.checkpoint(CheckpointKind.LAST, state_file, point(10)),
        reporter.requested,
    ):
        with pytest.raises(LeaseLost):
            report()
    assert read_checkpoints() == {}
    assert not get_blob_store().exists(f"{reporter.checkpoint_prefix(CheckpointKind.LAST, 10)}state.pt")
    with session_scope(read_only=True) as session:
        assert session.scalars(select(CurvePoint)).all() == []
        assert "hello" not in session.scalars(select(ModelLogLine.message)).all()


@ONE_DATABASE
def test_checkpoint__deletes_its_file_when_the_lease_is_lost_meanwhile(
    reporter: DatabaseReporter, state_file: Path
) -> None:
    set_status(1, ModelStatus.CANCELLED)
    with pytest.raises(LeaseLost):
        reporter.checkpoint(CheckpointKind.LAST, state_file, point(10))
    assert not get_blob_store().exists(f"{reporter.checkpoint_prefix(CheckpointKind.LAST, 10)}state.pt")


@ONE_DATABASE
def test_requested__hears_of_a_stop_with_the_next_beat(reporter: DatabaseReporter) -> None:
    assert reporter.requested() is StopRequest.NONE
    set_status(1, ModelStatus.STOPPING, stop_requested=True)
    reporter.renew()
    assert reporter.requested() is StopRequest.STOP


@ONE_DATABASE
def test_requested__pauses_when_the_worker_is_to_end(claim: Claim) -> None:
    shutdown = Event()
    reporter = DatabaseReporter(claim, store=get_blob_store(), shutdown=shutdown)
    shutdown.set()
    assert reporter.requested() is StopRequest.PAUSE


@pytest.mark.services
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_curve_point__waits_for_a_database_that_is_away(
    reporter: DatabaseReporter, database: str, app_env: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = make_url(database)
    with breakable_connection(str(address.host), int(address.port or 0)) as (port, connected):
        use_settings(monkeypatch, data_dir=app_env.data_dir, database_url=address.set(port=port).render_as_string())
        reporter.progress(step=1, elapsed_s=1.0, fraction=0.1)
        connected.clear()
        reporter.progress(step=2, elapsed_s=2.0, fraction=0.2)  # is dropped, and training goes on
        with ThreadPoolExecutor(1) as pool:
            report = pool.submit(reporter.curve_point, point(10))
            with pytest.raises(TimeoutError):
                report.result(timeout=1.5)
            connected.set()
            report.result(timeout=20)
        assert time.monotonic() - reporter.clock() > 1.5  # the training's clock stood still meanwhile
    use_settings(monkeypatch, data_dir=app_env.data_dir, database_url=database)
    assert read_model().step == 1
    with session_scope(read_only=True) as session:
        assert session.scalars(select(CurvePoint.step)).all() == [10]

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from app.db.clock import read_database_time
from app.db.engine import session_scope
from app.db.enums import CheckpointKind, ModelStatus
from app.db.models import CurvePoint, Model, ModelLogLine, Worker
from app.training import lifecycle
from app.training.lifecycle import Lease, LeaseLost
from tests.training.conftest import add_checkpoint, add_point, claim_model, set_status

Start = Callable[..., int]
Doorbells = Callable[[], list[int]]


def read_model(model_id: int) -> Model:
    with session_scope(read_only=True) as session:
        return session.get_one(Model, model_id)


def hold(lease: Lease) -> None:
    with session_scope() as session:
        lifecycle.hold(session, lease)


def let_lease_run_out(model_id: int) -> None:
    with session_scope() as session:
        now = read_database_time(session)
        expired = update(Model).where(Model.id == model_id).values(lease_expires_at=now - timedelta(seconds=1))
        session.execute(expired)


def sweep() -> None:
    with session_scope() as session:
        lifecycle.sweep(session)


def test_claim_next__takes_the_first_in_the_queue(start: Start) -> None:
    first, second = start("a"), start("b")
    set_status(first, ModelStatus.QUEUED, queue_position=9)
    claim = claim_model("w")
    assert claim.lease == Lease(second, "w", 1)
    model = read_model(second)
    assert (model.status, model.worker_id, model.attempt) == (ModelStatus.TRAINING, "w", 1)
    assert model.started_at is not None
    assert claim_model("v").lease.model_id == first
    with session_scope() as session:
        assert lifecycle.claim_next(session, "w") is None


def test_claim_next__gives_a_model_to_one_of_many_workers(start: Start) -> None:
    ids = {start(name) for name in "abc"}
    workers = [f"w{number}" for number in range(8)]
    with session_scope() as session:
        for worker in workers:
            lifecycle.beat(session, worker, hostname="desk", device="CPU")
    together = threading.Barrier(len(workers))

    def claim(worker: str) -> int | None:
        together.wait()
        with session_scope() as session:
            claim = lifecycle.claim_next(session, worker)
            return claim.lease.model_id if claim else None

    with ThreadPoolExecutor(len(workers)) as pool:
        claimed = [model_id for model_id in pool.map(claim, workers) if model_id is not None]
    assert sorted(claimed) == sorted(ids)
    assert {read_model(model_id).attempt for model_id in ids} == {1}


def test_claim_next__goes_on_from_last_and_drops_what_came_after(start: Start) -> None:
    model_id = start()
    for step in (10, 20, 30):
        add_point(model_id, step)
    add_checkpoint(model_id, CheckpointKind.LAST, step=20)
    add_checkpoint(model_id, CheckpointKind.BEST, step=10)
    claim = claim_model()
    assert claim.state_key == "20"
    model = read_model(model_id)
    assert (model.step, model.elapsed_s) == (20, 10.0)
    with session_scope(read_only=True) as session:
        assert list(session.scalars(select(CurvePoint.step).order_by(CurvePoint.step))) == [10, 20]


def test_claim_next__begins_anew_without_a_checkpoint(start: Start) -> None:
    model_id = start()
    add_point(model_id, 10)
    set_status(model_id, ModelStatus.QUEUED, step=15, elapsed_s=7.5)
    assert claim_model().state_key is None
    assert (read_model(model_id).step, read_model(model_id).elapsed_s) == (0, 0.0)
    with session_scope(read_only=True) as session:
        assert session.scalars(select(CurvePoint)).all() == []


def test_claim_next__waits_until_a_forgotten_worker_is_known_again(start: Start) -> None:
    start()
    with session_scope() as session:
        assert lifecycle.claim_next(session, "forgotten") is None
    with session_scope() as session:
        lifecycle.beat(session, "forgotten", hostname="desk", device="CPU")
        assert lifecycle.claim_next(session, "forgotten") is not None


def test_claim_next__goes_on_stopping(start: Start) -> None:
    model_id = start()
    set_status(model_id, ModelStatus.QUEUED, stop_requested=True)
    claim_model()
    assert read_model(model_id).status is ModelStatus.STOPPING


def test_hold__renews_the_lease_by_the_databases_clock(start: Start) -> None:
    claim = claim_model_of(start)
    let_lease_run_out(claim.model_id)
    hold(claim)
    with session_scope() as session:
        left = session.get_one(Model, claim.model_id).lease_expires_at
        assert left is not None
        assert timedelta(seconds=15) < left - read_database_time(session) <= timedelta(seconds=20)


def claim_model_of(start: Start) -> Lease:
    start()
    return claim_model().lease


@pytest.mark.parametrize("status", [ModelStatus.READY, ModelStatus.FAILED, ModelStatus.CANCELLED])
def test_hold__is_lost_when_the_model_has_ended(start: Start, status: ModelStatus) -> None:
    lease = claim_model_of(start)
    set_status(lease.model_id, status)
    with pytest.raises(LeaseLost):
        hold(lease)


def test_hold__is_lost_to_the_worker_that_claimed_next(start: Start) -> None:
    lost = claim_model_of(start)
    let_lease_run_out(lost.model_id)
    sweep()
    won = claim_model("another").lease
    with pytest.raises(LeaseLost):
        hold(lost)
    hold(won)
    assert read_model(won.model_id).worker_id == "another"


def test_hold__takes_back_a_model_that_nobody_claimed(start: Start) -> None:
    lease = claim_model_of(start)
    let_lease_run_out(lease.model_id)
    sweep()
    assert read_model(lease.model_id).status is ModelStatus.QUEUED
    hold(lease)
    model = read_model(lease.model_id)
    assert (model.status, model.worker_id, model.attempt) == (ModelStatus.TRAINING, lease.worker_id, lease.attempt)


def test_hold__takes_a_model_back_although_its_worker_was_forgotten(start: Start) -> None:
    lease = claim_model_of(start)
    let_lease_run_out(lease.model_id)
    with session_scope() as session:
        lifecycle.sign_off(session, lease.worker_id)
    sweep()
    hold(lease)
    assert read_model(lease.model_id).worker_id is None
    with session_scope() as session:
        lifecycle.beat(session, lease.worker_id, hostname="desk", device="CPU")
    hold(lease)
    assert read_model(lease.model_id).worker_id == lease.worker_id


def test_sweep__leaves_a_living_lease_alone(start: Start) -> None:
    lease = claim_model_of(start)
    sweep()
    assert read_model(lease.model_id).status is ModelStatus.TRAINING


def test_sweep__gives_up_after_five_deaths_without_a_checkpoint(start: Start) -> None:
    model_id = start()
    for _ in range(lifecycle.MAX_DEATHS):
        claim_model()
        let_lease_run_out(model_id)
        sweep()
    model = read_model(model_id)
    assert model.status is ModelStatus.FAILED
    assert "smaller image size" in (model.error or "")
    assert model.attempt == lifecycle.MAX_DEATHS


def test_sweep__forgets_workers_that_are_long_gone(start: Start) -> None:
    with session_scope() as session:
        for worker in ("gone", "here"):
            lifecycle.beat(session, worker, hostname="desk", device="CPU")
        session.flush()
        long_ago = read_database_time(session) - timedelta(seconds=lifecycle.FORGET_WORKER_SECONDS + 1)
        session.execute(update(Worker).where(Worker.id == "gone").values(heartbeat_at=long_ago))
    sweep()
    with session_scope(read_only=True) as session:
        assert session.scalars(select(Worker.id)).all() == ["here"]


def test_release__queues_the_model_again(start: Start) -> None:
    lease = claim_model_of(start)
    with session_scope() as session:
        lifecycle.release(session, lease, why="The desk is moved.")
    model = read_model(lease.model_id)
    assert (model.status, model.worker_id, model.deaths_since_checkpoint) == (ModelStatus.QUEUED, None, 0)
    assert claim_model("another").lease.attempt == 2


def test_finish_and_fail__end_the_training(start: Start) -> None:
    finished = claim_model_of(start)
    with session_scope() as session:
        lifecycle.finish(session, finished)
    assert (read_model(finished.model_id).status, read_model(finished.model_id).progress) == (ModelStatus.READY, 1.0)
    start("b")
    failed = claim_model().lease
    with session_scope() as session:
        lifecycle.fail(session, failed, "The disk is full.")
    model = read_model(failed.model_id)
    assert (model.status, model.error, model.worker_id) == (ModelStatus.FAILED, "The disk is full.", None)
    with session_scope(read_only=True) as session:
        assert "Failed: The disk is full." in session.scalars(select(ModelLogLine.message)).all()


def test_tend_queue__sweeps_and_rings_for_an_idle_worker(start: Start, doorbells: Doorbells) -> None:
    lease = claim_model_of(start)
    let_lease_run_out(lease.model_id)
    lifecycle.tend_queue()
    assert read_model(lease.model_id).status is ModelStatus.QUEUED
    assert doorbells() == [lease.model_id] * 2
    lifecycle.tend_queue()
    assert len(doorbells()) == 2


def test_tend_queue__does_not_ring_while_every_worker_is_busy(start: Start, doorbells: Doorbells) -> None:
    claim_model_of(start)
    waiting = start("b")
    set_status(waiting, ModelStatus.QUEUED, rung_at=None)
    lifecycle.tend_queue()
    assert len(doorbells()) == 2


WORKER_WITH_A_WRONG_CLOCK = """
import datetime, sys, time

right, wrong_by = datetime.datetime, datetime.timedelta(hours=float(sys.argv[1]))
right_time = time.time

class WrongClock(right):
    @classmethod
    def now(cls, tz=None):
        return right.now(tz) + wrong_by

datetime.datetime = WrongClock
time.time = lambda: right_time() + wrong_by.total_seconds()

from app.db.engine import session_scope
from app.training import lifecycle

with session_scope() as session:
    lifecycle.beat(session, "wrong", hostname="desk", device="CPU")
    session.flush()
    claim = lifecycle.claim_next(session, "wrong")
with session_scope() as session:
    lifecycle.beat(session, "wrong", hostname="desk", device="CPU")
    lifecycle.hold(session, claim.lease)
    lifecycle.sweep(session)
"""


@pytest.mark.parametrize("hours", [-1, 1])
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.services
def test_lease__outlives_a_worker_whose_clock_is_wrong(start: Start, hours: int) -> None:
    model_id = start()
    subprocess.run([sys.executable, "-c", WORKER_WITH_A_WRONG_CLOCK, str(hours)], check=True)
    with session_scope(read_only=True) as session:
        left = session.scalar(text("SELECT extract(epoch FROM lease_expires_at - clock_timestamp()) FROM models"))
        age = session.scalar(text("SELECT extract(epoch FROM clock_timestamp() - heartbeat_at) FROM workers"))
    assert 10 < float(left) <= 20
    assert 0 <= float(age) < 10
    sweep()
    assert read_model(model_id).status is ModelStatus.TRAINING

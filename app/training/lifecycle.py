"""Who trains which model: claims, leases and attempts, and what becomes of a model whose worker is gone.

    queued ──claim──▶ training ──stop──▶ stopping      claim: attempt + 1, a lease of LEASE_SECONDS
       ▲                  │                 │          every report and heartbeat renews the lease
       └──release, sweep──┴─────────────────┤          sweep: the lease ran out; the attempt stays
                                            ▼
                       ready · failed          cancelled from any of the three (app/training/service.py)

A queued model with a saved state can be stopped too: it is ready at once if it can predict, as a resumed one that
waits; else the next claim is one to stop.

A worker holds a model while the row has its attempt. A sweep keeps the attempt, so a worker that was only cut off from
the database takes its model back with its next report, unless another claimed it meanwhile; a claim, a cancel and a
resume end it. Leases are compared by the database's clock alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, Select, case, delete, exists, select, update
from sqlalchemy.orm import Session

from app.db.after_commit import run_after_commit
from app.db.clock import read_database_time
from app.db.engine import session_scope
from app.db.enums import CheckpointKind, ModelSize, ModelStatus
from app.db.models import Checkpoint, CurvePoint, Model, ModelLogLine, Worker
from app.jobs import queue
from app.training.model_files import Owner
from app.training.snapshot import TrainingConfig

HEARTBEAT_SECONDS = 5
LEASE_SECONDS = 20  # four missed beats; contract.md: a dead worker is noticed within 30 s
SWEEP_SECONDS = 2
RING_AGAIN_SECONDS = 10  # a bell that no idle worker answered in this time is taken for lost
MAX_DEATHS = 5  # workers lost without a saved state between them: the model kills them, and another would die too
FORGET_WORKER_SECONDS = 60

WORKER_ENDS = "The worker is shutting down; the model waits for another one."

RUNNING = (ModelStatus.TRAINING, ModelStatus.STOPPING)


class LeaseLost(Exception):
    """This worker no longer holds the model: another claimed it, or it was cancelled or deleted."""


@dataclass(frozen=True, slots=True)
class Lease:
    model_id: int
    worker_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class ContinueFrom:
    """An earlier model of the project to train further: its best saved state, and the classes that it knows."""

    model_id: int
    name: str
    kind: CheckpointKind
    state_key: str
    class_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A model to train, and the saved state to go on from if there is one.

    continue_from is for the first start alone, so it is None where there is a saved state. It is None too where
    config.continue_from names a model that is gone by now.
    """

    lease: Lease
    project_id: int
    name: str
    size: ModelSize
    config: TrainingConfig
    class_names: tuple[str, ...]
    snapshot_key: str
    state_key: str | None
    continue_from: ContinueFrom | None
    deaths: int  # workers that died since the saved state

    @property
    def owner(self) -> Owner:
        return Owner(self.name, self.class_names)


def claim_next(session: Session, worker_id: str) -> Claim | None:
    """Take the first queued model, or none. Of workers that ask at once, one gets it.

    A worker that was forgotten gets none before its next beat makes it known; queued models are rung for again.
    """
    if session.get(Worker, worker_id, with_for_update={"read": True}) is None:
        return None
    waiting = select(Model.id).where(Model.status == ModelStatus.QUEUED).order_by(Model.queue_position, Model.id)
    for model_id in session.scalars(waiting).all():
        if _compare_and_set_claimed(session, model_id, worker_id):
            return _begin_attempt(session, model_id, worker_id)
    return None


def hold(session: Session, lease: Lease) -> Model:
    """Lock the model for one report and renew its lease.

    Raises:
        LeaseLost: nothing may be written for this lease any more.
    """
    model = session.get(Model, lease.model_id, with_for_update=True, populate_existing=True)
    may_go_on = model is not None and (model.status.is_running or model.status is ModelStatus.QUEUED)
    if model is None or model.attempt != lease.attempt or not may_go_on:
        raise LeaseLost(f"model {lease.model_id} is no longer trained by attempt {lease.attempt}")
    if model.status is ModelStatus.QUEUED:
        add_log_line(session, model.id, "The worker is back and goes on.")
        model.status = ModelStatus.STOPPING if model.stop_requested else ModelStatus.TRAINING
    if (
        model.worker_id is None and session.get(Worker, lease.worker_id) is not None
    ):  # else its next beat makes it known
        model.worker_id = lease.worker_id
    model.lease_expires_at = read_database_time(session) + timedelta(seconds=LEASE_SECONDS)
    return model


def finish(session: Session, lease: Lease) -> None:
    """The model can predict."""
    _make_ready(session, hold(session, lease))


def fail(session: Session, lease: Lease, error: str) -> None:
    """Training cannot go on; `error` says in plain words why and what to do."""
    model = hold(session, lease)
    _end(session, model, ModelStatus.FAILED)
    model.error = error
    add_log_line(session, model.id, f"Failed: {error}")


def stop(session: Session, model: Model, *, can_predict: bool) -> None:
    """Let the worker that has it end the training, or the next one if it waits; at once if it can predict by then."""
    model.stop_requested = True
    add_log_line(session, model.id, "Somebody asked to stop.")
    if model.status is ModelStatus.TRAINING:
        model.status = ModelStatus.STOPPING
    elif can_predict:
        _make_ready(session, model)


def release(session: Session, lease: Lease, *, why: str) -> None:
    """Give the model back, to go on from its last checkpoint; it keeps its place in the queue."""
    _release(session, hold(session, lease), why)


def give_back_after_death(session: Session, lease: Lease) -> None:
    """Give the model back: a process of its training died, but not this worker."""
    _go_on_after_death(session, hold(session, lease), "A process of the training died.")


def release_all(session: Session, worker_id: str) -> None:
    """Give back whatever a worker holds, when its process ends without its training having ended."""
    held = select(Model).where(Model.worker_id == worker_id, Model.status.in_(RUNNING))
    for model in session.scalars(held.with_for_update()).all():
        _release(session, model, WORKER_ENDS)


def sweep(session: Session) -> None:
    """Put the models of dead workers back into the queue, and forget the workers."""
    now = read_database_time(session)
    expired = select(Model).where(Model.status.in_(RUNNING), Model.lease_expires_at < now)
    for model in session.scalars(expired.with_for_update(skip_locked=True)).all():
        _go_on_after_death(session, model, f"Worker {model.worker_id} stopped answering.")
    long_ago = now - timedelta(seconds=FORGET_WORKER_SECONDS)
    session.execute(delete(Worker).where(Worker.heartbeat_at < long_ago))


def ring_unheard(session: Session) -> None:
    """Ring again for queued models while a worker idles: a bell is lost with the worker or broker that had it."""
    now = read_database_time(session)
    idle_workers = len(list_idle_workers(session, now))
    for model in session.scalars(_unheard(now).limit(idle_workers).with_for_update(skip_locked=True)).all():
        ring(session, model)


def ring(session: Session, model: Model) -> None:
    """Ring for a queued model once the transaction is committed."""
    model.rung_at = read_database_time(session)
    model_id = model.id
    run_after_commit(session, lambda: queue.ring_training(model_id))


def tend_queue() -> None:
    """Sweep and ring where there is something to do; servers and idle workers call it every SWEEP_SECONDS."""
    with session_scope(read_only=True) as session:
        now = read_database_time(session)
        expired = exists().where(Model.status.in_(RUNNING), Model.lease_expires_at < now)
        forgotten = exists().where(Worker.heartbeat_at < now - timedelta(seconds=FORGET_WORKER_SECONDS))
        is_sweep_due = session.scalar(select(expired | forgotten))
        is_unheard = session.scalar(_unheard(now).with_only_columns(Model.id).limit(1)) is not None
        is_ring_due = is_unheard and len(list_idle_workers(session, now)) > 0
    if not (is_sweep_due or is_ring_due):
        return
    with session_scope() as session:
        sweep(session)
        ring_unheard(session)


def beat(
    session: Session,
    worker_id: str,
    *,
    hostname: str,
    device: str,
    memory_bytes: int | None = None,
    gpu_count: int = 0,
) -> None:
    """Say that a worker is alive; the first beat makes it known, also after it was forgotten."""
    now = read_database_time(session)
    worker = session.get(Worker, worker_id)
    if worker is None:
        worker = Worker(id=worker_id, hostname=hostname, device=device, started_at=now, heartbeat_at=now)
        worker.memory_bytes, worker.gpu_count = memory_bytes, gpu_count
        session.add(worker)
    else:
        worker.heartbeat_at = now


def sign_off(session: Session, worker_id: str) -> None:
    session.execute(delete(Worker).where(Worker.id == worker_id))


def list_live_workers(session: Session, now: datetime) -> list[Worker]:
    fresh = now - timedelta(seconds=LEASE_SECONDS)
    return list(session.scalars(select(Worker).where(Worker.heartbeat_at >= fresh).order_by(Worker.started_at)))


def list_idle_workers(session: Session, now: datetime) -> list[Worker]:
    busy = set(session.scalars(select(Model.worker_id).where(Model.status.in_(RUNNING))))
    return [worker for worker in list_live_workers(session, now) if worker.id not in busy]


def add_log_line(session: Session, model_id: int, message: str) -> None:
    session.add(ModelLogLine(model_id=model_id, message=message, at=read_database_time(session)))


def model_prefix(project_id: int, model_id: int) -> str:
    """Where a model's checkpoints, exports and predictions lie in storage."""
    return f"projects/{project_id}/models/{model_id}/"


def provenance_key(project_id: int, model_id: int) -> str:
    """Where a worker writes what a model was made with: versions, settings, git state, what was loaded."""
    return f"{model_prefix(project_id, model_id)}provenance.json"


def _compare_and_set_claimed(session: Session, model_id: int, worker_id: str) -> bool:
    claimed = update(Model).where(Model.id == model_id, Model.status == ModelStatus.QUEUED)
    result = session.execute(
        claimed.values(
            status=case((Model.stop_requested, ModelStatus.STOPPING), else_=ModelStatus.TRAINING),
            attempt=Model.attempt + 1,
            worker_id=worker_id,
            lease_expires_at=read_database_time(session) + timedelta(seconds=LEASE_SECONDS),
        ).execution_options(synchronize_session=False)
    )
    return isinstance(result, CursorResult) and result.rowcount == 1


def _begin_attempt(session: Session, model_id: int, worker_id: str) -> Claim:
    """Put the row and the curve back to the saved state that the attempt goes on from."""
    model = session.get_one(Model, model_id, populate_existing=True)
    last = select(Checkpoint).where(Checkpoint.model_id == model_id, Checkpoint.kind == CheckpointKind.LAST)
    state = session.scalars(last).one_or_none()
    model.step = state.step if state else 0
    model.elapsed_s = state.elapsed_s if state else 0.0
    model.started_at = model.started_at or read_database_time(session)
    worker = session.get(Worker, worker_id)
    model.device = worker.device if worker else None
    model.eta_s = model.error = None
    session.execute(delete(CurvePoint).where(CurvePoint.model_id == model_id, CurvePoint.step > model.step))
    config = TrainingConfig.from_dict(model.config)
    begins = f"goes on from step {state.step}" if state else "begins"
    add_log_line(session, model_id, f"Worker {worker_id} {begins}.")
    return Claim(
        lease=Lease(model_id, worker_id, model.attempt),
        project_id=model.project_id,
        name=model.name,
        size=model.size,
        config=config,
        class_names=tuple(model.class_names),
        snapshot_key=model.snapshot_key,
        state_key=state.state_key if state else None,
        continue_from=None if state else _find_earlier(session, config.continue_from),
        deaths=model.deaths_since_checkpoint,
    )


def _find_earlier(session: Session, model_id: int | None) -> ContinueFrom | None:
    """The best state of a model, else its last."""
    if model_id is None:
        return None
    of_model = select(Checkpoint, Model).join(Model).where(Checkpoint.model_id == model_id)
    found = {checkpoint.kind: (checkpoint, model) for checkpoint, model in session.execute(of_model)}
    if not found:
        return None
    checkpoint, model = found.get(CheckpointKind.BEST) or found[CheckpointKind.LAST]
    return ContinueFrom(model_id, model.name, checkpoint.kind, checkpoint.state_key, tuple(model.class_names))


def _go_on_after_death(session: Session, model: Model, words: str) -> None:
    """Let another worker go on, unless the model has killed too many."""
    model.deaths_since_checkpoint += 1
    add_log_line(session, model.id, words)
    if model.deaths_since_checkpoint < MAX_DEATHS:
        _requeue(model)
        return
    _end(session, model, ModelStatus.FAILED)
    model.error = (
        f"{MAX_DEATHS} workers in a row died while training this model, perhaps out of memory. Choose a smaller "
        "image size or model size, or resume it on a larger machine; the workers' logs say more."
    )


def _unheard(now: datetime) -> Select[Model]:
    unanswered = Model.rung_at.is_(None) | (Model.rung_at < now - timedelta(seconds=RING_AGAIN_SECONDS))
    return select(Model).where(Model.status == ModelStatus.QUEUED, unanswered).order_by(Model.queue_position, Model.id)


def _release(session: Session, model: Model, why: str) -> None:
    _requeue(model)
    add_log_line(session, model.id, why)


def _requeue(model: Model) -> None:
    model.status = ModelStatus.QUEUED
    model.worker_id = model.lease_expires_at = model.rung_at = model.eta_s = None


def _make_ready(session: Session, model: Model) -> None:
    _end(session, model, ModelStatus.READY)
    model.progress = 1.0
    add_log_line(session, model.id, "The model is ready.")


def _end(session: Session, model: Model, status: ModelStatus) -> None:
    model.status = status
    model.worker_id = model.lease_expires_at = model.eta_s = None
    model.finished_at = read_database_time(session)

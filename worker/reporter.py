"""The reporter of a claimed model: each report is one short transaction that checks and renews the lease."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Event

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from app.db.after_commit import run_after_commit
from app.db.clock import read_database_time
from app.db.engine import session_scope
from app.db.enums import CheckpointKind, ModelStatus
from app.db.models import Checkpoint, Model
from app.db.models import CurvePoint as CurvePointRow
from app.storage.blobs import BlobStore, StorageFull
from app.training import lifecycle
from app.training.defaults import predict_seconds
from app.training.lifecycle import Claim, LeaseLost, model_prefix
from worker import provenance
from worker.pace import PaceMeter
from worker.report import CurvePoint, Start, StopRequest

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 300.0  # a report waits this long for a database that is away; then the training fails
RETRY_SECONDS = 1.0
AWAY = (OperationalError, InterfaceError)  # what a database that does not answer raises
STATE_FILE = "state.pt"


def checkpoint_folders(checkpoint: Checkpoint) -> set[str]:
    """The prefixes in storage below which a checkpoint's files lie: its state, and its export once there is one."""
    state = checkpoint.state_key.removesuffix(STATE_FILE)
    return {state} if checkpoint.export_prefix is None else {state, f"{checkpoint.export_prefix}/"}


class DatabaseReporter:
    """Writes what a training reports into the database and its states into storage.

    `renew` is called from the heartbeat's thread; everything else from the training's.
    """

    def __init__(self, claim: Claim, *, store: BlobStore, shutdown: Event) -> None:
        self._claim = claim
        self._lease = claim.lease
        self._store = store
        self._shutdown = shutdown
        self._lost = Event()
        self._stop = Event()
        self._is_waiting = False
        self._waited_s = 0.0
        self._pace = PaceMeter()

    def renew(self) -> None:
        """Say that the worker is still at it, and hear what is asked."""
        try:
            with session_scope() as session:
                self._hold(session)
        except LeaseLost:
            logger.info("model %d is lost to this worker", self._lease.model_id)

    def requested(self) -> StopRequest:
        self._raise_if_lost()
        if self._shutdown.is_set():
            return StopRequest.PAUSE
        return StopRequest.STOP if self._stop.is_set() else StopRequest.NONE

    def log(self, message: str) -> None:
        logger.info("model %d: %s", self._lease.model_id, message)
        self.write(lambda session, model: lifecycle.add_log_line(session, model.id, message))

    def started(self, start: Start) -> None:
        """Keep with what the training begins, for whoever wants to train it again."""
        self._raise_if_lost()
        self._pace.start(start)
        try:
            provenance.note_start(self._claim, start, store=self._store, at=self._database_time())
        except StorageFull:
            self.log("The disk is full: what this training began with is not kept.")

    def progress(self, *, step: int, elapsed_s: float, fraction: float) -> None:
        """Tell how far the training is; dropped when the database is away, since the next one tells it better."""

        pace = self._pace.images_per_second(step, elapsed_s)

        def write(_session: Session, model: Model) -> None:
            model.images_per_second = pace or model.images_per_second
            model.step, model.elapsed_s, model.progress = step, elapsed_s, min(max(fraction, 0.0), 1.0)
            model.eta_s = elapsed_s / fraction - elapsed_s + _predict_s(model) if fraction > 0 else None

        self._write_if_there(write)

    def time_left(self, seconds: float) -> None:
        """Tell how long the rest will take; dropped when the database is away."""

        def write(_session: Session, model: Model) -> None:
            model.eta_s = seconds

        self._write_if_there(write)

    def curve_point(self, point: CurvePoint) -> None:
        row = CurvePointRow(model_id=self._lease.model_id, **point.to_dict())
        self.write(lambda session, _model: session.merge(row))

    def checkpoint(self, kind: CheckpointKind, state_file: Path, point: CurvePoint) -> bool:
        """Store a state under a key of its own, point the row to it, then delete what the row pointed to before."""
        key = f"{self.checkpoint_prefix(kind, point.step)}{STATE_FILE}"
        try:
            self._store.put_file(key, state_file, shared=True)
        except StorageFull:
            self.log(f"The disk is full: the {kind} checkpoint of step {point.step} is not kept, an earlier one stays.")
            return False
        try:
            self.write(lambda session, model: self._point_to(session, model, kind, key, point))
        except LeaseLost:
            self._store.delete([key])
            raise
        return True

    def checkpoint_prefix(self, kind: CheckpointKind, step: int) -> str:
        """Where everything of one checkpoint lies. No later attempt writes there, so a row's files never change."""
        return f"{model_prefix(self._claim.project_id, self._lease.model_id)}{kind}-{self._lease.attempt}-{step}/"

    def write(self, change: Callable[[Session, Model], object]) -> None:
        """Write in one transaction, waiting for a database that is away.

        Raises:
            LeaseLost: Nothing was written.
        """
        began_at = time.monotonic()
        while True:
            try:
                self._transact(change)
                break
            except AWAY as error:
                if time.monotonic() - began_at > PATIENCE_SECONDS or self._shutdown.is_set():
                    raise
                if not self._is_waiting:
                    logger.warning("the database is away, model %d waits: %s", self._lease.model_id, error.orig)
                self._is_waiting = True
            self._shutdown.wait(RETRY_SECONDS)
        if self._is_waiting:
            self._is_waiting = False
            self._waited_s += time.monotonic() - began_at
            logger.warning("the database is back, model %d goes on", self._lease.model_id)

    def clock(self) -> float:
        """Seconds that pass while the training can go on; a database that is away takes nothing of its time."""
        return time.monotonic() - self._waited_s

    def _database_time(self) -> datetime:
        """The time as every worker has it, whatever its own clock says."""
        times: list[datetime] = []
        self.write(lambda session, _model: times.append(read_database_time(session)))
        return times[-1]

    def _write_if_there(self, change: Callable[[Session, Model], object]) -> None:
        try:
            self._transact(change)
        except AWAY as error:
            logger.info("progress of model %d is not told: %s", self._lease.model_id, error.orig)

    def _transact(self, change: Callable[[Session, Model], object]) -> None:
        self._raise_if_lost()
        with session_scope() as session:
            change(session, self._hold(session))

    def _hold(self, session: Session) -> Model:
        try:
            model = lifecycle.hold(session, self._lease)
        except LeaseLost:
            self._lost.set()
            raise
        if model.status is ModelStatus.STOPPING:
            self._stop.set()
        return model

    def _point_to(self, session: Session, model: Model, kind: CheckpointKind, key: str, point: CurvePoint) -> None:
        of_kind = select(Checkpoint).where(Checkpoint.model_id == model.id, Checkpoint.kind == kind)
        before = session.scalars(of_kind).one_or_none()
        if before is not None and before.state_key == key:
            # An earlier try was committed although its answer was lost, or the state is evaluated only now.
            before.elapsed_s, before.mean_ap, before.ap50 = point.elapsed_s, point.mean_ap, point.ap50
            return
        if before is not None:
            self._delete_replaced(session, before)
        session.add(
            Checkpoint(
                model_id=model.id,
                kind=kind,
                step=point.step,
                elapsed_s=point.elapsed_s,
                mean_ap=point.mean_ap,
                ap50=point.ap50,
                saved_at=read_database_time(session),
                state_key=key,
            )
        )
        model.deaths_since_checkpoint = 0

    def _delete_replaced(self, session: Session, before: Checkpoint) -> None:
        """Delete a checkpoint and its files, but for the export that the other one of its step shares."""
        others = select(Checkpoint).where(Checkpoint.model_id == before.model_id, Checkpoint.id != before.id)
        needed = {folder for other in session.scalars(others) for folder in checkpoint_folders(other)}
        for folder in checkpoint_folders(before) - needed:
            run_after_commit(session, partial(self._store.delete_prefix, folder))
        session.delete(before)
        session.flush()

    def _raise_if_lost(self) -> None:
        if self._lost.is_set():
            raise LeaseLost(f"model {self._lease.model_id} is no longer this worker's")


def _predict_s(model: Model) -> float:
    """What comes after the training itself; 0 until its pace is known."""
    if model.images_per_second is None:
        return 0.0
    images = model.training_image_count + model.validation_image_count
    return predict_seconds(images, images_per_second=model.images_per_second)

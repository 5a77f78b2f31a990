"""One worker's work: claim a model, train it, export it, and say how it ended."""

import logging
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.engine import session_scope
from app.db.enums import ModelStatus
from app.db.models import Checkpoint, Model
from app.settings import Settings
from app.storage.blobs import BlobStore
from app.training import lifecycle
from app.training.lifecycle import Claim, LeaseLost, model_prefix
from app.training.model_files import Owner, read_snapshot_of_present_images
from app.training.snapshot import Snapshot
from worker import checkpoint, distributed, earlier_model, failures, job, results, weights
from worker.distributed import Job, ProcessDied
from worker.endings import Outcome
from worker.failures import ImageGone
from worker.fit import fit
from worker.heartbeat import Heartbeat
from worker.report import WorkerStopping
from worker.reporter import STATE_FILE, DatabaseReporter, checkpoint_folders
from worker.weights import RANDOM_START, InitialWeights

logger = logging.getLogger(__name__)


class Trainer:
    """Trains one model after another for one worker."""

    def __init__(
        self,
        worker_id: str,
        *,
        settings: Settings,
        store: BlobStore,
        heartbeat: Heartbeat,
        shutdown: Event,
        processes: int,
    ) -> None:
        """With more than one of `processes`, each training has that many, one for each GPU."""
        self._worker_id = worker_id
        self._settings = settings
        self._store = store
        self._heartbeat = heartbeat
        self._shutdown = shutdown
        self._processes = processes

    def work_off_queue(self) -> None:
        """Train the first queued model, then the next, until none waits or the worker is to end."""
        while not self._shutdown.is_set():
            with session_scope() as session:
                claim = lifecycle.claim_next(session, self._worker_id)
            if claim is None:
                return
            self._train_claimed(claim)

    def _train_claimed(self, claim: Claim) -> None:
        reporter = DatabaseReporter(claim, store=self._store, shutdown=self._shutdown)
        self._heartbeat.follow(reporter)
        try:
            end = self._end_of(claim, reporter)
            reporter.write(lambda session, _model: end(session, claim.lease))
        except LeaseLost as lost:
            logger.info("%s: it was cancelled or deleted, or another worker has it", lost)
            self._delete_unwanted_files(claim)
        finally:
            self._heartbeat.follow(None)

    def _end_of(self, claim: Claim, reporter: DatabaseReporter) -> Callable[..., None]:
        """Train the model, and give what is to be said of it at the end."""
        try:
            self._train(claim, reporter)
        except WorkerStopping:
            return partial(lifecycle.release, why=lifecycle.WORKER_ENDS)
        except ImageGone as gone:
            return partial(lifecycle.release, why=str(gone))
        except LeaseLost:
            raise
        except ProcessDied:
            logger.exception("model %d goes back into the queue", claim.lease.model_id)
            return lifecycle.give_back_after_death
        except Exception as error:
            logger.exception("model %d failed", claim.lease.model_id)
            return partial(lifecycle.fail, error=failures.in_words(error))
        return lifecycle.finish

    def _train(self, claim: Claim, reporter: DatabaseReporter) -> None:
        self._delete_left_states(claim)
        work_dir = self._make_work_dir(claim)
        try:
            frozen, deleted = read_snapshot_of_present_images(self._store, claim.snapshot_key, claim.owner)
            if deleted:
                reporter.log(f"Images deleted since the training was asked for, which goes on without them: {deleted}.")
            self._fit(claim, frozen, reporter, work_dir)
            results.export_checkpoints(
                claim,
                frozen,
                store=self._store,
                reporter=reporter,
                directory=work_dir / "export",
                load_image=job.image_loader(self._store, self._settings),
            )
        finally:
            shutil.rmtree(work_dir, ignore_errors=True)

    def _fit(self, claim: Claim, frozen: Snapshot, reporter: DatabaseReporter, work_dir: Path) -> None:
        resume_from, initial = None, RANDOM_START
        if claim.state_key is None:
            initial = self._find_initial_weights(claim, reporter, work_dir)
        else:
            resume_from = work_dir / "resume.pt"
            checkpoint.copy_stored_state(self._store, claim.state_key, resume_from, claim.owner)
        smaller_by = _smaller_by(claim)
        if smaller_by:
            reporter.log("Workers died one after another, perhaps out of memory: this one begins with less in memory.")
        if self._processes > 1:
            result = distributed.fit_on_all(
                Job(claim, resume_from, initial, worker_pid=os.getpid(), smaller_by=smaller_by),
                processes=self._processes,
                reporter=reporter,
                shutdown=self._shutdown,
                work_dir=work_dir,
            )
        else:
            result = fit(
                job.train_config(claim, self._settings),
                job.training_data(frozen, job.image_loader(self._store, self._settings)),
                reporter,
                resume_from=resume_from,
                work_dir=work_dir,
                clock=reporter.clock,
                initial_weights=initial,
                smaller_by=smaller_by,
            )
        if result.outcome is Outcome.PAUSED:
            raise WorkerStopping
        reporter.write(partial(_note_result, elapsed_s=result.elapsed_s))

    def _find_initial_weights(self, claim: Claim, reporter: DatabaseReporter, work_dir: Path) -> InitialWeights:
        earlier = claim.continue_from
        if earlier is not None:
            owner = Owner(earlier.name, earlier.class_names)
            path = work_dir / "earlier.pt"
            checkpoint.copy_stored_state(self._store, earlier.state_key, path, owner)
            initial = earlier_model.find_earlier_weights(path, f"model {earlier.name} ({earlier.kind})")
        else:
            if claim.config.continue_from is not None:
                reporter.log("The earlier model to continue from was deleted meanwhile.")
            initial = weights.find_initial_weights(
                claim.size,
                weights_dir=self._settings.resolved_weights_dir,
                may_download=self._settings.weights_download,
                log=reporter.log,
            )
        reporter.write(partial(_note_initial_weights, words=initial.description))
        return initial

    def _make_work_dir(self, claim: Claim) -> Path:
        """A fresh folder where states are written; what a killed attempt on this machine left is removed."""
        scratch = self._store.scratch
        for left in scratch.glob(f"training-{claim.lease.model_id}-*"):
            shutil.rmtree(left, ignore_errors=True)
        work_dir = scratch / f"training-{claim.lease.model_id}-{claim.lease.attempt}"
        work_dir.mkdir()
        return work_dir

    def _delete_left_states(self, claim: Claim) -> None:
        """What a worker stored and died before a row pointed to it, or when none did any more."""
        of_model = select(Checkpoint).where(Checkpoint.model_id == claim.lease.model_id)
        with session_scope(read_only=True) as session:
            known = {folder for checkpoint in session.scalars(of_model) for folder in checkpoint_folders(checkpoint)}
        for key in self._store.list_keys(model_prefix(claim.project_id, claim.lease.model_id)):
            folder = key.removesuffix(STATE_FILE)
            if key.endswith(f"/{STATE_FILE}") and folder not in known:
                self._store.delete_prefix(folder)

    def _delete_unwanted_files(self, claim: Claim) -> None:
        """What was stored after the model was cancelled or deleted, before this worker heard of it."""
        with session_scope(read_only=True) as session:
            model = session.get(Model, claim.lease.model_id)
        if model is None or model.status is ModelStatus.CANCELLED:
            self._store.delete_prefix(model_prefix(claim.project_id, claim.lease.model_id))


def _smaller_by(claim: Claim) -> int:
    """A full machine ends a process without a word. One death may have any reason; from the second on, it is memory.

    A training by steps stays as it is, or the same seed would not give the same model.
    """
    return max(0, claim.deaths - 1) if claim.config.max_steps is None else 0


def _note_initial_weights(_session: Session, model: Model, *, words: str) -> None:
    model.initialised_from = words


def _note_result(_session: Session, model: Model, *, elapsed_s: float) -> None:
    model.elapsed_s = elapsed_s
    model.eta_s = 0.0

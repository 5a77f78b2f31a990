"""One worker's work: claim a model, train it, export it, and say how it ended."""

import logging
import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.db.engine import session_scope
from app.db.enums import ModelStatus
from app.db.models import Model
from app.inference.decode import decode_image
from app.settings import Settings
from app.storage.blobs import BlobStore
from app.training import lifecycle, snapshot
from app.training.lifecycle import Claim, LeaseLost, model_prefix
from app.training.snapshot import Snapshot, SnapshotImage
from worker import failures, results, weights
from worker.dataset import TrainingData, TrainingImage
from worker.failures import ImageGone
from worker.fit import Outcome, fit
from worker.heartbeat import Heartbeat
from worker.report import StopRequest
from worker.reporter import DatabaseReporter
from worker.train_config import TrainConfig
from worker.weights import InitialWeights

logger = logging.getLogger(__name__)

EXPORT_LOG_SECONDS = 10.0  # between two lines about a long export


class WorkerStopping(Exception):
    """The worker was asked to end: the model goes back into the queue."""


class Trainer:
    """Trains one model after another for one worker."""

    def __init__(
        self, worker_id: str, *, settings: Settings, store: BlobStore, heartbeat: Heartbeat, shutdown: Event
    ) -> None:
        self._worker_id = worker_id
        self._settings = settings
        self._store = store
        self._heartbeat = heartbeat
        self._shutdown = shutdown

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
            return lifecycle.release
        except LeaseLost:
            raise
        except Exception as error:
            logger.exception("model %d failed", claim.lease.model_id)
            return partial(lifecycle.fail, error=failures.in_words(error))
        return lifecycle.finish

    def _train(self, claim: Claim, reporter: DatabaseReporter) -> None:
        work_dir = self._make_work_dir(claim)
        try:
            frozen = snapshot.from_json_bytes(self._store.read_bytes(claim.snapshot_key))
            frozen = self._without_deleted_images(frozen, reporter)
            self._fit(claim, frozen, reporter, work_dir)
            results.export_checkpoints(
                claim,
                frozen,
                store=self._store,
                reporter=reporter,
                directory=work_dir / "export",
                load_image=self._load_image,
                each_image=_checking(reporter),
            )
        finally:
            shutil.rmtree(work_dir, ignore_errors=True)

    def _fit(self, claim: Claim, frozen: Snapshot, reporter: DatabaseReporter, work_dir: Path) -> None:
        resume_from, initial = None, None
        if claim.state_key is None:
            initial = self._find_initial_weights(claim, reporter)
        else:
            resume_from = work_dir / "resume.pt"
            with self._store.local_path(claim.state_key) as state:
                shutil.copyfile(state, resume_from)
        result = fit(
            self._train_config(claim),
            self._training_data(frozen),
            reporter,
            resume_from=resume_from,
            work_dir=work_dir,
            clock=reporter.clock,
            initial_weights=initial,
        )
        if result.outcome is Outcome.PAUSED:
            raise WorkerStopping
        reporter.write(partial(_note_result, elapsed_s=result.elapsed_s))

    def _find_initial_weights(self, claim: Claim, reporter: DatabaseReporter) -> InitialWeights:
        initial = weights.find_initial_weights(
            claim.size,
            weights_dir=self._settings.resolved_weights_dir,
            may_download=self._settings.weights_download,
            log=reporter.log,
        )
        reporter.write(partial(_note_initial_weights, words=initial.description))
        return initial

    def _train_config(self, claim: Claim) -> TrainConfig:
        return TrainConfig(
            size=claim.size,
            class_names=claim.class_names,
            image_size=claim.config.image_size,
            train_minutes=claim.config.train_minutes,
            stop_minutes=claim.config.stop_minutes,
            learning_rate=claim.config.learning_rate,
            seed=claim.config.seed,
            max_steps=claim.config.max_steps,
            device=self._settings.device,
        )

    def _training_data(self, frozen: Snapshot) -> TrainingData:
        return TrainingData(
            tuple(
                TrainingImage(
                    image_id=image.image_id,
                    load_rgb=partial(self._load_image, image),
                    width=image.width,
                    height=image.height,
                    instances=image.instances,
                    split=image.split,
                )
                for image in frozen.images
            )
        )

    def _load_image(self, image: SnapshotImage) -> NDArray[np.uint8]:
        try:
            data = self._store.read_bytes(image.storage_key)
        except FileNotFoundError as error:
            raise ImageGone(
                f"The image {image.name} was deleted while the training read it: resume, and it goes on without it."
            ) from error
        return decode_image(data, max_pixels=self._settings.max_image_pixels)

    def _without_deleted_images(self, frozen: Snapshot, reporter: DatabaseReporter) -> Snapshot:
        """Labels are frozen, but a person may delete an image for good."""
        images = tuple(image for image in frozen.images if self._store.exists(image.storage_key))
        deleted = len(frozen.images) - len(images)
        if deleted:
            reporter.log(f"{deleted} images were deleted since the training was asked for; it goes on without them.")
        return Snapshot(frozen.project_id, frozen.class_names, images)

    def _make_work_dir(self, claim: Claim) -> Path:
        """A fresh folder where states are written; what a killed attempt on this machine left is removed."""
        scratch = self._store.scratch
        for left in scratch.glob(f"training-{claim.lease.model_id}-*"):
            shutil.rmtree(left, ignore_errors=True)
        work_dir = scratch / f"training-{claim.lease.model_id}-{claim.lease.attempt}"
        work_dir.mkdir()
        return work_dir

    def _delete_unwanted_files(self, claim: Claim) -> None:
        """What was stored after the model was cancelled or deleted, before this worker heard of it."""
        with session_scope(read_only=True) as session:
            model = session.get(Model, claim.lease.model_id)
        if model is None or model.status is ModelStatus.CANCELLED:
            self._store.delete_prefix(model_prefix(claim.project_id, claim.lease.model_id))


def _checking(reporter: DatabaseReporter) -> Callable[[str], None]:
    """What happens before each prediction of an export: a line in the log now and then, and an ear for requests."""
    told_at = time.monotonic()

    def check(words: str) -> None:
        nonlocal told_at
        if reporter.requested() is StopRequest.PAUSE:
            raise WorkerStopping
        if time.monotonic() - told_at >= EXPORT_LOG_SECONDS:
            told_at = time.monotonic()
            reporter.log(words)

    return check


def _note_initial_weights(_session: Session, model: Model, *, words: str) -> None:
    model.initialised_from = words


def _note_result(_session: Session, model: Model, *, elapsed_s: float) -> None:
    model.elapsed_s = elapsed_s
    model.eta_s = 0.0

"""Batches of predictions: a thread beside the training that claims them one after the other.

It computes with OpenVINO, which lets other threads run, and on one thread while a model trains here; or on a GPU.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property, partial
from threading import Event, Lock, Thread
from time import monotonic

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from app.batches import lifecycle
from app.batches.lifecycle import Claim, ImageResult, Lease, WaitingImage
from app.batches.packing import pack_predictions
from app.db.engine import session_scope
from app.db.enums import Speed
from app.draft_labels import making
from app.inference.decode import decode_image
from app.inference.errors import DeviceUnavailable, ImageRefused
from app.inference.openvino_session import has_bfloat16
from app.inference.predictor import Predictor
from app.inference.session import Precision
from app.jobs.bell import BatchBell
from app.settings import Settings
from app.storage.blobs import BlobStore
from app.training.exports import PRECISIONS, load_predictor
from app.training.lifecycle import LeaseLost
from app.training.model_files import ModelFileBroken, Owner
from worker.heartbeat import Heartbeat

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0  # between two looks for a batch whose bell was lost, or whose worker died
REPORT_SECONDS = 1.0  # what a death may cost of the work; each report is a transaction
TURN_SECONDS = 30.0  # then the batch with the fewest images done has its turn
IMAGES_AT_ONCE = 100  # read from the database
DECODED_AHEAD = 1  # while the model works: large images take hundreds of megabytes each
AWAY = (OperationalError, InterfaceError)  # what a database that does not answer raises

Ending = Callable[[Session, Lease], None]


class BatchPredictor:
    """Predicts batch after batch for one worker."""

    def __init__(
        self, worker_id: str, *, settings: Settings, store: BlobStore, heartbeat: Heartbeat, shutdown: Event
    ) -> None:
        self._worker_id = worker_id
        self._settings = settings
        self._store = store
        self._heartbeat = heartbeat
        self._shutdown = shutdown
        self._bell = BatchBell(shutdown)
        self._model = LoadedModel(store)
        self._working = Lock()
        self._thread = Thread(target=self._run, name="batches", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def finish(self, timeout_s: float) -> None:
        """Wait until the batch in hand is given back, once the shutdown is set; who only listens is not waited for."""
        self._working.acquire(timeout=timeout_s)

    def work_off_queue(self) -> None:
        """Predict the batch whose turn it is, then the next, until none waits or the worker is to end."""
        while not self._shutdown.is_set():
            with session_scope(read_only=True) as session:
                if not lifecycle.has_waiting(session, tuple(Speed)):
                    break
            with session_scope() as session:
                claim = lifecycle.claim_next(session, self._worker_id, self._speeds)
            if claim is None:
                break
            self._predict_claimed(claim)
        self._model.forget()

    @cached_property
    def _speeds(self) -> tuple[Speed, ...]:
        """The speeds that this machine's CPU computes; a worker without any batch need not load the runtime to know."""
        return tuple(
            speed for speed, precision in PRECISIONS.items() if precision is not Precision.BFLOAT16 or has_bfloat16()
        )

    def _run(self) -> None:
        while not self._shutdown.is_set():
            try:
                with self._working:
                    self.work_off_queue()
            except AWAY as error:
                logger.warning("no batch is predicted until the database is back: %s", error.orig)
            self._bell.wait(LOOK_SECONDS)
        self._bell.close()

    def _predict_claimed(self, claim: Claim) -> None:
        run = BatchRun(claim)
        self._heartbeat.follow_batch(run)
        try:
            run.end(self._end_of(claim, run))
        except LeaseLost as lost:
            logger.info("%s: it was cancelled or deleted, or another worker has it", lost)
        finally:
            self._heartbeat.follow_batch(None)

    def _end_of(self, claim: Claim, run: "BatchRun") -> Ending:
        """Predict on the images and make the drafts, and give what is to be said of the batch at the end."""
        kept_days = self._settings.batch_days
        try:
            is_done = self._predict(claim, run)
        except (LeaseLost, *AWAY):
            raise
        except Exception as error:
            logger.exception("batch %d failed", claim.lease.batch_id)
            return partial(lifecycle.fail, error=_in_words(error), kept_days=kept_days)
        is_done = is_done and (not claim.wants_drafts or self._make_drafts(claim, run))
        return partial(lifecycle.finish, kept_days=kept_days) if is_done else lifecycle.release

    def _predict(self, claim: Claim, run: "BatchRun") -> bool:
        """Go through the images that are not done; false where the worker is to end, or another batch has its turn."""
        turn_ends_at = monotonic() + TURN_SECONDS
        while images := run.waiting_images():
            for image, decoded in _decoded_ahead(images, self._decode):
                run.add(self._result(claim, image, decoded))
                if self._shutdown.is_set() or (monotonic() > turn_ends_at and self._others_wait()):
                    return False
            run.report()
        return True

    def _make_drafts(self, claim: Claim, run: "BatchRun") -> bool:
        """Make the draft labels that were asked for, or note why not; false where the worker is to end."""
        try:
            while run.make_drafts():
                if self._shutdown.is_set():
                    return False
        except (LeaseLost, *AWAY):
            raise
        except Exception as error:
            logger.exception("no drafts of batch %d", claim.lease.batch_id)
            run.give_up_drafts(_in_words(error))
        return True

    def _result(self, claim: Claim, image: WaitingImage, decoded: "Future[NDArray[np.uint8]]") -> ImageResult:
        predictor = self._model.get(
            claim.export_prefix,
            PRECISIONS[claim.speed],
            claim.owner,
            threads=1 if self._heartbeat.is_following else None,
        )
        try:
            rgb = decoded.result()
        except FileNotFoundError:
            return ImageResult(image.position, None, None, error="it was deleted before its turn came")
        except ImageRefused as error:
            return ImageResult(image.position, None, None, error=str(error))
        found = predictor.predict(rgb, score_thresholds=claim.lowest_kept_scores)
        height, width = rgb.shape[:2]
        return ImageResult(
            position=image.position,
            prediction_count=sum(one.score >= claim.thresholds[one.class_name] for one in found),
            predictions=pack_predictions(found, height=height, width=width),
        )

    def _decode(self, image: WaitingImage) -> NDArray[np.uint8]:
        data = self._store.read_bytes(image.storage_key)
        return decode_image(data, max_pixels=self._settings.max_image_pixels)

    def _others_wait(self) -> bool:
        with session_scope(read_only=True) as session:
            return lifecycle.has_waiting(session, self._speeds)


class BatchRun:
    """What one claim found, written now and then. `renew` is called from the heartbeat's thread."""

    def __init__(self, claim: Claim) -> None:
        self._lease = claim.lease
        self._reports_each = claim.deaths > 0  # so that the image which kills workers is found
        self._lost = Event()
        self._results: list[ImageResult] = []
        self._reported_at = monotonic()

    def renew(self) -> None:
        """Say that the worker is still at it."""
        try:
            with session_scope() as session:
                lifecycle.hold(session, self._lease)
        except LeaseLost:
            self._lost.set()

    def waiting_images(self) -> list[WaitingImage]:
        with session_scope(read_only=True) as session:
            return lifecycle.list_waiting_images(session, self._lease.batch_id, limit=IMAGES_AT_ONCE)

    def add(self, result: ImageResult) -> None:
        """Take what became of an image.

        Raises:
            LeaseLost: The batch is no longer this worker's.
        """
        if self._lost.is_set():
            raise LeaseLost(f"batch {self._lease.batch_id} is no longer this worker's")
        self._results.append(result)
        if self._reports_each or monotonic() - self._reported_at >= REPORT_SECONDS:
            self.report()

    def report(self) -> None:
        """Write what was taken since the last report.

        Raises:
            LeaseLost: Nothing was written.
        """
        with session_scope() as session:
            lifecycle.report(session, self._lease, self._results)
        self._results = []
        self._reported_at = monotonic()

    def make_drafts(self) -> bool:
        """Make draft labels of the next images; whether there may be more.

        Raises:
            LeaseLost: Nothing was made.
        """
        with session_scope() as session:
            batch = lifecycle.hold(session, self._lease)
            batch.deaths = 0
            return making.make_next(session, batch)

    def give_up_drafts(self, error: str) -> None:
        """Note why there are no draft labels, or not all."""
        with session_scope() as session:
            lifecycle.give_up_drafts(session, self._lease, error)

    def end(self, ending: Ending) -> None:
        """Write what was taken, and how this claim ends."""
        with session_scope() as session:
            lifecycle.report(session, self._lease, self._results)
            ending(session, self._lease)


class LoadedModel:
    """The model that the last batch was predicted with, while batches wait: loading takes a second."""

    def __init__(self, store: BlobStore) -> None:
        self._store = store
        self._key: tuple[str, Precision, int | None] | None = None
        self._predictor: Predictor | None = None

    def get(self, prefix: str, precision: Precision, owner: Owner, *, threads: int | None) -> Predictor:
        """The exported checkpoint, ready to compute on so many threads.

        Raises:
            ModelFileBroken: One of its files is missing or damaged.
        """
        if self._predictor is None or self._key != (prefix, precision, threads):
            self.forget()
            self._predictor = load_predictor(self._store, prefix, precision, owner, threads=threads)
            self._key = (prefix, precision, threads)
        return self._predictor

    def forget(self) -> None:
        """Give its memory back."""
        self._predictor = self._key = None


def _decoded_ahead(
    images: Iterable[WaitingImage], decode: Callable[[WaitingImage], NDArray[np.uint8]]
) -> Iterator[tuple[WaitingImage, "Future[NDArray[np.uint8]]"]]:
    """Images in their order, the next one being decoded while one is in use."""
    with ThreadPoolExecutor(1, thread_name_prefix="batch-images") as threads:
        ahead: deque[tuple[WaitingImage, Future[NDArray[np.uint8]]]] = deque()
        for image in images:
            ahead.append((image, threads.submit(decode, image)))
            if len(ahead) > DECODED_AHEAD:
                yield ahead.popleft()
        yield from ahead


def _in_words(error: Exception) -> str:
    match error:
        case ModelFileBroken():
            return f"{error}. Ask for the predictions again if the model was deleted or trained on meanwhile"
        case DeviceUnavailable():
            return f"{error}. Ask for the predictions again when less runs on it"
        case _:
            return f"a fault of the worker, not yours: {type(error).__name__}. Its log tells more"

"""Which worker predicts on which batch: claims, leases and attempts, as app/training/lifecycle.py has for trainings.

    queued ──claim──▶ running ──▶ ready · failed       claim: attempt + 1, a lease of LEASE_SECONDS
       ▲                 │                             every report and heartbeat renews the lease
       └────release──────┴─────▶ cancelled             a lease that ran out is claimed as if it were queued

A worker holds a batch while the row has its attempt. What it found is written with that attempt or not at all, so an
image is never done twice; who goes on begins at the first image that is not done. Draft labels that were asked for are
made before the batch is ready, some images at a time, in the same way (app/draft_labels/making.py).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, func, select, update
from sqlalchemy.orm import Session, undefer

from app.db.after_commit import run_after_commit
from app.db.clock import read_database_time
from app.db.enums import BatchStatus, Speed
from app.db.models import Batch, BatchDrafts, BatchImage
from app.jobs import queue
from app.training.lifecycle import LEASE_SECONDS, LeaseLost
from app.training.model_files import Owner

LOWEST_KEPT_SCORE = 0.05  # a slider goes down to it; what is lower is hundreds of masks an image that nobody looks at
MAX_DEATHS = 3  # workers lost at one image: it kills them, so it is passed over


@dataclass(frozen=True, slots=True)
class Lease:
    batch_id: int
    worker_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A batch to go on with."""

    lease: Lease
    model_name: str
    export_prefix: str
    speed: Speed
    thresholds: Mapping[str, float]  # of every class, in the model's order
    deaths: int  # workers that died since the last image that was done
    wants_drafts: bool  # once every image is done

    @property
    def owner(self) -> Owner:
        return Owner(self.model_name, tuple(self.thresholds))

    @property
    def lowest_kept_scores(self) -> dict[str, float]:
        """The score from which on predictions are kept, by class: people choose thresholds afterwards."""
        lowest = lowest_kept_score(self.thresholds)
        return dict.fromkeys(self.thresholds, lowest)


@dataclass(frozen=True, slots=True)
class WaitingImage:
    """An image that is not done yet."""

    position: int
    name: str
    storage_key: str


@dataclass(frozen=True, slots=True)
class ImageResult:
    """What became of an image: what was found in it, or why it could not be looked at."""

    position: int
    prediction_count: int | None  # at or above the batch's thresholds
    predictions: bytes | None  # app/batches/packing.py
    error: str | None = None


def lowest_kept_score(thresholds: Mapping[str, float]) -> float:
    return min([LOWEST_KEPT_SCORE, *thresholds.values()])


def has_waiting(session: Session, speeds: Collection[Speed]) -> bool:
    """Whether a batch waits that a worker with these speeds can predict."""
    now = read_database_time(session)
    return session.scalar(select(Batch.id).where(_can_be_claimed(now, speeds)).limit(1)) is not None


def claim_next(session: Session, worker_id: str, speeds: Collection[Speed]) -> Claim | None:
    """Take the batch with the fewest images done, or none: a small one need not wait for the end of a large one.

    Args:
        speeds: What this worker can compute.
    """
    now = read_database_time(session)
    waiting = select(Batch.id, Batch.attempt).where(_can_be_claimed(now, speeds)).order_by(Batch.done_count, Batch.id)
    for batch_id, attempt in session.execute(waiting).all():
        if _compare_and_set_claimed(session, batch_id, attempt, worker_id, speeds):
            return _begin_attempt(session, batch_id, worker_id)
    return None


def hold(session: Session, lease: Lease) -> Batch:
    """Lock the batch for one report and renew its lease.

    Raises:
        LeaseLost: Nothing may be written for this lease any more.
    """
    batch = session.get(Batch, lease.batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.attempt != lease.attempt or batch.status is not BatchStatus.RUNNING:
        raise LeaseLost(f"batch {lease.batch_id} is no longer predicted by attempt {lease.attempt}")
    batch.lease_expires_at = read_database_time(session) + timedelta(seconds=LEASE_SECONDS)
    return batch


def list_waiting_images(session: Session, batch_id: int, *, limit: int) -> list[WaitingImage]:
    """The first images that are not done."""
    query = (
        select(BatchImage.position, BatchImage.name, BatchImage.storage_key)
        .where(BatchImage.batch_id == batch_id, ~BatchImage.is_done)
        .order_by(BatchImage.position)
        .limit(limit)
    )
    return [WaitingImage(position, name, key or "") for position, name, key in session.execute(query)]


def report(session: Session, lease: Lease, results: Sequence[ImageResult]) -> None:
    """Write what was found in images."""
    batch = hold(session, lease)
    for result in results:
        session.execute(
            update(BatchImage)
            .where(BatchImage.batch_id == lease.batch_id, BatchImage.position == result.position)
            .values(
                is_done=True,
                prediction_count=result.prediction_count,
                predictions=result.predictions,
                error=result.error,
            )
            .execution_options(synchronize_session=False)
        )
    if results:
        batch.done_count += len(results)
        batch.deaths = 0


def list_predicted_images(session: Session, batch_id: int, *, after: int, limit: int) -> list[BatchImage]:
    """The first images behind a position in which something was looked for, with what was found."""
    query = (
        select(BatchImage)
        .where(BatchImage.batch_id == batch_id, BatchImage.position > after, BatchImage.prediction_count.is_not(None))
        .options(undefer(BatchImage.predictions))
        .order_by(BatchImage.position)
        .limit(limit)
    )
    return list(session.scalars(query))


def lock_drafts(session: Session, batch_id: int) -> BatchDrafts:
    """Lock what is known of the drafts that are wanted of a batch."""
    return session.get_one(BatchDrafts, batch_id, with_for_update=True, populate_existing=True)


def give_up_drafts(session: Session, lease: Lease, error: str) -> None:
    """The drafts that were asked for cannot be made; `error` says why. The predictions are not lost for that."""
    hold(session, lease)
    lock_drafts(session, lease.batch_id).error = error


def finish(session: Session, lease: Lease, *, kept_days: int) -> None:
    """Every image is done."""
    end(session, hold(session, lease), BatchStatus.READY, kept_days=kept_days)


def fail(session: Session, lease: Lease, error: str, *, kept_days: int) -> None:
    """The batch cannot go on; `error` says in plain words why and what to do."""
    batch = hold(session, lease)
    end(session, batch, BatchStatus.FAILED, kept_days=kept_days)
    batch.error = error


def release(session: Session, lease: Lease) -> None:
    """Give the batch back: this worker is shutting down, or another batch has its turn."""
    _requeue(hold(session, lease))


def release_all(session: Session, worker_id: str) -> None:
    """Give back whatever a worker holds, when its process ends."""
    held = select(Batch).where(Batch.worker_id == worker_id, Batch.status == BatchStatus.RUNNING)
    for batch in session.scalars(held.with_for_update()).all():
        _requeue(batch)


def end(session: Session, batch: Batch, status: BatchStatus, *, kept_days: int) -> None:
    """Close a batch; from now on it is kept for some days."""
    batch.status = status
    batch.worker_id = batch.lease_expires_at = None
    batch.finished_at = read_database_time(session)
    batch.expires_at = batch.finished_at + timedelta(days=kept_days)


def ring(session: Session, batch_id: int) -> None:
    """Ring for a queued batch once the transaction is committed."""
    run_after_commit(session, lambda: queue.ring_batch(batch_id))


def _can_be_claimed(now: datetime, speeds: Collection[Speed]) -> ColumnElement[bool]:
    is_abandoned = (Batch.status == BatchStatus.RUNNING) & (Batch.lease_expires_at < now)
    return Batch.speed.in_(speeds) & ((Batch.status == BatchStatus.QUEUED) | is_abandoned)


def _compare_and_set_claimed(
    session: Session, batch_id: int, attempt: int, worker_id: str, speeds: Collection[Speed]
) -> bool:
    """Claim a batch unless another was faster; one whose lease ran out has lost its worker."""
    now = read_database_time(session)
    result = session.execute(
        update(Batch)
        .where(Batch.id == batch_id, Batch.attempt == attempt, _can_be_claimed(now, speeds))
        .values(
            deaths=Batch.deaths + (Batch.status == BatchStatus.RUNNING).cast(Batch.deaths.type),
            status=BatchStatus.RUNNING,
            attempt=attempt + 1,
            worker_id=worker_id,
            lease_expires_at=now + timedelta(seconds=LEASE_SECONDS),
            started_at=func.coalesce(Batch.started_at, now),
        )
        .execution_options(synchronize_session=False)
    )
    return isinstance(result, CursorResult) and result.rowcount == 1


def _begin_attempt(session: Session, batch_id: int, worker_id: str) -> Claim:
    batch = session.get_one(Batch, batch_id, populate_existing=True)
    lease = Lease(batch_id, worker_id, batch.attempt)
    deaths = batch.deaths
    if deaths >= MAX_DEATHS:
        _pass_over_what_kills(session, lease)
    drafts = session.get(BatchDrafts, batch_id)
    wants_drafts = drafts is not None and not drafts.is_made and drafts.error is None
    return Claim(lease, batch.model_name, batch.export_prefix, batch.speed, batch.thresholds, deaths, wants_drafts)


def _pass_over_what_kills(session: Session, lease: Lease) -> None:
    """Leave out the image at which workers died, or the drafts where every image is done."""
    if deadly := list_waiting_images(session, lease.batch_id, limit=1):
        words = f"{MAX_DEATHS} workers in a row died at this image, perhaps out of memory: make it smaller"
        report(session, lease, [ImageResult(image.position, None, None, error=words) for image in deadly])
    elif session.get(BatchDrafts, lease.batch_id) is not None:
        give_up_drafts(session, lease, f"{MAX_DEATHS} workers in a row died at this, perhaps out of memory")


def _requeue(batch: Batch) -> None:
    batch.status = BatchStatus.QUEUED
    batch.worker_id = batch.lease_expires_at = None

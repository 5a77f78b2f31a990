"""Who predicts on which batch: claims, leases, deaths and turns, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.batches import lifecycle
from app.batches.lifecycle import Claim, ImageResult
from app.db.clock import read_database_time
from app.db.engine import session_scope
from app.db.enums import BatchStatus, Speed
from app.db.models import Batch
from app.training.lifecycle import LeaseLost
from tests.batches.stored import ALL_SPEEDS, add_batch, result, square

IMAGES = [("a.png", None), ("b.png", None), ("c.png", None)]


@pytest.fixture
def batch_id(project_id: int) -> int:
    return add_batch(project_id, IMAGES)


def claim(worker_id: str, speeds: tuple[Speed, ...] = ALL_SPEEDS) -> Claim | None:
    with session_scope() as session:
        return lifecycle.claim_next(session, worker_id, speeds)


def must_claim(worker_id: str) -> Claim:
    claimed = claim(worker_id)
    assert claimed is not None
    return claimed


def report(claimed: Claim, *results: ImageResult) -> None:
    with session_scope() as session:
        lifecycle.report(session, claimed.lease, results)


def waiting(batch_id: int) -> list[str]:
    with session_scope(read_only=True) as session:
        return [image.name for image in lifecycle.list_waiting_images(session, batch_id, limit=10)]


def read(batch_id: int) -> Batch:
    with session_scope(read_only=True) as session:
        return session.get_one(Batch, batch_id)


def let_lease_run_out() -> None:
    """As when the worker was killed."""
    with session_scope() as session:
        session.execute(update(Batch).values(lease_expires_at=read_database_time(session) - timedelta(seconds=1)))


def test_claim__goes_to_one_worker(batch_id: int) -> None:
    claimed = must_claim("desk:1:a")
    assert (claimed.lease.batch_id, claimed.lease.attempt) == (batch_id, 1)
    assert claim("desk:2:b") is None
    assert read(batch_id).status is BatchStatus.RUNNING


def test_claim__leaves_speeds_that_the_worker_cannot_compute(project_id: int) -> None:
    add_batch(project_id, IMAGES, speed=Speed.MEDIUM)
    assert claim("desk:1:a", (Speed.SLOW,)) is None
    assert claim("desk:1:a", (Speed.SLOW, Speed.MEDIUM)) is not None


def test_claim__takes_the_batch_with_the_fewest_images_done(project_id: int, batch_id: int) -> None:
    first = must_claim("desk:1:a")
    report(first, result(1, []))
    small = add_batch(project_id, IMAGES[:1])
    with session_scope() as session:
        assert lifecycle.has_waiting(session, ALL_SPEEDS)
        lifecycle.release(session, first.lease)
    assert must_claim("desk:1:a").lease.batch_id == small
    assert must_claim("desk:2:b").lease.batch_id == batch_id


def test_dead_worker__is_followed_by_another_from_the_images_done(batch_id: int) -> None:
    dead = must_claim("desk:1:a")
    report(dead, result(1, [square("fig", 0.9, 1, 1)]))
    assert claim("desk:2:b") is None
    let_lease_run_out()
    follower = must_claim("desk:2:b")
    assert (follower.lease.attempt, follower.deaths) == (2, 1)
    assert waiting(batch_id) == ["b.png", "c.png"]
    with pytest.raises(LeaseLost):
        report(dead, result(2, []))
    report(follower, result(2, []), result(3, []))
    with session_scope() as session:
        lifecycle.finish(session, follower.lease, kept_days=2)
    batch = read(batch_id)
    assert (batch.status, batch.done_count, batch.deaths) == (BatchStatus.READY, 3, 0)
    assert batch.expires_at is not None
    assert batch.finished_at is not None
    assert batch.expires_at - batch.finished_at == timedelta(days=2)


def test_worker_cut_off__goes_on_while_nobody_has_claimed_it(batch_id: int) -> None:
    claimed = must_claim("desk:1:a")
    let_lease_run_out()
    report(claimed, result(1, []))
    assert claim("desk:2:b") is None


def test_image_that_kills_workers__is_passed_over(batch_id: int) -> None:
    for number in range(lifecycle.MAX_DEATHS):
        assert must_claim(f"desk:{number}:a").deaths == number
        let_lease_run_out()
    assert waiting(batch_id) == ["a.png", "b.png", "c.png"]
    must_claim("desk:9:a")
    assert waiting(batch_id) == ["b.png", "c.png"]
    assert (read(batch_id).done_count, read(batch_id).deaths) == (1, 0)


def test_shutdown__gives_everything_back_at_once(batch_id: int) -> None:
    claimed = must_claim("desk:1:a")
    with session_scope() as session:
        lifecycle.release_all(session, "desk:1:a")
    assert read(batch_id).status is BatchStatus.QUEUED
    with pytest.raises(LeaseLost):
        report(claimed, result(1, []))
    assert must_claim("desk:2:b").deaths == 0


def test_cancelled_or_deleted_batch__takes_no_report(project_id: int, batch_id: int) -> None:
    claimed = must_claim("desk:1:a")
    with session_scope() as session:
        session.delete(session.get_one(Batch, batch_id))
    with pytest.raises(LeaseLost):
        report(claimed, result(1, []))


def test_lowest_kept_score__is_the_lowest_threshold_where_that_is_lower() -> None:
    assert lifecycle.lowest_kept_score({"fig": 0.4, "nut": 0.6}) == lifecycle.LOWEST_KEPT_SCORE
    assert lifecycle.lowest_kept_score({"fig": 0.4, "nut": 0.01}) == 0.01

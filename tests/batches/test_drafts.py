"""Draft labels that were asked for with a batch: made by the worker that ends it, however often workers die."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.batches import lifecycle
from app.batches.lifecycle import Claim, ImageResult
from app.db.clock import read_database_time
from app.db.engine import session_scope
from app.db.models import Batch
from app.draft_labels import making
from app.training.lifecycle import LeaseLost
from tests.batches.stored import ALL_SPEEDS, add_batch, add_image, result, square
from tests.conftest import Person
from tests.draft_labels.test_draft_labels import counts, drafts_of
from worker.batches import BatchPredictor

FOUND = [[square("fig", 0.9, 0, 0), square("nut", 0.55, 8, 4)], [square("nut", 0.95, 1, 1)], []]

MakeWorker = Callable[[str], BatchPredictor]


@pytest.fixture
def images(project_id: int) -> list[int]:
    return [add_image(project_id, name) for name in ("a.png", "b.png", "c.png")]


@pytest.fixture
def batch_id(project_id: int, images: list[int]) -> int:
    """A batch whose drafts are wanted; its images are done, and its worker was killed before it said more."""
    batch_id = add_batch(project_id, [(f"{image_id}.png", image_id) for image_id in images], with_drafts=True)
    report(claim(), *(result(place, found) for place, found in enumerate(FOUND, start=1)))
    let_lease_run_out()
    return batch_id


def claim() -> Claim:
    with session_scope() as session:
        claimed = lifecycle.claim_next(session, "desk:9:x", ALL_SPEEDS)
    assert claimed is not None
    return claimed


def report(claimed: Claim, *results: ImageResult) -> None:
    with session_scope() as session:
        lifecycle.report(session, claimed.lease, results)


def let_lease_run_out() -> None:
    with session_scope() as session:
        session.execute(update(Batch).values(lease_expires_at=read_database_time(session) - timedelta(seconds=1)))


def read(person: Person, batch_id: int) -> dict[str, Any]:
    batch: dict[str, Any] = person.get(f"/api/v1/batches/{batch_id}").json()
    return batch


def test_batch__killed_before_its_drafts_is_ended_with_them(
    labeler: Person, project_id: int, batch_id: int, make_worker: MakeWorker
) -> None:
    before = read(labeler, batch_id)
    assert (before["status"], before["done"], before["drafts"]["is_made"]) == ("running", 3, False)
    make_worker("desk:1:a").work_off_queue()
    batch = read(labeler, batch_id)
    assert (batch["status"], batch["error"]) == ("ready", None)
    assert batch["drafts"] == {
        "min_score": None,
        "is_made": True,
        "error": None,
        "made": {
            "drafts": 2,
            "images": 2,
            "replaced": 0,
            "skipped_labeled": 0,
            "skipped_rejected": 0,
            "labels_created": ["fig", "nut"],
        },
    }
    assert counts(labeler, project_id) == [1, 1, 0]


def test_batch__killed_amid_its_drafts_goes_on_behind_those_made(
    labeler: Person, images: list[int], batch_id: int, make_worker: MakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "IMAGES_AT_ONCE", 1)
    claimed = claim()
    with session_scope() as session:
        assert making.make_next(session, lifecycle.hold(session, claimed.lease))
    made = drafts_of(labeler, images[0])
    assert len(made) == 1
    labeler.post(f"/api/v1/images/{images[0]}/drafts/reject", json={"ids": [made[0]["id"]]})
    let_lease_run_out()
    make_worker("desk:1:a").work_off_queue()
    drafts = read(labeler, batch_id)["drafts"]
    assert (drafts["is_made"], drafts["made"]["drafts"], drafts["made"]["skipped_rejected"]) == (True, 2, 0)
    assert (drafts_of(labeler, images[0]), len(drafts_of(labeler, images[1]))) == ([], 1)
    with pytest.raises(LeaseLost), session_scope() as session:
        lifecycle.hold(session, claimed.lease)


def test_drafts__that_kill_workers_are_given_up(labeler: Person, batch_id: int, make_worker: MakeWorker) -> None:
    for _ in range(lifecycle.MAX_DEATHS - 1):
        assert claim().wants_drafts
        let_lease_run_out()
    make_worker("desk:1:a").work_off_queue()
    batch = read(labeler, batch_id)
    assert (batch["status"], batch["error"], batch["drafts"]["is_made"]) == ("ready", None, False)
    assert "workers in a row died" in batch["drafts"]["error"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_drafts__that_fail_are_told_of_on_a_batch_that_is_ready(
    developer: Person, project_id: int, images: list[int], make_worker: MakeWorker
) -> None:
    batch_id = add_batch(project_id, [("a.png", images[0])], with_drafts=True)
    broken = claim()
    report(broken, ImageResult(1, 1, b"not what a worker writes"))
    with session_scope() as session:
        lifecycle.release(session, broken.lease)
    make_worker("desk:1:a").work_off_queue()
    batch = read(developer, batch_id)
    assert (batch["status"], batch["error"], batch["drafts"]["is_made"]) == ("ready", None, False)
    assert "a fault of the worker" in batch["drafts"]["error"]
    assert counts(developer, project_id) == [0, 0, 0]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_drafts__made_by_hand_take_the_place_of_those_of_the_worker(
    developer: Person, project_id: int, batch_id: int, make_worker: MakeWorker
) -> None:
    make_worker("desk:1:a").work_off_queue()
    made = developer.post(f"/api/v1/batches/{batch_id}/drafts", json={"min_score": 0.5}).json()
    assert (made["drafts"], made["replaced"]) == (3, 2)
    drafts = read(developer, batch_id)["drafts"]
    assert (drafts["min_score"], drafts["made"]) == (0.5, made)
    assert counts(developer, project_id) == [2, 1, 0]

"""Predictions on many images over REST: asked for, made by a worker, looked at, ended and deleted."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from app.batches import service
from app.batches.lifecycle import LOWEST_KEPT_SCORE
from app.db.clock import read_database_time
from app.db.engine import session_scope
from app.db.enums import CheckpointKind, Speed, Split
from app.db.models import Batch, Checkpoint, Model, PredictionSet, Threshold
from app.inference.decode import decode_image
from app.inference.model_meta import DETECTOR_FILE, MASK_HEAD_FILE, META_FILE
from app.inference.predictor import Predictor
from app.storage.blobs import get_blob_store
from app.training.snapshot import SnapshotImage
from app.training.stored_predictions import predict_image
from tests.batches.conftest import HEIGHT, WIDTH, png
from tests.conftest import Person
from tests.projects.test_endpoints import add_model
from tests.trained import CLASS_NAMES, OPTIMIZED

BYTES = {"Content-Type": "application/octet-stream"}

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

Work = Callable[[], None]
Upload = Callable[..., list[int]]


@pytest.fixture
def batches(model_id: int) -> str:
    return f"/api/v1/models/{model_id}/batches"


def start(person: Person, path: str, **sent: Any) -> dict[str, Any]:
    answer = person.post(path, **sent)
    assert answer.status_code == 202, answer.text
    started: dict[str, Any] = answer.json()
    assert started["status"] == "queued"
    return started


def read(person: Person, batch_id: int) -> dict[str, Any]:
    batch: dict[str, Any] = person.get(f"/api/v1/batches/{batch_id}").json()
    return batch


def names_of(person: Person, batch_id: int) -> list[str]:
    return [item["name"] for item in person.get(f"/api/v1/batches/{batch_id}/images").json()["items"]]


def zipped(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def test_batch__of_files_and_zips_tells_what_it_goes_without(developer: Person, batches: str, work: Work) -> None:
    files = [
        ("files", ("a.png", png(1))),
        ("files", ("more.zip", zipped({"in/b.png": png(2), "in/notes.txt": b"no image"}))),
        ("files", ("a.png", png(3))),
    ]
    started = start(developer, batches, files=files)
    assert started["total"] == 4
    assert [refused["name"] for refused in started["refused"]] == ["a.png", "in/notes.txt"]
    work()
    batch = read(developer, started["id"])
    assert (batch["status"], batch["done"], batch["total"], batch["of_project"]) == ("ready", 4, 4, False)
    assert (batch["model_name"], batch["created_by"]["name"], batch["error"]) == ("m", "developer", None)
    assert [problem["name"] for problem in batch["problems"]] == ["a.png", "in/notes.txt"]
    assert batch["problem_count"] == 2
    items = developer.get(f"/api/v1/batches/{started['id']}/images").json()["items"]
    assert [(item["position"], item["name"], item["width"]) for item in items[:2]] == [
        (1, "a.png", WIDTH),
        (2, "in/b.png", WIDTH),
    ]
    assert [item["prediction_count"] is None for item in items] == [False, False, True, True]


def test_batch__gives_the_answers_of_the_endpoint(developer: Person, project_id: int, batches: str, work: Work) -> None:
    sent = {f"{seed}.png": png(seed) for seed in range(2)}
    started = start(developer, batches, files=[("files", item) for item in sent.items()])
    work()
    for query, min_score in (("", ""), ("?min_score=0.3", "?min_score=30")):
        document = developer.get(f"/api/v1/batches/{started['id']}/download{query}").json()
        asked = {
            name: developer.post(f"/api/predict/{project_id}/m{min_score}", content=data, headers=BYTES).json()
            for name, data in sent.items()
        }
        assert document == asked
        assert any(asked.values()), "the random model should find something, or this test tells nothing"


@pytest.mark.parametrize("checkpoint", list(CheckpointKind))
def test_image__has_the_same_instances_by_rest_batch_and_statistics(
    developer: Person,
    project_id: int,
    batches: str,
    upload: Upload,
    work: Work,
    exports: dict[CheckpointKind, Path],
    checkpoint: CheckpointKind,
) -> None:
    seeds = range(2)
    ids = upload(*seeds)
    batch_id = start(developer, f"{batches}?checkpoint={checkpoint}", json={"image_ids": ids})["id"]
    work()
    predictor = Predictor.load(exports[checkpoint])
    suffix = "/last" if checkpoint is CheckpointKind.LAST else ""
    for position, seed in enumerate(seeds, start=1):
        shown = developer.get(f"/api/v1/batches/{batch_id}/images/{position}?mask=rle").json()
        in_batch = [(one["label"], one["score"], one["rle"]["counts"]) for one in shown["predictions"]]
        stored = by_statistics(predictor, seed)
        assert in_batch == [one for one in stored if one[1] >= LOWEST_KEPT_SCORE]
        assert len(in_batch) < len(stored), "the random model should find something that is not worth keeping"
        path = f"/api/predict/{project_id}/m{suffix}?mask=rle"
        by_rest = developer.post(path, content=png(seed), headers=BYTES).json()
        assert [(one["label"], one["score"], one["rle"]["counts"]) for one in by_rest] == [
            (label, round(score * 100, 1), counts) for label, score, counts in in_batch if score >= OPTIMIZED[label]
        ]
        assert shown["prediction_count"] == len(by_rest) > 0


def by_statistics(predictor: Predictor, seed: int) -> list[tuple[str, float, str]]:
    """Label, score and run lengths of all that the end of a training stores of a picture."""
    image = SnapshotImage(seed, f"{seed}.png", "", WIDTH, HEIGHT, Split.VALIDATION, ())
    stored = predict_image(predictor, image, CLASS_NAMES, decode_image(png(seed), max_pixels=WIDTH * HEIGHT))
    rows = zip(stored.overlaps.prediction_classes, stored.overlaps.scores, stored.rle_counts, strict=True)
    return [(CLASS_NAMES[label], float(score), counts) for label, score, counts in rows]


def test_batch__of_the_project_takes_the_gallerys_filters_by_query_or_body(
    developer: Person, project_id: int, model_id: int, upload: Upload
) -> None:
    ids = upload(1, 2, 3)
    developer.put(f"/api/v1/projects/{project_id}/validation", json={"image_ids": ids[:2], "validation": True})
    path = f"/api/v1/models/{model_id}/predict-project"
    every = start(developer, path)
    assert names_of(developer, every["id"]) == ["1.png", "2.png", "3.png"]
    by_query = start(developer, f"{path}?validation=true&sort=-name&checkpoint=last")
    assert names_of(developer, by_query["id"]) == ["2.png", "1.png"]
    by_body = start(developer, path, json={"q": "3"})
    assert names_of(developer, by_body["id"]) == ["3.png"]
    listed = developer.get(f"/api/v1/projects/{project_id}/batches?limit=2").json()
    assert [item["id"] for item in listed["items"]] == [by_body["id"], by_query["id"]]
    assert (listed["total"], listed["items"][1]["checkpoint"]) == (3, "last")
    rest = developer.get(f"/api/v1/projects/{project_id}/batches?cursor={listed['next_cursor']}").json()
    assert [item["id"] for item in rest["items"]] == [every["id"]]
    assert developer.get(f"/api/v1/projects/{project_id}/batches?model={model_id + 1}").json()["items"] == []


def test_batch__makes_the_draft_labels_that_were_asked_for_with_it(
    developer: Person, project_id: int, model_id: int, batches: str, upload: Upload, work: Work
) -> None:
    ids = upload(1, 2)
    whole = f"/api/v1/models/{model_id}/predict-project"
    named = start(developer, batches, json={"image_ids": ids[:1], "make_drafts": {"min_score": 0.9}})["id"]
    by_query = start(developer, f"{whole}?q=2", json={"make_drafts": {}})["id"]
    by_body = start(developer, whole, json={"q": "2", "make_drafts": {"min_score": 0.95}})["id"]
    without = start(developer, f"{whole}?q=2", json={"make_drafts": None})["id"]
    assert [names_of(developer, batch_id) for batch_id in (named, by_query, by_body, without)] == [
        ["1.png"],
        ["2.png"],
        ["2.png"],
        ["2.png"],
    ]
    work()
    told = [read(developer, batch_id)["drafts"] for batch_id in (named, by_query, by_body, without)]
    assert told[3] is None
    assert [(one["min_score"], one["is_made"]) for one in told[:3]] == [(0.9, True), (None, True), (0.95, True)]
    items = developer.get(f"/api/v1/projects/{project_id}/images").json()["items"]
    assert [item["draft_count"] for item in items] == [told[0]["made"]["drafts"], told[2]["made"]["drafts"]]
    assert told[1]["made"]["drafts"] == told[2]["made"]["replaced"] > 0, "the random model should find something"
    refused = developer.post(batches, json={"image_ids": ids, "make_drafts": {"min_score": 2}})
    assert (refused.status_code, "min_score" in refused.json()["error"]) == (422, True)


def test_batch__that_names_no_speed_goes_by_the_models_own(
    developer: Person, model_id: int, batches: str, upload: Upload
) -> None:
    ids = upload(1)
    with session_scope() as session:
        best = session.scalars(
            select(Checkpoint).where(Checkpoint.model_id == model_id, Checkpoint.kind == CheckpointKind.BEST)
        ).one()
        made = {"split": Split.VALIDATION, "storage_key": "none", "prediction_count": 0}
        session.add(PredictionSet(checkpoint_id=best.id, speed=Speed.FAST, **made))
        session.add_all(
            Threshold(checkpoint_id=best.id, class_name=name, speed=Speed.FAST, score_threshold=0.7)
            for name in CLASS_NAMES
        )
        session.get_one(Model, model_id).default_speed = Speed.FAST
    for query, speed in (("", "fast"), ("?speed=slow", "slow"), ("?checkpoint=last", "slow")):
        batch_id = start(developer, f"{batches}{query}", json={"image_ids": ids})["id"]
        batch = read(developer, batch_id)
        assert (batch["speed"], batch["thresholds"]["fig"]) == (speed, 0.7 if speed == "fast" else OPTIMIZED["fig"])


def test_batch__shows_the_pictures_that_were_sent(developer: Person, batches: str) -> None:
    files = [("files", ("a.png", png(1))), ("files", ("broken.png", b"broken"))]
    images = f"/api/v1/batches/{start(developer, batches, files=files)['id']}/images"
    assert developer.get(f"{images}/1/file").content == png(1)
    assert developer.get(f"{images}/1/thumbnail").headers["Content-Type"] == "image/jpeg"
    assert developer.get(f"{images}/1/display").content == png(1)
    for picture in ("file", "thumbnail", "display"):
        gone = developer.get(f"{images}/2/{picture}")
        assert (gone.status_code, "broken.png" in gone.json()["error"]) == (404, True)
        assert developer.get(f"{images}/3/{picture}").status_code == 404


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"json": {"image_ids": []}}, 422, "at least"),
        ({"json": {"image_ids": [999]}}, 404, "no image 999"),
        ({"json": {"images": [1]}}, 422, "image_ids"),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 422, "JSON"),
        ({"content": b"x", "headers": {"Content-Type": "text/plain"}}, 415, "multipart"),
        ({"files": [("files", ("a.txt", b"text"))]}, 422, "a.txt"),
        ({"params": {"speed": "medium"}, "json": {"image_ids": [1]}}, 404, "no image 1"),
        ({"params": {"speed": "quick"}, "json": {"image_ids": [1]}}, 422, "speed"),
        ({"params": {"checkpoint": "first"}, "json": {"image_ids": [1]}}, 422, "checkpoint"),
    ],
)
def test_batch__that_cannot_be_is_refused_in_words(
    developer: Person, batches: str, sent: dict[str, Any], status: int, words: str
) -> None:
    answer = developer.post(batches, **sent)
    assert answer.status_code == status, answer.text
    assert words in answer.json()["error"]
    assert get_blob_store().list_keys("projects/") == [
        key for key in get_blob_store().list_keys("projects/") if "/models/" in key
    ]


def test_batch__needs_a_model_that_can_predict(developer: Person, project_id: int, upload: Upload) -> None:
    untrained = add_model(project_id, "young")
    for path, sent in (
        ("batches", {"json": {"image_ids": upload(1)}}),
        ("batches", {"files": [("files", ("a.png", png(1)))]}),
        ("predict-project", {}),
    ):
        answer = developer.post(f"/api/v1/models/{untrained}/{path}", **sent)
        assert (answer.status_code, "not trained yet" in answer.json()["error"]) == (409, True)


def test_predict_project__without_any_image_under_the_filter_is_refused(developer: Person, model_id: int) -> None:
    answer = developer.post(f"/api/v1/models/{model_id}/predict-project")
    assert (answer.status_code, "nothing to do" in answer.json()["error"]) == (422, True)


def test_cancel__keeps_what_was_found_and_is_told_once(developer: Person, batches: str, work: Work) -> None:
    batch_id = start(developer, batches, files=[("files", ("a.png", png(1)))])["id"]
    waiting = developer.get(f"/api/v1/batches/{batch_id}/download")
    assert (waiting.status_code, "0 of 1 images are done" in waiting.json()["error"]) == (409, True)
    cancelled = developer.post(f"/api/v1/batches/{batch_id}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (202, "cancelled")
    assert cancelled.json()["expires_at"] is not None
    work()
    assert read(developer, batch_id)["done"] == 0
    again = developer.post(f"/api/v1/batches/{batch_id}/cancel")
    assert (again.status_code, "is cancelled" in again.json()["error"]) == (409, True)


def test_delete__takes_the_files_and_leaves_the_projects_images(
    developer: Person, batches: str, upload: Upload, work: Work
) -> None:
    (image_id,) = upload(1)
    of_project = start(developer, batches, json={"image_ids": [image_id]})["id"]
    of_files = start(developer, batches, files=[("files", ("a.png", png(2)))])["id"]
    work()
    kept = [key for key in get_blob_store().list_keys("projects/") if "/batches/" not in key]
    for batch_id in (of_project, of_files):
        assert developer.delete(f"/api/v1/batches/{batch_id}").status_code == 204
        assert developer.get(f"/api/v1/batches/{batch_id}").status_code == 404
    assert get_blob_store().list_keys("projects/") == kept


def test_batch__is_deleted_when_its_days_are_over(developer: Person, batches: str, work: Work) -> None:
    batch_id = start(developer, batches, files=[("files", ("a.png", png(1)))])["id"]
    work()
    batch = read(developer, batch_id)
    assert batch["expires_at"][:10] > batch["finished_at"][:10]
    service.remove_expired()
    assert read(developer, batch_id)["status"] == "ready"
    with session_scope() as session:
        an_hour_ago = read_database_time(session) - timedelta(hours=1)
        session.execute(update(Batch).values(expires_at=an_hour_ago))
    service.remove_expired()
    assert developer.get(f"/api/v1/batches/{batch_id}").status_code == 404
    assert not [key for key in get_blob_store().list_keys("projects/") if "/batches/" in key]


def test_batch__outlives_its_model_and_its_images(
    owner: Person, developer: Person, batches: str, model_id: int, upload: Upload, work: Work
) -> None:
    first, second = upload(1, 2)
    batch_id = start(developer, batches, json={"image_ids": [first, second]})["id"]
    work()
    owner.delete(f"/api/v1/images/{first}")
    owner.delete(f"/api/v1/models/{model_id}")
    batch = read(developer, batch_id)
    assert (batch["status"], batch["model_id"], batch["model_name"]) == ("ready", None, "m")
    items = developer.get(f"/api/v1/batches/{batch_id}/images").json()["items"]
    assert [item["image_id"] for item in items] == [None, second]
    assert list(developer.get(f"/api/v1/batches/{batch_id}/download").json()) == ["1.png", "2.png"]
    results = developer.get(f"/api/v1/batches/{batch_id}/download?format=coco&min_score=0").json()
    assert {result["image_id"] for result in results} == {second}


def test_batch__whose_models_files_are_gone_fails_in_words(
    developer: Person, batches: str, model_id: int, work: Work
) -> None:
    batch_id = start(developer, batches, files=[("files", ("a.png", png(1)))])["id"]
    with session_scope() as session:
        prefix = session.get_one(Batch, batch_id).export_prefix
        session.execute(update(Checkpoint).values(export_prefix=None))
    get_blob_store().delete_prefix(f"{prefix}/")
    work()
    batch = read(developer, batch_id)
    assert (batch["status"], "Ask for the predictions again" in batch["error"]) == ("failed", True)


@pytest.mark.parametrize("name", [META_FILE, DETECTOR_FILE, MASK_HEAD_FILE])
@pytest.mark.parametrize("content", [None, b"", b"no model"], ids=["gone", "empty", "text"])
def test_batch__whose_models_file_is_broken_says_which(
    developer: Person, batches: str, model_id: int, work: Work, name: str, content: bytes | None
) -> None:
    batch_id = start(developer, batches, files=[("files", ("a.png", png(1)))])["id"]
    with session_scope(read_only=True) as session:
        key = f"{session.get_one(Batch, batch_id).export_prefix}/{name}"
    get_blob_store().delete([key])
    if content is not None:
        get_blob_store().put_bytes(key, content)
    work()
    batch = read(developer, batch_id)
    assert batch["status"] == "failed"
    for told in ("model 'm'", f"{name} is {'missing' if content is None else 'damaged'}", "from a backup"):
        assert told in batch["error"]

"""Whole trainings by one worker in this process, from the queue to the statistics."""

import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import torch
from sqlalchemy import select

from app.db.engine import session_scope
from app.db.enums import CheckpointKind, ModelStatus, Split
from app.db.models import Checkpoint, CurvePoint, Image, Model, PredictionSet, Threshold
from app.inference.model_meta import read_meta
from app.masks.average_precision import average_precision
from app.masks.prediction_table import prediction_table_from_bytes
from app.settings import Settings
from app.storage.blobs import get_blob_store
from app.training import lifecycle
from tests.conftest import Person
from tests.worker.labeled_project import add_pictures, picture
from worker import evaluate, results, schedule
from worker.checkpoint import write_part
from worker.export_onnx import ExportMismatch
from worker.heartbeat import Heartbeat
from worker.reporter import STATE_FILE, DatabaseReporter
from worker.trainer import Trainer

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

WORKER_ID = "desk:1:x"
Start = Callable[..., int]


def torch_file(content: object) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


@pytest.fixture
def start(project_id: int, owner: Person) -> Start:
    """Queue a training of a few steps on tiny pictures."""
    with session_scope() as session:
        add_pictures(session, project_id)

    def start(**settings: Any) -> int:
        body = {"name": "m", "image_size": 64, "max_steps": 1, **settings}
        model_id: int = owner.post(f"/api/v1/projects/{project_id}/models", json=body).json()["id"]
        return model_id

    return start


@pytest.fixture
def shutdown() -> Event:
    return Event()


@pytest.fixture
def trainer(app_env: Settings, shutdown: Event) -> Trainer:
    beat()
    heartbeat = Heartbeat(WORKER_ID, hostname="desk", device="CPU, 1 core")
    return Trainer(
        WORKER_ID, settings=app_env, store=get_blob_store(), heartbeat=heartbeat, shutdown=shutdown, processes=1
    )


def beat() -> None:
    """Make the worker known, also after a minute without a beat; no thread of it runs here."""
    with session_scope() as session:
        lifecycle.beat(session, WORKER_ID, hostname="desk", device="CPU, 1 core")


def read_model(model_id: int) -> Model:
    with session_scope(read_only=True) as session:
        return session.get_one(Model, model_id)


def read_log(model_id: int, owner: Person) -> str:
    return "\n".join(line["message"] for line in owner.get(f"/api/v1/models/{model_id}/log").json()["items"])


def read_checkpoints(model_id: int) -> dict[CheckpointKind, Checkpoint]:
    with session_scope(read_only=True) as session:
        rows = session.scalars(select(Checkpoint).where(Checkpoint.model_id == model_id))
        return {checkpoint.kind: checkpoint for checkpoint in rows}


def test_work_off_queue__makes_a_model_that_predicts(
    start: Start, trainer: Trainer, owner: Person, project_id: int
) -> None:
    model_id = start()
    trainer.work_off_queue()

    model = owner.get(f"/api/v1/models/{model_id}").json()
    assert (model["status"], model["progress"], model["error"]) == ("ready", 1.0, None)
    assert model["initialised_from"] == "random weights"
    assert model["best"] == model["last"] == owner.get(f"/api/v1/models/{model_id}/curve").json()["items"][0]
    assert 0 < model["elapsed_s"] < 300
    _check_export(read_checkpoints(model_id))
    assert read_log(model_id, owner).count("Exporting") == 1  # both are of one step
    _check_predictions(read_checkpoints(model_id)[CheckpointKind.BEST])
    statistics = owner.get(f"/api/v1/models/{model_id}/statistics", params={"split": "training"})
    assert (statistics.status_code, statistics.json()["images"]) == (200, 2)
    answer = owner.post(
        f"/api/predict/{project_id}/m/last",
        content=picture(0, "fig"),
        headers={"Content-Type": "application/octet-stream"},
    )
    assert answer.status_code == 200


@pytest.mark.usefixtures("thin_network")
def test_work_off_queue__does_without_a_torchscript_file_that_answers_otherwise(
    start: Start, trainer: Trainer, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_wrongly(*_model: Any, path: Path, **_options: Any) -> None:
        path.write_bytes(b"otherwise")
        raise ExportMismatch("the TorchScript file differs")

    monkeypatch.setattr(results, "export_torchscript", write_wrongly)
    model_id = start()
    trainer.work_off_queue()

    assert read_model(model_id).status is ModelStatus.READY
    assert "No TorchScript file: the TorchScript file differs." in read_log(model_id, owner)
    refused = owner.get(f"/api/v1/models/{model_id}/engines/torch")
    assert (refused.status_code, "its log says why" in refused.text) == (409, True)


@pytest.mark.usefixtures("thin_network")
def test_work_off_queue__judges_best_and_last_on_all_images_at_the_end(
    start: Start, trainer: Trainer, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "LONGEST_FIRST_SECONDS", 0)  # so that one image of two is a part
    monkeypatch.setattr(evaluate, "MIN_PART", 1)
    model_id = start(max_steps=None, train_minutes=0.2, validation_percent=50)
    trainer.work_off_queue()

    assert "the same 1 of 2 images" in read_log(model_id, owner)
    model = owner.get(f"/api/v1/models/{model_id}").json()
    for kind in CheckpointKind:
        parameters = {"checkpoint": kind, "split": "validation"}
        statistics = owner.get(f"/api/v1/models/{model_id}/statistics", params=parameters).json()
        assert statistics["images"] == 2
        assert (model[kind]["map"], model[kind]["ap50"]) == (statistics["global"]["map"], statistics["global"]["ap50"])
        checkpoint = read_checkpoints(model_id)[kind]
        assert (checkpoint.mean_ap, checkpoint.ap50) == (model[kind]["map"], model[kind]["ap50"])


def _check_export(checkpoints: dict[CheckpointKind, Checkpoint]) -> None:
    """Best and last are of one step, so they have one export."""
    (prefix,) = {checkpoint.export_prefix for checkpoint in checkpoints.values()}
    (difference,) = {checkpoint.export_difference for checkpoint in checkpoints.values()}
    assert difference is not None
    assert difference < 0.001
    with get_blob_store().local_path(f"{prefix}/model.json") as file:
        meta = read_meta(file.parent)
    assert (meta.checkpoint, meta.step, meta.class_names) == ("best", 1, ("fig", "nut"))


def _check_predictions(best: Checkpoint) -> None:
    with session_scope(read_only=True) as session:
        sets = session.scalars(select(PredictionSet).where(PredictionSet.checkpoint_id == best.id)).all()
        thresholds = session.scalars(select(Threshold).where(Threshold.checkpoint_id == best.id)).all()
    tables = {row.split: prediction_table_from_bytes(get_blob_store().read_bytes(row.storage_key)) for row in sets}
    assert {split: len(table.images) for split, table in tables.items()} == {Split.TRAINING: 2, Split.VALIDATION: 2}
    validation = tables[Split.VALIDATION]
    mean_ap = average_precision(validation.match_table()).mean_ap
    assert mean_ap == pytest.approx(best.mean_ap, abs=0.02)
    scores = {score for image in validation.images for score in image.overlaps.scores.tolist()}
    assert {threshold.score_threshold for threshold in thresholds} <= scores


def test_work_off_queue__says_why_it_failed_and_goes_on_with_the_next(
    start: Start, trainer: Trainer, owner: Person, caplog: pytest.LogCaptureFixture
) -> None:
    broken, unreadable = start(), start(name="n")
    with session_scope() as session:
        get_blob_store().put_bytes(session.get_one(Model, broken).snapshot_key, b"no snapshot")
        for image in session.scalars(select(Image)):
            get_blob_store().put_bytes(image.storage_key, b"no image")
    trainer.work_off_queue()

    for model_id, words in ((broken, "snapshot of the labels is damaged"), (unreadable, "no image that can be read")):
        model = read_model(model_id)
        assert model.status is ModelStatus.FAILED
        assert words in (model.error or "")
        assert f"model {model_id} failed" in caplog.text


BROKEN_STATES = {
    "gone": (None, "its saved state is missing"),
    "empty": (b"", "damaged"),
    "noise": (bytes(range(256)) * 9, "damaged"),
    "other": (torch_file({"weights": 3}), "format version None"),
}


@pytest.mark.parametrize(("content", "words"), BROKEN_STATES.values(), ids=BROKEN_STATES)
def test_work_off_queue__says_whose_saved_state_is_broken(
    start: Start, trainer: Trainer, owner: Person, project_id: int, content: bytes | None, words: str
) -> None:
    earlier = start(name="earlier")
    key = f"{lifecycle.model_prefix(project_id, earlier)}last-1-5/{STATE_FILE}"
    with session_scope() as session:
        session.get_one(Model, earlier).status = ModelStatus.FAILED
        kind = CheckpointKind.LAST
        session.add(Checkpoint(model_id=earlier, kind=kind, step=5, elapsed_s=1.0, mean_ap=None, state_key=key))
    if content is not None:
        get_blob_store().put_bytes(key, content)
    further = start(name="further", continue_from=earlier)
    assert owner.post(f"/api/v1/models/{earlier}/resume").status_code == 202
    trainer.work_off_queue()

    for model_id in (earlier, further):
        error = read_model(model_id).error or ""
        assert read_model(model_id).status is ModelStatus.FAILED
        for told in ("model 'earlier'", words, f"restore {key}"):
            assert told in error


def test_work_off_queue__says_that_the_provenance_is_broken(start: Start, trainer: Trainer, project_id: int) -> None:
    model_id = start()
    get_blob_store().put_bytes(lifecycle.provenance_key(project_id, model_id), b"no JSON")
    trainer.work_off_queue()
    assert "model 'm': the provenance is damaged" in (read_model(model_id).error or "")


def test_work_off_queue__deletes_states_that_a_killed_worker_left(
    start: Start, trainer: Trainer, project_id: int
) -> None:
    model_id = start()
    store, prefix = get_blob_store(), lifecycle.model_prefix(project_id, model_id)
    shared, key = f"{prefix}best-1-6", f"{prefix}last-1-6/{STATE_FILE}"
    for folder in ("last-1-5", "best-1-6", "last-1-6"):
        store.put_bytes(f"{prefix}{folder}/{STATE_FILE}", b"a state")
    with session_scope() as session:
        row = {"model_id": model_id, "step": 6, "elapsed_s": 1.0, "state_key": key, "export_prefix": shared}
        session.add(Checkpoint(kind=CheckpointKind.LAST, **row))
    store.put_bytes(read_model(model_id).snapshot_key, b"no snapshot")  # so that it ends at once
    trainer.work_off_queue()

    assert not store.list_keys(f"{prefix}last-1-5/")
    assert store.list_keys(f"{shared}/")
    assert store.exists(key)
    assert store.exists(read_model(model_id).snapshot_key)


def test_work_off_queue__goes_on_without_deleted_images(start: Start, trainer: Trainer, owner: Person) -> None:
    model_id = start()
    with session_scope() as session:
        keys = [image.storage_key for image in session.scalars(select(Image))]
    get_blob_store().delete(keys)
    trainer.work_off_queue()

    assert "goes on without them: 4." in read_log(model_id, owner)
    assert "no labeled image is left" in (read_model(model_id).error or "")


@pytest.mark.usefixtures("thin_network")
def test_work_off_queue__goes_on_without_an_image_that_is_deleted_while_it_trains(
    start: Start, trainer: Trainer, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_id = start(max_steps=3)
    with session_scope() as session:
        deleted = session.scalars(select(Image).order_by(Image.id).limit(1)).one()
    ending_at_step(2, lambda: owner.delete(f"/api/v1/images/{deleted.id}"), monkeypatch)
    trainer.work_off_queue()

    model = read_model(model_id)
    assert (model.status, model.step, model.attempt, model.error) == (ModelStatus.READY, 3, 2, None)
    assert f"The image {deleted.name} was deleted" in read_log(model_id, owner)
    assert owner.get(f"/api/v1/models/{model_id}/statistics").status_code == 200


def test_work_off_queue__gives_a_model_back_when_the_worker_is_to_end(
    start: Start, trainer: Trainer, shutdown: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_id = start(max_steps=40)
    ending_at_step(2, shutdown.set, monkeypatch)
    trainer.work_off_queue()

    model = read_model(model_id)
    assert (model.status, model.worker_id) == (ModelStatus.QUEUED, None)
    last = read_checkpoints(model_id)[CheckpointKind.LAST]
    assert last.step == 2
    assert get_blob_store().exists(last.state_key)
    assert list(get_blob_store().scratch.glob("training-*")) == []


def ending_at_step(step: int, action: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Do something after some steps, as if it came from outside just then, and let the heart beat after it."""
    asked = 0
    requested = DatabaseReporter.requested

    def ask(reporter: DatabaseReporter) -> Any:
        nonlocal asked
        if asked == step:
            action()
            reporter.renew()
        asked += 1
        return requested(reporter)

    monkeypatch.setattr(DatabaseReporter, "requested", ask)


def test_work_off_queue__leaves_nothing_of_a_cancelled_model(
    start: Start, trainer: Trainer, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_id = start(max_steps=10)
    ending_at_step(2, lambda: owner.post(f"/api/v1/models/{model_id}/cancel"), monkeypatch)
    trainer.work_off_queue()

    model = read_model(model_id)
    assert model.status is ModelStatus.CANCELLED
    prefix = lifecycle.model_prefix(model.project_id, model_id)
    storage = Path(get_blob_store().scratch.parent)
    assert not (storage / prefix).exists()
    with session_scope(read_only=True) as session:
        steps = session.scalars(select(CurvePoint.step)).all()
    assert max(steps) == 2


@pytest.mark.usefixtures("thin_network")
def test_work_off_queue__stops_and_keeps_a_usable_model(
    start: Start, trainer: Trainer, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_id = start(max_steps=10)
    # After two evaluations: the second one waits for the first one's state.
    ending_at_step(5, lambda: owner.post(f"/api/v1/models/{model_id}/stop"), monkeypatch)
    trainer.work_off_queue()

    model = owner.get(f"/api/v1/models/{model_id}").json()
    assert (model["status"], model["can_resume"]) == ("ready", True)
    assert 1 <= model["last"]["step"] < 10


@pytest.mark.usefixtures("thin_network")
def test_work_off_queue__trains_an_earlier_model_further(start: Start, trainer: Trainer, owner: Person) -> None:
    earlier_id = start()
    trainer.work_off_queue()
    model_id = start(name="further", continue_from=earlier_id)
    beat()
    trainer.work_off_queue()

    model = owner.get(f"/api/v1/models/{model_id}").json()
    assert (model["status"], model["error"]) == ("ready", None)
    assert model["initialised_from"] == "model m (best)"
    assert "Started from model m (best)" in read_log(model_id, owner)
    document = owner.get(f"/api/v1/models/{model_id}/provenance").json()
    assert document["continued_from"]["model_id"] == earlier_id
    (attempt,) = document["attempts"]
    (started,) = attempt["starts"]
    assert "roi_heads.box_head.fc6.weight" in started["loaded"]["loaded"]
    assert (started["precision"], started["batch_size"], started["processes"]) == ("float32", 2, 1)


@pytest.mark.usefixtures("thin_network")
def test_work_off_queue__keeps_where_a_model_comes_from(start: Start, trainer: Trainer, owner: Person) -> None:
    model_id = start(seed=7)
    trainer.work_off_queue()

    document = owner.get(f"/api/v1/models/{model_id}/provenance").json()
    assert (document["config"]["seed"], document["config"]["max_steps"]) == (7, 1)
    assert document["class_names"] == ["fig", "nut"]
    labels = get_blob_store().read_bytes(document["snapshot"]["key"])
    assert document["snapshot"]["sha256"] == hashlib.sha256(labels).hexdigest()
    (attempt,) = document["attempts"]
    packages = attempt["environment"]["packages"]
    assert torch.__version__.startswith(packages["torch"])
    assert all(packages[name] for name in ("maskwright", "torchvision", "numpy", "opencv-python-headless"))
    git = attempt["environment"]["git"]
    assert git is None or len(git["commit"]) == 40
    assert attempt["starts"][0]["loaded"] is None


@pytest.mark.usefixtures("thin_network")
def test_work_off_queue__goes_on_although_the_disk_is_full_at_a_checkpoint(
    start: Start, trainer: Trainer, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_id = start(max_steps=4)

    def write(path: Path, content: dict[str, Any]) -> Path:
        if (path.name, content["point"]["step"]) == ("last.pt", 3):
            path.with_name(f".{path.name}.{os.getpid()}.part").symlink_to("/dev/full")
        return write_part(path, content)

    monkeypatch.setattr("worker.checkpoint.write_part", write)
    trainer.work_off_queue()

    model = owner.get(f"/api/v1/models/{model_id}").json()
    assert (model["status"], model["error"], model["last"]["step"]) == ("ready", None, 4)
    assert "The worker's disk is full: the last checkpoint of step 3 is not kept" in read_log(model_id, owner)


def test_work_off_queue__begins_smaller_after_workers_died_one_after_another(
    start: Start, trainer: Trainer, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_id = start(max_steps=None, train_minutes=1)
    with session_scope() as session:
        session.get_one(Model, model_id).deaths_since_checkpoint = 3
    ending_at_step(1, lambda: owner.post(f"/api/v1/models/{model_id}/cancel"), monkeypatch)
    trainer.work_off_queue()

    log = read_log(model_id, owner)
    assert "begins with less in memory" in log
    assert "batches of 1." in log  # instead of 4

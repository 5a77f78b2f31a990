"""Speeds of a model: made once when asked for, each with predictions and thresholds of its own."""

import gzip
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from app.db.engine import session_scope
from app.db.enums import CheckpointKind, Speed, Split
from app.db.models import Checkpoint, Model, PredictionSet, Threshold
from app.inference.model_meta import DETECTOR_FILE, MASK_HEAD_FILE
from app.inference.predictor import Predictor
from app.inference.session import Precision
from app.masks.prediction_table import ImagePredictions, prediction_table_from_bytes
from app.predictions import service, speeds
from app.predictions.snapshot_images import read_image
from app.predictions.speeds import SpeedMaker, _Making
from app.statistics.tables import TableCache
from app.storage.blobs import BlobStore, get_blob_store
from app.training.exports import FAST_FOLDER
from app.training.model_files import EXPORT_FILES, HASHES_FILE, Owner, fetch_export
from app.training.snapshot import SnapshotImage
from app.training.stored_predictions import predict_image
from tests.conftest import Person
from tests.predictions.conftest import needs_bfloat16, picture, png
from tests.trained import CLASS_NAMES, OPTIMIZED

BY_HAND = {"fig": 0.15, "nut": 0.2}  # low enough that something is found in every image

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@needs_bfloat16
def test_medium__has_predictions_thresholds_and_statistics_of_its_own(
    developer: Person,
    project_id: int,
    model_id: int,
    make: Callable[..., Any],
    exports: dict[CheckpointKind, Path],
) -> None:
    path = f"/api/predict/{project_id}/my model ü?speed=medium"
    refused = developer.post(path, content=png(1))
    assert refused.status_code == 409
    assert f"POST /api/v1/models/{model_id}/speeds/medium" in refused.json()["error"]

    made = make("medium")
    assert (made["status"], made["progress"], made["error"]) == ("ready", 1.0, None)

    with session_scope(read_only=True) as session:
        stored = session.scalars(select(PredictionSet).where(PredictionSet.speed == Speed.MEDIUM)).all()
        thresholds = session.scalars(select(Threshold).where(Threshold.speed == Speed.MEDIUM)).all()
    assert len(stored) == 4  # best and last, on both splits
    predictor = Predictor.load(exports[CheckpointKind.BEST], precision=Precision.BFLOAT16)
    table = prediction_table_from_bytes(get_blob_store().read_bytes(stored[0].storage_key))
    everything = [one.score for one in predictor.predict_all(picture(1))]
    assert sorted(table.images[0].overlaps.scores.tolist(), reverse=True) == everything
    assert {row.score_threshold for row in thresholds} != set(OPTIMIZED.values())

    answer = developer.get(f"/api/v1/models/{model_id}/statistics?speed=medium")
    assert (answer.status_code, answer.json()["images"]) == (200, 2)


@needs_bfloat16
def test_medium__predicts_in_bfloat16_and_slow_in_float32_whatever_was_asked_before(
    developer: Person, project_id: int, make: Callable[..., Any], exports: dict[CheckpointKind, Path]
) -> None:
    make("medium")
    path = f"/api/predict/{project_id}/my model ü?min_score=5"
    by_speed = {speed: developer.post(f"{path}&speed={speed}", content=png(7)).json() for speed in ("medium", "slow")}
    again = developer.post(f"{path}&speed=medium", content=png(7)).json()
    assert again == by_speed["medium"]
    for speed, precision in (("medium", Precision.BFLOAT16), ("slow", Precision.FLOAT32)):
        predictor = Predictor.load(exports[CheckpointKind.BEST], precision=precision)
        expected = predictor.predict(picture(7), score_thresholds=dict.fromkeys(CLASS_NAMES, 0.05))
        assert [one["score"] for one in by_speed[speed]] == [round(one.score * 100, 1) for one in expected]
    assert by_speed["medium"] != by_speed["slow"]


@needs_bfloat16
def test_medium__of_best_and_last_that_are_one_export_is_predicted_once(
    model_id: int, make: Callable[..., Any], snapshot_images: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with session_scope() as session:
        best, last = session.scalars(select(Checkpoint).filter_by(model_id=model_id).order_by(Checkpoint.kind)).all()
        last.export_prefix = best.export_prefix
    predicted: list[int] = []

    def noting(predictor: Predictor, image: SnapshotImage, *rest: Any) -> ImagePredictions:
        predicted.append(image.image_id)
        return predict_image(predictor, image, *rest)

    monkeypatch.setattr(speeds, "predict_image", noting)

    assert make("medium")["status"] == "ready"

    assert sorted(predicted) == snapshot_images
    with session_scope(read_only=True) as session:
        stored = session.scalars(select(PredictionSet).where(PredictionSet.speed == Speed.MEDIUM)).all()
    assert {row.checkpoint_id for row in stored} == {best.id, last.id}
    assert len(stored) == 4


@needs_bfloat16
def test_medium__made_while_somebody_asks_is_there(
    app: FastAPI,
    developer: Person,
    model_id: int,
    snapshot_images: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    maker: SpeedMaker = app.state.speeds
    makings = maker.makings

    def makings_at_the_end(model_id: int) -> dict[Speed, _Making]:
        maker.start(model_id, Speed.MEDIUM)
        maker._executor.submit(lambda: None).result()  # the one thread does it after
        return makings(model_id)

    monkeypatch.setattr(maker, "makings", makings_at_the_end)
    listed = developer.get(f"/api/v1/models/{model_id}/speeds").json()["items"]
    assert [one["status"] for one in listed if one["speed"] == "medium"] == ["ready"]


@needs_bfloat16
def test_medium__says_why_it_could_not_be_made(model_id: int, make: Callable[..., Any]) -> None:
    with session_scope(read_only=True) as session:
        key = session.get_one(Model, model_id).snapshot_key
    whole = get_blob_store().read_bytes(key)
    get_blob_store().put_bytes(key, b"damaged")
    failed = make("medium")
    assert failed["status"] == "failed"
    assert "damaged" in failed["error"]
    get_blob_store().put_bytes(key, whole)
    assert make("medium")["status"] == "ready"
    assert make("medium")["status"] == "ready"  # asked for twice, it is made once
    with session_scope(read_only=True) as session:
        assert len(session.scalars(select(PredictionSet).where(PredictionSet.speed == Speed.MEDIUM)).all()) == 4


@needs_bfloat16
def test_medium__of_a_bad_instance_in_the_snapshot_names_model_and_image(
    model_id: int, make: Callable[..., Any]
) -> None:
    with session_scope(read_only=True) as session:
        key = session.get_one(Model, model_id).snapshot_key
    document = json.loads(gzip.decompress(get_blob_store().read_bytes(key)))
    document["images"][1]["instances"][0]["id"] = "seven"
    get_blob_store().put_bytes(key, gzip.compress(json.dumps(document).encode()))
    failed = make("medium")
    assert failed["status"] == "failed"
    for told in ("my model ü", "2.png", "'seven' is no UUID"):
        assert told in failed["error"]


@needs_bfloat16
def test_again__answers_as_before_until_it_is_there(
    developer: Person,
    project_id: int,
    model_id: int,
    make: Callable[..., Any],
    snapshot_images: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, keys = make("medium"), stored_keys("medium")
    predict, statistics = f"/api/predict/{project_id}/my model ü?speed=medium", f"/api/v1/models/{model_id}/statistics"
    answer = developer.post(predict, content=png(7)).json()
    reached, may_go_on = Event(), Event()

    def waiting(image: SnapshotImage) -> np.ndarray:
        reached.set()
        assert may_go_on.wait(60)
        return read_image(image)

    monkeypatch.setattr(speeds, "read_image", waiting)
    asked = developer.post(f"/api/v1/models/{model_id}/speeds/medium?again=true").json()
    assert (asked["status"], asked["is_being_made"], asked["map"]) == ("ready", True, before["map"])
    assert reached.wait(60)
    assert developer.post(predict, content=png(7)).json() == answer
    assert developer.get(f"{statistics}?speed=medium").status_code == 200
    assert stored_keys("medium") == keys
    may_go_on.set()

    again = make("medium")
    assert (again["status"], again["is_being_made"], again["progress"], again["error"]) == ("ready", False, 1.0, None)
    assert again["measured_at"] > before["measured_at"]
    assert again["map"] == before["map"]
    assert len(stored_keys("medium")) == 4
    assert not stored_keys("medium") & keys
    assert not any(get_blob_store().exists(key) for key in keys)
    assert developer.post(predict, content=png(7)).json() == answer


@needs_bfloat16
def test_again__that_fails_leaves_what_is_there(developer: Person, model_id: int, make: Callable[..., Any]) -> None:
    make("medium")
    keys, files = stored_keys("medium"), get_blob_store().list_keys("projects/")
    with session_scope() as session:
        session.get_one(Model, model_id).snapshot_key = "gone"
    failed = make("medium", "?again=true")
    assert failed["status"] == "ready"
    assert "model 'my model ü': the snapshot of the labels is missing" in failed["error"]
    assert stored_keys("medium") == keys
    assert get_blob_store().list_keys("projects/") == files
    assert developer.get(f"/api/v1/models/{model_id}/statistics?speed=medium").status_code == 200


@needs_bfloat16
def test_medium__deletes_what_a_killed_server_left_of_it(model_id: int, make: Callable[..., Any]) -> None:
    store = get_blob_store()
    with session_scope(read_only=True) as session:
        prefix = session.scalars(select(Checkpoint.export_prefix)).first()
    for folder in ("medium-0123abcd", "fast-0123abcd"):
        store.put_bytes(f"{prefix}/{folder}/predictions-training.npz", b"left")
    make("medium")
    keys = store.list_keys(f"{prefix}/")
    assert f"{prefix}/medium-0123abcd/predictions-training.npz" not in keys
    assert f"{prefix}/fast-0123abcd/predictions-training.npz" in keys  # another speed's may be about to get its rows
    made, files = stored_keys("medium"), store.list_keys("projects/")
    assert make("medium", "?again=true")["error"] is None
    assert len(store.list_keys("projects/")) == len(files)
    assert stored_keys("medium").isdisjoint(made)


@needs_bfloat16
def test_medium__whose_files_were_taken_for_abandoned_writes_no_rows(
    model_id: int, make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = speeds.repository.lock_checkpoint

    def lock(session: Session, checkpoint_id: int) -> Checkpoint | None:
        store = get_blob_store()
        store.delete([key for key in store.list_keys("projects/") if "/medium-" in key])
        return real(session, checkpoint_id)

    monkeypatch.setattr(speeds.repository, "lock_checkpoint", lock)
    made = make("medium")
    assert (made["status"], made["error"]) == ("not_made", None)
    assert not stored_keys("medium")


def test_again__mends_damaged_predictions_of_slow(developer: Person, model_id: int, make: Callable[..., Any]) -> None:
    with session_scope() as session:
        session.execute(delete(Threshold))  # a worker writes them with the predictions, which this model has not yet
    make("slow")
    statistics = f"/api/v1/models/{model_id}/statistics"
    whole = developer.get(statistics).json()
    for key in stored_keys("slow"):
        get_blob_store().put_bytes(key, b"damaged")
    make("slow")  # it is there: nothing is done
    developer.client.app.state.prediction_tables = TableCache()  # type: ignore[attr-defined]
    refused = developer.get(statistics)
    assert (refused.status_code, "Make again" in refused.json()["error"]) == (409, True)

    made = make("slow", "?again=true")
    assert (made["status"], made["error"], made["relative_latency"]) == ("ready", None, 1.0)
    assert developer.get(statistics).json() == whole


def copy_graphs(
    _store: BlobStore, export_prefix: str, folder: Path, owner: Owner, *_rest: object, **_options: object
) -> Path:
    """In place of quantizing, which takes its time."""
    fetch_export(get_blob_store(), export_prefix, folder, owner)
    return folder


def test_fast__is_in_the_storage_only_when_it_is_whole(
    developer: Person, model_id: int, make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, keys = get_blob_store(), []

    def noting(image: SnapshotImage) -> np.ndarray:
        keys.append(store.list_keys("projects/"))
        return read_image(image)

    monkeypatch.setattr(speeds, "make_fast_graphs", copy_graphs)
    monkeypatch.setattr(speeds, "read_image", noting)
    before = store.list_keys("projects/")
    assert make("fast")["status"] == "ready"
    assert keys[0] == before
    assert {key.rpartition("/")[2] for key in store.list_keys("projects/") if "/fast-" in key} == {
        *EXPORT_FILES,
        HASHES_FILE,
        "predictions-training.npz",
        "predictions-validation.npz",
    }
    assert list(store.scratch.iterdir()) == []


def test_slow__of_an_image_that_is_deleted_meanwhile_says_so(
    make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def deleting(image: SnapshotImage) -> np.ndarray:
        get_blob_store().delete([image.storage_key])
        return read_image(image)

    monkeypatch.setattr(speeds, "read_image", deleting)
    failed = make("slow")
    assert failed["status"] == "failed"
    assert failed["error"].startswith("image '1.png' was deleted meanwhile")


def test_speed__of_a_model_that_is_deleted_before_its_turn_is_forgotten(
    app: FastAPI, developer: Person, caplog: pytest.LogCaptureFixture
) -> None:
    maker: SpeedMaker = app.state.speeds  # which runs since the developer signed in
    maker.start(model_id=99, speed=Speed.SLOW)
    maker._executor.submit(lambda: None).result()  # the one thread does it after
    assert maker.makings(99) == {}
    assert "failed" not in caplog.text


def test_again__of_fast_makes_its_graphs_anew_and_keeps_those_that_a_batch_waits_for(
    developer: Person,
    project_id: int,
    model_id: int,
    make: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(speeds, "make_fast_graphs", copy_graphs)
    make("fast")
    first = stored_keys("fast")
    batches = f"/api/v1/models/{model_id}/batches?speed=fast"
    assert developer.post(batches, files=[("files", ("a.png", png(1)))]).status_code == 202
    (awaited,) = {key.rpartition("/")[0] for key in first if "/best-" in key}
    (other,) = {key.rpartition("/")[0] for key in first if "/last-" in key}

    make("fast", "?again=true")
    store = get_blob_store()
    assert [store.exists(f"{folder}/{DETECTOR_FILE}") for folder in (awaited, other)] == [True, False]
    assert not any(store.exists(key) for key in first)
    for key in stored_keys("fast"):
        assert store.exists(f"{key.rpartition('/')[0]}/{DETECTOR_FILE}")
    path = f"/api/predict/{project_id}/my model ü?speed=fast"
    assert developer.post(path, content=png(7)).status_code == 200


def test_fast__made_by_an_earlier_version_answers_from_its_own_folder(
    developer: Person, project_id: int, model_id: int
) -> None:
    store, prefix = get_blob_store(), f"projects/{project_id}/models/{model_id}/best-1"
    store.copy((f"{prefix}/{name}", f"{prefix}/{FAST_FOLDER}/{name}") for name in EXPORT_FILES)
    with session_scope() as session:
        best = session.scalars(select(Checkpoint).where(Checkpoint.export_prefix == prefix)).one()
        for split in Split:
            key = f"{prefix}/predictions-{split}-fast.npz"
            columns = {"checkpoint_id": best.id, "split": split, "prediction_count": 0}
            session.add(PredictionSet(**columns, speed=Speed.FAST, storage_key=key))
    path = f"/api/predict/{project_id}/my model ü?speed=fast"
    assert developer.post(path, content=png(7)).status_code == 200


def test_list_speeds__asks_once_for_all(app: FastAPI, model_id: int) -> None:
    asked: list[str] = []
    with session_scope(read_only=True) as session:
        event.listen(session.get_bind(), "before_cursor_execute", lambda *call: asked.append(call[2]))
        listed = speeds.list_speeds(session, app.state.speeds, model_id=model_id, kind=CheckpointKind.BEST)
    assert [one.status for one in listed] == ["not_made", "not_made", "not_made"]  # without any stored predictions
    tables = [re.findall(r"FROM (\w+)", statement)[0] for statement in asked if statement.startswith("SELECT")]
    assert tables == ["checkpoints", "checkpoints", "speed_figures"]


def test_list_speeds__of_many_who_ask_at_once(developer: Person, model_id: int) -> None:
    with ThreadPoolExecutor(40) as threads:  # as many as the server has: each takes one connection, or they would wait
        asked = [threads.submit(developer.get, f"/api/v1/models/{model_id}/speeds") for _ in range(120)]
    assert {one.result().status_code for one in asked} == {200}


@needs_bfloat16
def test_every_way__gives_the_same_objects(
    developer: Person, project_id: int, model_id: int, snapshot_images: list[int], make: Callable[..., Any]
) -> None:
    """What statistics count, what REST answers: the same instances, scores and masks at the same thresholds."""
    with session_scope() as session:
        session.execute(delete(Threshold))  # a worker writes them with the predictions, which this model has not yet
    for speed in ("slow", "medium"):
        assert make(speed)["status"] == "ready"
        developer.put(f"/api/v1/models/{model_id}/thresholds", json={"optimized": False, "values": BY_HAND})
        thresholds = developer.get(f"/api/v1/models/{model_id}/thresholds?speed={speed}").json()["values"]
        for image_id, stored in stored_images(speed).items():
            path = f"/api/predict/{project_id}/my model ü?mask=rle&speed={speed}"
            answer = developer.post(path, content=png(image_id)).json()
            wanted = [
                (CLASS_NAMES[stored.overlaps.prediction_classes[i]], round(stored.overlaps.scores[i] * 100, 1), rle)
                for i, rle in enumerate(stored.rle_counts)
                if stored.overlaps.scores[i] >= thresholds[CLASS_NAMES[stored.overlaps.prediction_classes[i]]]
            ]
            assert [(one["label"], one["score"], one["rle"]["counts"]) for one in answer] == wanted
            assert wanted, "something should be found, or this tells nothing"


def stored_images(speed: str) -> dict[int, ImagePredictions]:
    """What the best checkpoint predicted, by image."""
    with session_scope(read_only=True) as session:
        of_best = select(PredictionSet).join(Checkpoint).where(Checkpoint.kind == CheckpointKind.BEST)
        stored = session.scalars(of_best.where(PredictionSet.speed == speed)).all()
    tables = [prediction_table_from_bytes(get_blob_store().read_bytes(one.storage_key)) for one in stored]
    return {image.image_id: image for table in tables for image in table.images}


@pytest.mark.timeout(600)  # it quantizes two models, in processes that give way to all others
def test_fast__computes_in_int8_and_tells_what_that_costs(
    developer: Person, project_id: int, model_id: int, make: Callable[..., Any], exports: dict[CheckpointKind, Path]
) -> None:
    speeds = f"/api/v1/models/{model_id}/speeds"
    before = {one["speed"]: one for one in developer.get(speeds).json()["items"]}
    assert (before["slow"]["map"], before["slow"]["latency_ms"]) == (0.5, None)  # what the training said
    assert (before["fast"]["map"], before["fast"]["status"]) == (None, "not_made")

    made = make("fast")
    assert (made["status"], made["progress"], made["error"]) == ("ready", 1.0, None)
    slow = developer.get(speeds).json()["items"][0]
    assert slow["relative_latency"] == 1
    assert made["relative_latency"] == pytest.approx(made["latency_ms"] / slow["latency_ms"])
    assert made["device"] == slow["device"]
    assert made["map"] is not None
    of_last = developer.get(f"{speeds}?checkpoint=last").json()["items"][2]
    assert of_last["latency_ms"] != made["latency_ms"]
    assert developer.get(f"/api/v1/models/{model_id}/statistics?speed=fast").json()["global"]["map"] == made["map"]

    prefix = f"projects/{project_id}/models/{model_id}/best-1"
    key = next(key for key in stored_keys("fast") if key.startswith(prefix))
    quantized, whole = (
        sum(blob_size(f"{folder}/{name}") for name in (DETECTOR_FILE, MASK_HEAD_FILE))
        for folder in (key.rpartition("/")[0], prefix)
    )
    assert quantized < whole  # weights of 8 bits in place of 32
    path = f"/api/predict/{project_id}/my model ü?min_score=5"
    by_speed = {speed: developer.post(f"{path}&speed={speed}", content=png(7)).json() for speed in ("slow", "fast")}
    assert by_speed["fast"] != by_speed["slow"]
    assert by_speed["fast"][0]["score"] == pytest.approx(by_speed["slow"][0]["score"], abs=10)


def stored_keys(speed: str) -> set[str]:
    """Where the predictions of a speed lie, of both checkpoints and splits."""
    with session_scope(read_only=True) as session:
        return set(session.scalars(select(PredictionSet.storage_key).where(PredictionSet.speed == speed)))


def blob_size(key: str) -> int:
    return len(get_blob_store().read_bytes(key))


def test_fast__says_why_it_could_not_be_made(
    project_id: int, model_id: int, make: Callable[..., Any], exports: dict[CheckpointKind, Path]
) -> None:
    prefix = f"projects/{project_id}/models/{model_id}/best-1"
    get_blob_store().put_bytes(f"{prefix}/{MASK_HEAD_FILE}", b"damaged")
    get_blob_store().delete([f"{prefix}/{HASHES_FILE}"])  # with them, the damage is told before anything is made
    failed = make("fast")
    assert failed["status"] == "failed"
    assert "INT8" in failed["error"]


@needs_bfloat16
def test_default_speed__is_what_predictions_have_that_name_none(
    developer: Person, labeler: Person, project_id: int, model_id: int, make: Callable[..., Any]
) -> None:
    model, path = f"/api/v1/models/{model_id}", f"/api/predict/{project_id}/my model ü"
    assert developer.get(model).json()["default_speed"] == "slow"
    refused = developer.patch(model, json={"default_speed": "medium"})
    assert refused.status_code == 409
    assert f"POST /api/v1/models/{model_id}/speeds/medium" in refused.json()["error"]
    assert developer.patch(model, json={"default_speed": "slowest"}).status_code == 422

    make("medium")
    assert labeler.patch(model, json={"default_speed": "medium"}).status_code == 403
    assert developer.patch(model, json={"default_speed": "medium"}).json()["default_speed"] == "medium"
    assert developer.get(model).json()["default_speed"] == "medium"

    answers = {
        speed: developer.post(f"{path}?min_score=5{speed}", content=png(7)).json()
        for speed in ("", "&speed=slow", "&speed=medium")
    }
    assert answers[""] == answers["&speed=medium"]
    assert answers[""] != answers["&speed=slow"]
    with session_scope() as session:  # as after more training: the new checkpoint is not made for it yet
        session.execute(delete(PredictionSet).where(PredictionSet.speed == Speed.MEDIUM))
    assert developer.post(f"{path}?min_score=5", content=png(7)).json() == answers["&speed=slow"]


def test_medium__is_refused_where_the_cpu_has_no_bfloat16(
    developer: Person, model_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "has_bfloat16", lambda: False)
    answer = developer.post(f"/api/v1/models/{model_id}/speeds/medium")
    assert answer.status_code == 409
    assert "bfloat16" in answer.json()["error"]

"""Speeds of a model: made once when asked for, each with predictions and thresholds of its own."""

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import delete, select

from app.db.engine import session_scope
from app.db.enums import CheckpointKind, Speed, Split
from app.db.models import Checkpoint, Model, PredictionSet, Threshold
from app.inference.predictor import Predictor
from app.inference.session import Precision, has_bfloat16
from app.masks.instance import Instance, Polygon
from app.masks.prediction_table import ImagePredictions, prediction_table_from_bytes
from app.predictions import service
from app.storage.blobs import get_blob_store
from app.training import snapshot
from app.training.snapshot import Snapshot, SnapshotImage
from tests.conftest import Person
from tests.trained import CLASS_NAMES, OPTIMIZED

WIDTH, HEIGHT = 64, 48
BY_HAND = {"fig": 0.15, "nut": 0.2}  # low enough that something is found in every image
TRIES = 600  # of a tenth of a second

needs_bfloat16 = pytest.mark.skipif(not has_bfloat16(), reason="this CPU has no bfloat16")
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def picture(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)


def png(seed: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture(seed)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def snapshot_images(model_id: int, project_id: int) -> list[int]:
    """The model's snapshot: two validation images and a training image, each with an object over most of it."""
    images = []
    for image_id, split in ((1, Split.VALIDATION), (2, Split.VALIDATION), (3, Split.TRAINING)):
        key = f"projects/{project_id}/images/{image_id}"
        get_blob_store().put_bytes(key, png(image_id))
        square = Polygon(((4.0, 4.0), (60.0, 4.0), (60.0, 44.0), (4.0, 44.0)))
        instance = Instance(
            f"00000000-0000-0000-0000-00000000000{image_id}", CLASS_NAMES[image_id % 2], polygons=(square,)
        )
        images.append(SnapshotImage(image_id, f"{image_id}.png", key, WIDTH, HEIGHT, split, (instance,)))
    with session_scope() as session:
        model = session.get_one(Model, model_id)
        model.snapshot_key = f"projects/{project_id}/models/{model_id}/snapshot"
        frozen = Snapshot(project_id, tuple(CLASS_NAMES), tuple(images))
        get_blob_store().put_bytes(model.snapshot_key, snapshot.to_json_bytes(frozen))
    return [1, 2, 3]


@pytest.fixture
def make(developer: Person, model_id: int, snapshot_images: list[int]) -> Callable[[str], dict[str, Any]]:
    """Ask for a speed and wait until it is there or has failed."""

    def make(speed: str) -> dict[str, Any]:
        answer = developer.post(f"/api/v1/models/{model_id}/speeds/{speed}")
        assert answer.status_code == 202, answer.text
        for _ in range(TRIES):
            speeds = {one["speed"]: one for one in developer.get(f"/api/v1/models/{model_id}/speeds").json()["items"]}
            if speeds[speed]["status"] != "making":
                asked: dict[str, Any] = speeds[speed]
                return asked
            time.sleep(0.1)
        raise AssertionError("the speed was not made in time")

    return make


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

    assert make("medium") == {"speed": "medium", "status": "ready", "progress": 1.0, "error": None}

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


def test_fast__comes_later(developer: Person, model_id: int) -> None:
    answer = developer.post(f"/api/v1/models/{model_id}/speeds/fast")
    assert (answer.status_code, list(answer.json())) == (409, ["error"])


def test_medium__is_refused_where_the_cpu_has_no_bfloat16(
    developer: Person, model_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "has_bfloat16", lambda: False)
    answer = developer.post(f"/api/v1/models/{model_id}/speeds/medium")
    assert answer.status_code == 409
    assert "bfloat16" in answer.json()["error"]

"""A project with everything in it that an archive takes along."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, update

from app.db.engine import session_scope
from app.db.enums import CheckpointKind, Speed, Split
from app.db.models import Checkpoint, CurvePoint, Model, ModelLogLine, SpeedFigures
from app.masks.prediction_table import PredictionTable, image_predictions
from app.masks.rle import encode_mask
from app.storage.blobs import get_blob_store
from app.training.snapshot import Snapshot, SnapshotImage, TrainingConfig, to_json_bytes
from tests.conftest import Person
from tests.images.pictures import jpeg, png
from tests.labels.conftest import FIRST_ID, SECOND_ID, THIRD_ID, TRIANGLE, polygon_instance
from tests.predictions.conftest import exports
from tests.trained import CLASS_NAMES, store_trained_model

__all__ = ["exports"]  # a fixture

PROJECTS = "/api/v1/projects"
NAMES = ["left/ü b.png", "left/a.jpg", "x.zip", "Thumbs.db"]  # the last two are none that a zip's reader takes
GONE_ID = 987_654  # of an image that was deleted since the training
CONFIG = TrainingConfig(
    image_size=64,
    train_minutes=2.5,
    stop_minutes=1,
    use_validation_set=True,
    validation_percent=20,
    learning_rate=None,
    seed=7,
    max_steps=None,
)


@pytest.fixture
def filled(owner: Person, project_id: int) -> int:
    """Four pictures with odd names and sizes, two of them labeled and one background, and a label that is not used."""
    path = f"{PROJECTS}/{project_id}"
    for name, color in {"nut": "#123456", "fig": "#E69F00", "unused ü": "#00FF00"}.items():
        owner.post(f"{path}/labels", json={"name": name, "color": color})
    pictures = [png(16, 12), jpeg(16, 12, orientation=6), png(5, 4), png(7, 9)]
    files = [("files", (name, picture)) for name, picture in zip(NAMES, pictures, strict=True)]
    ids = [item["id"] for item in owner.post(f"{path}/images", files=files).json()["items"]]
    mask = np.zeros((12, 16), dtype=bool)
    mask[3:7, 2:9] = True
    holed = {"exterior": [[0.5, 0.25], [15.1, 1], [14, 11.75]], "holes": [[[8, 3], [12, 3], [12, 6]]]}
    items = [
        {"id": SECOND_ID, "label": "fig", "polygons": [holed]},
        {"id": FIRST_ID, "label": "nut", "rle": {"size": [12, 16], "counts": encode_mask(mask).counts}, "crowd": True},
        polygon_instance(THIRD_ID, ring=TRIANGLE) | {"source": "model:m"},
    ]
    for image_id, some in ((ids[0], items), (ids[1], items[2:])):
        saved = owner.put(f"/api/v1/images/{image_id}/instances", json={"items": some}, headers={"If-Match": '"0"'})
        assert saved.status_code == 200, saved.text
    owner.put(f"{path}/validation", json={"image_ids": [ids[3], ids[0]], "validation": True})
    owner.put(f"{path}/background", json={"image_ids": [ids[2]], "background": True})
    owner.patch(path, json={"strip_location": True})
    return project_id


@pytest.fixture
def model_id(filled: int, owner: Person, exports: dict[CheckpointKind, Path]) -> int:
    """A model of the project whose training was stopped, with all that a worker leaves behind."""
    images = owner.get(f"{PROJECTS}/{filled}/images").json()["items"]
    ids = [images[1]["id"], images[0]["id"]]
    scores = {**dict(zip(sorted(ids), [0.9, 0.8], strict=True)), GONE_ID: 0.7}
    table = PredictionTable(tuple(CLASS_NAMES), tuple(predictions(*one) for one in scores.items()))
    model_id = store_trained_model(filled, name="my model ü", exports=exports, tables={Split.VALIDATION: table})
    frozen = [
        SnapshotImage(image_id, "a", f"projects/{filled}/images/x", 16, 12, Split.TRAINING, ())
        for image_id in (*ids, GONE_ID)
    ]
    snapshot = Snapshot(filled, tuple(CLASS_NAMES), tuple(frozen))
    snapshot_key = f"projects/{filled}/snapshots/s.json.gz"
    get_blob_store().put_bytes(snapshot_key, to_json_bytes(snapshot))
    with session_scope() as session:
        values = {
            "config": asdict(CONFIG),
            "snapshot_key": snapshot_key,
            "stop_requested": True,
            "step": 2,
            "elapsed_s": 20.5,
            "default_speed": Speed.FAST,
        }
        session.execute(update(Model).values(progress=1.0, **values))
        point = {"elapsed_s": 10.25, "train_loss": 0.5, "mean_ap": 0.5, "ap50": None, "learning_rate": 0.01}
        session.add_all([CurvePoint(model_id=model_id, step=step, is_best=step == 1, **point) for step in (1, 2)])
        session.add(ModelLogLine(model_id=model_id, message="It began."))
        for checkpoint in session.scalars(select(Checkpoint)):
            checkpoint.state_key = f"{checkpoint.export_prefix}/state.pt"
            get_blob_store().put_bytes(checkpoint.state_key, b"state of " + checkpoint.kind.encode())
            measured = {"latency_ms": 4.5, "relative_latency": 0.4, "device": "CPU", "mean_ap": 0.5, "ap50": None}
            session.add(SpeedFigures(checkpoint_id=checkpoint.id, speed=Speed.FAST, **measured))
    return model_id


def predictions(image_id: int, score: float) -> Any:
    mask = np.zeros((12, 16), dtype=bool)
    mask[3:7, 2:9] = True
    return image_predictions(
        image_id=image_id,
        height=12,
        width=16,
        predicted=[encode_mask(mask)],
        boxes_xyxy=[(2, 3, 9, 7)],
        scores=[score],
        prediction_classes=[0],
        truth=[encode_mask(mask)],
        truth_ids=[SECOND_ID],
        truth_classes=[0],
        truth_is_crowd=[False],
    )


def download(person: Person, project_id: int, **query: Any) -> bytes:
    answer = person.get(f"{PROJECTS}/{project_id}/archive", params=query)
    assert answer.status_code == 200
    return bytes(answer.content)


def send(person: Person, archive: bytes) -> Any:
    return person.post(f"{PROJECTS}/archive", files={"file": ("project.zip", archive, "application/zip")})


def changed(archive: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The archive with its files changed."""
    with zipfile.ZipFile(io.BytesIO(archive)) as old:
        files = {name: old.read(name) for name in old.namelist()}
    change(files)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as new:
        for name, data in files.items():
            new.writestr(name, data)
    return target.getvalue()

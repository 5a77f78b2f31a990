import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.db.engine import session_scope
from app.db.enums import CheckpointKind, Split
from app.db.models import Model
from app.inference.openvino_session import has_bfloat16
from app.masks.instance import Instance, Polygon
from app.storage.blobs import get_blob_store
from app.training import snapshot
from app.training.snapshot import Snapshot, SnapshotImage
from tests.conftest import Person
from tests.exported import exported_random_model
from tests.trained import CLASS_NAMES, store_trained_model

WIDTH, HEIGHT = 64, 48
TRIES = 3000  # of a tenth of a second

needs_bfloat16 = pytest.mark.skipif(not has_bfloat16(), reason="this CPU has no bfloat16")


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> dict[CheckpointKind, Path]:
    """Two different exported models."""
    return {kind: exported_random_model(tmp_path_factory, seed=seed) for seed, kind in enumerate(CheckpointKind)}


@pytest.fixture
def model_id(project_id: int, exports: dict[CheckpointKind, Path]) -> int:
    """A trained model of the project, called "my model ü"."""
    return store_trained_model(project_id, name="my model ü", exports=exports)


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

    def make(speed: str, query: str = "") -> dict[str, Any]:
        answer = developer.post(f"/api/v1/models/{model_id}/speeds/{speed}{query}")
        assert answer.status_code == 202, answer.text
        for _ in range(TRIES):
            speeds = {one["speed"]: one for one in developer.get(f"/api/v1/models/{model_id}/speeds").json()["items"]}
            if not speeds[speed]["is_being_made"]:
                asked: dict[str, Any] = speeds[speed]
                return asked
            time.sleep(0.1)
        raise AssertionError("the speed was not made in time")

    return make

import io
from collections.abc import Callable
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PIL import Image

from app.db.enums import CheckpointKind
from app.settings import Settings
from app.storage.blobs import get_blob_store
from tests.conftest import Person
from tests.exported import exported_random_model
from tests.trained import store_trained_model
from worker.batches import BatchPredictor
from worker.heartbeat import Heartbeat

WIDTH, HEIGHT = 64, 48


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> dict[CheckpointKind, Path]:
    return {kind: exported_random_model(tmp_path_factory, seed=seed) for seed, kind in enumerate(CheckpointKind)}


@pytest.fixture
def model_id(project_id: int, exports: dict[CheckpointKind, Path]) -> int:
    """A trained model of the project, called "m"."""
    return store_trained_model(project_id, exports=exports)


@pytest.fixture
def make_worker(app_env: Settings) -> Callable[[str], BatchPredictor]:
    """A worker's part for batches, run by the test's own thread."""

    def make(worker_id: str) -> BatchPredictor:
        heartbeat = Heartbeat(worker_id, hostname="desk", device="CPU, 2 cores")
        return BatchPredictor(
            worker_id, settings=app_env, store=get_blob_store(), heartbeat=heartbeat, shutdown=Event()
        )

    return make


@pytest.fixture
def work(make_worker: Callable[[str], BatchPredictor]) -> Callable[[], None]:
    """Have a worker do whatever waits."""
    return lambda: make_worker("desk:1:a").work_off_queue()


@pytest.fixture
def upload(developer: Person, project_id: int) -> Callable[..., list[int]]:
    """Upload pictures of noise by their seeds; gives their ids."""

    def upload(*seeds: int) -> list[int]:
        files = [("files", (f"{seed}.png", png(seed))) for seed in seeds]
        answer = developer.post(f"/api/v1/projects/{project_id}/images", files=files)
        assert answer.status_code == 201, answer.text
        return [item["id"] for item in answer.json()["items"]]

    return upload


def png(seed: int) -> bytes:
    file = io.BytesIO()
    picture = np.random.default_rng(seed).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()

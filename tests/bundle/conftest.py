"""A project with a trained model, its bundles as this version makes them, and the server's answers for some images."""

import io
import json
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from app.accounts import service as accounts
from app.accounts.caller import Caller
from app.db.engine import session_scope
from app.db.enums import CheckpointKind, Role, Speed, Split
from app.db.models import Membership, Model, Project
from app.http import TOKEN_HEADER
from app.inference.predictor import Predictor
from app.main import create_app
from app.masks.instance import Instance
from app.masks.prediction_table import PredictionTable
from app.predictions.service import is_possible
from app.storage.blobs import get_blob_store
from app.training import snapshot
from app.training.snapshot import Snapshot, SnapshotImage
from app.training.stored_predictions import predict_image
from tests.conftest import PASSWORD, forget_settings, use_settings
from tests.exported import exported_random_model
from tests.side_by_side import made_once, one_core
from tests.trained import CLASS_NAMES, OPTIMIZED, store_trained_model

MODEL_NAME = "my model ü"
WIDTH, HEIGHT = 64, 48
SPEEDS = [speed for speed in Speed if is_possible(speed)]
QUERIES = ["", "mask=rle", "mask=png", "mask=none", "min_score=30&mask=rle", "format=masks"]
IMAGES = 4


@dataclass(frozen=True)
class Made:
    """Folders of unpacked bundles by `<checkpoint>-<speed>`, images, and the server's answers to them."""

    folder: Path

    def bundle(self, kind: CheckpointKind = CheckpointKind.BEST, speed: Speed = Speed.SLOW) -> Path:
        (bundle,) = (self.folder / f"{kind}-{speed}").iterdir()
        return bundle

    def image(self, number: int) -> bytes:
        return (self.folder / f"{number}.png").read_bytes()

    def answer(self, speed: Speed, number: int, query: str) -> bytes:
        """The body of /api/predict on the server, from the best checkpoint."""
        return (self.folder / "answers" / answer_name(speed, number, query)).read_bytes()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Made:
    exports = dict.fromkeys(CheckpointKind, exported_random_model(tmp_path_factory, seed=0))

    def make(folder: Path) -> None:
        folder.mkdir()
        with (
            one_core(),
            server_with_a_model(folder / "data", migrated_sqlite, exports) as (client, project_id, model_id),
        ):
            make_speeds(client, model_id)
            keep_answers(client, project_id, folder)
            for speed in SPEEDS:
                keep_bundle(client, model_id, CheckpointKind.BEST, speed, folder)
            keep_bundle(client, model_id, CheckpointKind.LAST, Speed.SLOW, folder)
            keep_names_without_golden(client, model_id, folder)
        shutil.rmtree(folder / "data")

    return Made(made_once(tmp_path_factory, "bundles", make))


@contextmanager
def server_with_a_model(
    data_dir: Path, migrated_sqlite: Path, exports: dict[CheckpointKind, Path], *, images: int = IMAGES
) -> Iterator[tuple[TestClient, int, int]]:
    """A server, called with a developer's token, and the ids of its project and model."""
    data_dir.mkdir()
    shutil.copy(migrated_sqlite, data_dir / "maskwright.db")
    with pytest.MonkeyPatch.context() as patch:
        use_settings(patch, data_dir=data_dir)
        with session_scope() as session:
            user = accounts.create_user(session, email="d@example.com", password_hash=PASSWORD, name="d")
            _token, secret = accounts.create_token(session, Caller(user_id=user.id, is_admin=False), name="tests")
            project = Project(name="Fruit | nuts", created_by=user.id)
            session.add(project)
            session.flush()
            project_id = project.id
            session.add(Membership(project_id=project_id, user_id=user.id, role=Role.DEVELOPER))
        model_id = store_model(project_id, exports, images)
        with TestClient(create_app(), headers={TOKEN_HEADER: secret}) as client:
            yield client, project_id, model_id
        forget_settings()


def store_model(project_id: int, exports: dict[CheckpointKind, Path], images: int = IMAGES) -> int:
    """A trained model whose labels are every second one of what it predicts itself; its last image is for training."""
    predictor = Predictor.load(exports[CheckpointKind.BEST])
    labeled: list[SnapshotImage] = []
    for number in range(1, images + 1):
        key = f"projects/{project_id}/images/{number}.png"
        get_blob_store().put_bytes(key, picture_file(number))
        split = Split.TRAINING if number == images else Split.VALIDATION
        found = predictor.predict(picture(number), score_thresholds=OPTIMIZED)
        truth = tuple(
            Instance(f"00000000-0000-0000-{number:04}-{place:012}", one.class_name, rle=one.rle(HEIGHT, WIDTH))
            for place, one in enumerate(found[::2])
        )
        labeled.append(SnapshotImage(number, f"{number}.png", key, WIDTH, HEIGHT, split, truth))
    frozen = Snapshot(project_id, tuple(CLASS_NAMES), tuple(labeled))
    tables = {
        split: PredictionTable(
            tuple(CLASS_NAMES),
            tuple(predict_image(predictor, one, CLASS_NAMES, picture(one.image_id)) for one in frozen.of_split(split)),
        )
        for split in Split
    }
    model_id = store_trained_model(project_id, name=MODEL_NAME, exports=exports, tables=tables)
    with session_scope() as session:
        model = session.get_one(Model, model_id)
        model.snapshot_key = f"projects/{project_id}/models/{model_id}/snapshot"
        get_blob_store().put_bytes(model.snapshot_key, snapshot.to_json_bytes(frozen))
    return model_id


def make_speeds(client: TestClient, model_id: int) -> None:
    """Have every speed made, and wait until it is."""
    for speed in SPEEDS:
        assert client.post(f"/api/v1/models/{model_id}/speeds/{speed}").status_code == 202
    while set(statuses(client, model_id)) != {"ready"}:
        assert "failed" not in statuses(client, model_id)
        time.sleep(0.1)


def statuses(client: TestClient, model_id: int) -> list[str]:
    items = client.get(f"/api/v1/models/{model_id}/speeds").json()["items"]
    return [one["status"] for one in items if one["speed"] in SPEEDS]


def keep_answers(client: TestClient, project_id: int, folder: Path) -> None:
    (folder / "answers").mkdir()
    for number in range(1, IMAGES + 1):
        (folder / f"{number}.png").write_bytes(picture_file(number))
        for speed in SPEEDS:
            for query in QUERIES:
                answer = client.post(f"{predict_path(project_id)}?speed={speed}&{query}", content=picture_file(number))
                assert answer.status_code == 200, answer.text
                (folder / "answers" / answer_name(speed, number, query)).write_bytes(answer.content)


def keep_bundle(client: TestClient, model_id: int, kind: CheckpointKind, speed: Speed, folder: Path) -> None:
    answer = client.get(f"/api/v1/models/{model_id}/bundle?checkpoint={kind}&speed={speed}")
    assert answer.status_code == 200, answer.text
    path = folder / "bundle.zip"
    path.write_bytes(answer.content)
    subprocess.run(["unzip", "-q", str(path), "-d", str(folder / f"{kind}-{speed}")], check=True)
    path.unlink()


def keep_names_without_golden(client: TestClient, model_id: int, folder: Path) -> None:
    answer = client.get(f"/api/v1/models/{model_id}/bundle?golden=false")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        (folder / "without-golden.txt").write_text("\n".join(archive.namelist()))


def answer_name(speed: Speed, number: int, query: str) -> str:
    return f"{speed} {number} {query}"


def predict_path(project_id: int) -> str:
    return f"/api/predict/{project_id}/{quote(MODEL_NAME)}"


def picture(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)


def picture_file(seed: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture(seed)).save(file, "PNG")
    return file.getvalue()


def read_json(path: Path) -> Any:
    return json.loads(path.read_bytes())

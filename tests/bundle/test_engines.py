"""A model for other engines: what its script finds is what the server answers."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from PIL import Image
from sqlalchemy import delete, select
from starlette.testclient import TestClient

from app.bundle.engines import Engine
from app.db.engine import session_scope
from app.db.enums import CheckpointKind, Role, Speed, Split
from app.db.models import Checkpoint, LabelClass, Model, PredictionSet
from app.inference.model_meta import DETECTOR_FILE
from app.labels.formats import coco
from app.masks.instance import Rle
from app.masks.rle import decode_rle
from app.storage.blobs import FolderBlobStore, get_blob_store
from app.training.exports import TORCHSCRIPT_FILE
from tests.bundle.conftest import predict_path, server_with_a_model
from tests.conftest import Person
from tests.exported import exported_random_model, random_model
from tests.trained import CLASS_NAMES, IMAGE_SIZE, store_trained_model
from worker.export_torchscript import export_torchscript

SEED = 0
# Pictures of the model's size, smaller than it and larger than it.
SIZES = [(IMAGE_SIZE, 48), (33, 40), (201, 150)]


@dataclass(frozen=True)
class Server:
    client: TestClient
    project_id: int
    model_id: int

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/models/{self.model_id}/{path}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Server]:
    """A server with a model whose best checkpoint has a TorchScript file and whose last has none."""
    folder = tmp_path_factory.mktemp("engines")
    best = folder / "best"
    shutil.copytree(exported_random_model(tmp_path_factory, seed=SEED), best)
    export_torchscript(
        random_model(SEED),
        image_size=IMAGE_SIZE,
        class_count=len(CLASS_NAMES),
        path=best / TORCHSCRIPT_FILE,
        sample_images=[],
    )
    exports = {CheckpointKind.BEST: best, CheckpointKind.LAST: exported_random_model(tmp_path_factory, seed=SEED)}
    with server_with_a_model(folder / "data", migrated_sqlite, exports) as (client, project_id, model_id):
        yield Server(client, project_id, model_id)


@pytest.mark.parametrize("engine", list(Engine))
def test_engine__its_script_finds_what_the_server_finds(server: Server, engine: Engine, tmp_path: Path) -> None:
    folder = _unpacked(server.get(f"engines/{engine}").content, tmp_path)
    thresholds = json.loads((folder / "model.json").read_text())["score_thresholds"]

    for number, (width, height) in enumerate(SIZES):
        picture = tmp_path / f"{number}.png"
        Image.fromarray(_noise(number, width, height)).save(picture)
        found = _run(folder / "predict.py", picture)
        answer = server.client.post(f"{predict_path(server.project_id)}?mask=rle", content=picture.read_bytes()).json()

        assert len(answer) > 20
        for wanted in answer:
            found.remove(_partner(found, wanted))
        assert [one for one in found if not _is_on_the_edge(one, thresholds)] == []


@pytest.mark.parametrize("path", [*(f"engines/{engine}" for engine in Engine), "bundle?golden=false"])
def test_downloads__read_each_file_of_the_model_once(
    server: Server, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    read: list[str] = []
    for name in ("open", "read_chunks", "read_bytes"):

        def noting(
            store: FolderBlobStore, key: str, *, method: Any = getattr(FolderBlobStore, name), **options: Any
        ) -> Any:
            read.append(key)
            return method(store, key, **options)

        monkeypatch.setattr(FolderBlobStore, name, noting)

    answer = server.get(path)

    assert answer.status_code == 200, answer.text
    assert any(key.endswith(f"/{DETECTOR_FILE}") for key in read)
    assert len(read) == len(set(read))
    assert list(get_blob_store().scratch.iterdir()) == []


def test_bundle__passes_over_an_image_that_was_damaged_since(server: Server) -> None:
    key = f"projects/{server.project_id}/images/1.png"
    whole = get_blob_store().read_bytes(key)
    get_blob_store().put_bytes(key, b"damaged")
    try:
        bundle = server.get("bundle")
    finally:
        get_blob_store().put_bytes(key, whole)

    assert bundle.status_code == 200, bundle.text
    with zipfile.ZipFile(io.BytesIO(bundle.content)) as archive:
        golden = sorted(name.rpartition("/")[2] for name in archive.namelist() if "/golden/" in name)
    assert golden == ["1.png", "2.png", "expected.json"]


def test_onnx__its_readme_names_everything_that_goes_in_and_out(server: Server, tmp_path: Path) -> None:
    folder = _unpacked(server.get("engines/onnx").content, tmp_path)

    readme = (folder / "README.md").read_text()

    for graph in ("detector.onnx", "mask_head.onnx"):
        loaded = onnxruntime.InferenceSession(str(folder / graph))
        for port in (*loaded.get_inputs(), *loaded.get_outputs()):
            assert port.name in readme or port.name in ("feature_1", "feature_2")  # feature_0 … feature_3
        assert f"`{graph}`" in readme
    for name, threshold in json.loads((folder / "model.json").read_text())["score_thresholds"].items():
        assert f"| {name} |" in readme
        assert f"{threshold:.4f}" in readme


def test_engine__has_the_thresholds_that_hold_now(server: Server, tmp_path: Path) -> None:
    thresholds = f"/api/v1/models/{server.model_id}/thresholds"
    try:
        assert server.client.put(thresholds, json={"optimized": False, "all": 0.25}).status_code == 200
        folder = _unpacked(server.get("engines/onnx").content, tmp_path)
    finally:
        server.client.put(thresholds, json={"optimized": True})

    assert json.loads((folder / "model.json").read_text())["score_thresholds"] == dict.fromkeys(CLASS_NAMES, 0.25)


@pytest.mark.parametrize("kind", CheckpointKind)
def test_engine__says_which_checkpoint_it_is(server: Server, kind: CheckpointKind, tmp_path: Path) -> None:
    folder = _unpacked(server.get(f"engines/onnx?checkpoint={kind}").content, tmp_path)

    assert json.loads((folder / "model.json").read_text())["checkpoint"] == kind


def test_engine__what_cannot_be_given_is_told(server: Server) -> None:
    no_torchscript = server.get("engines/torch?checkpoint=last")
    assert no_torchscript.status_code == 409
    assert f"python -m worker.export_torchscript {server.model_id}" in no_torchscript.json()["error"]

    assert server.get("engines/tensorrt").status_code == 404
    assert server.client.get("/api/v1/models/99/engines/onnx").status_code == 404

    moved = store_trained_model(server.project_id, name="came without its labels")
    assert server.client.get(f"/api/v1/models/{moved}/training-labels").status_code == 409


def test_training_labels__are_coco_of_both_splits_or_of_one(server: Server) -> None:
    whole = server.get("training-labels")
    training, validation = (server.get(f"training-labels?split={split}").json() for split in ("training", "validation"))

    assert '-labels.json"; filename*' in whole.headers["content-disposition"]
    parsed = coco.parse_document(whole.json())
    assert parsed.problems == []
    assert {instance.class_name for image in parsed.images for instance in image.instances} <= set(CLASS_NAMES)
    assert [one["id"] for one in whole.json()["annotations"]] == list(range(1, len(whole.json()["annotations"]) + 1))
    assert len(training["images"]) + len(validation["images"]) == len(whole.json()["images"])
    assert {one["id"] for one in training["images"]}.isdisjoint(one["id"] for one in validation["images"])


def test_training_labels__have_the_ids_of_the_projects_labels(server: Server) -> None:
    with session_scope() as session:
        fig = LabelClass(project_id=server.project_id, name="fig", color="#E69F00")
        session.add(fig)
        session.flush()
        fig_id = fig.id

    categories = server.get("training-labels").json()["categories"]

    assert {one["name"]: one["id"] for one in categories} == {"fig": fig_id, "nut": fig_id + 2}


def test_engine__of_a_model_that_answers_at_another_speed_is_in_f32(server: Server, tmp_path: Path) -> None:
    with session_scope() as session:
        best = select(Checkpoint).filter_by(model_id=server.model_id, kind=CheckpointKind.BEST)
        checkpoint = session.scalars(best).one()
        row = {"checkpoint_id": checkpoint.id, "speed": Speed.FAST, "prediction_count": 0, "storage_key": ""}
        session.add(PredictionSet(**row, split=Split.VALIDATION))
        session.get_one(Model, server.model_id).default_speed = Speed.FAST
        detector = f"{checkpoint.export_prefix}/{DETECTOR_FILE}"
    try:
        folder = _unpacked(server.get("engines/onnx").content, tmp_path)
    finally:
        with session_scope() as session:
            session.execute(delete(PredictionSet).where(PredictionSet.speed == Speed.FAST))
            session.get_one(Model, server.model_id).default_speed = Speed.SLOW

    assert (folder / DETECTOR_FILE).read_bytes() == get_blob_store().read_bytes(detector)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ["engines/onnx", "training-labels"])
def test_downloads__are_for_developers(project_id: int, make_member: Callable[[Role], Person], path: str) -> None:
    model_id = store_trained_model(project_id)

    assert make_member(Role.LABELER).get(f"/api/v1/models/{model_id}/{path}").status_code == 403


def _unpacked(data: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    return unpacked


def _run(script: Path, picture: Path) -> list[dict[str, Any]]:
    done = subprocess.run([sys.executable, str(script), str(picture)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def _partner(found: list[dict[str, Any]], wanted: dict[str, Any]) -> dict[str, Any]:
    """What the script found that is the server's object: engines add up in orders of their own."""
    box = [wanted[side] for side in ("x0", "y0", "x1", "y1")]
    pixels = decode_rle(Rle(tuple(wanted["rle"]["size"]), wanted["rle"]["counts"])).sum()
    for one in found:
        is_near = np.abs(np.subtract(one["box"], box)).max() <= 1 and abs(one["score"] - wanted["score"]) < 0.11
        if one["label"] == wanted["label"] and is_near and abs(one["mask_pixels"] - pixels) <= 3:
            return one
    pytest.fail(f"the script does not find {wanted}; left are {found}")


def _is_on_the_edge(one: dict[str, Any], thresholds: dict[str, float]) -> bool:
    """Whether a last digit decides if this is an object: by its score, or by the one pixel that its mask has."""
    return one["mask_pixels"] <= 3 or abs(one["score"] - thresholds[one["label"]] * 100) <= 0.1


def _noise(seed: int, width: int, height: int) -> np.ndarray:
    """Soft spots: of white noise a resized picture would keep nothing."""
    spots = np.random.default_rng(seed).integers(0, 255, (9, 12, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(spots).resize((width, height), Image.Resampling.BICUBIC))

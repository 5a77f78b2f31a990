"""What is other on a server that predicts on a GPU. The CPU stands for it here, on the runtime that would use it."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pytest
from onnxruntime import InferenceSession
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, RuntimeException
from PIL import Image

from app.bundle.golden import golden_images
from app.db.enums import CheckpointKind, Speed, Split
from app.errors import ServiceUnavailable
from app.inference.device import CPU, Device
from app.inference.errors import DeviceUnavailable
from app.inference.onnxruntime_session import OnnxRuntimeSession
from app.inference.predictor import Predictor
from app.inference.session import Precision
from app.predictions import service
from app.predictions.gate import RUNNING_ON_GPU, PredictionGate
from app.predictions.latency import measure_latencies
from app.predictions.service import PredictionRuntime, Target
from app.storage.blobs import get_blob_store
from app.training import exports as exports_in_storage
from app.training.model_files import Owner
from app.training.snapshot import Snapshot, SnapshotImage
from tests.conftest import Person
from tests.trained import CLASS_NAMES

PATIENCE_SECONDS = 60


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Device:
    """A GPU that answers."""
    load = OnnxRuntimeSession.load
    monkeypatch.setattr(OnnxRuntimeSession, "load", lambda directory, *, gpu: load(directory, gpu=None))
    for module in (exports_in_storage, service):
        monkeypatch.setattr(module, "prediction_device", lambda: Device(0))
    return Device(0)


@pytest.mark.parametrize("device,together", [(CPU, 1), (Device(0), RUNNING_ON_GPU)])
def test_runtime__lets_several_run_on_a_gpu(monkeypatch: pytest.MonkeyPatch, device: Device, together: int) -> None:
    monkeypatch.setattr(service, "prediction_device", lambda: device)
    gate = PredictionRuntime().gate
    all_inside = Barrier(together, timeout=PATIENCE_SECONDS)
    inside: list[int] = []

    def work(number: int) -> int:
        with gate.turn():
            inside.append(number)
            all_inside.wait()
            most = len(inside)
            all_inside.wait()
            inside.remove(number)
        return most

    with ThreadPoolExecutor(3 * together) as threads:
        assert set(threads.map(work, range(3 * together))) == {together}


def test_latencies__name_both_devices(exports: dict[CheckpointKind, Path]) -> None:
    speed = Predictor.load(exports[CheckpointKind.BEST])
    slow = Predictor(speed._session, speed.meta, device=Device(0), size_bytes=0)
    images = [np.zeros((48, 64, 3), dtype=np.uint8)]

    measured, alike = (
        measure_latencies(PredictionGate(), one, speed, images, score_thresholds={}) for one in (slow, speed)
    )

    assert measured.device == f"{alike.device}; slow on GPU cuda:0"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_predict__answers_on_a_gpu_as_on_the_cpu__one_or_many_at_once(
    gpu: Device, developer: Person, project_id: int, model_id: int, exports: dict[CheckpointKind, Path]
) -> None:
    rgb = np.random.default_rng(5).integers(0, 255, (70, 90, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "PNG")
    path = f"/api/predict/{project_id}/my model ü?min_score=5&mask=rle"

    def ask(_number: int) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = developer.post(path, content=file.getvalue()).json()
        return answer

    alone = ask(0)
    with ThreadPoolExecutor(RUNNING_ON_GPU) as threads:
        assert list(threads.map(ask, range(3 * RUNNING_ON_GPU))) == [alone] * 3 * RUNNING_ON_GPU

    runtime = PredictionRuntime()
    prefix = f"projects/{project_id}/models/{model_id}/best-1"
    owner = Owner("my model ü", tuple(CLASS_NAMES))
    devices = [runtime.predictor(prefix, one, owner).device for one in (Precision.FLOAT32, Precision.INT8)]
    assert devices == [gpu, CPU]
    on_cpu = Predictor.load(exports[CheckpointKind.BEST]).predict(
        rgb, score_thresholds=dict.fromkeys(CLASS_NAMES, 0.05)
    )
    assert [(one["label"], one["score"]) for one in alone] == [
        (one.class_name, pytest.approx(one.score * 100, abs=0.1)) for one in on_cpu
    ]
    assert len(alone) > 5


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "error,told",
    [
        (RuntimeException("Failed to allocate memory for requested buffer of size 268435456"), "Failed to allocate"),
        (
            Fail("[ONNXRuntimeError] : 1 : FAIL : CUDA failure 2: out of memory ; GPU=0"),
            "CUDA failure 2: out of memory",
        ),
    ],
)
def test_predict__on_a_gpu_without_room__is_asked_to_come_again(
    gpu: Device,
    developer: Person,
    project_id: int,
    model_id: int,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    told: str,
) -> None:
    file = io.BytesIO()
    Image.fromarray(np.zeros((48, 64, 3), dtype=np.uint8)).save(file, "PNG")
    path = f"/api/predict/{project_id}/my model ü"

    def fail(_graph: InferenceSession, _binding: Any) -> None:
        raise error

    with monkeypatch.context() as patches:
        patches.setattr(InferenceSession, "run_with_iobinding", fail)
        refused = developer.post(path, content=file.getvalue())

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    assert f"want of memory: {told}" in refused.json()["error"]
    assert developer.post(path, content=file.getvalue()).status_code == 200


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_bundle__of_a_server_whose_gpu_fails__is_to_be_asked_for_again(
    gpu: Device, project_id: int, model_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = io.BytesIO()
    Image.fromarray(np.zeros((48, 64, 3), dtype=np.uint8)).save(file, "PNG")
    get_blob_store().put_bytes("one.png", file.getvalue())
    frozen = Snapshot(
        project_id, tuple(CLASS_NAMES), (SnapshotImage(1, "one.png", "one.png", 64, 48, Split.VALIDATION, ()),)
    )
    prefix = f"projects/{project_id}/models/{model_id}/best-1"
    target = Target(prefix, Speed.SLOW, dict.fromkeys(CLASS_NAMES, 0.5), "my model ü")
    runtime = PredictionRuntime()

    def fail(*_arguments: object, **_options: object) -> None:
        raise DeviceUnavailable("the GPU did not finish")

    monkeypatch.setattr(Predictor, "predict", fail)
    with pytest.raises(ServiceUnavailable, match="the GPU did not finish"):
        golden_images(frozen, target, telling=[], runtime=runtime, store=get_blob_store())

"""The exported model on ONNX Runtime: as OpenVINO answers, on the CPU and, where there is one, on a GPU."""

from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from onnxruntime.capi.onnxruntime_pybind11_state import Fail

from app.inference import onnxruntime_session
from app.inference import session as sessions
from app.inference.device import CPU, Device
from app.inference.errors import DeviceUnavailable, InvalidModel
from app.inference.onnxruntime_session import MASK_BATCH, NO_GPU_PACKAGE, OnnxRuntimeSession, gpu_fault
from app.inference.openvino_session import OpenVinoSession
from app.inference.predictor import MIN_SCORE, Predictor
from app.inference.preprocess import resize_for_model
from app.inference.session import Precision
from tests.inference.conftest import CLASS_NAMES, IMAGE_SIZE, random_image

NO_GPU = gpu_fault(0)
ON = [
    pytest.param(None, id="cpu"),
    pytest.param(0, id="gpu", marks=pytest.mark.skipif(NO_GPU is not None, reason=f"no GPU to predict on: {NO_GPU}")),
]


@pytest.fixture(scope="module", params=ON)
def on_onnxruntime(request: pytest.FixtureRequest, exported: Path) -> OnnxRuntimeSession:
    return OnnxRuntimeSession.load(exported, gpu=request.param, threads=1)


@pytest.mark.parametrize("height,width", [(72, 96), (96, 50), (33, 96)])
def test_session__answers_as_openvino_does(
    on_onnxruntime: OnnxRuntimeSession, session: OpenVinoSession, height: int, width: int
) -> None:
    pixels = resize_for_model(random_image(seed=1, height=height, width=width), IMAGE_SIZE).pixels
    expected, found = session.detect(pixels), on_onnxruntime.detect(pixels)
    everyone = np.arange(len(expected.scores))

    assert len(everyone) > 5
    np.testing.assert_array_equal(found.labels, expected.labels)
    np.testing.assert_allclose(found.scores, expected.scores, atol=1e-4)
    np.testing.assert_allclose(found.boxes_xyxy, expected.boxes_xyxy, atol=1e-2)
    np.testing.assert_allclose(
        on_onnxruntime.mask_probabilities(found, everyone), session.mask_probabilities(expected, everyone), atol=1e-3
    )


def test_session__a_mask_does_not_depend_on_its_company(on_onnxruntime: OnnxRuntimeSession) -> None:
    found = on_onnxruntime.detect(resize_for_model(random_image(seed=2, height=96, width=96), IMAGE_SIZE).pixels)
    everyone = on_onnxruntime.mask_probabilities(found, np.arange(len(found.scores)))

    assert len(everyone) > MASK_BATCH
    for chosen in ([0], [3, 40], range(5, 2 * MASK_BATCH), [len(everyone) - 1, 0]):
        rows = np.array(chosen)
        np.testing.assert_array_equal(on_onnxruntime.mask_probabilities(found, rows), everyone[rows])
    assert on_onnxruntime.mask_probabilities(found, np.array([], dtype=np.intp)).shape == (0, 28, 28)


def test_session__the_same_whatever_runs_beside_it(on_onnxruntime: OnnxRuntimeSession, predictor: Predictor) -> None:
    beside = Predictor(on_onnxruntime, predictor.meta, size_bytes=0)
    images = [random_image(seed=seed, height=90 + 20 * seed, width=130) for seed in range(3)]

    def ask(index: int) -> list[tuple[str, float, bytes]]:
        found = beside.predict(images[index], score_thresholds=dict.fromkeys(CLASS_NAMES, MIN_SCORE))
        return [(one.class_name, one.score, one.mask.tobytes()) for one in found]

    expected = [ask(index) for index in range(len(images))]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(ask, [0, 1, 2] * 4))

    assert all(len(answer) > 5 for answer in expected)
    assert answers == expected * 4


def test_session__warms_up(on_onnxruntime: OnnxRuntimeSession) -> None:
    sessions.warm_up(on_onnxruntime, IMAGE_SIZE)


def test_session__a_damaged_folder_is_refused(damaged: tuple[Path, str]) -> None:
    folder, name = damaged
    with pytest.raises(InvalidModel, match=name):
        OnnxRuntimeSession.load(folder, gpu=None)


def test_gpu__is_refused_where_the_runtime_has_none(monkeypatch: pytest.MonkeyPatch, exported: Path) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(DeviceUnavailable, match="pip install --force-reinstall --no-deps onnxruntime-gpu"):
        Predictor.load(exported, device=Device(0))


@pytest.mark.skipif(NO_GPU is None, reason="there is a GPU")
@pytest.mark.filterwarnings("ignore:Specified provider 'CUDAExecutionProvider'")
def test_gpu__is_not_silently_the_cpu(monkeypatch: pytest.MonkeyPatch, exported: Path) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider"])
    with pytest.raises(DeviceUnavailable, match="GPU 0 does not answer"):
        Predictor.load(exported, device=Device(0))


@pytest.mark.parametrize(
    "said,refusal,told",
    [
        (
            "/src/cuda_call.cc:121 CUDA failure 2: out of memory ; GPU=0 ; file=a.cc",
            DeviceUnavailable,
            "GPU 0 .* memory",
        ),
        ("CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0", DeviceUnavailable, "CUBLAS_STATUS_ALLOC_FAILED$"),
        ("Load model from detector.onnx failed: Type Error", InvalidModel, "detector.onnx is damaged"),
    ],
)
def test_gpu__without_room_for_a_model_is_no_damaged_file(
    monkeypatch: pytest.MonkeyPatch, exported: Path, said: str, refusal: type[Exception], told: str
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise Fail(f"[ONNXRuntimeError] : 1 : FAIL : {said}")

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider"])
    monkeypatch.setattr(onnxruntime, "InferenceSession", fail)
    with pytest.raises(refusal, match=told):
        Predictor.load(exported, device=Device(0))


def test_gpu__is_for_float32_alone(exported: Path) -> None:
    assert Predictor.load(exported, device=Device(0), precision=Precision.INT8).device == CPU


def test_gpu_fault__without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def is_not_there(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", is_not_there)
    assert gpu_fault.__wrapped__(0) == NO_GPU_PACKAGE


def test_gpu_fault__probes_with_a_model_that_runs() -> None:
    probe = onnxruntime_session._open_graph(onnxruntime_session._PROBE, gpu=None, threads=1)
    (answer,) = probe.run(None, {"a": np.array([7], dtype=np.float32)})
    assert answer.tolist() == [7]


def test_reason__is_what_cuda_said() -> None:
    error = RuntimeError("/src/cuda_call.cc:154 Call(int, int)\n CUDA failure 2: out of memory ; GPU=0 ; file=a.cc")
    assert onnxruntime_session._reason(error) == "CUDA failure 2: out of memory"
    assert onnxruntime_session._reason(RuntimeError("something\n else")) == "something else"

"""The two graphs of an exported model on ONNX Runtime, in float32: on a CUDA GPU, or on the CPU to compare with.

Source: docs/decisions/0046-onnx-runtime-on-a-gpu.md.
"""

import re
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from functools import cache, partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.inference.errors import DeviceUnavailable
from app.inference.session import FEATURE_NAMES, MASK_SIDE, Detections, best_first, open_graphs

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, IOBinding, SessionOptions

GPU_PACKAGE = "onnxruntime-gpu"
NO_GPU_PACKAGE = f"the package {GPU_PACKAGE} is not installed"
# Each run of the mask head has exactly so many boxes: another number could make cuDNN take another kernel, and a mask
# would depend on its company in the last bits. It would also have to choose one anew for each number that comes.
MASK_BATCH = 32

_CUDA = "CUDAExecutionProvider"
_CPU = "CPUExecutionProvider"
_CUDA_OPTIONS: Mapping[str, str] = {
    "use_tf32": "0",  # its 10 bits are no float32
    "cudnn_conv_algo_search": "HEURISTIC",  # EXHAUSTIVE, the default, may choose by what it measures: by chance
    "arena_extend_strategy": "kSameAsRequested",  # the default doubles what it takes; trainings want memory, too
}
# A convolution that is one with its ReLU is computed in TF32 after all where cuDNN has no other kernel for the two.
_NOT_ON_A_GPU = ("ConvActivationFusion", "ConvAddActivationFusion")
_ERRORS_ONLY = 3  # of the log: it warns of operations that belong on the CPU
_DETECTED = ("boxes", "scores", "labels")
_CUDA_FAILURE = re.compile(r"CU\w+ failure [^;]*[^; ]")  # of CUDA, cuDNN or cuBLAS
# A model that gives back the one number that it gets, as ONNX: enough to see whether a GPU answers.
_PROBE = (
    b'\x08\x08:7\n\x10\n\x01a\x12\x01b"\x08Identity\x12\x01gZ\x0f\n\x01a\x12\n\n\x08\x08\x01\x12\x04\n\x02\x08\x01'
    b"b\x0f\n\x01b\x12\n\n\x08\x08\x01\x12\x04\n\x02\x08\x01B\x04\n\x00\x10\x11"
)


class OnnxRuntimeSession:
    """See Session. Threads may run it at once: on a GPU each run has a stream of its own."""

    def __init__(self, detector: "InferenceSession", mask_head: "InferenceSession", *, gpu: int | None) -> None:
        self._detector = detector
        self._mask_head = mask_head
        self._features_at = ("cpu", 0) if gpu is None else ("cuda", gpu)

    @classmethod
    def load(cls, directory: Path, *, gpu: int | None, threads: int | None = None) -> "OnnxRuntimeSession":
        """Load both graphs.

        Args:
            gpu: The number of the CUDA GPU; None for the CPU.
            threads: CPU threads of one run; None leaves it to the runtime.
        Raises:
            InvalidModel: a graph is missing or unreadable.
            DeviceUnavailable: the GPU does not answer.
        """
        detector, mask_head = open_graphs(
            directory, partial(_open_graph, gpu=gpu, threads=threads), damage=_file_errors()
        )
        return cls(detector, mask_head, gpu=gpu)

    def detect(self, pixels: NDArray[np.float32]) -> Detections:
        binding = self._detector.io_binding()
        binding.bind_cpu_input("image", pixels)
        for name in _DETECTED:
            binding.bind_output(name)
        for name in FEATURE_NAMES:  # they stay on the GPU: tens of megabytes that only the mask head wants
            binding.bind_output(name, *self._features_at)
        _run(self._detector, binding)
        outputs = binding.get_outputs()
        boxes_xyxy, scores, labels = (output.numpy() for output in outputs[: len(_DETECTED)])
        return best_first(boxes_xyxy, scores, labels, dict(zip(FEATURE_NAMES, outputs[len(_DETECTED) :], strict=True)))

    def mask_probabilities(self, detections: Detections, chosen: NDArray[np.intp]) -> NDArray[np.float32]:
        masks = np.empty((len(chosen), MASK_SIDE, MASK_SIDE), dtype=np.float32)
        binding = self._mask_head.io_binding()
        for name, feature in detections.features.items():
            binding.bind_ortvalue_input(name, feature)
        binding.bind_output("masks")
        for start in range(0, len(chosen), MASK_BATCH):
            batch = chosen[start : start + MASK_BATCH]
            filled = np.pad(batch, (0, MASK_BATCH - len(batch)), mode="edge")
            binding.bind_cpu_input("boxes", detections.boxes_xyxy[filled])
            binding.bind_cpu_input("labels", detections.labels[filled])
            _run(self._mask_head, binding)
            masks[start : start + len(batch)] = binding.get_outputs()[0].numpy()[: len(batch)]
        return masks


def _run(graph: "InferenceSession", binding: "IOBinding") -> None:
    try:
        graph.run_with_iobinding(binding)
    except _device_errors() as error:
        raise DeviceUnavailable(f"the GPU did not finish, most likely for want of memory: {_reason(error)}") from error


@cache
def gpu_fault(gpu: int) -> str | None:
    """Why this machine cannot predict on its GPU of that number; None where it can.

    A machine without the package hears so without loading the runtime.
    """
    try:
        metadata.version(GPU_PACKAGE)
    except metadata.PackageNotFoundError:
        return NO_GPU_PACKAGE
    try:
        _open_graph(_PROBE, gpu=gpu, threads=1)
    except DeviceUnavailable as error:
        return str(error)
    return None


def _open_graph(model: Path | bytes, *, gpu: int | None, threads: int | None) -> "InferenceSession":
    # Here and not above: a server that predicts on the CPU never loads this runtime.
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    options.use_deterministic_compute = True
    if gpu is not None:
        return _open_on_gpu(model, options, gpu)
    options.intra_op_num_threads = threads or 0
    return onnxruntime.InferenceSession(model, options, providers=[_CPU], enable_fallback=0)


def _open_on_gpu(model: Path | bytes, options: "SessionOptions", gpu: int) -> "InferenceSession":
    import onnxruntime

    if _CUDA not in onnxruntime.get_available_providers():
        raise DeviceUnavailable(
            f"the package onnxruntime lies over {GPU_PACKAGE}: pip install --force-reinstall --no-deps {GPU_PACKAGE}"
        )
    _load_cuda_libraries()
    options.intra_op_num_threads = 1  # what is left to the CPU are sums of shapes
    cuda = (_CUDA, {**_CUDA_OPTIONS, "device_id": str(gpu)})
    try:
        session = onnxruntime.InferenceSession(
            model, options, providers=[cuda, _CPU], enable_fallback=0, disabled_optimizers=_NOT_ON_A_GPU
        )
    except _device_errors() as error:
        if isinstance(error, _file_errors()) and not _CUDA_FAILURE.search(str(error)):
            raise
        raise DeviceUnavailable(f"GPU {gpu} does not answer: {_reason(error)}") from error
    if session.get_providers()[0] != _CUDA:  # the runtime would compute on the CPU, and say so in its log alone
        raise DeviceUnavailable(
            f"GPU {gpu} does not answer: it needs NVIDIA's driver, CUDA {onnxruntime.cuda_version} and cuDNN; "
            "standard error says what was not found"
        )
    return session


@cache
def _load_cuda_libraries() -> None:
    """Load them from pip's packages, where they are there.

    Once, at the start: while threads load models at once, the redirection of one would outlast that of the other.
    """
    import onnxruntime

    with redirect_stdout(sys.stderr):  # where it says what it misses
        onnxruntime.preload_dlls()


def _reason(error: Exception) -> str:
    """The words of a CUDA error, without the source lines around them."""
    words = " ".join(str(error).split())
    found = _CUDA_FAILURE.search(words)
    return found.group() if found else words


def _file_errors() -> tuple[type[Exception], ...]:
    """What the runtime raises for a file that it does not understand: its errors have no parent of their own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    return errors.InvalidProtobuf, errors.InvalidGraph, errors.InvalidArgument, errors.NotImplemented, errors.Fail


def _device_errors() -> tuple[type[Exception], ...]:
    """What it raises where a GPU fails; a Fail may also be of a file."""
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    return RuntimeError, errors.EPFail, errors.Fail, errors.RuntimeException

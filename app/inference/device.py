"""Where a model runs: on the CPU, or on a CUDA GPU where one answers. Source: docs/decisions/0046."""

from collections.abc import Callable
from dataclasses import dataclass

from app.inference.errors import DeviceUnavailable
from app.inference.onnxruntime_session import gpu_fault

_CUDA = "cuda"


@dataclass(frozen=True, slots=True)
class Device:
    """A CUDA GPU of this machine by its number, or the CPU."""

    gpu: int | None = None

    def __str__(self) -> str:
        return "CPU" if self.gpu is None else f"GPU {_CUDA}:{self.gpu}"


CPU = Device()


def choose_device(wanted: str, *, fault_of: Callable[[int], str | None] = gpu_fault) -> Device:
    """Turn `auto`, `cpu`, `cuda` or `cuda:1` into a device of this machine; auto is the first GPU where it answers.

    Args:
        fault_of: Why a GPU cannot be used, None where it can.
    Raises:
        DeviceUnavailable: A GPU was named that cannot be used; the message says why.
    """
    if wanted == "cpu":
        return CPU
    if wanted == "auto":
        return Device(0) if fault_of(0) is None else CPU
    gpu = int(wanted.removeprefix(_CUDA).removeprefix(":") or 0)
    if fault := fault_of(gpu):
        raise DeviceUnavailable(f"predictions cannot run on {wanted}, as MASKWRIGHT_PREDICT_DEVICE says: {fault}")
    return Device(gpu)

"""Why a training failed, in words for the person who waits for it; the traceback is in the worker's log."""

import errno

from app.errors import AppError
from app.inference.errors import ImageRefused
from app.training.snapshot import InvalidSnapshot
from worker.checkpoint import InvalidCheckpoint
from worker.device import DeviceUnavailable
from worker.endings import NothingToTrainOn, TrainingDiverged
from worker.export_onnx import ExportMismatch
from worker.memory import OutOfMemory, is_out_of_memory
from worker.train_config import InvalidTrainConfig


class ImageGone(Exception):
    """An image was deleted while the training read it."""


class NoCheckpoint(Exception):
    """The training ended without a saved state."""


# Their own messages say what happened and what to do.
_SPEAKING = (
    AppError, DeviceUnavailable, ExportMismatch, ImageGone, ImageRefused, InvalidCheckpoint, InvalidSnapshot,
    InvalidTrainConfig, NoCheckpoint, NothingToTrainOn, OutOfMemory, TrainingDiverged,
)  # fmt: skip

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


def in_words(error: Exception) -> str:
    """Say what went wrong and what to do."""
    if isinstance(error, _SPEAKING):
        return str(error)
    if is_out_of_memory(error):
        return (
            "The worker has not enough memory for this training: choose a smaller image_size or a smaller model size, "
            "or let a machine with more memory train it."
        )
    if _is_disk_full(error):
        return "The worker's disk is full: free some space and resume the training; what was saved before is kept."
    first_line = str(error).strip().partition("\n")[0][:200]
    return f"{type(error).__name__}: {first_line}. The worker's log says more; resume goes on from the last checkpoint."


def _is_disk_full(error: Exception) -> bool:
    # torch.save meets a full disk in its own writer, which knows no error number.
    is_torchs = isinstance(error, RuntimeError) and "PytorchStreamWriter failed" in str(error)
    return (isinstance(error, OSError) and error.errno in _NO_SPACE) or is_torchs

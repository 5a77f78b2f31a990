"""Why a training failed, in words for the person who waits for it; the traceback is in the worker's log."""

from app.errors import AppError
from app.inference.errors import DeviceUnavailable, ImageRefused
from worker.checkpoint import InvalidCheckpoint, is_disk_full
from worker.endings import NothingToTrainOn, TrainingDiverged
from worker.export_onnx import ExportMismatch
from worker.memory import OutOfMemory, is_out_of_memory
from worker.train_config import InvalidTrainConfig


class ImageGone(Exception):
    """An image was deleted while the training needed it."""


class NoCheckpoint(Exception):
    """The training ended without a saved state."""


# Their own messages say what happened and what to do.
_SPEAKING = (
    AppError, DeviceUnavailable, ExportMismatch, ImageRefused, InvalidCheckpoint, InvalidTrainConfig,
    NoCheckpoint, NothingToTrainOn, OutOfMemory, TrainingDiverged,
)  # fmt: skip


def in_words(error: Exception) -> str:
    """Say what went wrong and what to do."""
    if isinstance(error, _SPEAKING):
        return str(error)
    if is_out_of_memory(error):
        return (
            "The worker has not enough memory for this training: choose a smaller image_size or a smaller model size, "
            "or let a machine with more memory train it."
        )
    if is_disk_full(error):
        return "The worker's disk is full: free some space and resume the training; what was saved before is kept."
    first_line = str(error).strip().partition("\n")[0][:200]
    return f"{type(error).__name__}: {first_line}. The worker's log says more; resume goes on from the last checkpoint."

"""Exported checkpoints in storage: where each speed's graphs lie, what they compute in, and loading them."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from app.db.enums import Speed
from app.db.models import Checkpoint
from app.inference.compiled import CompiledGraphs
from app.inference.device import Device, choose_device
from app.inference.model_meta import DETECTOR_FILE, MASK_HEAD_FILE, META_FILE
from app.inference.predictor import Predictor
from app.inference.session import Precision
from app.settings import get_settings
from app.storage.blobs import BlobStore

EXPORT_FILES = (META_FILE, DETECTOR_FILE, MASK_HEAD_FILE)
TORCHSCRIPT_FILE = "model.torchscript.pt"  # beside them, for people who have torch; ours needs none
FAST_FOLDER = "fast"  # of a checkpoint's export
PRECISIONS: Mapping[Speed, Precision] = {
    Speed.SLOW: Precision.FLOAT32,
    Speed.MEDIUM: Precision.BFLOAT16,
    Speed.FAST: Precision.INT8,
}


def speed_prefix(checkpoint: Checkpoint, speed: Speed) -> str:
    """Where the graphs of a speed lie: fast has its own, the others share those of the training's export."""
    assert checkpoint.export_prefix is not None
    return f"{checkpoint.export_prefix}/{FAST_FOLDER}" if speed is Speed.FAST else checkpoint.export_prefix


def load_predictor(store: BlobStore, prefix: str, precision: Precision, *, threads: int | None = None) -> Predictor:
    """Load the graphs that lie below a prefix, and run them once.

    Args:
        threads: CPU threads for one image; None takes all.
    Raises:
        FileNotFoundError: Some file is not there.
        InvalidModel: They are no whole exported model.
        PrecisionUnavailable: This CPU does not compute in it.
        DeviceUnavailable: The GPU that the settings name cannot be used.
    """
    with TemporaryDirectory(prefix="maskwright-model-") as folder:
        fetch_export(store, prefix, Path(folder))
        compiled = CompiledGraphs(get_settings().compiled_graphs_dir)
        predictor = Predictor.load(
            Path(folder),
            device=prediction_device(),
            threads=threads,
            precision=precision,
            compiled_graphs=compiled,
        )
    predictor.warm_up()
    return predictor


def prediction_device() -> Device:
    """Where this machine computes in float32, by the settings: server and worker, so that scores and thresholds agree.

    Raises:
        DeviceUnavailable: A GPU is named that cannot be used.
    """
    return choose_device(get_settings().predict_device)


def fetch_export(store: BlobStore, prefix: str, directory: Path) -> None:
    """Copy an export's files out of storage into a folder that exists.

    Raises:
        FileNotFoundError: Some file is not there.
    """
    for name in EXPORT_FILES:
        with store.open(f"{prefix}/{name}") as blob, (directory / name).open("wb") as file:
            shutil.copyfileobj(blob, file)

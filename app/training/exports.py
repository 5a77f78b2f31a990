"""Exported checkpoints in storage: where each speed's graphs lie, what they compute in, and loading them."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from app.db.enums import Speed
from app.db.models import Checkpoint
from app.inference.compiled import CompiledGraphs
from app.inference.device import Device, choose_device
from app.inference.errors import InvalidModel
from app.inference.model_meta import ModelMeta
from app.inference.openvino_session import check_graphs
from app.inference.predictor import Predictor
from app.inference.session import Precision
from app.settings import get_settings
from app.storage.blobs import BlobStore
from app.training.model_files import Owner, fetch_export, told_with_owner

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


def load_predictor(
    store: BlobStore, prefix: str, precision: Precision, owner: Owner, *, threads: int | None = None
) -> Predictor:
    """Load the graphs that lie below a prefix, and run them once.

    Args:
        threads: CPU threads for one image; None takes all.
    Raises:
        ModelFileBroken: Some file is missing or damaged.
        PrecisionUnavailable: This CPU does not compute in it.
        DeviceUnavailable: The GPU that the settings name cannot be used.
    """
    with TemporaryDirectory(prefix="maskwright-model-") as folder:
        fetch_export(store, prefix, Path(folder), owner)
        compiled = CompiledGraphs(get_settings().compiled_graphs_dir)
        with told_with_owner(owner, "", prefix, damage=InvalidModel):
            predictor = Predictor.load(
                Path(folder),
                device=prediction_device(),
                threads=threads,
                precision=precision,
                compiled_graphs=compiled,
            )
            predictor.warm_up()
    return predictor


def require_whole_export(store: BlobStore, prefix: str, owner: Owner) -> ModelMeta:
    """Look through an export before it is given away, without making it ready to run; gives what it says of itself.

    Raises:
        ModelFileBroken: Some file is missing or damaged.
    """
    with TemporaryDirectory(prefix="maskwright-model-") as folder:
        meta = fetch_export(store, prefix, Path(folder), owner)
        with told_with_owner(owner, "", prefix, damage=InvalidModel):
            check_graphs(Path(folder))
    return meta


def prediction_device() -> Device:
    """Where this machine computes in float32, by the settings: server and worker, so that scores and thresholds agree.

    Raises:
        DeviceUnavailable: A GPU is named that cannot be used.
    """
    return choose_device(get_settings().predict_device)

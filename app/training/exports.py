"""Exported checkpoints in storage: where each speed's graphs lie, what they compute in, and loading them."""

from collections.abc import Mapping
from pathlib import Path

from app.db.enums import Speed
from app.inference.compiled import CompiledGraphs
from app.inference.device import Device, choose_device
from app.inference.errors import InvalidModel
from app.inference.model_meta import ModelMeta
from app.inference.openvino_session import check_graphs
from app.inference.predictor import Predictor
from app.inference.session import Precision
from app.settings import get_settings
from app.storage.blobs import BlobStore
from app.storage.scratch import scratch_folder
from app.training.model_files import OR_MAKE_AGAIN, OR_TRAIN_AGAIN, Owner, fetch_export, told_with_owner

TORCHSCRIPT_FILE = "model.torchscript.pt"  # beside them, for people who have torch; ours needs none
FAST_FOLDER = "fast"  # of a checkpoint's export
PRECISIONS: Mapping[Speed, Precision] = {
    Speed.SLOW: Precision.FLOAT32,
    Speed.MEDIUM: Precision.BFLOAT16,
    Speed.FAST: Precision.INT8,
}


def fast_prefix(export_prefix: str, predictions_key: str) -> str:
    """Where the graphs of speed fast lie: beside what they predicted.

    Before a speed could be made again they had a folder of their own, and the predictions lay in the export's.
    """
    folder = predictions_key.rpartition("/")[0]
    return f"{export_prefix}/{FAST_FOLDER}" if folder == export_prefix else folder


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
    with scratch_folder(store) as folder:
        fetch_export(store, prefix, folder, owner, otherwise=_otherwise(precision))
        return load_fetched(folder, prefix, precision, owner, threads=threads)


def load_fetched(
    directory: Path, prefix: str, precision: Precision, owner: Owner, *, threads: int | None = None
) -> Predictor:
    """Load graphs that lie in a folder here, and run them once; see load_predictor."""
    with told_with_owner(owner, "", prefix, damage=InvalidModel, otherwise=_otherwise(precision)):
        predictor = Predictor.load(
            directory,
            device=prediction_device(),
            threads=threads,
            precision=precision,
            compiled_graphs=CompiledGraphs(get_settings().compiled_graphs_dir),
        )
        predictor.warm_up()
    return predictor


def fetch_whole_export(store: BlobStore, prefix: str, directory: Path, precision: Precision, owner: Owner) -> ModelMeta:
    """Copy an export out of storage to give it away, and look through it without making it ready to run.

    Raises:
        ModelFileBroken: Some file is missing or damaged.
    """
    otherwise = _otherwise(precision)
    meta = fetch_export(store, prefix, directory, owner, otherwise=otherwise)
    with told_with_owner(owner, "", prefix, damage=InvalidModel, otherwise=otherwise):
        check_graphs(directory)
    return meta


def _otherwise(precision: Precision) -> str:
    """What helps where graphs are broken: those of fast are made of the others."""
    return OR_MAKE_AGAIN if precision is PRECISIONS[Speed.FAST] else OR_TRAIN_AGAIN


def prediction_device() -> Device:
    """Where this machine computes in float32, by the settings: server and worker, so that scores and thresholds agree.

    Raises:
        DeviceUnavailable: A GPU is named that cannot be used.
    """
    return choose_device(get_settings().predict_device)

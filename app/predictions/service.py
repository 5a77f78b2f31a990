"""Prediction: which checkpoint answers, with which thresholds, and what it finds in an image."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from app.db.enums import CheckpointKind, Speed, Split
from app.db.models import Checkpoint, Model
from app.errors import Conflict, NotFound, ServiceUnavailable
from app.inference.cache import SizedCache
from app.inference.errors import DeviceUnavailable
from app.inference.openvino_session import has_bfloat16
from app.inference.predictor import Predictor
from app.inference.session import Precision
from app.predictions import repository
from app.predictions.exchange import PredictedImage, predict_file
from app.predictions.gate import RUNNING, RUNNING_ON_GPU, Place, PredictionGate
from app.storage.blobs import get_blob_store
from app.training.exports import PRECISIONS, fast_prefix, load_fetched, load_predictor, prediction_device
from app.training.model_files import Owner
from app.training.thresholds import effective_thresholds

GPU_RETRY_SECONDS = 10
MAX_LOADED_BYTES = 2 * 1024**3  # of loaded models: about a dozen small ones


@dataclass(frozen=True, slots=True)
class Target:
    """The exported checkpoint that is to answer."""

    export_prefix: str
    speed: Speed
    score_thresholds: Mapping[str, float]  # of every class, in the model's order
    model_name: str

    @property
    def owner(self) -> Owner:
        return Owner(self.model_name, tuple(self.score_thresholds))

    @property
    def precision(self) -> Precision:
        return PRECISIONS[self.speed]


class PredictionRuntime:
    """Loaded models and the queue in front of them: one for the whole server."""

    def __init__(self, *, max_bytes: int = MAX_LOADED_BYTES) -> None:
        is_on_gpu = prediction_device().gpu is not None
        self.gate = PredictionGate(running=RUNNING_ON_GPU if is_on_gpu else RUNNING)
        self._predictors: SizedCache[Predictor] = SizedCache(max_bytes)

    def predict(
        self,
        target: Target,
        image_file: bytes,
        *,
        place: Place | None,
        score_thresholds: Mapping[str, float],
        max_pixels: int,
    ) -> PredictedImage:
        """Find the objects in an image file; see predict_file.

        Raises:
            ModelFileBroken: One of the model's files is missing or damaged.
            ServiceUnavailable: The GPU fails; what else runs on it may have taken its memory.
        """
        try:
            return predict_file(
                image_file,
                lambda: self.predictor(target.export_prefix, target.precision, target.owner),
                gate=self.gate,
                place=place,
                score_thresholds=score_thresholds,
                max_pixels=max_pixels,
            )
        except DeviceUnavailable as error:
            raise ServiceUnavailable(str(error), retry_after_seconds=GPU_RETRY_SECONDS) from error

    def predictor(
        self, export_prefix: str, precision: Precision, owner: Owner, *, fetched: Path | None = None
    ) -> Predictor:
        """The exported checkpoint, loaded; whoever runs it takes a turn at the gate.

        Args:
            fetched: A folder with its files, where they are not in the storage yet.
        Raises:
            ModelFileBroken: One of its files is missing or damaged.
        """

        def load() -> Predictor:
            if fetched is not None:
                return load_fetched(fetched, export_prefix, precision, owner)
            return load_predictor(get_blob_store(), export_prefix, precision, owner)

        return self._predictors.get((export_prefix, precision), load)


def find_target(
    session: Session, *, project_id: int, model_name: str, kind: CheckpointKind, speed: Speed | None
) -> Target:
    """Find the exported checkpoint of a model and the thresholds that hold for it.

    Args:
        speed: None for the model's own; slow where this checkpoint is not made for that, as after more training.
    Raises:
        NotFound: The project has no such model.
        Conflict: It is not trained yet, or not made for this speed.
    """
    model = repository.find_model(session, project_id=project_id, name=model_name)
    if model is None:
        raise NotFound(f"project {project_id} has no model {model_name!r}")
    checkpoint = repository.find_checkpoint(session, model_id=model.id, kind=kind)
    if checkpoint is None or checkpoint.export_prefix is None:
        raise Conflict(f"model {model_name!r} is not trained yet: it is {model.status}")
    if speed is None:
        own = model.default_speed
        prefix = _find_graphs(session, checkpoint, own) if is_possible(own) else None
        speed, prefix = (Speed.SLOW, checkpoint.export_prefix) if prefix is None else (own, prefix)
    else:
        require_possible(speed)
        prefix = _find_graphs(session, checkpoint, speed)
        if prefix is None:
            raise not_made(model, speed)
    thresholds = effective_thresholds(session, checkpoint, class_names=model.class_names, speed=speed)
    return Target(prefix, speed, thresholds, model.name)


def is_possible(speed: Speed) -> bool:
    """Whether this server's CPU computes it."""
    return PRECISIONS[speed] is not Precision.BFLOAT16 or has_bfloat16()


def require_possible(speed: Speed) -> None:
    """Refuse a speed that this server does not have.

    Raises:
        Conflict: As said.
    """
    if not is_possible(speed):
        raise Conflict(f"speed {speed} needs a CPU with bfloat16, which this server's has not; ask for slow or fast")


def not_made(model: Model, speed: Speed) -> Conflict:
    """What to say of a speed that somebody has to have made first."""
    return Conflict(
        f"model {model.name!r} is not made for speed {speed}: POST /api/v1/models/{model.id}/speeds/{speed} "
        "makes it, once; or leave speed out"
    )


def _find_graphs(session: Session, checkpoint: Checkpoint, speed: Speed) -> str | None:
    """Where the graphs of a speed lie; None where it is not made."""
    if speed is Speed.SLOW or checkpoint.export_prefix is None:
        return checkpoint.export_prefix
    key = repository.find_prediction_key(session, checkpoint.id, split=Split.VALIDATION, speed=speed)
    if key is None:
        return None
    return fast_prefix(checkpoint.export_prefix, key) if speed is Speed.FAST else checkpoint.export_prefix

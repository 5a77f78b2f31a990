"""The model of a bundle, ready to answer."""

from dataclasses import dataclass
from pathlib import Path

from app.bundle.runtime.manifest import MODEL_FOLDER, BundleRefused, Manifest
from app.inference.errors import InvalidModel, PrecisionUnavailable
from app.inference.predictor import Predictor
from app.inference.session import Precision
from app.predictions.gate import PredictionGate


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """The model and the queue in front of it."""

    predictor: Predictor
    gate: PredictionGate


def load_model(folder: Path, manifest: Manifest) -> LoadedModel:
    """Load the model at the precision that the bundle was made for, and at no other.

    Raises:
        BundleRefused: The model is unusable, or this machine cannot compute in that precision.
    """
    try:
        predictor = Predictor.load(folder / MODEL_FOLDER, precision=Precision(manifest.precision))
        predictor.warm_up()
    except PrecisionUnavailable as error:
        raise BundleRefused(
            f"the bundle was made for speed {manifest.speed}, and {error}: download the bundle with another speed"
        ) from error
    except (InvalidModel, ValueError) as error:
        words = " ".join(str(error).split())  # of the runtime's many lines one
        raise BundleRefused(f"the model cannot be loaded: {words}") from error
    return LoadedModel(predictor, PredictionGate())

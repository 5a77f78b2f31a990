"""How fast a device trains: what the newest training on it has shown, else what such devices do."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from app.db.enums import ModelSize
from app.db.models import Model
from app.training import repository
from app.training.defaults import IMAGE_SIZES, cost_of_image, reference_rate
from app.training.device import TrainingDevice
from app.training.snapshot import TrainingConfig


class PaceBasis(StrEnum):
    MEASURED = "measured"  # a training of this size on this device
    OTHER_SIZE = "other size"  # one of another size on this device
    REFERENCE = "reference"  # none was trained on this device yet


@dataclass(frozen=True, slots=True)
class Pace:
    """Images trained on in a second at the size's own image size, evaluations included.

    measured_in is the model that showed it, where it belongs to the project that asks.
    """

    images_per_second: float
    basis: PaceBasis
    measured_in: str | None

    def at(self, size: ModelSize, image_size: int) -> float:
        return self.images_per_second * cost_of_image(IMAGE_SIZES[size]) / cost_of_image(image_size)


def read_paces(session: Session, device: TrainingDevice, project_id: int) -> dict[ModelSize, Pace]:
    """The pace of each size on a device: measured, by the ratio of another size that was, or the reference."""
    reference = {size: reference_rate(size, has_gpu=device.is_gpu) for size in ModelSize}
    measured = _newest_by_size(session, device.words)
    if not measured:
        return {size: Pace(rate, PaceBasis.REFERENCE, None) for size, rate in reference.items()}

    def pace_of(size: ModelSize) -> Pace:
        model = measured.get(size) or next(iter(measured.values()))
        rate = _rate_of(model) * reference[size] / reference[model.size]
        basis = PaceBasis.MEASURED if model.size is size else PaceBasis.OTHER_SIZE
        return Pace(rate, basis, model.name if model.project_id == project_id else None)

    return {size: pace_of(size) for size in ModelSize}


def measured_rates(session: Session, device: str) -> dict[ModelSize, float]:
    """Images a second of each size that was trained on such a device, at the size's own image size."""
    return {size: _rate_of(model) for size, model in _newest_by_size(session, device).items()}


def _newest_by_size(session: Session, device: str) -> dict[ModelSize, Model]:
    newest: dict[ModelSize, Model] = {}
    for model in repository.list_measured_models(session, device):
        if TrainingConfig.from_dict(model.config).max_steps is None:  # by steps, it does without what makes it fast
            newest.setdefault(model.size, model)
    return newest


def _rate_of(model: Model) -> float:
    image_size = TrainingConfig.from_dict(model.config).image_size
    return (model.images_per_second or 0.0) * cost_of_image(image_size) / cost_of_image(IMAGE_SIZES[model.size])

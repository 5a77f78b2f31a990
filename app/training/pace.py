"""How fast a device trains: what trainings on it have shown, else what such devices do."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from sqlalchemy.orm import Session

from app.db.enums import ModelSize
from app.db.models import Model
from app.training import repository
from app.training.defaults import IMAGE_SIZES, reference_rate
from app.training.device import TrainingDevice
from app.training.snapshot import TrainingConfig

# A shorter training says more of its beginning and its evaluations than of training.
TELLING_SECONDS = 120.0
TELLING_STEPS = 30
# Of two long sides. Beside its pixels, an image costs what cost_of_image guesses: most of the time of a tiny one.
FARTHEST_RATIO = 2.0


class PaceBasis(StrEnum):
    MEASURED = "measured"  # a training of this size on this device
    OTHER_SIZE = "other size"  # one of another size on this device
    REFERENCE = "reference"  # none on this device tells it yet


@dataclass(frozen=True, slots=True)
class Pace:
    """Images trained on in a second, evaluations included.

    measured_in is the model that showed it, where it belongs to the project that asks.
    """

    images_per_second: float
    basis: PaceBasis
    measured_in: str | None


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a training has shown, apart from what it was trained for."""

    images_per_second: float
    size: ModelSize
    image_size: int
    project_id: int
    model_name: str

    @classmethod
    def of_model(cls, model: Model, config: TrainingConfig) -> Self:
        return cls(model.images_per_second or 0.0, model.size, config.image_size, model.project_id, model.name)

    def distance(self, image_size: int) -> float:
        """From 0 for the same image size to 1 for the farthest that this still tells of."""
        return abs(math.log(self.image_size / image_size, FARTHEST_RATIO))


@dataclass(frozen=True, slots=True)
class DevicePace:
    """The pace of any training on a device, by its measurements, the newest first."""

    measurements: tuple[Measurement, ...]
    is_gpu: bool

    def of(self, size: ModelSize, image_size: int, *, project_id: int) -> Pace:
        """By the same size at the closest image size, else by another size, else by the reference."""
        found = self._closest(image_size, among={size}) or self._closest(image_size, among=set(ModelSize))
        if found is None:
            return Pace(self._reference(size, image_size), PaceBasis.REFERENCE, None)
        return Pace(
            self._scaled(found, size, image_size),
            PaceBasis.MEASURED if found.size is size else PaceBasis.OTHER_SIZE,
            found.model_name if found.project_id == project_id else None,
        )

    def measured(self) -> dict[ModelSize, float]:
        """Images a second of each size that was trained on the device, at the size's own image size."""
        return {
            size: self._scaled(found, size, image_size)
            for size, image_size in IMAGE_SIZES.items()
            if (found := self._closest(image_size, among={size}))
        }

    def _scaled(self, found: Measurement, size: ModelSize, image_size: int) -> float:
        ratio = self._reference(size, image_size) / self._reference(found.size, found.image_size)
        return found.images_per_second * ratio

    def _reference(self, size: ModelSize, image_size: int) -> float:
        return reference_rate(size, image_size, has_gpu=self.is_gpu)

    def _closest(self, image_size: int, *, among: set[ModelSize]) -> Measurement | None:
        near = [one for one in self.measurements if one.size in among and one.distance(image_size) <= 1]
        return min(near, key=lambda one: one.distance(image_size), default=None)


def read_pace(session: Session, device: TrainingDevice) -> DevicePace:
    """The pace of a device by its newest trainings that tell it."""
    models = repository.list_measured_models(
        session, device.words, min_seconds=TELLING_SECONDS, min_steps=TELLING_STEPS
    )
    configs = [(model, TrainingConfig.from_dict(model.config)) for model in models]
    measurements = tuple(
        Measurement.of_model(model, config)
        for model, config in configs
        if config.max_steps is None  # by steps, it does without what makes it fast
    )
    return DevicePace(measurements, device.is_gpu)

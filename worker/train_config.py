"""What a training is asked to do: frozen when the job is made, and kept in every checkpoint."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from app.db.enums import ModelSize

MIN_IMAGE_SIZE = 32  # the coarsest feature level has one pixel per 32
MAX_IMAGE_SIZE = 4096


class InvalidTrainConfig(ValueError):
    """A setting that no training can run with; the message says which and what it may be."""


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """The settings of one training.

    Without `max_steps` the schedule, the evaluations and the end follow the time spent; with it they follow the steps,
    on the CPU in f32, so that a seed gives the same model again, bit for bit, and neither time limit counts.
    """

    size: ModelSize
    class_names: tuple[str, ...]  # without the background; the model's labels count from 1 in this order
    image_size: int  # long side in pixels
    train_minutes: float  # of training and evaluation; queue, downloads and export are not counted
    stop_minutes: float  # ends early after this long without a better mAP
    learning_rate: float | None = None  # None: chosen by what the model starts from
    seed: int = 0
    max_steps: int | None = None
    device: str = "auto"

    def __post_init__(self) -> None:
        if not self.class_names:
            raise InvalidTrainConfig("class_names is empty; a model needs at least one class")
        if not MIN_IMAGE_SIZE <= self.image_size <= MAX_IMAGE_SIZE:
            raise InvalidTrainConfig(f"image_size is {self.image_size}; give {MIN_IMAGE_SIZE} to {MAX_IMAGE_SIZE}")
        if not (self.train_minutes > 0 and self.stop_minutes > 0):
            raise InvalidTrainConfig("train_minutes and stop_minutes must be above 0")
        if self.learning_rate is not None and not 0 < self.learning_rate < 1:
            raise InvalidTrainConfig(f"learning_rate is {self.learning_rate}; give a number between 0 and 1")
        if self.seed < 0:
            raise InvalidTrainConfig(f"seed is {self.seed}; give a whole number from 0")
        if self.max_steps is not None and self.max_steps < 1:
            raise InvalidTrainConfig(f"max_steps is {self.max_steps}; give a whole number from 1")

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "size": self.size.value, "class_names": list(self.class_names)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        return cls(**{**values, "size": ModelSize(values["size"]), "class_names": tuple(values["class_names"])})

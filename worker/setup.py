"""What every process of a training begins with."""

from dataclasses import dataclass
from pathlib import Path

import torch

from worker.memory import Footprint
from worker.recipe import Recipe
from worker.train_config import TrainConfig
from worker.weights import InitialWeights


@dataclass(frozen=True, slots=True)
class Setup:
    """`config.image_size` and `recipe.batch_size` are those in use, less than asked for where memory was short."""

    config: TrainConfig
    recipe: Recipe
    initial: InitialWeights
    autocast_dtype: torch.dtype | None  # None is f32
    work_dir: Path  # prepared images that memory does not hold are kept below it

    @property
    def footprint(self) -> Footprint:
        return Footprint(self.recipe.batch_size, self.config.image_size)

    @property
    def precision(self) -> str:
        return "float32" if self.autocast_dtype is None else str(self.autocast_dtype).removeprefix("torch.")

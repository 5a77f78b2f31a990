"""What every process of a training begins with."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from worker import device as devices
from worker import memory
from worker.memory import Footprint
from worker.recipe import Recipe, choose_recipe
from worker.train_config import TrainConfig
from worker.weights import InitialWeights


@dataclass(frozen=True, slots=True)
class Setup:
    """`config.image_size` and `recipe.batch_size` are those in use, less than asked for where memory was short."""

    config: TrainConfig
    recipe: Recipe
    initial: InitialWeights
    pretrained: bool
    autocast_dtype: torch.dtype | None  # None is f32
    work_dir: Path  # prepared images that memory does not hold are kept below it

    @property
    def footprint(self) -> Footprint:
        return Footprint(self.recipe.batch_size, self.config.image_size)

    @property
    def small_image_size(self) -> int:
        """Long side in pixels, while the training is on shrunk images."""
        return round(self.recipe.shrink * self.config.image_size)

    @property
    def precision(self) -> str:
        return "float32" if self.autocast_dtype is None else str(self.autocast_dtype).removeprefix("torch.")


def plan(
    asked: TrainConfig,
    initial: InitialWeights,
    *,
    pretrained: bool,
    device: torch.device,
    processes: int,
    work_dir: Path,
    footprint: Footprint | None,
    smaller_by: int,
) -> Setup:
    """Choose what was not asked for.

    Args:
        footprint: What is known to fit into memory; without it, the recipe's.
        smaller_by: How often to make that smaller.
    """
    recipe = choose_recipe(asked, pretrained=pretrained, device=device, processes=processes)
    footprint = footprint or Footprint(recipe.batch_size, asked.image_size)
    for _ in range(smaller_by):
        footprint = memory.smaller(footprint, asked_image_size=asked.image_size) or footprint
    return Setup(
        replace(asked, image_size=footprint.image_size),
        replace(recipe, batch_size=footprint.batch_size),
        initial,
        pretrained,
        devices.autocast_dtype(device, reproducible=asked.max_steps is not None),
        work_dir,
    )

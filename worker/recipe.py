"""The numbers a training runs with, chosen by size, device and what it starts from."""

import math
from dataclasses import dataclass, field

import torch

from app.db.enums import ModelSize
from worker.train_config import TrainConfig
from worker.transforms import Augmentation

GPU_BATCH = {ModelSize.SMALL: 16, ModelSize.MEDIUM: 8, ModelSize.LARGE: 4}
CPU_BATCH = 2  # of four, a slow CPU takes too few steps in minutes: docs/decisions/0030
CPU_PIXELS_OF_BATCH = 4 * 256 * 256
CPU_MASKS = 8  # of an image; with all 32, masks were half of a step's time
SMALL_FIRST = 0.5  # of a short training from random weights on a CPU; docs/decisions/0048
WARM_UP_STEPS = 20
# What pays only once a model has seen every image many times; in minutes it slows the learning down.
# Source: Ghiasi et al. 2021, https://arxiv.org/abs/2012.07177, for copy-paste; the rest: docs/decisions/0030.
LONG_TRAINING_MINUTES = 60
LONG_TRAINING = Augmentation(
    tilt_share=0.3, contrast=0.2, saturation=0.3, hue_degrees=8.0, paste_share=0.5, min_scale=0.7, max_scale=1.4
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Measured on a CPU from random weights: benchmarks/fruits_nuts_training.py."""

    batch_size: int
    learning_rate: float  # at its peak
    warm_up_steps: int = WARM_UP_STEPS  # of a linear rise to it
    weight_decay: float = 1e-3
    average_decay: float = 0.99  # of the weights' moving average
    max_gradient_norm: float = 10.0
    max_masks: int | None = None  # boxes of an image that the mask head learns from
    small_first: float = 0.0  # share of the training that is on shrunk images, at its beginning
    shrink: float = 0.625  # what their sides are multiplied by
    augmentation: Augmentation = field(default_factory=Augmentation)


def choose_recipe(config: TrainConfig, *, pretrained: bool, device: torch.device, processes: int = 1) -> Recipe:
    """Give the recipe of a training; a learning rate that a person set is taken as it is.

    The joint batch of several processes gets the square root of their number times the rate, as is right for optimizers
    like Adam, and as many more steps of warm-up, so that the rate rises no faster than that of one process.
    Source: Malladi et al. 2022, https://arxiv.org/abs/2205.10287 (square root scaling rule).
    """
    usual_rate = 2e-4 if pretrained else 1e-3  # what is learned already must not be shaken out
    factor = math.sqrt(processes) if config.learning_rate is None else 1.0
    learning_rate = usual_rate * factor if config.learning_rate is None else config.learning_rate
    on_cpu = device.type == "cpu"
    if on_cpu:
        batch_size = max(1, min(CPU_BATCH, CPU_PIXELS_OF_BATCH // config.image_size**2))
    else:
        batch_size = GPU_BATCH[config.size]
    is_long = config.train_minutes >= LONG_TRAINING_MINUTES
    return Recipe(
        batch_size,
        learning_rate,
        warm_up_steps=round(WARM_UP_STEPS * factor),
        max_masks=CPU_MASKS if on_cpu else None,
        small_first=SMALL_FIRST if on_cpu and not pretrained and not is_long else 0.0,
        augmentation=LONG_TRAINING if is_long else Augmentation(),
    )

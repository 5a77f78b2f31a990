"""Small labeled images: a bright disc or a dark square or both on a noisy ground."""

import numpy as np
from numpy.typing import NDArray

from app.db.enums import ModelSize, Split
from app.masks.instance import Instance, Polygon
from app.masks.rle import encode_mask
from worker.dataset import TrainingData, TrainingImage
from worker.train_config import TrainConfig
from worker.transforms import Augmentation

CLASS_NAMES = ("disc", "square")

UNCHANGED = Augmentation(
    flips=False,
    turn_share=0,
    tilt_share=0,
    min_scale=1,
    max_scale=1,
    brightness=0,
    contrast=0,
    saturation=0,
    hue_degrees=0,
    tint=0,
    paste_share=0,
)


def shapes(*, training: int = 4, validation: int = 2, side: int = 64) -> TrainingData:
    """Images of `side` pixels with both shapes each, the disc as a bitmap and the square as a polygon."""
    images = [_image(index, Split.TRAINING, side) for index in range(training)]
    images += [_image(training + index, Split.VALIDATION, side) for index in range(validation)]
    return TrainingData(tuple(images))


def background(image_id: int, split: Split, *, side: int = 64) -> TrainingImage:
    rgb = _ground(np.random.default_rng(image_id), side)
    return TrainingImage(image_id, lambda: rgb, side, side, (), split)


def polygon(x0: float, y0: float, x1: float, y1: float) -> Polygon:
    """A rectangle."""
    return Polygon(tuple((float(x), float(y)) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))))


def config(**changes: object) -> TrainConfig:
    values: dict[str, object] = {
        "size": ModelSize.SMALL,
        "class_names": CLASS_NAMES,
        "image_size": 64,
        "train_minutes": 1.0,
        "stop_minutes": 1.0,
        "max_steps": 2,
        "device": "cpu",
    }
    return TrainConfig.from_dict({**values, **changes})


def _image(image_id: int, split: Split, side: int) -> TrainingImage:
    rng = np.random.default_rng(image_id)
    rgb = _ground(rng, side)
    radius = side // 6
    x, y = rng.integers(radius + 1, side // 2 - radius, 2)
    rows, columns = np.ogrid[:side, :side]
    disc = (columns - x) ** 2 + (rows - y) ** 2 <= radius**2
    rgb[disc] = (250, 240, 120)
    left, top = rng.integers(side // 2, side - side // 3, 2)
    right, bottom = left + side // 4, top + side // 4
    rgb[top:bottom, left:right] = (10, 10, 40)
    instances = (
        Instance(f"{image_id}-disc", "disc", rle=encode_mask(disc)),
        Instance(f"{image_id}-square", "square", polygons=(polygon(left, top, right, bottom),)),
    )
    return TrainingImage(image_id, lambda: rgb, side, side, instances, split)


def _ground(rng: np.random.Generator, side: int) -> NDArray[np.uint8]:
    return rng.integers(90, 150, (side, side, 3)).astype(np.uint8)

"""The images a training learns from, as the snapshot has them and at training size."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from app.db.enums import Split
from app.inference.preprocess import resize_to_long_side, resized_size
from app.masks import raster, rle
from app.masks.instance import Instance, Point, Polygon

HALF_COVERED = 0.5  # a pixel of a shrunk bitmap belongs to the object when at least half of what it covers does


@dataclass(frozen=True, slots=True)
class TrainingImage:
    """A labeled image as the snapshot has it. One without instances is background, and trains too."""

    image_id: int
    load_rgb: Callable[[], NDArray[np.uint8]]  # upright (H, W, 3)
    width: int
    height: int
    instances: tuple[Instance, ...]
    split: Split


@dataclass(frozen=True)
class TrainingData:
    """All images of a training."""

    images: tuple[TrainingImage, ...]

    @cached_property
    def training(self) -> tuple[TrainingImage, ...]:
        return tuple(image for image in self.images if image.split is Split.TRAINING)

    @cached_property
    def validation(self) -> tuple[TrainingImage, ...]:
        return tuple(image for image in self.images if image.split is Split.VALIDATION)


@dataclass(frozen=True, slots=True)
class MaskCrop:
    """An object's pixels in its box: the mask's first pixel lies at (x0, y0), and no outer row or column is empty."""

    x0: int
    y0: int
    mask: NDArray[np.bool_]

    @property
    def box_xyxy(self) -> tuple[int, int, int, int]:
        height, width = self.mask.shape
        return self.x0, self.y0, self.x0 + width, self.y0 + height


@dataclass(frozen=True, slots=True)
class PreparedImage:
    """An image at training size. Masks are cropped: a thousand whole ones of one image would not fit in memory."""

    rgb: NDArray[np.uint8]
    labels: NDArray[np.int64]  # (N,), from 1
    masks: tuple[MaskCrop, ...]
    crowds: tuple[MaskCrop, ...] = ()  # where objects lie that nobody outlined one by one
    vanished: int = 0  # instances without a pixel at this size

    @property
    def size_bytes(self) -> int:
        return self.rgb.nbytes + sum(crop.mask.nbytes for crop in (*self.masks, *self.crowds))


def prepare_image(image: TrainingImage, label_of: dict[str, int], image_size: int) -> PreparedImage:
    """Bring an image and its masks to the training size. Crowd instances stand apart: they are no single object."""
    rgb = resize_to_long_side(image.load_rgb(), image_size)
    crops = [crop_mask(mask_at_training_size(instance, image, image_size)) for instance in image.instances]
    pairs = [(instance, crop) for instance, crop in zip(image.instances, crops, strict=True) if crop is not None]
    single = [(instance, crop) for instance, crop in pairs if not instance.crowd]
    return PreparedImage(
        rgb=rgb,
        labels=np.array([label_of[instance.class_name] for instance, _ in single], dtype=np.int64),
        masks=tuple(crop for _, crop in single),
        crowds=tuple(crop for instance, crop in pairs if instance.crowd),
        vanished=sum(not instance.crowd for instance in image.instances) - len(single),
    )


def mask_at_training_size(instance: Instance, image: TrainingImage, image_size: int) -> NDArray[np.bool_]:
    """Rasterise an instance's outline at the training size, or shrink its bitmap to it."""
    width, height = resized_size(image.width, image.height, image_size)
    if instance.rle is None:
        polygons = [_scaled(polygon, width / image.width, height / image.height) for polygon in instance.polygons]
        return raster.polygons_to_mask(polygons, height, width)
    mask = rle.decode_rle(instance.rle).astype(np.float32)
    return np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA) >= HALF_COVERED)


def crop_mask(mask: NDArray[np.bool_]) -> MaskCrop | None:
    """Cut a mask to its box; None where it has no pixel."""
    columns = np.flatnonzero(mask.any(axis=0))
    if len(columns) == 0:
        return None
    rows = np.flatnonzero(mask.any(axis=1))
    x0, y0 = int(columns[0]), int(rows[0])
    return MaskCrop(x0, y0, np.ascontiguousarray(mask[y0 : rows[-1] + 1, x0 : columns[-1] + 1]))


def _scaled(polygon: Polygon, x_scale: float, y_scale: float) -> Polygon:
    def scaled(ring: tuple[Point, ...]) -> tuple[Point, ...]:
        return tuple((x * x_scale, y * y_scale) for x, y in ring)

    return Polygon(scaled(polygon.exterior), tuple(scaled(hole) for hole in polygon.holes))

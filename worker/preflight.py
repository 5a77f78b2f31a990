"""What of a training's labels cannot be learned from as it is, found before the first step."""

import numpy as np

from app.masks import rle
from app.masks.instance import Instance, Polygon
from worker.dataset import TrainingData, TrainingImage

MIN_AREA_PX = 1.0  # at training size; smaller objects may have no pixel at all
MANY_INSTANCES = 500  # in one image; each costs time and memory


def find_problems(data: TrainingData, *, image_size: int) -> list[str]:
    """Say which objects, images and counts are unusual; nothing of it stops a training."""
    specks = sum(_count_specks(image, image_size) for image in data.images)
    crowded = [len(image.instances) for image in data.images if len(image.instances) > MANY_INSTANCES]
    empty = sum(not image.instances for image in data.training)
    problems = []
    if specks:
        problems.append(
            f"{specks} objects cover less than a pixel at {image_size} px and will hardly be learned: "
            "look for outlines without an area, or choose a larger image_size."
        )
    if empty:
        problems.append(f"{empty} of {len(data.training)} training images have no object: they teach the background.")
    if crowded:
        problems.append(
            f"{len(crowded)} images have more than {MANY_INSTANCES} objects, up to {max(crowded)}: steps take longer."
        )
    return problems


def _count_specks(image: TrainingImage, image_size: int) -> int:
    scale = image_size / max(image.width, image.height)
    return sum(_area_px(instance) * scale**2 < MIN_AREA_PX for instance in image.instances)


def _area_px(instance: Instance) -> float:
    if instance.rle is not None:
        return float(rle.area(instance.rle))
    return sum(_ring_area(polygon) for polygon in instance.polygons)


def _ring_area(polygon: Polygon) -> float:
    """Of the outline alone, by the shoelace formula."""
    x, y = np.asarray(polygon.exterior, dtype=np.float64).T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)

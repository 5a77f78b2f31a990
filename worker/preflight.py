"""What of a training's labels cannot be learned from as it is, found before the first step."""

from app.training import shapes
from app.training.shapes import CROWDED_INSTANCES, TINY_PX, ShapeCounts
from worker.dataset import TrainingData


def find_problems(data: TrainingData, *, image_size: int) -> list[str]:
    """Say which objects, images and counts are unusual, by the measures of the dialog; nothing of it stops a training.

    The dialog looked at a part of a large set, and perhaps at another image size.
    """
    counted = _count_shapes(data, image_size=image_size)
    crowded = [len(image.instances) for image in data.images if len(image.instances) > CROWDED_INSTANCES]
    empty = sum(not image.instances for image in data.training)
    problems = []
    if counted.degenerate:
        problems.append(f"{counted.degenerate} of {counted.shapes} objects have no area: look for lines and points.")
    if counted.many_are_tiny:
        problems.append(
            f"{counted.tiny} of {counted.shapes} objects are under {TINY_PX} pixels wide or high at {image_size} px "
            "and will hardly be learned: a larger image_size would keep their form."
        )
    if empty:
        problems.append(f"{empty} of {len(data.training)} training images have no object: they teach the background.")
    if crowded:
        problems.append(
            f"Images with more than {CROWDED_INSTANCES} objects, up to {max(crowded)}: {len(crowded)}. "
            "Steps take longer."
        )
    return problems


def keeps_forms(data: TrainingData, *, image_size: int) -> bool:
    """Whether hardly any object is too small to be learned at this size."""
    return not _count_shapes(data, image_size=image_size).many_are_tiny


def _count_shapes(data: TrainingData, *, image_size: int) -> ShapeCounts:
    return shapes.count_shapes(
        shapes.shorter_side([polygon.exterior for polygon in instance.polygons], instance.rle)
        * (image_size / max(image.width, image.height))
        for image in data.images
        for instance in image.instances
    )

"""Sizes and times for a training that nobody set: they grow with the set, and shrink with a faster device."""

import math
from dataclasses import dataclass
from pathlib import Path

from app.db.enums import ModelSize

CPU_WORDS = "CPU"  # a worker's device begins with it unless it is a GPU: describe_device in worker/device.py

IMAGE_SIZES = {ModelSize.SMALL: 512, ModelSize.MEDIUM: 800, ModelSize.LARGE: 1024}  # docs: ml.md, Sizes
SIZE_STEP = 32  # the network's coarsest features have one pixel per 32
SMALLEST_SIDE = 64

# Images trained on in a second at the size above. On two CPU cores `small` was measured with 256 px (3 a second) and
# scaled by cost_of_image; the rest are estimates, and all give way to what a device has shown: pace.py.
CPU_RATES = {ModelSize.SMALL: 1.2, ModelSize.MEDIUM: 0.08, ModelSize.LARGE: 0.03}
GPU_RATES = {ModelSize.SMALL: 40.0, ModelSize.MEDIUM: 15.0, ModelSize.LARGE: 6.0}

# The heads look at as many boxes of a small image as of a large one: about what the backbone costs at this size. From
# 128 to 256 px, an image of `small` took 1.3 times as long (ml.md), not four times.
HEADS_PX = 256

# A small set is seen sixty times, as 18 images of fruits needed for AP50 0.99; a large one says more each time.
MOST_PASSES, FEWEST_PASSES, IMAGES_SEEN = 60, 12, 6000
PER_FURTHER_LABEL, MOST_LABELS_FACTOR = 0.1, 2.0
MIN_MINUTES, MAX_MINUTES = 3, 24 * 60
MIN_STOP_MINUTES = 2

# Images to learn from, in whose time it predicts on one. On two CPU cores `small` with 256 px learned from one in
# 0.9 s, and predicted on one in 1.1 to 2.2 s with two hundred boxes. Few boxes take less, and those of a model that has
# learned little up to 4 s.
COST_OF_PREDICTING = 1.5
PREDICTING_CHECKPOINTS = 2  # best and last

WEIGHT_FILES = {  # torchvision's names; worker/weights.py checks their content
    ModelSize.SMALL: ("resnet18-*.pth", "ImageNet weights"),
    ModelSize.MEDIUM: ("maskrcnn_resnet50_fpn_coco-*.pth", "COCO weights"),
    ModelSize.LARGE: ("maskrcnn_resnet50_fpn_v2_coco-*.pth", "COCO weights"),
}


@dataclass(frozen=True, slots=True)
class LabeledSet:
    """What the defaults depend on."""

    image_count: int
    label_count: int
    largest_side_px: int


def default_size(*, has_gpu: bool) -> ModelSize:
    return ModelSize.MEDIUM if has_gpu else ModelSize.SMALL


def default_image_size(size: ModelSize, labeled: LabeledSet) -> int:
    """The size's own long side, or what the largest image has if that is less: enlarging adds nothing."""
    largest = math.ceil(labeled.largest_side_px / SIZE_STEP) * SIZE_STEP
    return max(min(IMAGE_SIZES[size], largest), SMALLEST_SIDE)


def reference_rate(size: ModelSize, image_size: int, *, has_gpu: bool) -> float:
    """Images a second, where nothing was measured."""
    rates = GPU_RATES if has_gpu else CPU_RATES
    return rates[size] * cost_of_image(IMAGE_SIZES[size]) / cost_of_image(image_size)


def cost_of_image(image_size: int) -> int:
    """What an image of this long side costs in a training, to be compared with another size's."""
    return image_size**2 + HEADS_PX**2


def default_train_minutes(labeled: LabeledSet, *, images_per_second: float) -> float:
    """Time for enough passes over the set at the device's pace."""
    passes = min(max(IMAGES_SEEN / max(labeled.image_count, 1), FEWEST_PASSES), MOST_PASSES)
    labels_factor = min(1 + PER_FURTHER_LABEL * max(labeled.label_count - 1, 0), MOST_LABELS_FACTOR)
    minutes = passes * labeled.image_count * labels_factor / images_per_second / 60
    return _rounded(min(max(minutes, MIN_MINUTES), MAX_MINUTES))


def default_stop_minutes(train_minutes: float) -> float:
    return min(_rounded(max(train_minutes / 4, MIN_STOP_MINUTES)), train_minutes)


def default_predict_minutes(labeled: LabeledSet, *, images_per_second: float) -> float:
    return _rounded(predict_seconds(labeled.image_count, images_per_second=images_per_second) / 60)


def predict_seconds(image_count: int, *, images_per_second: float) -> float:
    """What best and last need after the training to predict on every image that it was about.

    Args:
        images_per_second: That it learns from.
    """
    return PREDICTING_CHECKPOINTS * image_count * COST_OF_PREDICTING / images_per_second


def starts_from(size: ModelSize, weights_dir: Path) -> str:
    """What the size begins with on this machine, in plain words."""
    pattern, words = WEIGHT_FILES[size]
    return words if any(weights_dir.glob(pattern)) else "random weights"


def _rounded(minutes: float) -> float:
    step = 1 if minutes < 10 else 5 if minutes < 60 else 30
    return float(math.ceil(minutes / step) * step)

"""A detector that is not there: what it would predict on images that are not there, with its true quality known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.masks.matching import ImageOverlaps, MatchTable

CLASS_COUNT = 3
MEAN_TRUTH = 6.0  # of an image
MEAN_IMAGINED = 1.5


@dataclass(frozen=True, slots=True)
class Detector:
    """How well it sees: `finds` is the mean share of objects, which differs from image to image by `uneven`."""

    finds: float = 0.85
    uneven: float = 0.1
    mean_iou: float = 0.8


def simulated_table(detector: Detector, image_count: int, rng: np.random.Generator) -> MatchTable:
    """What the detector predicts on so many images."""
    return MatchTable.from_images([_image(detector, rng) for _ in range(image_count)], class_count=CLASS_COUNT)


def _image(detector: Detector, rng: np.random.Generator) -> ImageOverlaps:
    finds = np.clip(rng.normal(detector.finds, detector.uneven), 0.05, 0.99)
    truth_classes = rng.integers(0, CLASS_COUNT, rng.poisson(MEAN_TRUTH))
    found = np.flatnonzero(rng.random(len(truth_classes)) < finds)
    imagined = rng.poisson(MEAN_IMAGINED)
    classes = np.concatenate((truth_classes[found], rng.integers(0, CLASS_COUNT, imagined)))
    clarity = rng.normal(0, 1, len(found))  # what is easy to see has a high score and an exact mask
    seen = 1 / (1 + np.exp(-1.5 - clarity - rng.normal(0, 0.7, len(found))))
    scores = np.concatenate((seen, rng.beta(1.5, 4, imagined)))
    iou = np.clip(detector.mean_iou + 0.09 * clarity + rng.normal(0, 0.07, len(found)), 0.02, 1.0)
    return overlaps(scores, classes, truth_classes, pairs=(np.arange(len(found)), found, iou))


def overlaps(
    scores: NDArray[np.float64],
    prediction_classes: NDArray[np.int64],
    truth_classes: NDArray[np.int64],
    *,
    pairs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
) -> ImageOverlaps:
    """An image whose predictions overlap at most one object of their label."""
    nothing = np.empty(0, dtype=np.int64)
    return ImageOverlaps(
        scores=scores,
        prediction_classes=prediction_classes,
        truth_classes=truth_classes,
        truth_is_crowd=np.zeros(len(truth_classes), dtype=np.bool_),
        pair_prediction=pairs[0],
        pair_truth=pairs[1],
        pair_iou=pairs[2],
        cross_prediction=nothing,
        cross_truth=nothing,
        cross_iou=np.empty(0),
    )

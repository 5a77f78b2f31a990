"""Evaluation of 29,000 predicted nuclei on 664 images: the twelve numbers of COCO, ours beside pycocotools.

    python -m benchmarks.evaluation

Masks are made up in the shape of a nuclei set and come as COCO's RLE, to both. Seconds are the processor's own.
"""

import argparse
import contextlib
import io
import time
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray
from pycocotools.cocoeval import COCOeval

from app.inference.prediction import crop_to_rle
from app.masks import rle as mask_rle
from app.masks.coco_summary import CocoSummary, coco_summary
from app.masks.instance import Rle
from app.masks.matching import MatchTable, find_overlaps
from benchmarks.masks import SIDE, coco

GOAL = 0.10
NAMES = ["AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl"]
Masks = tuple[list[Rle], list[int]]  # and their classes


@dataclass(frozen=True)
class NucleiImage:
    truth: Masks
    predicted: Masks
    scores: list[float]


def main() -> None:
    arguments = parse_arguments()
    per_image = arguments.instances // arguments.images
    images = [draw_image(seed, per_image) for seed in range(arguments.images)]
    started = time.process_time()
    ours = np.nan_to_num(np.array(astuple(summarise(images)), dtype=np.float64), nan=-1)  # as pycocotools says it
    ours_s = time.process_time() - started
    started = time.process_time()
    theirs = pycocotools_summary(images)
    theirs_s = time.process_time() - started
    print(f"{sum(len(image.scores) for image in images)} predictions, {len(images)} images of {SIDE} px")
    print(f"ours {ours_s:.2f} s, pycocotools {theirs_s:.2f} s: {ours_s / theirs_s:.3f} of its time (goal {GOAL})")
    print("  ".join(f"{name} {value:.4f}" for name, value in zip(NAMES, ours, strict=True)))
    print(f"the largest difference of the twelve numbers: {np.abs(ours - theirs).max():.1e}")


def draw_image(seed: int, count: int) -> NucleiImage:
    """Ellipses of a few sizes, and for most of them a prediction that is off by a few pixels."""
    rng = np.random.default_rng(seed)
    places, axes = rng.uniform(0, SIDE, (count, 2)), rng.lognormal(2.5, 0.7, (count, 2)).clip(3, 120)
    classes = rng.integers(0, 2, count)
    truth = [ellipse(place, axis) for place, axis in zip(places, axes, strict=True)]
    moved, grown = places + rng.normal(0, 1.5, (count, 2)), axes * rng.uniform(0.85, 1.2, (count, 2))
    predicted = [ellipse(place, axis) for place, axis in zip(moved, grown, strict=True)]
    guessed = np.where(rng.random(count) < 0.95, classes, 1 - classes)
    return NucleiImage((truth, classes.tolist()), (predicted, guessed.tolist()), rng.random(count).tolist())


def ellipse(place: NDArray[np.float64], axes: NDArray[np.float64]) -> Rle:
    x0, y0 = np.clip((place - axes).astype(int), 0, SIDE - 1)
    x1, y1 = np.clip((place + axes).astype(int) + 2, 1, SIDE)
    y, x = np.ogrid[y0:y1, x0:x1]
    mask = ((x - place[0]) / axes[0]) ** 2 + ((y - place[1]) / axes[1]) ** 2 <= 1
    mask[0, 0] = True  # never empty
    return crop_to_rle(mask, int(x0), int(y0), height=SIDE, width=SIDE)


def summarise(images: list[NucleiImage]) -> CocoSummary:
    table = MatchTable.from_images(
        [
            find_overlaps(
                image.predicted[0], image.scores, image.predicted[1], *image.truth, [False] * len(image.truth[1])
            )
            for image in images
        ],
        class_count=2,
    )
    return coco_summary(
        table,
        truth_areas=areas([image.truth[0] for image in images]),
        prediction_areas=areas([image.predicted[0] for image in images]),
    )


def areas(masks: list[list[Rle]]) -> NDArray[np.float64]:
    return np.array([mask_rle.area(one) for of_image in masks for one in of_image], dtype=np.float64)


def pycocotools_summary(images: list[NucleiImage]) -> NDArray[np.float64]:
    truth = coco([(*image.truth, None) for image in images])
    predicted = coco([(*image.predicted, image.scores) for image in images])
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(truth, predicted, "segm")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return np.array(evaluation.stats)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instances", type=int, default=29_000)
    parser.add_argument("--images", type=int, default=664)
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""Masks: polygons to RLE and back, and AP on 29,000 masks, each beside pycocotools alone.

    python -m benchmarks.masks [--data ../shared/data/mushroom] [--predictions 29000]

Without the data set its part is left out. Every number is the best of three runs on one core.
"""

import argparse
import contextlib
import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from app.masks import rle as mask_rle
from app.masks.average_precision import average_precision
from app.masks.instance import Rle, instance_from_json
from app.masks.matching import MatchTable, find_overlaps, match_predictions
from app.masks.polygons import mask_to_polygons
from app.masks.raster import instance_to_rle, polygons_to_mask

Result = TypeVar("Result")

SIDE = 640
TRUTH_PER_IMAGE = 100
PREDICTIONS_PER_IMAGE = 290


def main() -> None:
    arguments = parse_arguments()
    if (arguments.data / "instances.json").is_file():
        measure_polygons(json.loads((arguments.data / "instances.json").read_text()))
    else:
        print(f"polygons: skipped, there is no {arguments.data / 'instances.json'}")
    measure_outlines()
    measure_average_precision(arguments.predictions)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/mushroom"))
    parser.add_argument("--predictions", type=int, default=29_000)
    return parser.parse_args()


def measure_polygons(dataset: dict[str, Any]) -> None:
    """Read a COCO file's polygons as instances and rasterise them."""
    sizes = {image["id"]: (image["height"], image["width"]) for image in dataset["images"]}
    annotations = [a for a in dataset["annotations"] if isinstance(a["segmentation"], list)]
    items = [instance_json(annotation) for annotation in annotations]
    image_sizes = [sizes[annotation["image_id"]] for annotation in annotations]

    reading, instances = best_of_three(lambda: [instance_from_json(item) for item in items])
    ours, rles = best_of_three(
        lambda: [instance_to_rle(instance, *size) for instance, size in zip(instances, image_sizes, strict=True)]
    )
    theirs, coco = best_of_three(
        lambda: [
            coco_mask.merge(coco_mask.frPyObjects(annotation["segmentation"], *size))
            for annotation, size in zip(annotations, image_sizes, strict=True)
        ]
    )
    different = sum(rle.counts.encode() != other["counts"] for rle, other in zip(rles, coco, strict=True))
    print(f"polygons: {len(items)} instances read from JSON in {reading:.3f} s")
    print(f"polygons: to RLE in {ours:.3f} s, pycocotools alone {theirs:.3f} s; {different} masks differ")


def instance_json(annotation: dict[str, Any]) -> dict[str, Any]:
    rings = [np.reshape(flat, (-1, 2)).tolist() for flat in annotation["segmentation"]]
    polygons = [{"exterior": ring, "holes": []} for ring in rings]
    return {"id": str(uuid4()), "label": str(annotation["category_id"]), "polygons": polygons}


def measure_outlines() -> None:
    """Trace 100 objects with holes in 12 megapixels."""
    y, x = np.mgrid[-150:150, -200:200]
    radius_squared = x * x + y * y
    mask = np.tile((radius_squared < 140**2) & (radius_squared > 20**2), (10, 10))
    tracing, polygons = best_of_three(lambda: mask_to_polygons(mask))
    filling, back = best_of_three(lambda: polygons_to_mask(polygons, *mask.shape))
    wrong = int((back ^ mask).sum())
    print(f"outlines: {len(polygons)} objects in 12 megapixels traced in {tracing:.3f} s")
    print(f"outlines: filled again in {filling:.3f} s; {wrong} pixels differ")


def measure_average_precision(prediction_count: int) -> None:
    """Evaluate synthetic predictions of two classes, our way and by COCOeval."""
    images = [SyntheticImage(seed) for seed in range(-(-prediction_count // PREDICTIONS_PER_IMAGE))]
    overlapping, table = best_of_three(lambda: match_table(images))
    matching, _ = best_of_three(lambda: match_predictions(table, 0.5))
    averaging, result = best_of_three(lambda: average_precision(table))
    started = time.perf_counter()
    stats = coco_stats(images)
    theirs = time.perf_counter() - started
    assert result.mean_ap is not None
    print(f"AP: {len(table.scores)} predictions, {len(table.truth_classes)} true objects, {len(images)} images")
    print(f"AP: overlaps {overlapping:.3f} s, once for all thresholds; then matching {matching * 1000:.1f} ms each")
    print(f"AP: AP .50:.95 from the overlaps {averaging * 1000:.1f} ms")
    print(f"AP: COCOeval {theirs:.3f} s; difference {abs(result.mean_ap - stats[0]):.1e}")


def match_table(images: list["SyntheticImage"]) -> MatchTable:
    overlaps = [
        find_overlaps(i.predicted, i.scores, i.predicted_classes, i.truth, i.true_classes, [False] * len(i.truth))
        for i in images
    ]
    return MatchTable.from_images(overlaps, class_count=2)


class SyntheticImage:
    """Discs on a grid, and for each some predictions that are off by a few pixels."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        grid = np.stack(np.divmod(np.arange(TRUTH_PER_IMAGE), 10), axis=1)
        centres = grid * 62 + 40 + rng.uniform(-8, 8, (TRUTH_PER_IMAGE, 2))
        radii = rng.uniform(12, 34, TRUTH_PER_IMAGE)
        of_truth = rng.integers(0, TRUTH_PER_IMAGE, PREDICTIONS_PER_IMAGE)
        moved = centres[of_truth] + rng.normal(0, 4, (PREDICTIONS_PER_IMAGE, 2))
        grown = radii[of_truth] * rng.uniform(0.8, 1.25, PREDICTIONS_PER_IMAGE)
        self.truth = [disc(centre, radius) for centre, radius in zip(centres, radii, strict=True)]
        self.predicted = [disc(centre, radius) for centre, radius in zip(moved, grown, strict=True)]
        self.true_classes: list[int] = rng.integers(0, 2, TRUTH_PER_IMAGE).tolist()
        self.predicted_classes = [self.true_classes[index] for index in of_truth]
        self.scores: list[float] = rng.random(PREDICTIONS_PER_IMAGE).tolist()


def disc(centre: NDArray[np.float64], radius: float) -> Rle:
    y, x = np.ogrid[:SIDE, :SIDE]
    return mask_rle.encode_mask((y - centre[0]) ** 2 + (x - centre[1]) ** 2 < radius**2)


def coco_stats(images: list[SyntheticImage]) -> NDArray[np.float64]:
    truth = coco([(i.truth, i.true_classes, None) for i in images])
    predicted = coco([(i.predicted, i.predicted_classes, i.scores) for i in images])
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(truth, predicted, "segm")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return np.array(evaluation.stats)


def coco(images: list[tuple[list[Rle], list[int], list[float] | None]]) -> COCO:
    annotations: list[dict[str, Any]] = []
    for image_id, (rles, classes, scores) in enumerate(images, start=1):
        for index, (rle, class_index) in enumerate(zip(rles, classes, strict=True)):
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": image_id,
                    "category_id": class_index + 1,
                    "segmentation": mask_rle.coco_dict(rle),
                    "area": mask_rle.area(rle),
                    "iscrowd": 0,
                    "score": scores[index] if scores else 1.0,
                }
            )
    result = COCO()
    result.dataset = {
        "images": [{"id": k + 1, "height": SIDE, "width": SIDE} for k in range(len(images))],
        "categories": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}],
        "annotations": annotations,
    }
    with contextlib.redirect_stdout(io.StringIO()):
        result.createIndex()
    return result


def best_of_three(work: Callable[[], Result]) -> tuple[float, Result]:
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - started)
    return min(seconds), result


if __name__ == "__main__":
    main()

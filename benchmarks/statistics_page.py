"""Statistics of 30,000 predictions on 700 images with 10 labels, by REST, beside COCOeval on the same masks.

    python -m benchmarks.statistics_page [--images 700] [--predictions 30000] [--skip-coco]

What COCOeval computes at training's end (overlaps, matches, AP) is timed in this process; the rest is asked of a fresh
server. Each IoU and score threshold is asked for once, as a slider does.
"""

import argparse
import contextlib
import io
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from sqlalchemy import insert

from app.db.engine import dispose_engine, session_scope
from app.db.enums import Split
from app.db.models import Image, LabelClass, Project
from app.masks import rle as mask_rle
from app.masks.average_precision import average_precision, best_f1_thresholds
from app.masks.instance import Rle
from app.masks.matching import match_predictions
from app.masks.prediction_table import ImagePredictions, PredictionTable, image_predictions
from benchmarks._server import RunningServer, running_server
from tests.trained import store_trained_model

SIDE_PX = 640
TRUTH_PER_IMAGE = 12
LABELS = [f"label {index}" for index in range(10)]
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)  # labels older than the model: none has changed since
PATH = "/api/v1/models/1"


def main() -> None:
    arguments = parse_arguments()
    scenes = [Scene(seed, arguments.predictions // arguments.images) for seed in range(arguments.images)]
    started = time.process_time()
    table = PredictionTable(tuple(LABELS), tuple(scene.judged() for scene in scenes))
    joined = table.match_table()
    ours = average_precision(joined)
    thresholds = best_f1_thresholds(joined, match_predictions(joined, 0.5))
    seconds = time.process_time() - started
    print(f"{table.prediction_count} predictions, {len(scenes)} images, {len(LABELS)} labels")
    print(f"at training's end: overlaps, matches, AP and best thresholds in {seconds:.2f} s of processor")
    if not arguments.skip_coco:
        coco_seconds, mean_ap = coco_eval(scenes)
        print(f"  COCOeval alone {coco_seconds:.2f} s: ours is {seconds / coco_seconds:.3f} of it")
        print(f"  mAP differs by {abs(mean_ap - (ours.mean_ap or 0)):.1e}")
    optimized = {name: value for name, value in zip(LABELS, thresholds, strict=True) if value is not None}
    with running_server("serve", prepare=lambda: fill(table, optimized)) as server:
        measure(server)
    dispose_engine()


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=700)
    parser.add_argument("--predictions", type=int, default=30_000)
    parser.add_argument("--skip-coco", action="store_true")
    return parser.parse_args()


class Scene:
    """Discs, what a detector makes of them, and much that it imagines with a low score."""

    def __init__(self, seed: int, prediction_count: int) -> None:
        rng = np.random.default_rng(seed)
        self.image_id = seed + 1
        self.truth_classes: list[int] = rng.integers(0, len(LABELS), TRUTH_PER_IMAGE).tolist()
        centres = rng.uniform(40, SIDE_PX - 40, (TRUTH_PER_IMAGE, 2))
        radii = rng.uniform(12, 60, TRUTH_PER_IMAGE)
        self.truth = [disc(centre, radius) for centre, radius in zip(centres, radii, strict=True)]
        of_truth = rng.integers(0, TRUTH_PER_IMAGE, prediction_count)
        moved = centres[of_truth] + rng.normal(0, 6, (prediction_count, 2))
        grown = radii[of_truth] * rng.uniform(0.8, 1.25, prediction_count)
        self.predicted = [disc(centre, radius) for centre, radius in zip(moved, grown, strict=True)]
        self.boxes_xyxy = [box_xyxy(rle) for rle in self.predicted]
        confused = rng.random(prediction_count) < 0.3
        anything = rng.integers(0, len(LABELS), prediction_count)
        self.predicted_classes: list[int] = np.where(
            confused, anything, np.array(self.truth_classes)[of_truth]
        ).tolist()
        self.scores: list[float] = (rng.random(prediction_count) ** 2).tolist()

    def judged(self) -> ImagePredictions:
        return image_predictions(
            image_id=self.image_id,
            height=SIDE_PX,
            width=SIDE_PX,
            predicted=self.predicted,
            boxes_xyxy=self.boxes_xyxy,
            scores=self.scores,
            prediction_classes=self.predicted_classes,
            truth=self.truth,
            truth_ids=[f"{self.image_id:08}-0000-0000-0000-{index:012}" for index in range(len(self.truth))],
            truth_classes=self.truth_classes,
            truth_is_crowd=[False] * len(self.truth),
        )


def disc(centre: np.ndarray, radius: float) -> Rle:
    reach = int(radius) + 2
    left, top = (int(value) - reach for value in centre)
    y, x = np.ogrid[top : top + 2 * reach, left : left + 2 * reach]
    crop = (x - centre[0]) ** 2 + (y - centre[1]) ** 2 < radius**2
    return mask_rle.encode_crop(crop, left=left, top=top, size=(SIDE_PX, SIDE_PX))


def box_xyxy(rle: Rle) -> tuple[int, int, int, int]:
    left, top, width, height = mask_rle.box_xywh(rle)
    return left, top, left + width, top + height


def coco_eval(scenes: Sequence[Scene]) -> tuple[float, float]:
    """What pycocotools takes to evaluate, and its mAP."""
    truth = coco(scenes, lambda scene: zip(scene.truth, scene.truth_classes, [1.0] * TRUTH_PER_IMAGE, strict=True))
    found = coco(scenes, lambda scene: zip(scene.predicted, scene.predicted_classes, scene.scores, strict=True))
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(truth, found, "segm")
        started = time.process_time()
        evaluation.evaluate()
        evaluation.accumulate()
        seconds = time.process_time() - started
        evaluation.summarize()
    return seconds, float(evaluation.stats[0])


def coco(scenes: Sequence[Scene], objects: Callable[[Scene], Iterator[tuple[Rle, int, float]]]) -> COCO:
    annotations: list[dict[str, Any]] = [
        {
            "image_id": scene.image_id,
            "category_id": class_index + 1,
            "segmentation": mask_rle.coco_dict(rle),
            "area": mask_rle.area(rle),
            "bbox": list(mask_rle.box_xywh(rle)),
            "iscrowd": 0,
            "score": score,
        }
        for scene in scenes
        for rle, class_index, score in objects(scene)
    ]
    dataset = COCO()
    dataset.dataset = {
        "info": {},
        "images": [{"id": scene.image_id, "height": SIDE_PX, "width": SIDE_PX} for scene in scenes],
        "categories": [{"id": index + 1, "name": name} for index, name in enumerate(LABELS)],
        "annotations": [{"id": number, **one} for number, one in enumerate(annotations, start=1)],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        dataset.createIndex()
    return dataset


def fill(table: PredictionTable, optimized: dict[str, float]) -> None:
    """Write the project, its images and a model that has predicted on them."""
    with session_scope() as session:
        project = Project(name="Statistics", created_by=1)
        session.add(project)
        session.flush()
        project_id = project.id
        rows = [
            {
                "id": image.image_id,
                "project_id": project_id,
                "name": f"{image.image_id}.png",
                "width": SIDE_PX,
                "height": SIDE_PX,
                "byte_size": 1,
                "media_type": "image/png",
                "content_hash": "0" * 64,
                "storage_key": f"images/{image.image_id}.png",
                "thumbnail_key": f"thumbnails/{image.image_id}.jpg",
                "fingerprint": 0,
                "changed_at": LONG_AGO,
            }
            for image in table.images
        ]
        session.execute(insert(Image), rows)
        session.add_all(LabelClass(project_id=project_id, name=name, color="#E69F00") for name in LABELS)
    store_trained_model(project_id, tables={Split.VALIDATION: table}, class_names=LABELS, optimized=optimized)


def measure(server: RunningServer) -> None:
    say(server, "page data, first time (the file is read, all is matched)", ["statistics"])
    say(server, "page data again", ["statistics"] * 9)
    say(server, "another IoU threshold", [f"statistics?iou_threshold={0.30 + 0.02 * step:.2f}" for step in range(30)])
    say(server, "another score threshold", [f"statistics?score_threshold={0.05 + 0.03 * k:.2f}" for k in range(30)])
    for sort in ("missed", "uncertain"):
        questions = [f"predictions?sort={sort}&limit=24&iou_threshold={0.40 + 0.01 * step:.2f}" for step in range(9)]
        say(server, f"24 images, {sort} first", questions)
    say(server, "suspect labels", ["suspects"] * 5)
    say(server, "intervals, and best against last", ["statistics/uncertainty"])
    say(server, "the same asked again", ["statistics/uncertainty"] * 5)


def say(server: RunningServer, what: str, questions: Sequence[str]) -> None:
    """Print how long answers take until they are here whole, and how long the server's processor worked for each."""
    seconds, size, worked = [], 0, processor_seconds(server)
    for question in questions:
        started = time.perf_counter()
        answer = server.client.get(f"{PATH}/{question}")
        seconds.append(time.perf_counter() - started)
        answer.raise_for_status()
        size = len(answer.content)
    worked = (processor_seconds(server) - worked) / len(questions)
    median, worst = statistics.median(seconds) * 1000, max(seconds) * 1000
    took = f"{median:.0f} ms" if len(questions) == 1 else f"{median:.0f} ms (worst of {len(questions)}: {worst:.0f})"
    print(f"{what}: {took}, {worked * 1000:.0f} ms of processor; {size / 1000:.0f} kB")


def processor_seconds(server: RunningServer) -> float:
    times = server.process.cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    main()

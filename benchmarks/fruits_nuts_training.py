"""Our `worker.fit` on a labeled set from random weights: AP over time, and the time to AP50 0.75.

    python -m benchmarks.fruits_nuts_training --set fruits_nuts --minutes 5 --seeds 0 1 2

The rivals are benchmarks/plain_loop.py and benchmarks/yolo_rival.py on the same data. With --core, each takes one core
and goes by the processor's seconds, so that a busy machine can compare them.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from app.db.enums import CheckpointKind, ModelSize, Split
from app.masks.instance import Instance, Polygon
from benchmarks import _sets
from worker.checkpoint import load_trained_model
from worker.dataset import TrainingData, TrainingImage
from worker.evaluate import Evaluation, Evaluator
from worker.fit import fit
from worker.report import CurvePoint, Start, StopRequest
from worker.train_config import TrainConfig

AP50_GOAL = 0.75


class PrintingReporter:
    """Prints curve points, and remembers when the goal was reached."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.goal_reached_s: float | None = None

    def log(self, message: str) -> None:
        print(f"seed {self._seed}: {message}", flush=True)

    def started(self, start: Start) -> None:
        pass

    def progress(self, *, step: int, elapsed_s: float, fraction: float) -> None:
        pass

    def curve_point(self, point: CurvePoint) -> None:
        if self.goal_reached_s is None and (point.ap50 or 0) >= AP50_GOAL:
            self.goal_reached_s = point.elapsed_s
        print(
            f"ours seed {self._seed} step {point.step} elapsed_s {point.elapsed_s:.0f} "
            f"ap {point.mean_ap:.3f} ap50 {point.ap50:.3f} "
            f"accuracy {point.validation_accuracy:.3f} loss {point.train_loss:.2f} / {point.validation_loss:.2f}",
            flush=True,
        )

    def checkpoint(self, kind: CheckpointKind, state_file: Path, point: CurvePoint) -> bool:
        return True

    def requested(self) -> StopRequest:
        return StopRequest.NONE


def main() -> None:
    arguments = parse_arguments()
    folder = _sets.open_set(arguments)
    if folder is None:
        return
    data, class_names = read_coco(folder)
    clock = time.monotonic
    if arguments.core is not None:
        os.sched_setaffinity(0, {arguments.core})
        clock = time.process_time
    times, best = [], []
    for seed in arguments.seeds:
        reporter = PrintingReporter(seed)
        config = TrainConfig(
            size=ModelSize.SMALL,
            class_names=class_names,
            image_size=arguments.image_size,
            train_minutes=arguments.minutes,
            stop_minutes=arguments.minutes,
            seed=seed,
            device="cpu",
        )
        with tempfile.TemporaryDirectory() as work_dir:
            result = fit(config, data, reporter, resume_from=None, work_dir=Path(work_dir), clock=clock)
            uncut = evaluate_as_exported(Path(work_dir) / "best.pt", data)
        times.append(reporter.goal_reached_s or float("inf"))
        best.append(result.best)
        print(
            f"seed {seed}: best ap {result.best.mean_ap:.3f} ap50 {result.best.ap50:.3f} "
            f"at {result.best.elapsed_s:.0f} s (ap {uncut.mean_ap:.3f} with every box that the exported model gives), "
            f"AP50 {AP50_GOAL} after {times[-1]:.0f} s, {result.elapsed_s:.0f} s in all"
        )
    print(
        f"median of {len(times)}: AP50 {AP50_GOAL} after {statistics.median(times):.0f} s, "
        f"ap {statistics.median(point.mean_ap for point in best):.3f}"
    )


def evaluate_as_exported(checkpoint: Path, data: TrainingData) -> Evaluation:
    """Show what the fewer boxes of an evaluation in training leave out."""
    trained = load_trained_model(checkpoint)
    evaluator = Evaluator(
        data.validation,
        trained.config.class_names,
        image_size=trained.config.image_size,
        memory_bytes=2**30,
        device=torch.device("cpu"),
        as_exported=True,
    )
    return evaluator.evaluate(trained.model)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    _sets.add_arguments(parser)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--core", type=int, help="train on this core alone and count its seconds, on a busy machine")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    return parser.parse_args()


def read_coco(folder: Path) -> tuple[TrainingData, tuple[str, ...]]:
    """Read a set as the library takes it."""
    document = json.loads((folder / "instances.json").read_text())
    names = {category["id"]: category["name"] for category in document["categories"]}
    validation = _sets.validation_names(folder)
    instances: dict[int, list[Instance]] = {image["id"]: [] for image in document["images"]}
    for annotation in document["annotations"]:
        rings = [
            tuple(zip(map(float, flat[::2]), map(float, flat[1::2]), strict=True))
            for flat in annotation["segmentation"]
        ]
        polygons = tuple(Polygon(ring) for ring in rings)
        instances[annotation["image_id"]].append(
            Instance(str(annotation["id"]), names[annotation["category_id"]], polygons)
        )
    images = [
        TrainingImage(
            image_id=image["id"],
            load_rgb=lambda path=folder / "images" / image["file_name"]: load_rgb(path),
            width=image["width"],
            height=image["height"],
            instances=tuple(instances[image["id"]]),
            split=Split.VALIDATION if image["file_name"] in validation else Split.TRAINING,
        )
        for image in document["images"]
    ]
    return TrainingData(tuple(images)), tuple(names.values())


def load_rgb(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))


if __name__ == "__main__":
    main()

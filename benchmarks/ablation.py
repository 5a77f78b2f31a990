"""What each part of the recipe brings: trainings that differ in one part, each with the same seconds of one core.

    python -m benchmarks.ablation --set fruits_nuts --seconds 90 --seeds 0 --core 0

A part that is on is left out, one that is off is put in. Seconds are the processor's own, so a busy machine may run it.
Each training is kept in a file when it ends, and what is in there is not trained again. The validation sets are small:
AP differs by about 0.03 from seed to seed, so smaller differences say nothing.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from unittest.mock import patch

import torch

from app.db.enums import ModelSize
from benchmarks import _sets
from benchmarks.fruits_nuts_training import PrintingReporter, read_coco
from worker import device, setup
from worker.dataset import TrainingData
from worker.fit import fit
from worker.recipe import Recipe, choose_recipe
from worker.train_config import TrainConfig

Change = Callable[[Recipe], Recipe]


def changing(**parts: object) -> Change:
    """A change of the augmentation."""
    return lambda recipe: replace(recipe, augmentation=replace(recipe.augmentation, **parts))


WIDE_COLOURS = {"contrast": 0.2, "saturation": 0.3, "hue_degrees": 8.0}

THE_RECIPE = "the recipe"
IN_FLOAT32 = "in float32"

PARTS: dict[str, Change] = {
    THE_RECIPE: lambda recipe: recipe,
    "without flips": changing(flips=False),
    "without quarter turns": changing(turn_share=0.0),
    "without scale jitter": changing(min_scale=1.0, max_scale=1.0),
    "with wide scale jitter": changing(min_scale=0.63, max_scale=1.6),
    "without brightness and tint": changing(brightness=0.0, tint=0.0),
    "with contrast, saturation, hue": changing(**WIDE_COLOURS),
    "with small turns": changing(tilt_share=0.5),
    "with copy-paste": changing(paste_share=0.5),
    "without averaged weights": lambda recipe: replace(recipe, average_decay=0.0),
    "without small images first": lambda recipe: replace(recipe, small_first=0.0),
    "with 16 boxes for the masks": lambda recipe: replace(recipe, max_masks=16),
    "with all boxes for the masks": lambda recipe: replace(recipe, max_masks=None),
    "batches of four": lambda recipe: replace(recipe, batch_size=4),
    IN_FLOAT32: lambda recipe: recipe,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One training of the table."""

    set: str
    image_size: int
    seconds: float
    part: str
    seed: int


@dataclass(frozen=True, slots=True)
class Result:
    """AP and AP50 of the best point, and steps taken."""

    ap: float
    ap50: float
    steps: int


def main() -> None:
    arguments = parse_arguments()
    folder = _sets.open_set(arguments)
    if folder is None:
        return
    os.sched_setaffinity(0, {arguments.core})
    data, class_names = read_coco(folder)
    kept = read_results(arguments.results)
    print(f"{folder.name}, {arguments.image_size} px, {arguments.seconds:.0f} s of one core, seeds {arguments.seeds}")
    of_recipe = None
    for part in arguments.parts:
        results = []
        for seed in arguments.seeds:
            case = Case(folder.name, arguments.image_size, arguments.seconds, part, seed)
            if case not in kept:
                kept[case] = train(case, data, class_names)
                keep_result(arguments.results, case, kept[case])
            results.append(kept[case])
        ap, ap50, steps = (statistics.mean(getattr(one, name) for one in results) for name in ("ap", "ap50", "steps"))
        of_recipe = ap if part == THE_RECIPE else of_recipe
        against = "" if of_recipe is None else f"{ap - of_recipe:+.3f}"
        each = " ".join(f"{one.ap:.3f}" for one in results)
        print(
            f"{part:34} ap {ap:.3f} {against:6} ap50 {ap50:.3f} steps {steps:4.0f}   of each seed: {each}", flush=True
        )


def read_results(path: Path) -> dict[Case, Result]:
    if not path.exists():
        return {}
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return {Case(**line["case"]): Result(**line["result"]) for line in lines}


def keep_result(path: Path, case: Case, result: Result) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps({"case": asdict(case), "result": asdict(result)}) + "\n")


def train(case: Case, data: TrainingData, class_names: tuple[str, ...]) -> Result:
    config = TrainConfig(
        size=ModelSize.SMALL,
        class_names=class_names,
        image_size=case.image_size,
        train_minutes=case.seconds / 60,
        stop_minutes=case.seconds / 60,
        seed=case.seed,
        device="cpu",
    )
    with tempfile.TemporaryDirectory() as work_dir, changed(case.part):
        ended = fit(
            config,
            data,
            SilentReporter(case.seed),
            resume_from=None,
            work_dir=Path(work_dir),
            clock=time.process_time,
        )
    assert ended.best is not None
    assert ended.last is not None
    return Result(ended.best.mean_ap or 0.0, ended.best.ap50 or 0.0, ended.last.step)


@contextmanager
def changed(part: str) -> Iterator[None]:
    """Let a training choose its recipe with one part changed. A name that is not there any more is an error."""

    def choose(config: TrainConfig, **options: object) -> Recipe:
        return PARTS[part](choose_recipe(config, **options))

    def autocast_dtype(of: torch.device, *, reproducible: bool) -> torch.dtype | None:
        return usual_dtype(of, reproducible=reproducible or part == IN_FLOAT32)

    usual_dtype = device.autocast_dtype
    with patch.object(setup, "choose_recipe", choose), patch.object(device, "autocast_dtype", autocast_dtype):
        yield


class SilentReporter(PrintingReporter):
    def log(self, message: str) -> None:
        pass

    def curve_point(self, point: object) -> None:
        pass


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    _sets.add_arguments(parser)
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--parts", nargs="+", choices=list(PARTS), default=list(PARTS), metavar="PART")
    parser.add_argument("--results", type=Path, default=_sets.GENERATED / "ablation.jsonl", help="where they are kept")
    return parser.parse_args()


if __name__ == "__main__":
    main()

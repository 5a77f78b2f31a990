"""What each part of the recipe brings: trainings that differ in one part, each with the same seconds of one core.

    python -m benchmarks.ablation --data ../shared/data/fruits_nuts --seconds 120 --seeds 0 1 --core 0

A part that is on is left out, one that is off is put in. The validation sets are small: AP differs by about 0.03 from
seed to seed, so smaller differences say nothing.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from app.db.enums import ModelSize
from benchmarks.fruits_nuts_training import PrintingReporter, read_coco
from worker import device, fit
from worker.dataset import TrainingData
from worker.recipe import Recipe, choose_recipe
from worker.train_config import TrainConfig

Change = Callable[[Recipe], Recipe]


def changing(**parts: object) -> Change:
    """A change of the augmentation."""
    return lambda recipe: replace(recipe, augmentation=replace(recipe.augmentation, **parts))


WIDE_COLOURS = {"contrast": 0.2, "saturation": 0.3, "hue_degrees": 8.0}

PARTS: dict[str, Change] = {
    "the recipe": lambda recipe: recipe,
    "without flips": changing(flips=False),
    "without quarter turns": changing(turn_share=0.0),
    "without scale jitter": changing(min_scale=1.0, max_scale=1.0),
    "with wide scale jitter": changing(min_scale=0.63, max_scale=1.6),
    "without brightness and tint": changing(brightness=0.0, tint=0.0),
    "with contrast, saturation, hue": changing(**WIDE_COLOURS),
    "with small turns": changing(tilt_share=0.5),
    "with copy-paste": changing(paste_share=0.5),
    "without averaged weights": lambda recipe: replace(recipe, average_decay=0.0),
    "with all boxes for the masks": lambda recipe: replace(recipe, max_masks=None),
    "batches of two": lambda recipe: replace(recipe, batch_size=2),
    "in float32": lambda recipe: recipe,
}


def main() -> None:
    arguments = parse_arguments()
    if not (arguments.data / "instances.json").is_file():
        print(f"skipped, there is no {arguments.data / 'instances.json'}")
        return
    os.sched_setaffinity(0, {arguments.core})
    data, class_names = read_coco(arguments.data)
    print(f"{arguments.data.name}, {arguments.image_size} px, {arguments.seconds:.0f} s of one core, {arguments.seeds}")
    usual_dtype = device.autocast_dtype
    for name in arguments.parts:
        fit.choose_recipe = recipe_with(PARTS[name])
        device.autocast_dtype = no_autocast if name == "in float32" else usual_dtype
        ends = [train(data, class_names, arguments, seed) for seed in arguments.seeds]
        ap, ap50, steps = (statistics.mean(end[index] for end in ends) for index in range(3))
        print(
            f"{name:34} ap {ap:.3f} ap50 {ap50:.3f} steps {steps:.0f}   {[round(end[0], 3) for end in ends]}",
            flush=True,
        )


def recipe_with(change: Change) -> Callable[..., Recipe]:
    def chosen(config: TrainConfig, *, pretrained: bool, device: torch.device) -> Recipe:
        return change(choose_recipe(config, pretrained=pretrained, device=device))

    return chosen


def no_autocast(_device: torch.device, *, reproducible: bool) -> None:
    return None


class SilentReporter(PrintingReporter):
    def log(self, message: str) -> None:
        pass

    def curve_point(self, point: object) -> None:
        pass


def train(
    data: TrainingData, class_names: tuple[str, ...], arguments: argparse.Namespace, seed: int
) -> tuple[float, float, int]:
    """AP and AP50 of the best point, and steps taken."""
    config = TrainConfig(
        size=ModelSize.SMALL,
        class_names=class_names,
        image_size=arguments.image_size,
        train_minutes=arguments.seconds / 60,
        stop_minutes=arguments.seconds / 60,
        seed=seed,
        device="cpu",
    )
    with tempfile.TemporaryDirectory() as work_dir:
        result = fit.fit(
            config, data, SilentReporter(seed), resume_from=None, work_dir=Path(work_dir), clock=time.process_time
        )
    assert result.best is not None
    assert result.last is not None
    return result.best.mean_ap or 0.0, result.best.ap50 or 0.0, result.last.step


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/fruits_nuts"))
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--image-size", type=int, default=192)
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--parts", nargs="+", choices=list(PARTS), default=list(PARTS), metavar="PART")
    return parser.parse_args()


if __name__ == "__main__":
    main()

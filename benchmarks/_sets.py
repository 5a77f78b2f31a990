"""The labeled sets that trainings here are compared on, as COCO folders, and which of their images are for validation.

`fruits_nuts` (18 photographs) is what the recipe was tuned on; nothing was tuned on the other two. `mushroom` has 87
pictures of 32 photographs with 134 objects each; `scenes` are drawn by the demo's generator.
"""

import argparse
import json
from pathlib import Path

from benchmarks import _demo_set

SHARED = Path("../shared/data")
GENERATED = Path("data/benchmarks")  # ignored by git
IMAGE_SIZE_PX = {"fruits_nuts": 256, "mushroom": 320, "scenes": 192}  # long side; objects of mushroom are small
SCENES = 28


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--set", choices=list(IMAGE_SIZE_PX), default="fruits_nuts")
    parser.add_argument("--data", type=Path, help="another folder with instances.json and images/")
    parser.add_argument("--image-size", type=int, help="long side in pixels; each set has its own")


def open_set(arguments: argparse.Namespace) -> Path | None:
    """The folder of the set that was asked for, with image_size filled in; None, and a word, where it is not here."""
    arguments.image_size = arguments.image_size or IMAGE_SIZE_PX[arguments.set]
    folder = arguments.data or SHARED / arguments.set
    if arguments.data is None and arguments.set == "scenes":
        folder = GENERATED / "scenes"
        if not (folder / "instances.json").is_file():
            _demo_set.write_set(folder, images=SCENES)
    if not (folder / "instances.json").is_file():
        print(f"skipped, there is no {folder / 'instances.json'}")
        return None
    return folder


def validation_names(folder: Path) -> set[str]:
    """File names of the images for validation: by split.json, else those of every fourth photograph.

    Pictures that were made of one photograph stay together, or what was learned by heart would count as known.
    """
    split_file = folder / "split.json"
    if split_file.is_file():
        return set(json.loads(split_file.read_text())["val"])
    names = [image["file_name"] for image in json.loads((folder / "instances.json").read_text())["images"]]
    chosen = set(sorted({_photograph(name) for name in names})[::4])
    return {name for name in names if _photograph(name) in chosen}


def _photograph(file_name: str) -> str:
    """What Roboflow's copies of one photograph have in common."""
    return file_name.partition(".rf.")[0]

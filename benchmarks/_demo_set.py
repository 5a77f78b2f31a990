"""The demo's generated scenes as a COCO folder: a second set for the trainings here, which nothing was tuned on.

    python -m benchmarks._demo_set --out /tmp/scenes --images 32

A hole is filled: the plain loop reads outlines alone.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from app.cli.demo_scenes import HEIGHT, WIDTH, Scene, draw_scene
from app.masks.polygons import mask_to_polygons

FIRST_SEED = 1000  # other pictures than the demo's


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--images", type=int, default=32)
    arguments = parser.parse_args()
    write_set(arguments.out, images=arguments.images)


def write_set(folder: Path, *, images: int) -> None:
    """Write instances.json last: a folder that has it is whole."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    scenes = [draw_scene(FIRST_SEED + number) for number in range(images)]
    for number, scene in enumerate(scenes):
        (folder / "images" / f"{number:03}.jpg").write_bytes(scene.jpeg())
    (folder / "instances.json").write_text(json.dumps(coco_document(scenes)))


def coco_document(scenes: list[Scene]) -> dict[str, Any]:
    names = sorted({thing.class_name for scene in scenes for thing in scene.objects})
    annotations = [
        {
            "image_id": number + 1,
            "category_id": names.index(thing.class_name) + 1,
            "segmentation": [
                [value for point in polygon.exterior for value in point] for polygon in mask_to_polygons(thing.mask)
            ],
            "area": int(thing.mask.sum()),
            "bbox": [0, 0, WIDTH, HEIGHT],  # nobody reads it
            "iscrowd": 0,
        }
        for number, scene in enumerate(scenes)
        for thing in scene.objects
    ]
    return {
        "images": [
            {"id": number + 1, "file_name": f"{number:03}.jpg", "width": WIDTH, "height": HEIGHT}
            for number in range(len(scenes))
        ],
        "categories": [{"id": index + 1, "name": name} for index, name in enumerate(names)],
        "annotations": [{"id": index + 1, **annotation} for index, annotation in enumerate(annotations)],
    }


if __name__ == "__main__":
    main()

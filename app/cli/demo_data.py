"""What the demo trains on: generated scenes with labels of every kind, or a person's own images and COCO labels."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.cli.demo_scenes import Scene, SceneObject, draw_scene
from app.errors import BadRequest
from app.inference.decode import IMAGE_ENDINGS
from app.masks.instance import Instance, instance_to_json
from app.masks.polygons import mask_to_polygons
from app.masks.rle import encode_mask

TRAINING_SCENES = 40
NEW_SCENES = 4
OUTLINE_TOLERANCE_PX = 1.0  # as closely as a careful person clicks
BITMAP_CLASS = "beetle"  # every second one of these is labeled with the brush instead of a polygon


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file by its name in the project."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class DemoData:
    """Labeled pictures, their labels as a file for the import, and new pictures to predict on."""

    pictures: list[Picture]
    labels_file: bytes
    new_pictures: list[Picture]


def generated_data() -> DemoData:
    """Draw the scenes; always the same ones."""
    scenes = [draw_scene(seed) for seed in range(TRAINING_SCENES)]
    new = [draw_scene(seed) for seed in range(TRAINING_SCENES, TRAINING_SCENES + NEW_SCENES)]
    names = [f"scene-{number:02}.jpg" for number in range(1, len(scenes) + 1)]
    return DemoData(
        pictures=[Picture(name, scene.jpeg()) for name, scene in zip(names, scenes, strict=True)],
        labels_file=json.dumps(_labels_document(names, scenes)).encode(),
        new_pictures=[Picture(f"new-scene-{number}.jpg", scene.jpeg()) for number, scene in enumerate(new, start=1)],
    )


def own_data(images: Path, labels: Path) -> DemoData:
    """Take a folder of images and a COCO file; the model is shown some of the same images.

    Raises:
        BadRequest: The folder holds no image, or the file cannot be read.
    """
    files = sorted(path for path in images.rglob("*") if path.suffix.lower() in IMAGE_ENDINGS and path.is_file())
    if not files:
        raise BadRequest(f"there is no image in {images}; give a folder with the images that {labels} labels")
    pictures = [Picture(path.relative_to(images).as_posix(), path.read_bytes()) for path in files]
    return DemoData(pictures, labels.read_bytes(), pictures[:: max(1, len(pictures) // NEW_SCENES)][:NEW_SCENES])


def _labels_document(names: Sequence[str], scenes: Sequence[Scene]) -> dict[str, Any]:
    """Our own label format, which keeps holes and bitmaps as they are."""
    return {
        "format": "maskwright",
        "version": 1,
        "project": "Demo",
        "labels": [],
        "images": [
            {
                "name": name,
                "width": scene.rgb.shape[1],
                "height": scene.rgb.shape[0],
                "instances": [
                    instance_to_json(_instance(thing, f"{name}/{place}", as_bitmap=place % 2 == 0))
                    for place, thing in enumerate(scene.objects)
                ],
            }
            for name, scene in zip(names, scenes, strict=True)
        ],
    }


def _instance(thing: SceneObject, key: str, *, as_bitmap: bool) -> Instance:
    instance_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"maskwright-demo/{key}"))
    if as_bitmap and thing.class_name == BITMAP_CLASS:
        return Instance(instance_id, thing.class_name, rle=encode_mask(thing.mask))
    outlines = mask_to_polygons(thing.mask, tolerance_px=OUTLINE_TOLERANCE_PX)
    return Instance(instance_id, thing.class_name, polygons=tuple(outlines))

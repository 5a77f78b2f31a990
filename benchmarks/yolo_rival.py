r"""Ultralytics YOLO11n-seg from random weights: the other rival of worker.fit, at equal time on the same images.

    python -m pip install --no-deps --target data/benchmarks/ultralytics ultralytics ultralytics-thop polars \
        polars-runtime-32 matplotlib contourpy cycler fonttools kiwisolver pyparsing python-dateutil six packaging
    python -m benchmarks.yolo_rival --set fruits_nuts --minutes 5 --seed 0

It is installed for the benchmark alone, beside this project's torch. It trains with its own defaults, without
evaluations in between, and is judged by COCO's mask AP at the images' own size, as ours is. With --core, it takes one
core and goes by the processor's seconds, so that a busy machine can compare them.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import torch
from pycocotools.coco import COCO

from benchmarks import _coco_ap, _sets

MIN_SCORE = 0.001
BATCH = 4


def main() -> None:
    arguments = parse_arguments()
    sys.path.append(str(arguments.packages.resolve()))
    folder = _sets.open_set(arguments)
    if folder is None:
        return
    if arguments.core is not None:
        os.sched_setaffinity(0, {arguments.core})
    with tempfile.TemporaryDirectory() as work_dir, quiet_ultralytics(Path(work_dir)):
        try:
            import ultralytics  # noqa: F401
        except ImportError as error:
            print(f"skipped, Ultralytics is not installed in {arguments.packages} ({error}): see --help")
            return
        compare(arguments, folder, Path(work_dir))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    _sets.add_arguments(parser)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--core", type=int, help="train on this core alone and count its seconds, on a busy machine")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--packages", type=Path, default=_sets.GENERATED / "ultralytics", help="where it is installed")
    return parser.parse_args()


@contextmanager
def quiet_ultralytics(work_dir: Path) -> Iterator[None]:
    """Keep its settings here, and let it neither install nor report anything."""
    settings = {"CONFIG_DIR": str(work_dir), "AUTOINSTALL": "false", "OFFLINE": "true", "VERBOSE": "false"}
    threads = str(len(os.sched_getaffinity(0)))  # it would take one
    with patch.dict(os.environ, {f"YOLO_{name}": value for name, value in settings.items()}, OMP_NUM_THREADS=threads):
        torch.set_num_threads(int(threads))
        yield


def compare(arguments: argparse.Namespace, folder: Path, work_dir: Path) -> None:
    coco = _coco_ap.read_annotations(folder)
    validation_names = _sets.validation_names(folder)
    validation = [image for image in coco.imgs.values() if image["file_name"] in validation_names]
    data_file = write_yolo_set(coco, folder, validation_names, work_dir / "set")
    started_s = time.process_time() if arguments.core is not None else time.perf_counter()
    weights, epochs = train(arguments, data_file, work_dir)
    elapsed_s = (time.process_time() if arguments.core is not None else time.perf_counter()) - started_s
    predictions = predict(weights, folder, validation, coco, arguments.image_size)
    ap, ap50 = _coco_ap.mask_ap(coco, predictions, [image["id"] for image in validation])
    print(
        f"yolo11n-seg seed {arguments.seed} {arguments.image_size} px epochs {epochs} elapsed_s {elapsed_s:.0f} "
        f"ap {ap:.3f} ap50 {ap50:.3f}"
    )


def write_yolo_set(coco: COCO, folder: Path, validation_names: set[str], target: Path) -> Path:
    """Its own format: a text file for each image with a line `class x y x y …` for each object, from 0 to 1."""
    class_of = {category_id: index for index, category_id in enumerate(sorted(coco.cats))}
    for image in coco.imgs.values():
        part = "val" if image["file_name"] in validation_names else "train"
        link = target / "images" / part / image["file_name"]
        labels = target / "labels" / part / f"{Path(image['file_name']).stem}.txt"
        for path in (link, labels):
            path.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to((folder / "images" / image["file_name"]).resolve())
        lines = [
            " ".join(map(str, (class_of[annotation["category_id"]], *ring_of_unit_square(annotation, image))))
            for annotation in coco.imgToAnns[image["id"]]
        ]
        labels.write_text("\n".join(lines) + "\n")
    names = "".join(f"  {index}: {coco.cats[category_id]['name']}\n" for category_id, index in class_of.items())
    data_file = target / "data.yaml"
    data_file.write_text(f"path: {target}\ntrain: images/train\nval: images/val\nnames:\n{names}")
    return data_file


def ring_of_unit_square(annotation: dict[str, Any], image: dict[str, Any]) -> list[float]:
    """The longest ring; its format has one for each object."""
    ring = max(annotation["segmentation"], key=len)
    size = (image["width"], image["height"])
    return [round(value / size[index % 2], 6) for index, value in enumerate(ring)]


def train(arguments: argparse.Namespace, data_file: Path, work_dir: Path) -> tuple[Path, int]:
    """Train for the time; gives the averaged weights of the end, and the epochs that there was time for."""
    from ultralytics import YOLO
    from ultralytics.engine import trainer

    clock = SimpleNamespace(time=time.process_time, sleep=time.sleep) if arguments.core is not None else time
    with patch.object(trainer, "time", clock):
        model = YOLO("yolo11n-seg.yaml")
        model.train(
            data=str(data_file),
            imgsz=arguments.image_size,
            time=arguments.minutes / 60,
            batch=BATCH,
            seed=arguments.seed,
            device="cpu",
            workers=0,
            val=False,
            plots=False,
            verbose=False,
            pretrained=False,
            project=str(work_dir),
            name="run",
        )
    return Path(model.trainer.last), model.trainer.epoch + 1


def predict(
    weights: Path, folder: Path, images: list[dict[str, Any]], coco: COCO, image_size: int
) -> list[dict[str, Any]]:
    from ultralytics import YOLO

    model = YOLO(str(weights))
    category_ids = sorted(coco.cats)
    found = []
    for image in images:
        (result,) = model.predict(
            str(folder / "images" / image["file_name"]),
            imgsz=image_size,
            conf=MIN_SCORE,
            max_det=_coco_ap.MAX_PREDICTIONS,
            retina_masks=True,  # masks at the image's own size
            device="cpu",
            verbose=False,
        )
        if result.masks is None:
            continue
        columns = (result.masks.data.bool().numpy(), result.boxes.cls.int().tolist(), result.boxes.conf.tolist())
        found += [
            _coco_ap.prediction(image["id"], category_ids[class_index], score, mask)
            for mask, class_index, score in zip(*columns, strict=True)
        ]
    return found


if __name__ == "__main__":
    main()

"""A model that looks trained, for the pages that judge one: its predictions are the labels with mistakes, from a seed.

Run as a program in the environment of a server, because rows are written past its REST API:
`python -m tests.e2e.planted PROJECT_ID NAME SEED IMAGE_ID...` prints the model's id.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from app.db.engine import session_scope
from app.db.enums import CheckpointKind, Split
from app.db.models import Checkpoint, CurvePoint, Image
from app.masks.instance import Instance
from app.masks.prediction_table import ImagePredictions, PredictionTable, image_predictions
from app.masks.raster import instance_to_rle
from app.masks.rle import decode_rle, encode_mask
from app.training import repository
from app.training.freeze import to_instance
from app.training.stored_predictions import optimized_thresholds
from tests.e2e.conftest import Server
from tests.trained import store_trained_model

REPOSITORY = Path(__file__).parents[2]
SHIFT_PX = 5  # of a mask, at most: most keep an IoU above a half
MISSED_SHARE = 0.1
MISLABELED_SHARE = 0.1
IMAGINED_AN_IMAGE = 2
BLOB_PX = 26

Mask = NDArray[np.bool_]


def plant_model(server: Server, project_id: int, image_ids: Sequence[int], *, name: str, seed: int = 1) -> int:
    """Let the project have a ready model that predicted on these images, the last one for training; gives its id."""
    command = [sys.executable, "-m", "tests.e2e.planted", str(project_id), name, str(seed), *map(str, image_ids)]
    done = subprocess.run(command, capture_output=True, text=True, env=server.environment, cwd=REPOSITORY, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def _plant(project_id: int, name: str, seed: int, image_ids: list[int]) -> int:
    rng = np.random.default_rng(seed)
    with session_scope() as session:
        class_names = repository.list_class_names(session, project_id)
        images = [session.get_one(Image, image_id) for image_id in image_ids]
        rows = repository.list_instances(session, image_ids)
        predicted = [
            _predict(rng, image, [to_instance(row, image.height, image.width) for row in rows[image.id]], class_names)
            for image in images
        ]
    validation = PredictionTable(tuple(class_names), tuple(predicted[:-1]))
    training = PredictionTable(tuple(class_names), tuple(predicted[-1:]))
    model_id = store_trained_model(
        project_id,
        name=name,
        class_names=class_names,
        optimized=optimized_thresholds(validation),
        tables={Split.VALIDATION: validation, Split.TRAINING: training},
    )
    _draw_curve(rng, model_id)
    return model_id


def _draw_curve(rng: np.random.Generator, model_id: int) -> None:
    """A point for each checkpoint, the best one first."""
    with session_scope() as session:
        for checkpoint in session.scalars(select(Checkpoint).filter_by(model_id=model_id)):
            session.add(
                CurvePoint(
                    model_id=model_id,
                    step=checkpoint.step,
                    elapsed_s=checkpoint.elapsed_s,
                    train_loss=rng.uniform(1, 2),
                    validation_loss=rng.uniform(2, 3),
                    validation_accuracy=rng.uniform(0.3, 0.6),
                    mean_ap=checkpoint.mean_ap,
                    ap50=checkpoint.ap50,
                    learning_rate=0.01,
                    is_best=checkpoint.kind == CheckpointKind.BEST,
                )
            )


def _predict(
    rng: np.random.Generator, image: Image, instances: list[Instance], class_names: list[str]
) -> ImagePredictions:
    """Most objects a little beside their place, some as another label or not at all, and blobs that are not there."""
    truth = [instance_to_rle(one, image.height, image.width) for one in instances]
    truth_classes = [class_names.index(one.class_name) for one in instances]
    predicted: list[tuple[Mask, int, float]] = []
    for rle, true_class in zip(truth, truth_classes, strict=True):
        if rng.random() < MISSED_SHARE:
            continue
        mask = np.roll(decode_rle(rle), rng.integers(-SHIFT_PX, SHIFT_PX + 1, 2), axis=(0, 1))
        other = (true_class + 1) % len(class_names)
        predicted.append((mask, other if rng.random() < MISLABELED_SHARE else true_class, rng.beta(6, 2)))
    for _ in range(IMAGINED_AN_IMAGE):
        blob = _blob(rng, image.height, image.width)
        predicted.append((blob, int(rng.integers(len(class_names))), rng.beta(2, 4)))
    return image_predictions(
        image_id=image.id,
        height=image.height,
        width=image.width,
        predicted=[encode_mask(mask) for mask, _, _ in predicted],
        boxes_xyxy=[_box_xyxy(mask) for mask, _, _ in predicted],
        scores=[score for _, _, score in predicted],
        prediction_classes=[predicted_class for _, predicted_class, _ in predicted],
        truth=truth,
        truth_ids=[one.instance_id for one in instances],
        truth_classes=truth_classes,
        truth_is_crowd=[one.crowd for one in instances],
    )


def _blob(rng: np.random.Generator, height: int, width: int) -> Mask:
    y, x = np.ogrid[:height, :width]
    center_y, center_x = rng.integers(BLOB_PX, height - BLOB_PX), rng.integers(BLOB_PX, width - BLOB_PX)
    disc: Mask = (y - center_y) ** 2 + (x - center_x) ** 2 < BLOB_PX**2
    return disc


def _box_xyxy(mask: Mask) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


if __name__ == "__main__":
    project, model_name, seed_text, *ids = sys.argv[1:]
    sys.stdout.write(str(_plant(int(project), model_name, int(seed_text), [int(one) for one in ids])))

"""Labels with planted errors, and a detector with noise of its own that looks at the true scene."""

from dataclasses import dataclass, field

import numpy as np

from app.db.models import Checkpoint, Model
from app.masks.prediction_table import ImagePredictions, PredictionTable, image_predictions
from app.masks.rle import encode_mask
from app.statistics.loading import Choice, Loaded
from app.statistics.tables import JoinedTable

CLASS_NAMES = ("fig", "nut", "date")
CELL_PX, CELLS = 24, 6  # an image is a square of cells, each with an object or without
OBJECTS_PER_IMAGE = 14
# The detector's own errors. As in Mask R-CNN, whose scores over labels add up to one, what it calls a fig with 0.7 it
# may call a nut with up to 0.3; and most of what it misses it sees faintly.
MISSED, BLIND, CONFUSED, IMAGINED_PER_IMAGE = 0.05, 0.005, 0.02, 1.0


@dataclass(frozen=True, slots=True)
class Thing:
    cell: int
    class_index: int


@dataclass
class PlantedSet:
    """Images, and which errors were planted: instance ids of wrong labels, image and cell of removed ones."""

    images: list[ImagePredictions] = field(default_factory=list)
    label_count: int = 0
    wrong_ids: set[str] = field(default_factory=set)
    removed: set[tuple[int, int]] = field(default_factory=set)

    def loaded(self, *, score_threshold: float = 0.5) -> Loaded:
        joined = JoinedTable("planted", PredictionTable(CLASS_NAMES, tuple(self.images)))
        thresholds = dict.fromkeys(CLASS_NAMES, score_threshold)
        return Loaded(Choice(1), Model(name="m"), Checkpoint(), joined, thresholds, is_preview=False)


def plant(*, image_count: int, error_share: float, seed: int) -> PlantedSet:
    """Label scenes with a share of errors: an object left out, given another label, or outlined where nothing is."""
    rng = np.random.default_rng(seed)
    planted = PlantedSet()
    for image_id in range(1, image_count + 1):
        cells = rng.permutation(CELLS * CELLS)
        things = [Thing(int(cell), int(rng.integers(3))) for cell in cells[:OBJECTS_PER_IMAGE]]
        free = cells[OBJECTS_PER_IMAGE:].tolist()
        planted.label_count += len(things)
        labels: list[tuple[str, Thing]] = []
        for thing in things:
            instance_id = f"{image_id:08}-0000-0000-0000-{thing.cell:012}"
            if rng.random() >= error_share:
                labels.append((instance_id, thing))
                continue
            match int(rng.integers(3)):
                case 0:
                    planted.removed.add((image_id, thing.cell))
                case 1:
                    planted.wrong_ids.add(instance_id)
                    labels.append((instance_id, Thing(thing.cell, (thing.class_index + 1) % 3)))
                case _:
                    labels.append((instance_id, thing))
                    nowhere = Thing(free.pop(), int(rng.integers(3)))
                    wrong_id = f"{image_id:08}-0000-0000-0000-{nowhere.cell:012}"
                    planted.wrong_ids.add(wrong_id)
                    labels.append((wrong_id, nowhere))
        planted.images.append(_image(image_id, things, free, labels, rng))
    return planted


def _image(
    image_id: int, things: list[Thing], free: list[int], labels: list[tuple[str, Thing]], rng: np.random.Generator
) -> ImagePredictions:
    seen: list[tuple[Thing, float]] = []
    for thing in things:
        luck = rng.random()
        if luck < BLIND:
            continue
        if luck < MISSED:
            seen.append((thing, rng.beta(1.2, 6)))
            continue
        score = rng.beta(8, 1.2)
        other = Thing(thing.cell, (thing.class_index + 1) % 3)
        if rng.random() < CONFUSED:
            score, thing, other = rng.beta(3, 2), other, thing
        seen += [(thing, score), (other, (1 - score) * rng.random())]
    for _ in range(min(rng.poisson(IMAGINED_PER_IMAGE), len(free))):
        seen.append((Thing(int(rng.choice(free)), int(rng.integers(3))), rng.beta(1.5, 4)))
    shapes = [_square(thing.cell, rng) for thing, _ in seen]
    return image_predictions(
        image_id=image_id,
        height=CELL_PX * CELLS,
        width=CELL_PX * CELLS,
        predicted=[encode_mask(mask) for mask, _ in shapes],
        boxes_xyxy=[box for _, box in shapes],
        scores=[score for _, score in seen],
        prediction_classes=[thing.class_index for thing, _ in seen],
        truth=[encode_mask(_square(thing.cell, rng)[0]) for _, thing in labels],
        truth_ids=[instance_id for instance_id, _ in labels],
        truth_classes=[thing.class_index for _, thing in labels],
        truth_is_crowd=[False] * len(labels),
    )


def _square(cell: int, rng: np.random.Generator) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """About the same square each time it is outlined or predicted."""
    row, column = divmod(cell, CELLS)
    left, top = column * CELL_PX + int(rng.integers(2, 5)), row * CELL_PX + int(rng.integers(2, 5))
    side = int(rng.integers(15, 18))
    mask = np.zeros((CELL_PX * CELLS, CELL_PX * CELLS), dtype=bool)
    mask[top : top + side, left : left + side] = True
    return mask, (left, top, left + side, top + side)

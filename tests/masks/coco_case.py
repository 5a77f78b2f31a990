"""Random small evaluations, and what COCOeval makes of them."""

import contextlib
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from app.masks import rle as mask_rle
from app.masks.instance import Rle
from app.masks.matching import ImageOverlaps, MatchTable, find_overlaps

HEIGHT = WIDTH = 8


@dataclass(frozen=True)
class Found:
    class_index: int
    score: float
    rle: Rle


@dataclass(frozen=True)
class TrueObject:
    class_index: int
    crowd: bool
    rle: Rle


@dataclass(frozen=True)
class Case:
    """Images, each with predictions and true objects; no image and no class need have any."""

    class_count: int
    images: tuple[tuple[tuple[Found, ...], tuple[TrueObject, ...]], ...]

    def table(self) -> MatchTable:
        return MatchTable.from_images([overlaps(*image) for image in self.images], class_count=self.class_count)


def overlaps(predictions: tuple[Found, ...], truth: tuple[TrueObject, ...]) -> ImageOverlaps:
    return find_overlaps(
        [found.rle for found in predictions],
        [found.score for found in predictions],
        [found.class_index for found in predictions],
        [true.rle for true in truth],
        [true.class_index for true in truth],
        [true.crowd for true in truth],
    )


def block(left: int, top: int, width: int, height: int) -> Rle:
    """A box as a mask, cut at the border."""
    mask = np.zeros((HEIGHT, WIDTH), dtype=bool)
    mask[top : top + height, left : left + width] = True
    return mask_rle.encode_mask(mask)


# Few places and sizes, and few scores: equal overlaps, equal scores and exact thresholds are frequent.
blocks = st.builds(block, st.integers(0, 5), st.integers(0, 5), st.integers(1, 4), st.integers(1, 4))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    class_count = draw(st.integers(1, 3))
    classes = st.integers(0, class_count - 1)
    found = st.builds(Found, classes, st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9]), blocks)
    true = st.builds(TrueObject, classes, st.sampled_from([False, False, True]), blocks)
    image = st.tuples(st.lists(found, max_size=8).map(tuple), st.lists(true, max_size=5).map(tuple))
    return Case(class_count, tuple(draw(st.lists(image, min_size=1, max_size=4))))


def coco_eval(case: Case, *, iou_threshold: float | None = None, max_predictions: int = 100) -> COCOeval:
    """Run COCOeval; ids count from 1 in the order of the case."""
    true_objects = [
        {"image_id": image_id, "category_id": true.class_index + 1, "iscrowd": int(true.crowd), **_shape(true.rle)}
        for image_id, (_, truth) in enumerate(case.images, start=1)
        for true in truth
    ]
    predictions = [
        {"image_id": image_id, "category_id": found.class_index + 1, "score": found.score, **_shape(found.rle)}
        for image_id, (found_objects, _) in enumerate(case.images, start=1)
        for found in found_objects
    ]
    dataset = {
        "info": {},
        "images": [{"id": k + 1, "height": HEIGHT, "width": WIDTH} for k in range(len(case.images))],
        "categories": [{"id": k + 1, "name": str(k)} for k in range(case.class_count)],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        truth = _coco({**dataset, "annotations": true_objects})
        evaluation = COCOeval(truth, _coco({**dataset, "annotations": predictions}), "segm")
        evaluation.params.maxDets = [1, 10, max_predictions]
        if iou_threshold is not None:
            evaluation.params.iouThrs = np.array([iou_threshold])
        evaluation.evaluate()
        evaluation.accumulate()
    return evaluation


def _coco(dataset: dict[str, Any]) -> COCO:
    for annotation_id, annotation in enumerate(dataset["annotations"], start=1):
        annotation["id"] = annotation_id
    coco = COCO()
    coco.dataset = dataset
    coco.createIndex()
    return coco


def _shape(rle: Rle) -> dict[str, Any]:
    return {
        "segmentation": mask_rle.coco_dict(rle),
        "area": mask_rle.area(rle),
        "bbox": list(mask_rle.box_xywh(rle)),
    }

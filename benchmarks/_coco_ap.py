"""COCO's mask AP by pycocotools, for the rivals: the same figures as worker.evaluate and the statistics give."""

from collections.abc import Iterable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

MAX_PREDICTIONS = 1000  # of an image, as in the contract; COCO's 100 are fewer than the objects in a crowded one


def read_annotations(folder: Path) -> COCO:
    with redirect_stdout(StringIO()):
        return COCO(str(folder / "instances.json"))


def prediction(image_id: int, category_id: int, score: float, mask: NDArray[np.bool_]) -> dict[str, Any]:
    """One entry of COCO's results; `mask` is (H, W), of the original image."""
    rle = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {"image_id": image_id, "category_id": category_id, "score": score, "segmentation": rle}


def mask_ap(coco: COCO, predictions: list[dict[str, Any]], image_ids: Iterable[int]) -> tuple[float, float]:
    """AP .50:.95 and AP50, means over the labels that these images have."""
    if not predictions:
        return 0.0, 0.0
    with redirect_stdout(StringIO()):
        evaluation = COCOeval(coco, coco.loadRes(predictions), "segm")
        evaluation.params.imgIds = list(image_ids)
        evaluation.params.maxDets = [1, 10, MAX_PREDICTIONS]
        evaluation.evaluate()
        evaluation.accumulate()
    # (IoU thresholds, recalls, labels, areas, numbers of predictions); -1 where a label has no object.
    precision = evaluation.eval["precision"][:, :, :, 0, 2]
    return tuple(float(part[part > -1].mean()) for part in (precision, precision[0]))

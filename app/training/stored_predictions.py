"""What a model predicts on the images of its snapshot, as it is stored: at the end of a training and for each speed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.inference.predictor import Predictor
from app.masks.average_precision import best_f1_thresholds
from app.masks.matching import match_predictions
from app.masks.prediction_table import ImagePredictions, PredictionTable, image_predictions
from app.masks.raster import instance_to_rle
from app.training.snapshot import SnapshotImage

THRESHOLD_IOU = 0.5  # contract.md, Thresholds: whatever IoU threshold is asked for later


def predict_image(
    predictor: Predictor, image: SnapshotImage, class_names: Sequence[str], rgb: NDArray[np.uint8]
) -> ImagePredictions:
    """Every prediction on an image, low scores too, and its ground truth."""
    index_of = {name: index for index, name in enumerate(class_names)}
    height, width = image.height, image.width
    rles, boxes, scores, classes = [], [], [], []
    for prediction in predictor.predict_all(rgb):
        rles.append(prediction.rle(height, width))
        boxes.append(prediction.box_xyxy)
        scores.append(prediction.score)
        classes.append(index_of[prediction.class_name])
    return image_predictions(
        image_id=image.image_id,
        height=height,
        width=width,
        predicted=rles,
        boxes_xyxy=boxes,
        scores=scores,
        prediction_classes=classes,
        truth=[instance_to_rle(instance, height, width) for instance in image.instances],
        truth_ids=[instance.instance_id for instance in image.instances],
        truth_classes=[index_of[instance.class_name] for instance in image.instances],
        truth_is_crowd=[instance.crowd for instance in image.instances],
    )


def optimized_thresholds(validation: PredictionTable) -> dict[str, float]:
    """Each label's threshold of the best F1; labels that validation says nothing about have none."""
    table = validation.match_table()
    best = best_f1_thresholds(table, match_predictions(table, THRESHOLD_IOU))
    return {name: value for name, value in zip(validation.class_names, best, strict=True) if value is not None}

"""COCO's twelve summary numbers from overlaps that are there already: AP and AR, over sizes of objects too.

The rules are evaluateImg's and summarize's in
https://github.com/cocodataset/cocoapi/blob/master/PythonAPI/pycocotools/cocoeval.py
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.masks.average_precision import (
    IOU_THRESHOLDS,
    MAX_PREDICTIONS,
    average_precision_at,
    mean_over_classes,
)
from app.masks.matching import Matches, MatchTable, match_predictions

SIZES = ((0.0, 32.0**2), (32.0**2, 96.0**2), (96.0**2, 1e10))  # px: small, medium, large; both ends belong to each
_AT_50, _AT_75 = 0, 5  # of IOU_THRESHOLDS


@dataclass(frozen=True, slots=True)
class CocoSummary:
    """What COCOeval prints, in its order; None where no true object is of that size."""

    ap: float | None
    ap50: float | None
    ap75: float | None
    ap_small: float | None
    ap_medium: float | None
    ap_large: float | None
    ar_1: float | None
    ar_10: float | None
    ar_100: float | None
    ar_small: float | None
    ar_medium: float | None
    ar_large: float | None


def coco_summary(
    table: MatchTable,
    *,
    truth_areas: NDArray[np.float64],
    prediction_areas: NDArray[np.float64],
    sizes: Sequence[tuple[float, float]] = SIZES,
) -> CocoSummary:
    """Compute the twelve numbers.

    Args:
        table: Predictions, true objects and their overlaps, images by ascending id.
        truth_areas: (T,) pixels.
        prediction_areas: (P,) pixels.
        sizes: Areas from and to, of small, medium and large.
    """
    of_all = _match(table, np.ones(len(truth_areas), np.bool_), np.ones(len(prediction_areas), np.bool_))
    small, medium, large = (
        _match(table, _is_within(truth_areas, size), _is_within(prediction_areas, size)) for size in sizes
    )
    ap = of_all.average_precision()
    return CocoSummary(
        ap=mean_over_classes(ap.mean(axis=0)),
        ap50=mean_over_classes(ap[_AT_50]),
        ap75=mean_over_classes(ap[_AT_75]),
        ap_small=mean_over_classes(small.average_precision().mean(axis=0)),
        ap_medium=mean_over_classes(medium.average_precision().mean(axis=0)),
        ap_large=mean_over_classes(large.average_precision().mean(axis=0)),
        ar_1=of_all.average_recall(1),
        ar_10=of_all.average_recall(10),
        ar_100=of_all.average_recall(MAX_PREDICTIONS),
        ar_small=small.average_recall(MAX_PREDICTIONS),
        ar_medium=medium.average_recall(MAX_PREDICTIONS),
        ar_large=large.average_recall(MAX_PREDICTIONS),
    )


@dataclass(frozen=True, slots=True)
class _Matched:
    """The true objects of one range of sizes, and what was found of them at each of COCO's IoU thresholds."""

    table: MatchTable
    at_thresholds: list[Matches]

    def average_precision(self) -> NDArray[np.float64]:
        """(thresholds, K)."""
        return np.array([average_precision_at(self.table, matches) for matches in self.at_thresholds])

    def average_recall(self, max_predictions: int) -> float | None:
        """The share of objects that the best predictions of each image and class find, over classes and thresholds."""
        counted = self.table.rank < max_predictions
        classes, class_count = self.table.prediction_classes, self.table.class_count
        found = [
            np.bincount(classes[matches.correct & counted], minlength=class_count) for matches in self.at_thresholds
        ]
        counts = np.where(self.table.truth_counts, self.table.truth_counts.astype(np.float64), np.nan)
        return mean_over_classes(np.mean(found, axis=0) / counts)


def _match(table: MatchTable, truth_counts: NDArray[np.bool_], prediction_counts: NDArray[np.bool_]) -> _Matched:
    """Match where only some true objects count: the others may be found, but neither help nor harm.

    A prediction takes one of them only where none that counts is left, and one that finds nothing is wrong only if it
    counts itself.
    """
    is_left_out = ~truth_counts | table.truth_is_crowd
    order = np.lexsort((-table.pair_truth, -table.pair_iou, is_left_out[table.pair_truth], table.pair_prediction))
    counting = table.truth_classes[~is_left_out]
    reordered = replace(
        table,
        pair_prediction=table.pair_prediction[order],
        pair_truth=table.pair_truth[order],
        pair_iou=table.pair_iou[order],
        truth_counts=np.bincount(counting, minlength=table.class_count),
    )
    at_thresholds = []
    for threshold in IOU_THRESHOLDS.tolist():
        found = match_predictions(reordered, threshold)
        ignored = np.where(found.truth >= 0, np.append(is_left_out, False)[found.truth], ~prediction_counts)
        at_thresholds.append(Matches(found.truth, found.iou, ignored))
    return _Matched(reordered, at_thresholds)


def _is_within(areas: NDArray[np.float64], size: tuple[float, float]) -> NDArray[np.bool_]:
    least, most = size
    within: NDArray[np.bool_] = (areas >= least) & (areas <= most)
    return within

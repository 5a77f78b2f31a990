"""What matches are worth: COCO's average precision, counts at score thresholds, the threshold of the best F1.

What is not defined (no true object of a class, no prediction kept) is NaN in arrays and None alone, never 0.

The AP rule is accumulate's in
https://github.com/cocodataset/cocoapi/blob/master/PythonAPI/pycocotools/cocoeval.py
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.masks.matching import Matches, MatchTable, match_predictions

IOU_THRESHOLDS = np.linspace(0.5, 0.95, 10)  # COCOeval's, to the last bit
RECALL_POINTS = np.linspace(0.0, 1.0, 101)
MAX_PREDICTIONS = 100  # best of each image and class; what COCOeval counts


@dataclass(frozen=True, slots=True)
class AveragePrecision:
    """COCO's figures over classes; a class without true objects has NaN and counts in no mean."""

    ap: NDArray[np.float64]  # (K,) mean over IoU .50:.95
    ap50: NDArray[np.float64]  # (K,)
    mean_ap: float | None
    mean_ap50: float | None


@dataclass(frozen=True, slots=True)
class MatchCounts:
    """Correct, wrong and missing, for each of K classes; crowds and predictions on them count nowhere."""

    true_positives: NDArray[np.int64]  # (K,)
    false_positives: NDArray[np.int64]  # (K,)
    false_negatives: NDArray[np.int64]  # (K,)


@dataclass(frozen=True, slots=True)
class MatchFigures:
    """Rates of counts, 0 to 1; None where the denominator is 0."""

    precision: float | None
    recall: float | None
    f1: float | None
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class ScoreSweep:
    """Counts over the score threshold: what is kept at each distinct score, highest first."""

    score: NDArray[np.float64]  # (S,)
    true_positives: NDArray[np.int64]  # (S,)
    false_positives: NDArray[np.int64]  # (S,)


def coco_matches(table: MatchTable) -> tuple[Matches, ...]:
    """Match at each of COCO's IoU thresholds."""
    return tuple(match_predictions(table, threshold) for threshold in IOU_THRESHOLDS.tolist())


def average_precision(table: MatchTable, matches: Sequence[Matches] | None = None) -> AveragePrecision:
    """Compute COCO's AP .50:.95 and AP at .50, by class and over classes; `matches` are coco_matches, if known."""
    counted = _counted_by_class(table)
    at_thresholds = np.array([_ap_of(table, one, counted) for one in matches or coco_matches(table)])
    ap, ap50 = at_thresholds.mean(axis=0), at_thresholds[0]
    return AveragePrecision(ap, ap50, mean_over_classes(ap), mean_over_classes(ap50))


def average_precision_at(table: MatchTable, matches: Matches) -> NDArray[np.float64]:
    """Compute each class's AP at the IoU threshold of the matches, over 101 recall points.

    Only the MAX_PREDICTIONS best of an image and class count.

    Returns:
        (K,), NaN for a class without true objects.
    """
    return _ap_of(table, matches, _counted_by_class(table))


def mean_over_classes(values: NDArray[np.float64]) -> float | None:
    """Average over the classes that have a value; None where none has."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if defined.size else None


def counts_at(table: MatchTable, matches: Matches, score_thresholds: NDArray[np.float64]) -> MatchCounts:
    """Count over all images, keeping predictions at or above their class's score threshold, (K,); nothing is cut."""
    kept = table.scores >= score_thresholds[table.prediction_classes]
    true_positives = _count_by_class(table, kept & matches.correct)
    false_positives = _count_by_class(table, kept & ~matches.correct & ~matches.ignored)
    return MatchCounts(true_positives, false_positives, table.truth_counts - true_positives)


def match_figures(true_positives: int, false_positives: int, false_negatives: int) -> MatchFigures:
    """Compute precision, recall, F1 and accuracy, TP / (TP + FP + FN), of one class's counts or of sums."""
    wrong = false_positives + false_negatives
    return MatchFigures(
        precision=_ratio(true_positives, true_positives + false_positives),
        recall=_ratio(true_positives, true_positives + false_negatives),
        f1=_ratio(2 * true_positives, 2 * true_positives + wrong),
        accuracy=_ratio(true_positives, true_positives + wrong),
    )


def sweep_scores(scores: NDArray[np.float64], correct: NDArray[np.bool_]) -> ScoreSweep:
    """Count what every possible score threshold keeps; equal scores come together."""
    order = np.argsort(-scores, kind="stable")
    return sweep_sorted(scores[order], correct[order])


def sweep_sorted(scores: NDArray[np.float64], correct: NDArray[np.bool_]) -> ScoreSweep:
    """sweep_scores of predictions that come best score first."""
    is_last = np.append(scores[1:] != scores[:-1], True)[: len(scores)]
    kept = np.flatnonzero(is_last) + 1
    true_positives = np.cumsum(correct)[is_last]
    return ScoreSweep(scores[is_last], true_positives, kept - true_positives)


def best_f1_threshold(scores: NDArray[np.float64], correct: NDArray[np.bool_], truth_count: int) -> float | None:
    """Find the score threshold with the highest F1: the score of a prediction, never rounded, the higher at a tie.

    Args:
        scores: Predictions of one class, those on crowds left out.
        correct: Whether each found a true object.
        truth_count: True objects of the class.
    Returns:
        The threshold; None where there is no prediction, or no true object and so no recall.
    """
    if not len(scores) or not truth_count:
        return None
    sweep = sweep_scores(scores, correct)
    f1 = 2 * sweep.true_positives / (sweep.true_positives + sweep.false_positives + truth_count)
    return float(sweep.score[np.argmax(f1)])


def best_f1_thresholds(table: MatchTable, matches: Matches) -> list[float | None]:
    """Find each class's best_f1_threshold at the IoU threshold of the matches."""
    judged = ~matches.ignored
    thresholds = []
    for class_index, truth_count in enumerate(table.truth_counts.tolist()):
        own = judged & (table.prediction_classes == class_index)
        thresholds.append(best_f1_threshold(table.scores[own], matches.correct[own], truth_count))
    return thresholds


def _counted_by_class(table: MatchTable) -> NDArray[np.int64]:
    """The predictions that AP counts, class by class, each one's best score first."""
    counted = table.by_score[table.rank[table.by_score] < MAX_PREDICTIONS]
    return counted[np.argsort(table.prediction_classes[counted], kind="stable")]


def _ap_of(table: MatchTable, matches: Matches, counted: NDArray[np.int64]) -> NDArray[np.float64]:
    ends = np.cumsum(np.bincount(table.prediction_classes[counted], minlength=table.class_count))
    correct, ignored = matches.correct[counted], matches.ignored[counted]
    ap = np.full(table.class_count, np.nan)
    for class_index in np.flatnonzero(table.truth_counts).tolist():
        own = slice(ends[class_index - 1] if class_index else 0, ends[class_index])
        ap[class_index] = _area_under_curve(correct[own], ignored[own], int(table.truth_counts[class_index]))
    return ap


def _area_under_curve(correct: NDArray[np.bool_], ignored: NDArray[np.bool_], truth_count: int) -> float:
    """Average the best precision at or beyond each recall point; predictions come best score first."""
    if not correct.size:
        return 0.0
    true_positives = np.cumsum(correct, dtype=np.float64)
    false_positives = np.cumsum(~correct & ~ignored, dtype=np.float64)
    recall = true_positives / truth_count
    precision = true_positives / (false_positives + true_positives + np.spacing(1))
    envelope = np.append(np.maximum.accumulate(precision[::-1])[::-1], 0.0)  # 0 beyond the last recall reached
    return float(envelope[np.searchsorted(recall, RECALL_POINTS, side="left")].mean())


def _count_by_class(table: MatchTable, which: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.bincount(table.prediction_classes[which], minlength=table.class_count)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None

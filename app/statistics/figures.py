"""From matched predictions to the figures and curves of the statistics page: pure computation on columns."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from app.masks.average_precision import (
    MatchCounts,
    MatchFigures,
    ScoreSweep,
    counts_at,
    match_figures,
    mean_over_classes,
)
from app.masks.matching import MatchTable
from app.statistics.schemas import GlobalStatistics, LabelStatistics, PrecisionRecallCurve
from app.statistics.tables import Evaluation, JoinedTable

CURVE_POINTS = 1000  # a screen has no more; 30,000 points of eleven curves would take longer to send than to compute
SLIDER_SCORES = np.arange(1001) / 1000  # where the page's sliders stop: figures there come of the curve, and exactly

NO_TRUTH = "no object of this label was outlined in this set"
NO_TRUTH_AT_ALL = "no object was outlined in this set"
NOTHING_KEPT = "nothing was predicted with a score at or above its threshold"
NOTHING_AT_ALL = "there is neither a prediction nor an outlined object"


def global_statistics(
    joined: JoinedTable, evaluation: Evaluation, score_thresholds: NDArray[np.float64]
) -> GlobalStatistics:
    """Figures of counts summed over labels, and the means of AP over labels."""
    counts = counts_at(joined.table, evaluation.matches, score_thresholds)
    sums = [int(column.sum()) for column in (counts.true_positives, counts.false_positives, counts.false_negatives)]
    figures = match_figures(*sums)
    reasons = _reasons(figures, no_truth=NO_TRUTH_AT_ALL)
    if joined.precision.mean_ap is None:
        reasons |= dict.fromkeys(("map", "ap50", "map_at_iou"), NO_TRUTH_AT_ALL)
    return GlobalStatistics(
        **_counted(*sums),
        **figure_values(figures),
        reasons=reasons,
        map=joined.precision.mean_ap,
        ap50=joined.precision.mean_ap50,
        map_at_iou=mean_over_classes(evaluation.ap),
    )


def label_statistics(
    joined: JoinedTable,
    evaluation: Evaluation,
    score_thresholds: NDArray[np.float64],
    optimized: Mapping[str, float],
) -> list[LabelStatistics]:
    """Figures of each label at its own threshold."""
    counts = counts_at(joined.table, evaluation.matches, score_thresholds)
    image_counts = _images_with(joined.table)
    rows = []
    for index, name in enumerate(joined.class_names):
        numbers = _counts_of(counts, index)
        figures = match_figures(*numbers)
        has_truth = bool(joined.table.truth_counts[index])
        reasons = _reasons(figures, no_truth=NO_TRUTH)
        rows.append(
            LabelStatistics(
                label=name,
                count=int(joined.table.truth_counts[index]),
                images=int(image_counts[index]),
                threshold=float(score_thresholds[index]),
                optimized_threshold=optimized.get(name),
                **_counted(*numbers),
                **figure_values(figures),
                ap=float(joined.precision.ap[index]) if has_truth else None,
                ap_at_iou=float(evaluation.ap[index]) if has_truth else None,
                reasons=reasons if has_truth else reasons | dict.fromkeys(("ap", "ap_at_iou"), NO_TRUTH),
            )
        )
    return rows


def precision_recall_curves(
    evaluation: Evaluation, class_names: Sequence[str], score_thresholds: NDArray[np.float64]
) -> dict[str, PrecisionRecallCurve]:
    """Precision and recall at each possible score threshold, by label; one without true objects has no curve."""
    counts = evaluation.table.truth_counts.tolist()
    rows = zip(class_names, evaluation.sweeps, counts, score_thresholds.tolist(), strict=True)
    return {name: _curve(sweep, count, threshold) for name, sweep, count, threshold in rows if sweep is not None}


def global_curve(evaluation: Evaluation) -> PrecisionRecallCurve | None:
    """The same of all labels together, with one threshold for all."""
    sweep = evaluation.global_sweep
    return None if sweep is None else _curve(sweep, int(evaluation.table.truth_counts.sum()), None)


def figure_values(figures: MatchFigures) -> dict[str, float | None]:
    return {
        "accuracy": figures.accuracy,
        "precision": figures.precision,
        "recall": figures.recall,
        "f1": figures.f1,
    }


def _curve(sweep: ScoreSweep, truth_count: int, threshold: float | None) -> PrecisionRecallCurve:
    kept = sweep.true_positives + sweep.false_positives
    precision, recall = sweep.true_positives / kept, sweep.true_positives / truth_count
    shown = _shown_points(sweep, precision, recall, truth_count, threshold)
    return PrecisionRecallCurve(
        score=sweep.score[shown].tolist(),
        precision=precision[shown].tolist(),
        recall=recall[shown].tolist(),
        true_positives=sweep.true_positives[shown].tolist(),
        false_positives=sweep.false_positives[shown].tolist(),
        truth_count=truth_count,
    )


def _shown_points(
    sweep: ScoreSweep,
    precision: NDArray[np.float64],
    recall: NDArray[np.float64],
    truth_count: int,
    threshold: float | None,
) -> NDArray[np.intp]:
    """All points, or so many that lie evenly along the drawn curve, with those that exact figures are asked of."""
    count = len(sweep.score)
    if count <= CURVE_POINTS:
        return np.arange(count)
    way = np.append(0.0, np.cumsum(np.abs(np.diff(precision)) + np.diff(recall)))
    f1 = sweep.true_positives / (sweep.true_positives + sweep.false_positives + truth_count)
    exact = SLIDER_SCORES if threshold is None else np.append(SLIDER_SCORES, threshold)
    # The last point at or above a threshold is what it keeps; before the first, nothing is kept.
    kept = np.maximum(0, np.searchsorted(-sweep.score, -exact, side="right") - 1)
    along = np.searchsorted(way, np.linspace(0, way[-1], CURVE_POINTS // 2))
    return np.unique(np.concatenate((kept, along, [int(np.argmax(f1)), count - 1])))


def _images_with(table: MatchTable) -> NDArray[np.int64]:
    """How many images have an object of each class, (K,)."""
    real = ~table.truth_is_crowd
    pairs = np.unique(table.truth_images[real] * table.class_count + table.truth_classes[real])
    return (
        np.bincount(pairs % table.class_count, minlength=table.class_count)
        if pairs.size
        else np.zeros(table.class_count, dtype=np.int64)
    )


def _counts_of(counts: MatchCounts, index: int) -> tuple[int, int, int]:
    return (
        int(counts.true_positives[index]),
        int(counts.false_positives[index]),
        int(counts.false_negatives[index]),
    )


def _counted(true_positives: int, false_positives: int, false_negatives: int) -> dict[str, int]:
    return {
        "true_positives": true_positives,
        "false_positives": false_positives,
        "false_negatives": false_negatives,
    }


def _reasons(figures: MatchFigures, *, no_truth: str) -> dict[str, str]:
    reasons = {"accuracy": NOTHING_AT_ALL, "precision": NOTHING_KEPT, "recall": no_truth, "f1": NOTHING_AT_ALL}
    return {name: reason for name, reason in reasons.items() if figure_values(figures)[name] is None}

"""From stored predictions to the figures of the statistics page: pure computation on columns."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from app.masks.average_precision import (
    MatchFigures,
    average_precision,
    average_precision_at,
    counts_at,
    match_figures,
    mean_over_classes,
    sweep_scores,
)
from app.masks.matching import Matches, MatchTable, match_predictions
from app.masks.prediction_table import PredictionTable
from app.statistics.schemas import GlobalStatistics, LabelStatistics, PrecisionRecallCurve

NO_TRUTH = "no object of this label was outlined in this set"
NO_TRUTH_AT_ALL = "no object was outlined in this set"
NOTHING_KEPT = "nothing was predicted with a score at or above its threshold"
NOTHING_AT_ALL = "there is neither a prediction nor an outlined object"


def global_statistics(table: MatchTable, matches: Matches, score_thresholds: NDArray[np.float64]) -> GlobalStatistics:
    """Figures of counts summed over labels, and the means of AP over labels."""
    counts = counts_at(table, matches, score_thresholds)
    figures = match_figures(
        int(counts.true_positives.sum()), int(counts.false_positives.sum()), int(counts.false_negatives.sum())
    )
    precision = average_precision(table)
    at_iou = mean_over_classes(average_precision_at(table, matches))
    reasons = _reasons(figures, no_truth=NO_TRUTH_AT_ALL)
    if precision.mean_ap is None:
        reasons |= dict.fromkeys(("map", "ap50", "map_at_iou"), NO_TRUTH_AT_ALL)
    return GlobalStatistics(
        **_values(figures), reasons=reasons, map=precision.mean_ap, ap50=precision.mean_ap50, map_at_iou=at_iou
    )


def label_statistics(
    table: MatchTable, matches: Matches, class_names: Sequence[str], score_thresholds: NDArray[np.float64]
) -> list[LabelStatistics]:
    """Figures of each label at its own threshold."""
    counts = counts_at(table, matches, score_thresholds)
    ap = average_precision_at(table, matches)
    rows = []
    for index, name in enumerate(class_names):
        figures = match_figures(
            int(counts.true_positives[index]), int(counts.false_positives[index]), int(counts.false_negatives[index])
        )
        is_defined = not np.isnan(ap[index])
        reasons = _reasons(figures, no_truth=NO_TRUTH)
        rows.append(
            LabelStatistics(
                label=name,
                count=int(table.truth_counts[index]),
                threshold=float(score_thresholds[index]),
                **_values(figures),
                ap_at_iou=float(ap[index]) if is_defined else None,
                reasons=reasons if is_defined else reasons | {"ap_at_iou": NO_TRUTH},
            )
        )
    return rows


def precision_recall_curves(
    table: MatchTable, matches: Matches, class_names: Sequence[str]
) -> dict[str, PrecisionRecallCurve]:
    """Precision and recall at each possible score threshold, by label; one without true objects has no curve."""
    curves = {}
    for index, name in enumerate(class_names):
        truth_count = int(table.truth_counts[index])
        own = (table.prediction_classes == index) & ~matches.ignored
        if not truth_count or not own.any():
            continue
        sweep = sweep_scores(table.scores[own], matches.correct[own])
        kept = sweep.true_positives + sweep.false_positives
        curves[name] = PrecisionRecallCurve(
            score=sweep.score.tolist(),
            precision=(sweep.true_positives / kept).tolist(),
            recall=(sweep.true_positives / truth_count).tolist(),
        )
    return curves


def threshold_array(class_names: Sequence[str], values: Mapping[str, float]) -> NDArray[np.float64]:
    return np.array([values[name] for name in class_names], dtype=np.float64)


def matches_of(table: PredictionTable, iou_threshold: float) -> tuple[MatchTable, Matches]:
    """Join a table's images and match them."""
    joined = table.match_table()
    return joined, match_predictions(joined, iou_threshold)


def _values(figures: MatchFigures) -> dict[str, float | None]:
    return {
        "accuracy": figures.accuracy,
        "precision": figures.precision,
        "recall": figures.recall,
        "f1": figures.f1,
    }


def _reasons(figures: MatchFigures, *, no_truth: str) -> dict[str, str]:
    reasons = {"accuracy": NOTHING_AT_ALL, "precision": NOTHING_KEPT, "recall": no_truth, "f1": NOTHING_AT_ALL}
    return {name: reason for name, reason in reasons.items() if _values(figures)[name] is None}

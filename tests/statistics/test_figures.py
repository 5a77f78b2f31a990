import numpy as np
import pytest

from app.masks.average_precision import best_f1_thresholds, counts_at
from app.masks.matching import match_predictions
from app.statistics.figures import CURVE_POINTS, SLIDER_SCORES, global_curve, precision_recall_curves
from app.statistics.schemas import PrecisionRecallCurve
from app.statistics.tables import Evaluation
from tests.statistics.simulated import CLASS_COUNT, Detector, simulated_table

NAMES = [f"label {index}" for index in range(CLASS_COUNT)]


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    table = simulated_table(Detector(), 1200, np.random.default_rng(2))
    return Evaluation(table, match_predictions(table, 0.5))


def at(curve: PrecisionRecallCurve, threshold: float) -> tuple[int, int]:
    """TP and FP at the last point at or above a threshold."""
    place = sum(score >= threshold for score in curve.score) - 1
    return curve.true_positives[place], curve.false_positives[place]


def test_curves__of_many_points_are_thinned_and_exact_where_it_counts(evaluation: Evaluation) -> None:
    best = best_f1_thresholds(evaluation.table, evaluation.matches)
    in_force = np.array([0.613, 0.0, 0.9])
    curves = precision_recall_curves(evaluation, NAMES, in_force)
    for index, name in enumerate(NAMES):
        assert len(curves[name].score) <= 1.6 * CURVE_POINTS
        assert curves[name].score == sorted(curves[name].score, reverse=True)
        for threshold in (best[index], in_force[index]):
            counts = counts_at(evaluation.table, evaluation.matches, np.full(CLASS_COUNT, threshold))
            exact = (int(counts.true_positives[index]), int(counts.false_positives[index]))
            assert at(curves[name], float(threshold or 0)) == exact


def test_curves__are_exact_wherever_a_slider_stops(evaluation: Evaluation) -> None:
    curve = global_curve(evaluation)
    assert curve is not None
    assert len(curve.score) < len(evaluation.table.scores) / 2, "it is thinned"
    for threshold in SLIDER_SCORES.tolist():
        counts = counts_at(evaluation.table, evaluation.matches, np.full(CLASS_COUNT, threshold))
        if (exact := (int(counts.true_positives.sum()), int(counts.false_positives.sum()))) != (0, 0):
            assert at(curve, threshold) == exact


def test_curves__that_are_thinned_stay_close_everywhere(evaluation: Evaluation) -> None:
    curve, sweep = global_curve(evaluation), evaluation.global_sweep
    assert curve is not None
    assert sweep is not None
    assert len(sweep.score) > 3 * CURVE_POINTS, "there is something to thin"
    precision = sweep.true_positives / (sweep.true_positives + sweep.false_positives)
    shown = np.searchsorted(-np.array(curve.score), -sweep.score, side="right") - 1
    far = sweep.true_positives > 50  # before that, each prediction moves precision by percents
    assert np.abs(np.array(curve.precision)[shown] - precision)[far].max() < 0.005
    assert np.abs(np.array(curve.recall)[shown] - sweep.true_positives / curve.truth_count).max() < 0.005
    assert (curve.score[0], curve.score[-1]) == (sweep.score[0], sweep.score[-1])

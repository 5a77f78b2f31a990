from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.masks.average_precision import (
    MatchFigures,
    average_precision,
    average_precision_at,
    best_f1_threshold,
    best_f1_thresholds,
    counts_at,
    match_figures,
    sweep_scores,
)
from app.masks.matching import match_predictions
from tests.masks.coco_case import Case, Found, TrueObject, block, cases, coco_eval

LEFT, RIGHT = block(0, 0, 4, 4), block(4, 0, 4, 4)


def assert_equal_to_coco(case: Case, *, max_predictions: int = 100) -> None:
    precision = coco_eval(case, max_predictions=max_predictions).eval["precision"][:, :, :, 0, -1]  # (10, 101, K)
    result = average_precision(case.table())
    per_class = np.where(precision == -1, np.nan, precision)
    assert result.ap == pytest.approx(per_class.mean(axis=(0, 1)), abs=1e-9, nan_ok=True)
    assert result.ap50 == pytest.approx(per_class[0].mean(axis=0), abs=1e-9, nan_ok=True)
    for mine, values in ((result.mean_ap, precision), (result.mean_ap50, precision[0])):
        defined = values[values > -1]
        assert mine == (pytest.approx(defined.mean(), abs=1e-9) if defined.size else None)


@given(cases())
def test_average_precision__is_coco_evals(case: Case) -> None:
    assert_equal_to_coco(case)


@pytest.mark.parametrize("seed", range(3))
def test_average_precision__counts_the_hundred_best_of_image_and_class(seed: int) -> None:
    rng = np.random.default_rng(seed)
    images = []
    for _ in range(2):
        found = [
            Found(
                int(rng.integers(2)),
                float(rng.integers(1, 40)) / 40,
                block(*rng.integers(0, 5, 2), *rng.integers(2, 5, 2)),
            )
            for _ in range(260)
        ]
        images.append((tuple(found), tuple(TrueObject(k % 2, False, block(k, k, 3, 3)) for k in range(6))))
    assert_equal_to_coco(Case(2, tuple(images)))


def test_average_precision__a_late_correct_prediction_beyond_the_hundredth_counts_nothing() -> None:
    wrong = tuple(Found(0, 0.9, RIGHT) for _ in range(100))
    case = Case(1, (((*wrong, Found(0, 0.1, LEFT)), (TrueObject(0, False, LEFT),)),))
    assert average_precision(case.table()).mean_ap == 0.0


def test_average_precision__a_class_without_truth_is_not_defined() -> None:
    case = Case(
        3, (((Found(0, 0.9, LEFT), Found(1, 0.9, LEFT)), (TrueObject(0, False, LEFT), TrueObject(2, False, LEFT))),)
    )
    result = average_precision(case.table())
    assert result.ap == pytest.approx(np.array([1.0, np.nan, 0.0]), nan_ok=True)
    assert result.mean_ap == pytest.approx(0.5)


def test_average_precision__nothing_true_is_none_and_never_zero() -> None:
    result = average_precision(Case(1, (((Found(0, 0.9, LEFT),), (TrueObject(0, True, LEFT),)),)).table())
    assert np.isnan(result.ap).tolist() == [True]
    assert (result.mean_ap, result.mean_ap50) == (None, None)


def test_average_precision_at__one_threshold() -> None:
    case = Case(1, (((Found(0, 0.9, block(0, 0, 3, 4)),), (TrueObject(0, False, LEFT),)),))
    table = case.table()
    assert average_precision_at(table, match_predictions(table, 0.75)).tolist() == [pytest.approx(1.0)]
    assert average_precision_at(table, match_predictions(table, 0.8)).tolist() == [0.0]


def test_counts_at__each_class_has_its_threshold_and_scores_at_it_stay() -> None:
    found = (Found(0, 0.5, LEFT), Found(0, 0.4, RIGHT), Found(1, 0.5, LEFT), Found(1, 0.3, RIGHT))
    true = (TrueObject(0, False, LEFT), TrueObject(1, False, RIGHT), TrueObject(1, False, block(0, 4, 4, 4)))
    table = Case(2, ((found, true),)).table()
    matches = match_predictions(table, 0.5)
    at_half = counts_at(table, matches, np.array([0.5, 0.5]))
    assert at_half.true_positives.tolist() == [1, 0]
    assert at_half.false_positives.tolist() == [0, 1]
    assert at_half.false_negatives.tolist() == [0, 2]
    lower = counts_at(table, matches, np.array([0.4, 0.3]))
    assert lower.true_positives.tolist() == [1, 1]
    assert lower.false_positives.tolist() == [1, 1]
    assert lower.false_negatives.tolist() == [0, 1]


def test_counts_at__predictions_on_a_crowd_count_nowhere() -> None:
    table = Case(1, (((Found(0, 0.9, LEFT),), (TrueObject(0, True, LEFT),)),)).table()
    counts = counts_at(table, match_predictions(table, 0.5), np.zeros(1))
    assert (counts.true_positives[0], counts.false_positives[0], counts.false_negatives[0]) == (0, 0, 0)


def test_counts_at__more_than_a_hundred_are_not_cut() -> None:
    table = Case(1, ((tuple(Found(0, 0.9, RIGHT) for _ in range(130)), (TrueObject(0, False, LEFT),)),)).table()
    assert counts_at(table, match_predictions(table, 0.5), np.zeros(1)).false_positives.tolist() == [130]


@pytest.mark.parametrize(
    "counts, figures",
    [
        ((3, 1, 2), MatchFigures(3 / 4, 3 / 5, 6 / 9, 3 / 6)),
        ((0, 0, 2), MatchFigures(None, 0.0, 0.0, 0.0)),
        ((0, 2, 0), MatchFigures(0.0, None, 0.0, 0.0)),
        ((0, 0, 0), MatchFigures(None, None, None, None)),
    ],
)
def test_match_figures__not_defined_is_none(counts: tuple[int, int, int], figures: MatchFigures) -> None:
    assert match_figures(*counts) == figures


@pytest.mark.parametrize(
    "scores, correct, truth_count, threshold",
    [
        ([0.9, 0.8, 0.7], [1, 1, 0], 2, 0.8),
        ([0.7, 0.9, 0.8], [0, 1, 1], 2, 0.8),
        ([0.9, 0.8, 0.7, 0.6], [1, 0, 0, 1], 2, 0.9),  # F1 2/3 at 0.9 and at 0.6
        ([0.9, 0.8, 0.8], [1, 1, 0], 2, 0.8),
        ([0.9, 0.8, 0.8], [1, 0, 1], 2, 0.8),
        ([0.9, 0.9], [0, 1], 1, 0.9),
        ([0.9, 0.5], [0, 0], 1, 0.9),  # every F1 is 0: the higher at a tie
        ([0.123456789012345678], [1], 1, 0.123456789012345678),
        ([], [], 3, None),
        ([0.9], [0], 0, None),
    ],
)
def test_best_f1_threshold__cases(
    scores: Sequence[float], correct: Sequence[int], truth_count: int, threshold: float | None
) -> None:
    assert best_f1_threshold(np.array(scores, dtype=float), np.array(correct, dtype=bool), truth_count) == threshold


@given(
    st.lists(st.tuples(st.sampled_from([0.1, 0.2, 1 / 3, 0.5, 0.7, 0.9]), st.booleans()), min_size=1, max_size=12),
    st.integers(0, 5),
)
def test_best_f1_threshold__no_score_gives_a_higher_f1(predictions: list[tuple[float, bool]], missed: int) -> None:
    truth_count = sum(right for _, right in predictions) + missed
    scores = np.array([score for score, _ in predictions])
    correct = np.array([right for _, right in predictions])
    best = best_f1_threshold(scores, correct, truth_count)
    if truth_count == 0:
        assert best is None
        return

    def f1_at(threshold: float) -> float:
        kept = scores >= threshold
        right = int((kept & correct).sum())
        return match_figures(right, int(kept.sum()) - right, truth_count - right).f1 or 0.0

    top = max(map(f1_at, scores.tolist()))
    assert best == max(score for score in scores.tolist() if f1_at(score) == top)


def test_best_f1_thresholds__leave_out_predictions_on_crowds() -> None:
    found = (Found(0, 0.9, RIGHT), Found(0, 0.8, LEFT), Found(1, 0.7, LEFT))
    table = Case(2, ((found, (TrueObject(0, False, LEFT), TrueObject(0, True, RIGHT))),)).table()
    assert best_f1_thresholds(table, match_predictions(table, 0.5)) == [0.8, None]


def test_sweep_scores__equal_scores_come_together() -> None:
    sweep = sweep_scores(np.array([0.5, 0.9, 0.5, 0.1]), np.array([True, True, False, False]))
    assert sweep.score.tolist() == [0.9, 0.5, 0.1]
    assert sweep.true_positives.tolist() == [1, 2, 2]
    assert sweep.false_positives.tolist() == [0, 1, 2]
    assert sweep_scores(np.empty(0), np.empty(0, dtype=bool)).score.tolist() == []

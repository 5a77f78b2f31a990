import numpy as np
import pytest

from app.masks.average_precision import (
    average_precision,
    average_precision_at,
    best_f1_thresholds,
    coco_matches,
    counts_at,
    mean_over_classes,
)
from app.masks.matching import Matches, MatchTable, match_predictions
from app.masks.resampling import (
    MAX_DRAWS,
    MIN_DRAWS,
    draw_images,
    drawn_ap,
    drawn_counts,
    drawn_thresholds,
    mean_over_classes_drawn,
    spread_of,
    wilson_spread,
)
from tests.masks.coco_case import Case, Found, TrueObject, block
from tests.statistics.simulated import CLASS_COUNT, Detector, simulated_table

THRESHOLDS = np.full(CLASS_COUNT, 0.5)


@pytest.fixture(scope="module")
def table() -> MatchTable:
    return simulated_table(Detector(), 30, np.random.default_rng(5))


@pytest.fixture(scope="module")
def matches(table: MatchTable) -> Matches:
    return match_predictions(table, 0.5)


def test_drawn_figures__of_each_image_once_are_the_figures(table: MatchTable, matches: Matches) -> None:
    once = np.ones((1, 30), dtype=np.float32)
    assert drawn_ap(table, [matches], once)[0] == pytest.approx(average_precision_at(table, matches), abs=1e-6)
    assert drawn_ap(table, coco_matches(table), once)[0] == pytest.approx(average_precision(table).ap, abs=1e-6)
    counts, truly = drawn_counts(table, matches, THRESHOLDS, once), counts_at(table, matches, THRESHOLDS)
    assert counts.true_positives[0].tolist() == truly.true_positives.tolist()
    assert counts.false_positives[0].tolist() == truly.false_positives.tolist()
    assert counts.false_negatives[0].tolist() == truly.false_negatives.tolist()
    best = [drawn_thresholds(table, matches, index, once)[0] for index in range(CLASS_COUNT)]
    assert best == best_f1_thresholds(table, matches)


def test_drawn_figures__of_an_image_drawn_twice_are_those_of_its_copy() -> None:
    """Weights stand for copies: of equal scores, as the copies have them, all or none are kept."""
    near, far = block(0, 0, 4, 3), block(4, 4, 4, 4)
    first = ((Found(0, 0.9, near), Found(0, 0.4, far)), (TrueObject(0, False, block(0, 0, 4, 4)),))
    second = ((Found(0, 0.7, far),), (TrueObject(0, False, far), TrueObject(0, False, near)))
    third = ((Found(0, 0.8, far), Found(1, 0.3, near)), (TrueObject(1, False, near),))
    table = Case(2, (first, second, third)).table()
    copies = Case(2, (first, first, second)).table()
    draw = np.array([[2, 1, 0]], dtype=np.float32)
    ours, written_out = match_predictions(table, 0.5), match_predictions(copies, 0.5)
    counts, truly = drawn_counts(table, ours, np.zeros(2), draw), counts_at(copies, written_out, np.zeros(2))
    assert counts.true_positives[0].tolist() == truly.true_positives.tolist() == [3, 0]
    assert counts.false_negatives[0].tolist() == truly.false_negatives.tolist()
    ap = drawn_ap(table, coco_matches(table), draw)
    assert ap[0] == pytest.approx(average_precision(copies).ap, abs=1e-6, nan_ok=True)
    assert np.isnan(ap[0, 1]), "the draw has no object of the second label"
    assert mean_over_classes_drawn(ap)[0] == pytest.approx(ap[0, 0])


def test_draw_images__are_the_same_each_time_and_fewer_of_large_sets() -> None:
    draws = draw_images(7, prediction_count=100)
    assert draws.shape == (MAX_DRAWS, 7)
    assert (draws.sum(axis=1) == 7).all()
    assert np.array_equal(draws, draw_images(7, prediction_count=100))
    assert len(draw_images(7, prediction_count=10**9)) == MIN_DRAWS


@pytest.mark.parametrize("values", [[0.5] * 20, [np.nan] * 15 + [0.1, 0.2, 0.3, 0.4, 0.5]])
def test_spread_of__without_spread_is_none(values: list[float]) -> None:
    assert spread_of(np.array(values), image_count=10) is None


def test_spread_of__one_image_is_none() -> None:
    assert spread_of(np.linspace(0, 1, 50), image_count=1) is None


def test_spread_of__is_wider_of_fewer_images() -> None:
    values = np.random.default_rng(0).normal(0.5, 0.05, 2000)
    few, many = spread_of(values, image_count=5), spread_of(values, image_count=500)
    assert few is not None
    assert many is not None
    assert few.low < many.low < 0.42
    assert 0.58 < many.high < few.high


def test_spread_of__moves_back_what_draws_lie_above_the_figure() -> None:
    values = np.random.default_rng(0).normal(0.52, 0.05, 2000)
    plain, corrected = spread_of(values, image_count=500), spread_of(values, image_count=500, figure=0.5)
    assert plain is not None
    assert corrected is not None
    assert (corrected.low + corrected.high) / 2 == pytest.approx(0.48, abs=0.015)


@pytest.mark.parametrize("part, whole, low, high", [(8, 8, 0.6756, 1.0), (0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634)])
def test_wilson_spread__known_values(part: int, whole: int, low: float, high: float) -> None:
    spread = wilson_spread(part, whole)
    assert (spread.low, spread.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_spread_of__holds_the_true_figure_as_often_as_it_says() -> None:
    """Sets of 30 images from a detector whose true quality a set of 6,000 tells: 95 % of intervals should hold it."""
    rng = np.random.default_rng(11)
    truth = figures_of(simulated_table(Detector(), 6_000, rng))
    runs = 200
    held = dict.fromkeys(truth, 0)
    for _ in range(runs):
        table = simulated_table(Detector(), 30, rng)
        own = figures_of(table)
        for name, drawn in drawn_figures(table).items():
            spread = spread_of(drawn, image_count=30, figure=own[name])
            held[name] += spread is not None and spread.low <= truth[name] <= spread.high
    coverage = {name: count / runs for name, count in held.items()}
    assert all(0.90 <= share <= 0.98 for share in coverage.values()), coverage


def figures_of(table: MatchTable) -> dict[str, float]:
    matches = match_predictions(table, 0.5)
    counts = counts_at(table, matches, THRESHOLDS)
    right, wrong, missing = (
        float(column.sum()) for column in (counts.true_positives, counts.false_positives, counts.false_negatives)
    )
    map_, ap50 = average_precision(table).mean_ap, mean_over_classes(average_precision_at(table, matches))
    assert map_ is not None
    assert ap50 is not None
    return {
        "precision": right / (right + wrong),
        "recall": right / (right + missing),
        "f1": 2 * right / (2 * right + wrong + missing),
        "accuracy": right / (right + wrong + missing),
        "map": map_,
        "ap50": ap50,
        "ap50 of a label": float(average_precision_at(table, matches)[0]),
    }


def drawn_figures(table: MatchTable) -> dict[str, np.ndarray]:
    matches = match_predictions(table, 0.5)
    draws = draw_images(table.image_count, prediction_count=len(table.scores))
    counts = drawn_counts(table, matches, THRESHOLDS, draws)
    right, wrong, missing = (
        column.sum(axis=1) for column in (counts.true_positives, counts.false_positives, counts.false_negatives)
    )
    ap50 = drawn_ap(table, [matches], draws)
    return {
        "precision": right / (right + wrong),
        "recall": right / (right + missing),
        "f1": 2 * right / (2 * right + wrong + missing),
        "accuracy": right / (right + wrong + missing),
        "map": mean_over_classes_drawn(drawn_ap(table, coco_matches(table), draws)),
        "ap50": mean_over_classes_drawn(ap50),
        "ap50 of a label": ap50[:, 0],
    }

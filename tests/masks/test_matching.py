import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.masks.matching import MIN_CROSS_IOU, ImageOverlaps, MatchTable, match_leftovers, match_predictions
from tests.masks.coco_case import Case, Found, TrueObject, block, cases, coco_eval

LEFT, RIGHT = block(0, 0, 4, 4), block(4, 0, 4, 4)
THREE_QUARTERS = block(0, 0, 3, 4)  # IoU 0.75 with LEFT


def one_image(found: list[Found], true: list[TrueObject], class_count: int = 1) -> MatchTable:
    return Case(class_count, ((tuple(found), tuple(true)),)).table()


def test_match_predictions__the_better_score_takes_the_object() -> None:
    table = one_image([Found(0, 0.5, LEFT), Found(0, 0.9, THREE_QUARTERS)], [TrueObject(0, False, LEFT)])
    matches = match_predictions(table, 0.5)
    assert matches.truth.tolist() == [-1, 0]
    assert matches.iou.tolist() == [0.0, 0.75]
    assert matches.correct.tolist() == [False, True]


def test_match_predictions__at_equal_scores_the_first_given_takes_it() -> None:
    table = one_image([Found(0, 0.5, THREE_QUARTERS), Found(0, 0.5, LEFT)], [TrueObject(0, False, LEFT)])
    assert match_predictions(table, 0.5).truth.tolist() == [0, -1]


def test_match_predictions__one_turned_away_takes_the_next_best() -> None:
    near = block(0, 0, 4, 3)  # IoU 0.75 with LEFT
    table = one_image(
        [Found(0, 0.9, LEFT), Found(0, 0.8, LEFT)], [TrueObject(0, False, near), TrueObject(0, False, LEFT)]
    )
    assert match_predictions(table, 0.5).truth.tolist() == [1, 0]
    assert match_predictions(table, 0.8).truth.tolist() == [1, -1]


def test_match_predictions__iou_at_the_threshold_matches() -> None:
    table = one_image([Found(0, 0.9, THREE_QUARTERS)], [TrueObject(0, False, LEFT)])
    assert match_predictions(table, 0.75).correct.tolist() == [True]
    assert match_predictions(table, 0.7501).correct.tolist() == [False]


def test_match_predictions__equal_masks_match_at_one() -> None:
    assert match_predictions(one_image([Found(0, 0.9, LEFT)], [TrueObject(0, False, LEFT)]), 1.0).correct.tolist() == [
        True
    ]


def test_match_predictions__never_over_classes_or_images() -> None:
    table = one_image([Found(1, 0.9, LEFT)], [TrueObject(0, False, LEFT)], class_count=2)
    assert match_predictions(table, 0.5).truth.tolist() == [-1]
    apart = Case(1, (((Found(0, 0.9, LEFT),), ()), ((), (TrueObject(0, False, LEFT),)))).table()
    assert match_predictions(apart, 0.5).truth.tolist() == [-1]


def test_match_predictions__a_crowd_takes_all_that_nothing_else_took() -> None:
    found = [Found(0, 0.9, LEFT), Found(0, 0.8, THREE_QUARTERS), Found(0, 0.7, LEFT), Found(0, 0.6, RIGHT)]
    matches = match_predictions(one_image(found, [TrueObject(0, True, LEFT), TrueObject(0, False, LEFT)]), 0.5)
    assert matches.truth.tolist() == [1, 0, 0, -1]
    assert matches.ignored.tolist() == [False, True, True, False]
    assert matches.correct.tolist() == [True, False, False, False]


def test_match_predictions__positions_are_of_the_whole_table() -> None:
    image = ((Found(0, 0.9, LEFT),), (TrueObject(0, False, RIGHT), TrueObject(0, False, LEFT)))
    assert match_predictions(Case(1, (image, ((), ()), image)).table(), 0.5).truth.tolist() == [1, 3]


def test_match_predictions__nothing_at_all() -> None:
    table = MatchTable.from_images([], class_count=3)
    assert match_predictions(table, 0.5).truth.tolist() == []
    assert table.truth_counts.tolist() == [0, 0, 0]


@pytest.mark.parametrize("iou_threshold", [0.0, -0.1, 1.01, float("nan")])
def test_match_predictions__refuses_a_threshold_out_of_range(iou_threshold: float) -> None:
    with pytest.raises(ValueError, match="IoU threshold"):
        match_predictions(MatchTable.from_images([], class_count=1), iou_threshold)


@given(cases(), st.sampled_from([0.1, 1 / 3, 0.5, 0.75, 1.0]))
def test_match_predictions__is_evaluate_img(case: Case, iou_threshold: float) -> None:
    table = case.table()
    matches = match_predictions(table, iou_threshold)
    expected = np.full(len(table.scores), -1)
    ignored = np.zeros(len(table.scores), dtype=bool)
    for evaluated in coco_eval(case, iou_threshold=iou_threshold).evalImgs:
        if evaluated is None or evaluated["aRng"][0] > 0 or evaluated["aRng"][1] < 1e9:
            continue  # evaluated again for small, medium and large objects
        of_predictions = np.array(evaluated["dtIds"], dtype=np.int64) - 1
        expected[of_predictions] = evaluated["dtMatches"][0].astype(np.int64) - 1
        ignored[of_predictions] = evaluated["dtIgnore"][0]
    assert matches.truth.tolist() == expected.tolist()
    assert matches.ignored.tolist() == ignored.tolist()


@given(cases(), st.sampled_from([0.1, 0.5, 0.75]), st.sampled_from([0.2, 0.5, 0.8]))
def test_match_predictions__a_score_threshold_changes_no_match_of_what_stays(
    case: Case, iou_threshold: float, score_threshold: float
) -> None:
    kept = Case(
        case.class_count,
        tuple((tuple(f for f in found if f.score >= score_threshold), true) for found, true in case.images),
    )
    whole = case.table()
    stays = whole.scores >= score_threshold
    expected = match_predictions(whole, iou_threshold).truth[stays]
    assert match_predictions(kept.table(), iou_threshold).truth.tolist() == expected.tolist()


@given(cases())
def test_match_table__rank_is_the_place_in_image_and_class(case: Case) -> None:
    table = case.table()
    for image in range(len(case.images)):
        for class_index in range(case.class_count):
            own = np.flatnonzero((table.prediction_images == image) & (table.prediction_classes == class_index))
            by_score = own[np.argsort(-table.scores[own], kind="stable")]
            assert table.rank[by_score].tolist() == list(range(len(own)))


def test_match_predictions__of_thirty_thousand_each_true_object_is_taken_once() -> None:
    rng = np.random.default_rng(0)
    table = MatchTable.from_images([crowded_image(rng, 300, 120) for _ in range(100)], class_count=1)
    matches = match_predictions(table, 0.3)
    taken = matches.truth[matches.truth >= 0]
    assert len(taken) == len(set(taken.tolist())) > 8_000


def test_match_leftovers__take_what_nothing_of_their_own_class_took() -> None:
    found = [Found(1, 0.9, LEFT), Found(0, 0.8, LEFT), Found(1, 0.7, RIGHT)]
    table = one_image(found, [TrueObject(0, False, LEFT), TrueObject(0, False, RIGHT)], class_count=2)
    matches = match_predictions(table, 0.5)
    kept = np.ones(3, dtype=bool)
    assert match_leftovers(table, matches, kept, 0.5).truth.tolist() == [-1, -1, 1], "the left one is taken rightly"
    kept[1] = False
    assert match_leftovers(table, matches, kept, 0.5).truth.tolist() == [0, -1, 1]


def test_match_leftovers__never_take_crowds() -> None:
    table = one_image([Found(1, 0.9, LEFT)], [TrueObject(0, True, LEFT)], class_count=2)
    assert match_leftovers(table, match_predictions(table, 0.5), np.ones(1, dtype=bool), 0.5).truth.tolist() == [-1]


@given(cases(), st.sampled_from([0.1, 0.3, 0.5, 0.75]), st.sampled_from([0.0, 0.3, 0.6]))
def test_match_leftovers__is_plain_greedy_matching(case: Case, iou_threshold: float, score_threshold: float) -> None:
    table = case.table()
    matches = match_predictions(table, iou_threshold)
    kept = table.scores >= score_threshold
    ours = match_leftovers(table, matches, kept, iou_threshold).truth.tolist()
    free = set(np.flatnonzero(~table.truth_is_crowd).tolist()) - set(matches.truth[kept & matches.correct].tolist())
    pairs = list(
        zip(table.cross_prediction.tolist(), table.cross_truth.tolist(), table.cross_iou.tolist(), strict=True)
    )
    expected = [-1] * len(kept)
    for prediction in table.by_score.tolist():
        if not kept[prediction] or matches.truth[prediction] >= 0:
            continue
        wanted = [(iou, truth) for own, truth, iou in pairs if own == prediction and truth in free]
        best = max(wanted, default=(0.0, -1))
        if best[0] >= max(iou_threshold, MIN_CROSS_IOU):
            expected[prediction] = best[1]
            free.discard(best[1])
    assert ours == expected


def crowded_image(rng: np.random.Generator, predictions: int, truth: int) -> ImageOverlaps:
    prediction, true = np.divmod(np.unique(rng.integers(0, predictions * truth, 4 * predictions)), truth)
    iou = rng.random(len(prediction)) + 1e-6
    order = np.lexsort((-iou, prediction))
    return ImageOverlaps(
        scores=rng.random(predictions),
        prediction_classes=np.zeros(predictions, dtype=np.int64),
        truth_classes=np.zeros(truth, dtype=np.int64),
        truth_is_crowd=np.zeros(truth, dtype=bool),
        pair_prediction=prediction[order],
        pair_truth=true[order],
        pair_iou=np.minimum(iou[order], 1.0),
        cross_prediction=np.empty(0, dtype=np.int64),
        cross_truth=np.empty(0, dtype=np.int64),
        cross_iou=np.empty(0),
    )

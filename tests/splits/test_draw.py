from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.splits.draw import draw_validation

LABEL_SETS = st.sets(st.sampled_from("abcd"), min_size=1)


def test_draw_validation__takes_the_share_with_every_label_on_both_sides() -> None:
    labels = {image_id: {"fig" if image_id % 4 else "nut"} for image_id in range(20)}
    drawn = draw_validation(labels, percent=20, seed=0)
    assert len(drawn) == 4
    assert Counter(name for image_id in drawn for name in labels[image_id]) == {"fig": 3, "nut": 1}


def test_draw_validation__is_the_same_for_the_same_seed() -> None:
    labels = {image_id: {"fig"} for image_id in range(100)}
    assert draw_validation(labels, percent=20, seed=7) == draw_validation(
        dict(reversed(labels.items())), percent=20, seed=7
    )
    assert draw_validation(labels, percent=20, seed=7) != draw_validation(labels, percent=20, seed=8)


def test_draw_validation__draws_more_than_the_share_for_a_missing_label() -> None:
    labels = {image_id: {"fig" if image_id % 2 else "nut"} for image_id in range(6)}
    drawn = draw_validation(labels, percent=1, seed=0)
    assert sorted(name for image_id in drawn for name in labels[image_id]) == ["fig", "nut"]


def test_draw_validation__leaves_the_only_image_of_a_label_in_training() -> None:
    assert draw_validation({1: {"fig"}, 2: {"fig", "nut"}}, percent=50, seed=0) == {1}


def test_draw_validation__spares_no_image_where_each_is_the_only_one_of_a_label() -> None:
    assert draw_validation({1: {"fig"}, 2: {"nut"}}, percent=50, seed=0) == frozenset()


@given(st.lists(LABEL_SETS, min_size=2, max_size=30), st.floats(1, 99), st.integers(0, 5))
def test_draw_validation__keeps_every_label_in_training(label_sets: list[set[str]], percent: float, seed: int) -> None:
    labels = dict(enumerate(label_sets))
    drawn = draw_validation(labels, percent=percent, seed=seed)
    assert {n for i in labels.keys() - drawn for n in labels[i]} == {n for names in label_sets for n in names}
    assert len(drawn) <= max(round(len(labels) * percent / 100), len(labels) // 2, 1)

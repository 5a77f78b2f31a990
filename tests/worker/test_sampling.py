from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.db.enums import Split
from app.masks.instance import Instance
from tests.worker.synthetic import background, polygon
from worker.dataset import TrainingImage
from worker.sampling import MAX_BACKGROUND_SHARE, SampleOrder, repeat_factors


def labeled(image_id: int, *names: str, crowd: bool = False) -> TrainingImage:
    source = background(image_id, Split.TRAINING)
    instances = tuple(
        Instance(f"{image_id}-{name}", name, polygons=(polygon(0, 0, 9, 9),), crowd=crowd) for name in names
    )
    return TrainingImage(image_id, source.load_rgb, source.width, source.height, instances, Split.TRAINING)


def test_repeat_factors__rare_classes_come_more_often() -> None:
    # In 9, 5 and 1 of the images: the usual class is in 5, so the rarest gets the root of 5, at most 4.
    images = [labeled(index, "often") for index in range(5)]
    images += [labeled(index, "often", "usual") for index in range(5, 9)]
    images += [labeled(9, "usual", "rare")]

    factors = repeat_factors(images)

    assert factors.tolist() == [1.0] * 9 + [pytest.approx(5**0.5)]


def test_repeat_factors__balanced_classes_change_nothing() -> None:
    assert repeat_factors([labeled(0, "a", "b"), labeled(1, "a"), labeled(2, "b")]).tolist() == [1, 1, 1]


def test_repeat_factors__background_keeps_a_share() -> None:
    few = repeat_factors([*(labeled(index, "a") for index in range(8)), background(8, Split.TRAINING)])
    many = repeat_factors([labeled(0, "a"), *(background(index, Split.TRAINING) for index in range(1, 10))])

    assert few.tolist() == [1.0] * 9
    assert many[1:].sum() / many.sum() == pytest.approx(MAX_BACKGROUND_SHARE)
    assert many[0] == 1


def test_repeat_factors__crowds_and_nothing_are_background() -> None:
    assert repeat_factors([labeled(0, "a", crowd=True), background(1, Split.TRAINING)]).tolist() == [1, 1]


@settings(deadline=None, max_examples=60)
@given(factors=st.lists(st.floats(0.1, 4), min_size=1, max_size=12), seed=st.integers(0, 100), epoch=st.integers(0, 50))
def test_sample_order__each_image_as_often_as_its_factor_rounded(factors: list[float], seed: int, epoch: int) -> None:
    order = SampleOrder(np.array(factors), seed=seed)
    length = order.epoch_length

    counts = Counter(order.image_at(place) for place in range(epoch * length, (epoch + 1) * length))

    expected = np.array(factors) * length / sum(factors)
    assert sum(counts.values()) == length
    for index, wanted in enumerate(expected):
        assert abs(counts[index] - wanted) < 1 + 1e-6


def test_sample_order__seed_and_place_alone_decide() -> None:
    factors = np.array([1.0, 2.5, 0.5, 1.0])
    first, second, other = SampleOrder(factors, seed=3), SampleOrder(factors, seed=3), SampleOrder(factors, seed=4)

    forwards = [first.image_at(place) for place in range(40)]

    assert [second.image_at(place) for place in reversed(range(40))] == forwards[::-1]
    assert [other.image_at(place) for place in range(40)] != forwards


def test_sample_order__over_many_epochs_the_mean_is_the_factor() -> None:
    order = SampleOrder(np.array([1.0, 2.4, 0.6]), seed=0)

    counts = Counter(order.image_at(place) for place in range(400 * order.epoch_length))

    assert [counts[index] / 400 for index in range(3)] == pytest.approx([1.0, 2.4, 0.6], abs=0.1)


def test_sample_order__draws_by_factor() -> None:
    order, rng = SampleOrder(np.array([1.0, 3.0]), seed=0), np.random.default_rng(0)

    drawn = Counter(order.draw(rng) for _ in range(400))

    assert drawn[1] / 400 == pytest.approx(0.75, abs=0.08)

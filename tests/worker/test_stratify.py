from collections import Counter

from app.db.enums import Split
from tests.worker.synthetic import background
from tests.worker.test_sampling import labeled
from worker.stratify import stratified_order


def test_stratified_order__every_beginning_is_like_the_whole() -> None:
    images = [labeled(index, "often") for index in range(60)]
    images += [labeled(index, "often", "seldom") for index in range(60, 90)]
    images += [background(index, Split.VALIDATION) for index in range(90, 100)]

    order = stratified_order(images, seed=0)

    assert sorted(order) == list(range(100))
    for length in (10, 30, 50):
        part = Counter(len(images[index].instances) for index in order[:length])
        assert abs(part[1] - 0.6 * length) <= 1
        assert abs(part[2] - 0.3 * length) <= 1
        assert abs(part[0] - 0.1 * length) <= 1


def test_stratified_order__each_class_is_among_the_first() -> None:
    images = [labeled(index, "often") for index in range(50)] + [labeled(50, "often", "rare")]

    assert 50 in stratified_order(images, seed=1)[:2]


def test_stratified_order__the_seed_alone_decides() -> None:
    images = [labeled(index, "a") for index in range(20)]

    assert stratified_order(images, seed=1) == stratified_order(images, seed=1)
    assert stratified_order(images, seed=1) != stratified_order(images, seed=2)
    assert stratified_order([], seed=1) == []

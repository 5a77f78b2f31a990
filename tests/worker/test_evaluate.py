import dataclasses
import time
from collections.abc import Callable
from itertools import count

import pytest
import torch

from app.db.enums import ModelSize, Split
from app.masks.instance import Instance
from tests.exported import thin_model
from tests.worker import synthetic
from tests.worker.synthetic import CLASS_NAMES
from worker import evaluate
from worker.dataset import TrainingImage
from worker.evaluate import FEWEST, Evaluation, Evaluator
from worker.schedule import EvaluationLimits

CPU = torch.device("cpu")


def evaluator(images: tuple[TrainingImage, ...], *, clock: Callable[[], float] = time.monotonic) -> Evaluator:
    return Evaluator(images, CLASS_NAMES, image_size=64, memory_bytes=10**9, device=CPU, clock=clock)


def slow_clock() -> Callable[[], float]:
    """A clock that is a second later each time it is read."""
    readings = count()
    return lambda: float(next(readings))


def untrained() -> torch.nn.Module:
    torch.manual_seed(0)
    return thin_model(ModelSize.SMALL, class_count=2, image_size=64).eval()


def test_evaluator__measures_alike_and_leaves_the_random_state() -> None:
    images = synthetic.shapes().validation
    model = untrained()
    state = torch.get_rng_state()

    first = evaluator(images).evaluate(model)
    torch.rand(3)
    second = evaluator(images).evaluate(model)
    torch.set_rng_state(state)
    assert first == second
    assert first.loss is not None
    assert first.loss > 1
    assert first.class_loss is not None
    assert 0 < first.class_loss < first.loss
    assert first.mean_ap is not None
    expected = torch.rand(1)
    torch.set_rng_state(state)
    evaluator(images).evaluate(model)
    assert torch.equal(torch.rand(1), expected)
    assert not any(module.training for module in model.modules())


@pytest.mark.parametrize("images", [(), (synthetic.background(1, Split.VALIDATION),)])
def test_evaluator__without_labels_there_is_no_ap(images: tuple[TrainingImage, ...]) -> None:
    found = evaluator(images).evaluate(untrained())

    assert (found.mean_ap, found.ap50) == (None, None)
    assert (found.loss is None) == (not images)


def test_evaluator__no_image_no_figure() -> None:
    assert evaluator(()).evaluate(untrained()) == Evaluation(None, None, None, None, None)


def test_evaluator__crowds_alone_are_no_truth() -> None:
    (image,) = synthetic.shapes(validation=1).validation
    crowd = Instance("c", "disc", polygons=(synthetic.polygon(0, 0, 64, 64),), crowd=True)

    found = evaluator((dataclasses.replace(image, instances=(crowd,)),)).evaluate(untrained())

    assert found.mean_ap is None


def test_evaluator__a_large_set_is_judged_on_the_same_part_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "MIN_PART", 2)
    images = many_images(6)
    model = untrained()
    judging = evaluator(images, clock=slow_clock())

    first = judging.evaluate(model, limits=EvaluationLimits(wanted_s=3, longest_s=1000, is_first=True))
    words = judging.part_in_words
    resumed = evaluator(images)
    resumed.load_state_dict(judging.state_dict())

    assert words is not None
    assert "the same 3 of 6 images" in words
    assert judging.evaluate(model, limits=EvaluationLimits(1000, 1000, is_first=False)) == first
    assert resumed.part_in_words == words


def test_evaluator__a_first_evaluation_that_is_cut_short_settles_nothing() -> None:
    judging = evaluator(many_images(6), clock=slow_clock())
    model = untrained()

    first = judging.evaluate(model, limits=EvaluationLimits(wanted_s=2, longest_s=2, is_first=True))
    first_words = judging.part_in_words
    second = judging.evaluate(model, limits=EvaluationLimits(wanted_s=0, longest_s=0, is_first=False))

    assert first_words is not None
    assert "first point of the curve is of 2 of 6 validation images" in first_words
    assert judging.part == FEWEST  # of a model as slow as that
    assert second != first
    assert judging.evaluate(model, limits=EvaluationLimits(1000, 1000, is_first=False)) == second


def test_evaluator__without_limits_a_set_counts_whole() -> None:
    judging = evaluator(many_images(6), clock=slow_clock())
    model = untrained()
    judging.evaluate(model, limits=EvaluationLimits(wanted_s=2, longest_s=2, is_first=True))

    found = judging.evaluate(model)

    assert judging.part_in_words is None
    assert found == evaluator(many_images(6)).evaluate(model)


def many_images(number: int) -> tuple[TrainingImage, ...]:
    return synthetic.shapes(training=0, validation=number).validation

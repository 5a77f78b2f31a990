import dataclasses
import math

import pytest

from worker.schedule import EvaluationLimits, Moment, StepSchedule, TimeSchedule, learning_rate

THREE_MINUTES = TimeSchedule(180)


def test_time_schedule__ends_in_time_for_the_last_evaluation() -> None:
    assert not THREE_MINUTES.is_over(Moment(step=9, elapsed_s=175, evaluation_s=4))
    assert THREE_MINUTES.is_over(Moment(step=9, elapsed_s=176, evaluation_s=4))


@pytest.mark.parametrize(("elapsed_s", "due"), [(14.9, False), (15, True)])
def test_time_schedule__first_point_comes_soon(elapsed_s: float, due: bool) -> None:
    assert THREE_MINUTES.evaluation_is_due(Moment(step=9, elapsed_s=elapsed_s)) is due


@pytest.mark.parametrize(
    ("budget_s", "evaluation_s", "interval_s"),
    [
        (180, 0.5, 10),
        (180, 1.5, 12.5),  # 12 %
        (180, 4.0, 18),  # the demo's size: at least one point in 20 s, though it costs more
        (180, 9.0, 75),  # a larger set has to keep to 12 % in a short training too
        (3600, 1.0, 18),
        (3600, 6.0, 50),
        (100 * 3600, 1.0, 120),
        (12, 0.1, 2.4),
    ],
)
def test_time_schedule__points_are_paced_by_their_cost(budget_s: float, evaluation_s: float, interval_s: float) -> None:
    schedule = TimeSchedule(budget_s)

    def due(after_s: float) -> bool:
        return schedule.evaluation_is_due(Moment(9, 8 + after_s - evaluation_s, 5, 8.0, evaluation_s))

    assert not due(interval_s - 0.01)
    assert due(interval_s + 0.01)


def test_time_schedule__the_first_evaluation_does_not_tell_what_the_next_ones_take() -> None:
    slow_first = Moment(9, 25 + 18 - 10, 1, 25.0, evaluation_s=10, evaluations=1)

    assert THREE_MINUTES.evaluation_is_due(slow_first)
    assert not THREE_MINUTES.evaluation_is_due(dataclasses.replace(slow_first, evaluations=2))
    assert not TimeSchedule(3600).evaluation_is_due(slow_first)


@pytest.mark.parametrize(
    ("budget_s", "limits"),
    [
        (180, EvaluationLimits(1.08, 2.16, is_first=False)),  # 12 % of the 18 s between two points
        (1000, EvaluationLimits(6, 15, is_first=False)),
        (100 * 3600, EvaluationLimits(2160, 5400, is_first=False)),
    ],
)
def test_time_schedule__evaluations_have_their_share(budget_s: float, limits: EvaluationLimits) -> None:
    later = TimeSchedule(budget_s).evaluation_limits(Moment(step=9, elapsed_s=50))

    assert (later.wanted_s, later.longest_s) == pytest.approx((limits.wanted_s, limits.longest_s))
    assert not later.is_first


@pytest.mark.parametrize("budget_s", [60, 600, 100 * 3600])
def test_time_schedule__the_first_point_comes_within_a_minute(budget_s: float) -> None:
    first = TimeSchedule(budget_s).evaluation_limits(Moment(step=1, elapsed_s=20, evaluations=0))

    assert first.is_first
    assert first.wanted_s <= first.longest_s <= min(30, budget_s / 20)


def test_step_schedule__goes_by_steps_alone() -> None:
    schedule = StepSchedule(100)

    assert schedule.fraction(Moment(step=25, elapsed_s=1e9)) == 0.25
    assert not schedule.evaluation_is_due(Moment(step=29, elapsed_s=1e9, evaluated_step=20))
    assert schedule.evaluation_is_due(Moment(step=30, elapsed_s=0, evaluated_step=20))
    assert not schedule.is_over(Moment(step=99, elapsed_s=1e9))
    assert schedule.is_over(Moment(step=100, elapsed_s=0))
    assert schedule.evaluation_limits(Moment(step=1, elapsed_s=0, evaluations=0)) is None


def test_learning_rate__rises_then_follows_half_a_cosine() -> None:
    assert learning_rate(1.0, warm_up_steps=20, step=0, fraction=0.0) == pytest.approx(1 / 20)
    assert learning_rate(1.0, warm_up_steps=20, step=19, fraction=0.0) == 1.0
    assert learning_rate(1.0, warm_up_steps=20, step=500, fraction=0.25) == pytest.approx(
        0.5 * (1 + math.cos(math.pi / 4))
    )
    assert learning_rate(1.0, warm_up_steps=20, step=500, fraction=1.0) == 0.0

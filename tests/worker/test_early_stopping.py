from worker.early_stopping import EarlyStopping


def evaluated(stopping: EarlyStopping, mean_ap: float | None, elapsed_s: float) -> bool:
    """Whether it is the best, and kept."""
    is_best = stopping.is_better(mean_ap)
    stopping.take(mean_ap, elapsed_s, is_best=is_best)
    return is_best


def test_early_stopping__the_earlier_of_two_equals_is_best() -> None:
    stopping = EarlyStopping(stop_s=60)

    assert evaluated(stopping, 0.3, 10)
    assert not evaluated(stopping, 0.3, 20)
    assert not evaluated(stopping, 0.2, 30)
    assert evaluated(stopping, 0.31, 40)


def test_early_stopping__what_could_not_be_kept_is_not_the_best() -> None:
    stopping = EarlyStopping(stop_s=60)
    stopping.take(0.3, 10, is_best=True)
    stopping.take(0.5, 20, is_best=False)

    assert stopping.is_better(0.4)


def test_early_stopping__stops_with_an_evaluation_that_long_after_the_best() -> None:
    stopping = EarlyStopping(stop_s=60)
    evaluated(stopping, 0.3, 10)
    evaluated(stopping, 0.2, 69.9)
    assert not stopping.should_stop

    evaluated(stopping, 0.2, 70)
    assert stopping.should_stop


def test_early_stopping__goes_on_where_the_late_evaluation_is_better() -> None:
    stopping = EarlyStopping(stop_s=60)
    assert not stopping.should_stop
    evaluated(stopping, 0.3, 10)
    evaluated(stopping, 0.4, 500)

    assert not stopping.should_stop


def test_early_stopping__without_a_map_the_newest_is_best() -> None:
    stopping = EarlyStopping(stop_s=60)

    assert evaluated(stopping, None, 10)
    assert evaluated(stopping, None, 100)
    assert not stopping.should_stop


def test_early_stopping__of_other_images_the_first_is_best() -> None:
    stopping = EarlyStopping(stop_s=60)
    evaluated(stopping, 0.9, 10)

    stopping.judge_anew()

    assert evaluated(stopping, 0.3, 20)
    assert not evaluated(stopping, 0.2, 79)
    assert not stopping.should_stop


def test_early_stopping__goes_on_from_its_state() -> None:
    stopping, resumed = EarlyStopping(stop_s=60), EarlyStopping(stop_s=60)
    evaluated(stopping, 0.3, 10)
    evaluated(stopping, 0.2, 70)

    resumed.load_state_dict(stopping.state_dict())

    assert not resumed.is_better(0.3)
    assert resumed.should_stop

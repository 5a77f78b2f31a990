from worker.early_stopping import EarlyStopping


def test_early_stopping__the_earlier_of_two_equals_is_best() -> None:
    stopping = EarlyStopping(stop_s=60)

    assert stopping.update(0.3, 10)
    assert not stopping.update(0.3, 20)
    assert not stopping.update(0.2, 30)
    assert stopping.update(0.31, 40)


def test_early_stopping__stops_that_long_after_the_best() -> None:
    stopping = EarlyStopping(stop_s=60)
    stopping.update(0.3, 10)
    stopping.update(0.2, 60)

    assert not stopping.should_stop(69.9)
    assert stopping.should_stop(70)


def test_early_stopping__counts_from_the_start_before_the_first_evaluation() -> None:
    assert not EarlyStopping(stop_s=60).should_stop(59)
    assert EarlyStopping(stop_s=60).should_stop(60)


def test_early_stopping__without_a_map_the_newest_is_best() -> None:
    stopping = EarlyStopping(stop_s=60)

    assert stopping.update(None, 10)
    assert stopping.update(None, 50)
    assert not stopping.should_stop(100)


def test_early_stopping__of_other_images_the_first_is_best() -> None:
    stopping = EarlyStopping(stop_s=60)
    stopping.update(0.9, 10)

    stopping.judge_anew()

    assert stopping.update(0.3, 20)
    assert not stopping.update(0.2, 30)
    assert not stopping.should_stop(79)


def test_early_stopping__goes_on_from_its_state() -> None:
    stopping, resumed = EarlyStopping(stop_s=60), EarlyStopping(stop_s=60)
    stopping.update(0.3, 10)

    resumed.load_state_dict(stopping.state_dict())

    assert not resumed.update(0.3, 20)
    assert resumed.should_stop(70)

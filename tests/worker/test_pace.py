from worker.pace import PaceMeter
from worker.report import Start


def start(*, batch_size: int, processes: int = 1) -> Start:
    return Start(
        step=0,
        device="cpu",
        processes=processes,
        threads=2,
        precision="float32",
        batch_size=batch_size,
        image_size=256,
        learning_rate=0.001,
        loaded=None,
    )


def test_pace_meter__counts_the_images_of_all_processes_since_the_first_report() -> None:
    meter = PaceMeter()
    meter.start(start(batch_size=4, processes=2))
    assert meter.images_per_second(1, 10.0) is None
    assert meter.images_per_second(11, 29.0) is None
    assert meter.images_per_second(26, 35.0) == 25 * 8 / 25


def test_pace_meter__says_nothing_of_a_few_slow_steps() -> None:
    meter = PaceMeter()
    meter.start(start(batch_size=4))
    meter.images_per_second(1, 0.0)
    assert meter.images_per_second(4, 100.0) is None
    assert meter.images_per_second(11, 200.0) == 10 * 4 / 200


def test_pace_meter__begins_anew_with_another_batch_size_and_after_a_step_back() -> None:
    meter = PaceMeter()
    meter.start(start(batch_size=4))
    meter.images_per_second(1, 0.0)
    meter.start(start(batch_size=2))
    assert meter.images_per_second(40, 60.0) is None
    assert meter.images_per_second(80, 100.0) == 2.0
    assert meter.images_per_second(30, 110.0) is None
    assert meter.images_per_second(50, 130.0) == 2.0

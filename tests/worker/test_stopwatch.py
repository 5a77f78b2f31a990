import pytest

from worker.stopwatch import Activity, Stopwatch


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_stopwatch__says_what_the_time_was_spent_on() -> None:
    clock = Clock()
    stopwatch = Stopwatch(clock)
    clock.now += 50  # setting up does not count
    stopwatch.start()

    for _ in range(2):
        spend(stopwatch, clock, Activity.STEPS, 40)
        spend(stopwatch, clock, Activity.EVALUATIONS, 6)
        spend(stopwatch, clock, Activity.CHECKPOINTS, 2)
    clock.now += 4

    assert stopwatch.elapsed_s == 100
    assert stopwatch.in_words() == "Of 100 s, training steps 80 %, evaluations 12 %, checkpoints 4 %, reports 0 %."


def test_stopwatch__goes_on_where_another_attempt_was() -> None:
    clock = Clock()
    before, after = Stopwatch(clock), Stopwatch(clock)
    before.start()
    spend(before, clock, Activity.STEPS, 60)
    state = before.state_dict()
    clock.now += 500  # nobody trains

    after.load_state_dict(state)
    spend(after, clock, Activity.REPORTS, 20)

    assert after.in_words() == "Of 80 s, training steps 75 %, evaluations 0 %, checkpoints 0 %, reports 25 %."


def test_stopwatch__counts_what_failed() -> None:
    clock = Clock()
    stopwatch = Stopwatch(clock)
    stopwatch.start()

    with pytest.raises(MemoryError):
        spend(stopwatch, clock, Activity.EVALUATIONS, 3, error=MemoryError())

    assert "evaluations 100 %" in stopwatch.in_words()


def test_stopwatch__tells_a_lap() -> None:
    clock = Clock()

    with Stopwatch(clock).spending_on(Activity.STEPS) as lap:
        clock.now += 3

    assert lap.seconds == 3


def spend(
    stopwatch: Stopwatch, clock: Clock, activity: Activity, seconds: float, *, error: Exception | None = None
) -> None:
    with stopwatch.spending_on(activity):
        clock.now += seconds
        if error:
            raise error

from collections.abc import Callable

import pytest

from worker.threads import ThreadTuner


def run(tuner: ThreadTuner, seconds: Callable[[int], float], *, for_s: float) -> dict[int, float]:
    """Let time pass step by step; give the time spent on each number of threads."""
    spent: dict[int, float] = {}
    while sum(spent.values()) < for_s:
        threads = tuner.count
        spent[threads] = spent.get(threads, 0.0) + seconds(threads)
        tuner.took(seconds(threads))
    return spent


def test_thread_tuner__stays_on_all_idle_cores_and_seldom_tries_fewer() -> None:
    tuner = ThreadTuner(8)

    spent = run(tuner, lambda threads: 1 / threads, for_s=600)

    assert tuner.count == 8
    assert spent[8] > 0.95 * 600


def test_thread_tuner__leaves_busy_cores_within_few_steps() -> None:
    tuner = ThreadTuner(2)

    spent = run(tuner, lambda threads: {2: 2.5, 1: 0.6}[threads], for_s=300)

    assert tuner.count == 1
    assert spent[1] > 0.8 * 300


def test_thread_tuner__comes_back_when_the_cores_are_free() -> None:
    tuner = ThreadTuner(2)
    run(tuner, lambda threads: {2: 2.5, 1: 0.6}[threads], for_s=60)

    run(tuner, lambda threads: {2: 0.4, 1: 0.6}[threads], for_s=140)

    assert tuner.count == 2


@pytest.mark.parametrize("seconds", [0.0, 1.0])
def test_thread_tuner__one_core_has_one_thread(seconds: float) -> None:
    assert run(ThreadTuner(1), lambda _: seconds or 1e-3, for_s=0.1 + seconds).keys() == {1}

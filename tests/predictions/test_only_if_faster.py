"""A speed that is to be made only where it gains on slow: one image is timed before the work of all images begins."""

from collections.abc import Callable
from typing import Any

import pytest

from app.predictions import speeds
from app.predictions.latency import Latencies
from tests.conftest import Person
from tests.predictions.conftest import needs_bfloat16

pytestmark = [needs_bfloat16, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


@pytest.fixture
def timing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let timing find what a test wants it to, whatever this machine does."""

    def timing(*, slow_ms: float, speed_ms: float) -> None:
        found = Latencies(slow_ms, speed_ms, "a CPU without AMX, 2 cores")
        monkeypatch.setattr(speeds, "measure_latencies", lambda *_given, **_options: found)

    return timing


def test_only_if_faster__leaves_a_speed_that_gains_nothing(
    developer: Person,
    model_id: int,
    make: Callable[..., Any],
    timing: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    timing(slow_ms=10, speed_ms=15)
    with monkeypatch.context() as patch:
        patch.setattr(speeds, "predict_image", None)  # no image is to be predicted
        refused = make("medium", "?only_if_faster=true")

    assert (refused["status"], refused["map"]) == ("not_faster", None)
    assert refused["error"] == (
        "at speed medium an image took 1.50 times as long as at slow on a CPU without AMX, 2 cores"
    )
    assert developer.get(f"/api/v1/models/{model_id}/bundle?speed=medium").status_code == 409

    made = make("medium")
    assert (made["status"], made["error"]) == ("ready", None)
    assert "1.50 times as long" in made["warning"]


def test_only_if_faster__makes_a_speed_that_gains(make: Callable[..., Any], timing: Callable[..., None]) -> None:
    timing(slow_ms=10, speed_ms=9)
    made = make("medium", "?only_if_faster=true")

    assert (made["status"], made["relative_latency"]) == ("ready", 0.9)

"""What is told of a speed's figures."""

from typing import Any

import pytest
from sqlalchemy import select

from app.db.engine import session_scope
from app.db.enums import Speed
from app.db.models import Checkpoint, SpeedFigures
from app.predictions.figures import warning
from tests.conftest import Person


def test_warning__tells_of_a_speed_that_costs_much() -> None:
    slow, fast = (
        SpeedFigures(speed=speed, mean_ap=ap, relative_latency=1.0)
        for speed, ap in ((Speed.SLOW, 0.55), (Speed.FAST, 0.5))
    )
    assert warning(fast, slow) == ("at speed fast mAP is 0.500, 0.050 less than slow's 0.550 on the validation images")
    fast.mean_ap = 0.53
    assert warning(fast, slow) is None


def test_warning__tells_of_a_speed_that_is_none() -> None:
    slow, medium = (
        SpeedFigures(speed=speed, mean_ap=0.5, relative_latency=share)
        for speed, share in ((Speed.SLOW, 1.0), (Speed.MEDIUM, 1.61))
    )
    assert warning(medium, slow) == "at speed medium an image took 1.61 times as long as at slow"
    assert warning(slow, slow) is None


@pytest.mark.parametrize(("device", "latency_ms"), [("CPU", 1.5 * 200), ("another", 150)])
def test_list_speeds__tells_times_that_agree_with_their_shares_of_slow(
    developer: Person, model_id: int, device: str, latency_ms: float
) -> None:
    """Medium was timed on an idle machine, 150 ms beside 100 ms of slow; slow once more on a busy one, with fast."""
    common: dict[str, Any] = {"mean_ap": 0.5, "ap50": 0.8}
    with session_scope() as session:
        for checkpoint_id in session.scalars(select(Checkpoint.id)).all():
            session.add_all(
                SpeedFigures(
                    checkpoint_id=checkpoint_id, speed=speed, latency_ms=ms, relative_latency=share, device=on, **common
                )
                for speed, ms, share, on in (
                    (Speed.SLOW, 200, 1.0, "CPU"),
                    (Speed.MEDIUM, 150, 1.5, device),
                    (Speed.FAST, 100, 0.5, "CPU"),
                )
            )
    items = developer.get(f"/api/v1/models/{model_id}/speeds").json()["items"]
    assert [one["latency_ms"] for one in items] == [200, latency_ms, 100]

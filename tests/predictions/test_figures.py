"""What is told of a speed's figures."""

from app.db.enums import Speed
from app.db.models import SpeedFigures
from app.predictions.figures import warning


def test_warning__tells_of_a_speed_that_costs_much() -> None:
    slow, fast = (SpeedFigures(speed=speed, mean_ap=ap) for speed, ap in ((Speed.SLOW, 0.55), (Speed.FAST, 0.5)))
    assert warning(fast, slow) == ("at speed fast mAP is 0.500, 0.050 less than slow's 0.550 on the validation images")
    fast.mean_ap = 0.53
    assert warning(fast, slow) is None

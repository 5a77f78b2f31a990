import pytest

from app.errors import ServiceUnavailable
from app.predictions.gate import PredictionGate


def test_gate__refuses_when_every_place_is_taken() -> None:
    gate = PredictionGate(running=1, waiting=1)
    with gate.place(), gate.place(), pytest.raises(ServiceUnavailable) as refusal, gate.place():
        pass
    assert refusal.value.status_code == 503
    assert int(refusal.value.headers["Retry-After"]) >= 1


def test_gate__gives_places_back_after_an_error() -> None:
    gate = PredictionGate(running=1, waiting=0)
    with pytest.raises(ZeroDivisionError), gate.place(), gate.turn():
        raise ZeroDivisionError
    with gate.place(), gate.turn():
        pass

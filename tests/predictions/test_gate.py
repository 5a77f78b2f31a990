import threading

import pytest

from app.errors import ServiceUnavailable
from app.predictions.gate import CallerLeft, Place, PredictionGate

PATIENCE_SECONDS = 60


def test_gate__refuses_when_every_place_is_taken() -> None:
    gate = PredictionGate(running=1, waiting=1)
    with gate.place(), gate.place(), pytest.raises(ServiceUnavailable) as refusal, gate.place():
        pass
    assert refusal.value.status_code == 503
    assert int(refusal.value.headers["Retry-After"]) >= 1


def test_gate__gives_places_back_after_an_error() -> None:
    gate = PredictionGate(running=1, waiting=0)
    with pytest.raises(ZeroDivisionError), gate.place() as place, gate.turn(place):
        raise ZeroDivisionError
    with gate.place() as place, gate.turn(place):
        pass


def test_gate__who_has_left_gets_no_turn_and_holds_up_nobody() -> None:
    gate = PredictionGate()
    left, ran = threading.Event(), threading.Event()

    def wait_in_vain(place: Place) -> None:
        with pytest.raises(CallerLeft), gate.turn(place):
            pass
        left.set()

    def wait() -> None:
        with gate.place() as place, gate.turn(place):
            ran.set()

    with gate.place() as gone, gate.turn():
        threads = [threading.Thread(target=wait_in_vain, args=(gone,)), threading.Thread(target=wait)]
        for thread in threads:
            thread.start()
        gone.leave()
        assert left.wait(PATIENCE_SECONDS)
        assert not ran.is_set()
    assert ran.wait(PATIENCE_SECONDS)
    for thread in threads:
        thread.join()


def test_gate__one_at_a_time_whoever_comes() -> None:
    gate = PredictionGate(running=1, waiting=32)
    inside: list[int] = []
    most = []

    def work(number: int) -> None:
        with gate.place() as place, gate.turn(place):
            inside.append(number)
            most.append(len(inside))
            inside.remove(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 16

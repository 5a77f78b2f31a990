import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace

import numpy as np
import pytest
from fastapi import Request
from starlette.types import Message

from app.inference.decode_budget import DecodeBudget
from app.inference.predictor import Predictor
from app.predictions import exchange
from app.predictions.exchange import BodyStalled, predict_file, receive
from app.predictions.gate import PredictionGate
from tests.bundle.conftest import picture_file

PATIENCE_SECONDS = 60
MOST_DRIPS = 10_000  # so that a body that nobody cuts off ends


def test_predict_file__holds_no_more_pixels_than_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_decoding", DecodeBudget(1))
    decoded, go_on = [], threading.Event()

    class WaitingPredictor:
        def predict(self, rgb: np.ndarray, **_options: object) -> list[object]:
            go_on.wait(PATIENCE_SECONDS)
            return []

    def load() -> Predictor:
        decoded.append(threading.get_ident())
        return WaitingPredictor()  # type: ignore[return-value]

    def predict() -> None:
        predict_file(
            picture_file(1), load, gate=PredictionGate(running=2), place=None, score_thresholds={}, max_pixels=10**6
        )

    threads = [threading.Thread(target=predict) for _ in range(2)]
    for thread in threads:
        thread.start()
    threads[0].join(0.2)
    threads[1].join(0.2)
    assert len(decoded) == 1
    go_on.set()
    for thread in threads:
        thread.join()
    assert len(decoded) == 2


def test_receive__gives_a_place_back_whose_caller_sends_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "STALL_SECONDS", 0.05)
    messages: list[Message] = [{"type": "http.request", "body": b"half an im", "more_body": True}]

    async def next_message() -> Message:
        if messages:
            return messages.pop()
        return await asyncio.Event().wait()  # type: ignore[return-value]

    _assert_gives_its_place_back(next_message)


def test_receive__gives_a_place_back_whose_caller_drips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "STALL_SECONDS", 0.05)
    drips = iter(range(MOST_DRIPS))

    async def next_message() -> Message:
        await asyncio.sleep(0.001)
        return {"type": "http.request", "body": b"i", "more_body": next(drips, None) is not None}

    monkeypatch.setattr(exchange, "SLOWEST_BYTES_PER_SECOND", 10**6)
    _assert_gives_its_place_back(next_message)


def _assert_gives_its_place_back(next_message: Callable[[], Awaitable[Message]]) -> None:
    gate = PredictionGate(running=1, waiting=0)
    app = SimpleNamespace(state=SimpleNamespace(predictions=SimpleNamespace(gate=gate)))

    async def take() -> None:
        sent: AsyncIterator[object] = receive(Request({"type": "http", "app": app}, next_message))
        await anext(sent)

    with pytest.raises(BodyStalled, match="send it again"):
        asyncio.run(take())
    with gate.place():
        pass

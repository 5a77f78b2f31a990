"""What is other on a server that predicts on a GPU. It stands for one here: nothing of this is computed on it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest

from app.db.enums import CheckpointKind
from app.inference.device import CPU, Device
from app.inference.predictor import Predictor
from app.predictions import service
from app.predictions.gate import RUNNING_ON_GPU, PredictionGate
from app.predictions.latency import measure_latencies
from app.predictions.service import PredictionRuntime

PATIENCE_SECONDS = 60


@pytest.mark.parametrize("device,together", [(CPU, 1), (Device(0), RUNNING_ON_GPU)])
def test_runtime__lets_several_run_on_a_gpu(monkeypatch: pytest.MonkeyPatch, device: Device, together: int) -> None:
    monkeypatch.setattr(service, "prediction_device", lambda: device)
    gate = PredictionRuntime().gate
    all_inside = Barrier(together, timeout=PATIENCE_SECONDS)
    inside: list[int] = []

    def work(number: int) -> int:
        with gate.turn():
            inside.append(number)
            all_inside.wait()
            most = len(inside)
            all_inside.wait()
            inside.remove(number)
        return most

    with ThreadPoolExecutor(3 * together) as threads:
        assert set(threads.map(work, range(3 * together))) == {together}


def test_latencies__name_both_devices(exports: dict[CheckpointKind, Path]) -> None:
    speed = Predictor.load(exports[CheckpointKind.BEST])
    slow = Predictor(speed._session, speed.meta, device=Device(0), size_bytes=0)
    images = [np.zeros((48, 64, 3), dtype=np.uint8)]

    measured, alike = (
        measure_latencies(PredictionGate(), one, speed, images, score_thresholds={}) for one in (slow, speed)
    )

    assert measured.device == f"{alike.device}; slow on GPU cuda:0"

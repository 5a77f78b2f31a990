"""How long a speed takes for an image, beside slow, on the machine that answers."""

import os
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.inference.openvino_session import cpu_name
from app.inference.predictor import Predictor
from app.predictions.gate import PredictionGate

MEASURED_IMAGES = 5
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Latencies:
    """Medians in milliseconds, from an image's pixels to its objects."""

    slow_ms: float
    speed_ms: float
    device: str


def measure_latencies(
    gate: PredictionGate,
    slow: Predictor,
    speed: Predictor,
    images: Sequence[NDArray[np.uint8]],
    *,
    score_thresholds: Mapping[str, float],
) -> Latencies:
    """Time both in turns, so that what else the machine does slows both.

    Args:
        images: Upright RGB, (H, W, 3) each; at least one.
        score_thresholds: Of both: the work of masks goes with the objects that are found.
    """
    times: dict[Predictor, list[float]] = {slow: [], speed: []}
    for number in range(1 + ROUNDS):
        for rgb in images:
            with gate.turn():
                for predictor, measured in times.items():
                    started = time.perf_counter()
                    predictor.predict(rgb, score_thresholds=score_thresholds)
                    if number > 0:  # the first of a size sets up what the others find
                        measured.append((time.perf_counter() - started) * 1000)
    device = f"{cpu_name()}, {os.cpu_count()} cores"
    if slow.device != speed.device:
        device += f"; slow on {slow.device}"
    return Latencies(statistics.median(times[slow]), statistics.median(times[speed]), device)

"""How a training may end."""

from dataclasses import dataclass
from enum import StrEnum

from worker.report import CurvePoint


class Outcome(StrEnum):
    FINISHED = "finished"  # time or steps are used up
    STOPPED_EARLY = "stopped early"  # stop_minutes without a better mAP
    STOPPED = "stopped"  # by request
    PAUSED = "paused"  # by request, to go on later


class TrainingDiverged(RuntimeError):
    """The loss is not finite, whatever the learning rate."""


class NothingToTrainOn(ValueError):
    """There is no training image."""


@dataclass(frozen=True, slots=True)
class FitResult:
    """How a training ended. best and last are None where it ended before its first evaluation."""

    outcome: Outcome
    best: CurvePoint | None
    last: CurvePoint | None
    elapsed_s: float
    initialised_from: str

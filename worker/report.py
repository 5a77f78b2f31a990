"""How a training tells what it does and hears what it is asked: the one way state leaves and requests enter `fit`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any, Protocol, Self

from app.db.enums import CheckpointKind
from worker.weights import LoadedWeights


class StopRequest(Enum):
    NONE = auto()
    STOP = auto()  # evaluate, keep the last checkpoint, end
    PAUSE = auto()  # save the state without an evaluation and end: another call of fit goes on from it


class WorkerStopping(Exception):
    """The worker was asked to end: the model goes back into the queue."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One evaluation. What is not defined (mAP without a labeled validation image) is None."""

    step: int
    elapsed_s: float
    train_loss: float | None  # mean over the steps since the point before
    validation_loss: float | None
    validation_accuracy: float | None
    mean_ap: float | None  # COCO's AP .50:.95, mean over labels
    ap50: float | None
    learning_rate: float
    is_best: bool
    validation_class_loss: float | None = None  # of the classes alone; checkpoints of before it was measured lack it

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Start:
    """With what a training begins, goes on, or goes on smaller: it decides what comes out beside labels and seed."""

    step: int
    device: str
    processes: int
    threads: int
    precision: str
    batch_size: int  # of each process
    image_size: int
    learning_rate: float  # at its peak
    loaded: LoadedWeights | None  # None: nothing, or all of a saved state

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class Reporter(Protocol):
    """Where a training reports: `requested` is asked once a step, `progress` told at most once a second."""

    def log(self, message: str) -> None: ...

    def started(self, start: Start) -> None: ...

    def progress(self, *, step: int, elapsed_s: float, fraction: float) -> None: ...

    def curve_point(self, point: CurvePoint) -> None: ...

    def checkpoint(self, kind: CheckpointKind, state_file: Path, point: CurvePoint) -> bool:
        """Keep a saved state; gives whether there was room for it.

        The file is whole and nobody writes into it any more; after this returns, the next state takes over its name.
        """

    def requested(self) -> StopRequest: ...

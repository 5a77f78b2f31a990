"""What a training would run on, as far as the server can tell: the best of the workers that are alive."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy.orm import Session

from app.db.clock import read_database_time
from app.db.models import Worker
from app.settings import get_settings
from app.training.defaults import CPU_WORDS
from app.training.lifecycle import list_live_workers


@dataclass(frozen=True, slots=True)
class TrainingDevice:
    """`words` are a worker's own: "CPU, 2 cores" or a GPU's name."""

    words: str
    is_gpu: bool

    @classmethod
    def of_worker(cls, worker: Worker) -> Self:
        return cls(worker.device, is_gpu=not worker.device.startswith(CPU_WORDS))


def device_of_training(session: Session) -> TrainingDevice:
    """The device of a live worker, a GPU before a CPU; without any worker, what the settings ask for."""
    workers = list_live_workers(session, read_database_time(session))
    if workers:
        return max(map(TrainingDevice.of_worker, workers), key=lambda device: device.is_gpu)
    is_gpu = get_settings().device.startswith("cuda")
    return TrainingDevice("GPU" if is_gpu else CPU_WORDS, is_gpu)

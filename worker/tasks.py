"""The doorbell of a worker: whoever's model it rang for, the first in the queue is trained, until none waits."""

from celery import Celery

from app.jobs import names
from worker.trainer import Trainer


def add_tasks(app: Celery, trainer: Trainer) -> None:
    @app.task(name=names.TRAIN)  # type: ignore[untyped-decorator]
    def train(model_id: int) -> None:
        trainer.work_off_queue()

"""Ring workers' doorbells. A bell that is not heard costs time, never a job: the database knows what is queued."""

import logging

from kombu.exceptions import KombuError

from app.jobs.celery_app import get_celery_app
from app.jobs.names import BATCH_QUEUE, PREDICT_BATCH, TRAIN, TRAINING_QUEUE

logger = logging.getLogger(__name__)


def ring_training(model_id: int) -> None:
    """Tell a worker that a model waits for training. Call it after the commit that queued the model."""
    _ring(TRAIN, model_id, queue=TRAINING_QUEUE, what="model")


def ring_batch(batch_id: int) -> None:
    """Tell a worker that a batch of images waits for prediction. Call it after the commit that queued the batch."""
    _ring(PREDICT_BATCH, batch_id, queue=BATCH_QUEUE, what="batch")


def _ring(task: str, row_id: int, *, queue: str, what: str) -> None:
    try:
        get_celery_app().send_task(task, args=[row_id], queue=queue, retry=False, ignore_result=True)
    except (KombuError, OSError) as error:
        logger.warning("the broker cannot be reached, %s %d is rung again later: %s", what, row_id, error)

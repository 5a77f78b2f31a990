"""Ring workers' doorbells. A bell that is not heard costs time, never a job: the database knows what is queued."""

import logging

from app.jobs.names import BATCH_QUEUE, PREDICT_BATCH, TRAIN, TRAINING_QUEUE

logger = logging.getLogger(__name__)


def ring_training(model_id: int) -> None:
    """Tell a worker that a model waits for training. Call it after the commit that queued the model."""
    _ring(TRAIN, model_id, queue=TRAINING_QUEUE, what="model")


def ring_batch(batch_id: int) -> None:
    """Tell a worker that a batch of images waits for prediction. Call it after the commit that queued the batch."""
    _ring(PREDICT_BATCH, batch_id, queue=BATCH_QUEUE, what="batch")


def _ring(task: str, row_id: int, *, queue: str, what: str) -> None:
    from app.jobs.broker import BrokerAway, send  # with Celery, which a start need not wait for

    try:
        send(task, row_id, queue=queue)
    except BrokerAway as error:
        logger.warning("the broker cannot be reached, %s %d is rung again later: %s", what, row_id, error)

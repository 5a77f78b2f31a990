"""Ring workers' doorbells. A bell that is not heard costs time, never a job: the database knows what is queued."""

import logging

from kombu.exceptions import KombuError

from app.jobs.celery_app import get_celery_app
from app.jobs.names import TRAIN

logger = logging.getLogger(__name__)


def ring_training(model_id: int) -> None:
    """Tell a worker that a model waits for training. Call it after the commit that queued the model."""
    try:
        get_celery_app().send_task(TRAIN, args=[model_id], retry=False, ignore_result=True)
    except (KombuError, OSError) as error:
        logger.warning("the broker cannot be reached, model %d is rung again later: %s", model_id, error)

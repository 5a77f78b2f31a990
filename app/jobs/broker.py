"""The broker by way of Celery. Its users import it when they first ring: a start need not wait for Celery."""

from collections.abc import Iterator
from contextlib import contextmanager

from kombu.exceptions import KombuError

from app.errors import AppError
from app.jobs.celery_app import BROKER_TIMEOUT_SECONDS, get_celery_app


class BrokerAway(AppError):
    """Says why it cannot be reached."""


def send(task: str, row_id: int, *, queue: str) -> None:
    """Put the id of a row into a queue.

    Raises:
        BrokerAway: It was not taken.
    """
    with _in_words():
        get_celery_app().send_task(task, args=[row_id], queue=queue, retry=False, ignore_result=True)


def reach() -> None:
    """Connect, and no more.

    Raises:
        BrokerAway: Nothing answers.
    """
    with _in_words(), get_celery_app().connection_for_write() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_TIMEOUT_SECONDS)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (KombuError, OSError) as error:
        raise BrokerAway(str(error)) from error

"""Hearing the doorbell of batches, beside a Celery worker whose one process may be training for hours."""

import logging
from threading import Event
from typing import Any

from kombu.exceptions import KombuError
from kombu.simple import SimpleQueue

from app.jobs.celery_app import get_celery_app
from app.jobs.names import BATCH_QUEUE

logger = logging.getLogger(__name__)


class BatchBell:
    """The queue of batches, listened to by one thread. What a message says does not matter: the database knows."""

    def __init__(self, stopping: Event) -> None:
        """With `stopping` set, nobody waits any more."""
        self._stopping = stopping
        self._connection: Any = None
        self._queue: Any = None  # kombu's types are not told
        self._is_away = False

    def wait(self, seconds: float) -> None:
        """Return when the bell rings, or after some seconds; a broker that is away is asked again the next time."""
        try:
            if self._connection is None:
                self._connection = get_celery_app().connection_for_read()
            if self._queue is None:
                self._queue = SimpleQueue(self._connection, BATCH_QUEUE, no_ack=True)  # type: ignore[no-untyped-call]
            self._queue.get(timeout=seconds)
            self._is_away = False
        except SimpleQueue.Empty:
            self._is_away = False
        except self._lost() as error:
            if not self._is_away:
                logger.warning("the bell of batches is not heard until the broker is back: %s", error)
            self._is_away = True
            self.close()
            self._stopping.wait(seconds)

    def _lost(self) -> tuple[type[Exception], ...]:
        """What a broker that does not answer raises: kombu gives a transport's own exceptions as they are."""
        connection = self._connection
        own = () if connection is None else (*connection.connection_errors, *connection.channel_errors)
        return (KombuError, OSError, *own)

    def close(self) -> None:
        """Let go of the broker."""
        connection, self._connection, self._queue = self._connection, None, None
        if connection is not None:
            connection.close()

"""How many predictions may run and wait at once: beyond that a caller hears 503 at once instead of waiting for ever."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import ServiceUnavailable

RUNNING = 1  # the runtime spreads one image over all cores; two at once would only slow each other down
WAITING = 32  # of threads that the server has for requests (40): the rest stay free for pages
RETRY_AFTER_SECONDS = 2


class PredictionGate:
    """Counts who is inside and lets `running` of them work at once."""

    def __init__(self, *, running: int = RUNNING, waiting: int = WAITING) -> None:
        self._places = threading.BoundedSemaphore(running + waiting)
        self._turns = threading.BoundedSemaphore(running)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place in the queue.

        Raises:
            ServiceUnavailable: Every place is taken.
        """
        if not self._places.acquire(blocking=False):
            raise ServiceUnavailable(
                "too many predictions are waiting: try again shortly", retry_after_seconds=RETRY_AFTER_SECONDS
            )
        try:
            yield
        finally:
            self._places.release()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn to run."""
        with self._turns:
            yield

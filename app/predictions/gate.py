"""How many predictions may run and wait at once: beyond that a caller hears 503 at once instead of waiting for ever."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import AppError, ServiceUnavailable

RUNNING = 1  # the runtime spreads one image over all cores; two at once would only slow each other down
# While one is on the GPU, others are scaled and their masks pasted on the CPU. Few, as each takes of the GPU's memory.
RUNNING_ON_GPU = 4
WAITING = 32  # of threads that the server has for requests (40): the rest stay free for pages
RETRY_AFTER_SECONDS = 2


class CallerLeft(AppError):
    """Nobody waits for the answer any more. The status is for our own counts, as nginx has it: no one hears it."""

    status_code = 499


class Place:
    """One caller's place in the queue."""

    def __init__(self, condition: threading.Condition) -> None:
        self._condition = condition
        self.is_left = False

    def leave(self) -> None:
        """The caller is gone: whoever waits for a turn at this place need not."""
        with self._condition:
            self.is_left = True
            self._condition.notify_all()


class PredictionGate:
    """Counts who is inside and lets `running` of them work at once, first come first served."""

    def __init__(self, *, running: int = RUNNING, waiting: int = WAITING) -> None:
        self._places = threading.BoundedSemaphore(running + waiting)
        self._condition = threading.Condition()
        self._free_turns = running
        self._waiting: deque[Place] = deque()

    @contextmanager
    def place(self) -> Iterator[Place]:
        """Hold a place in the queue.

        Raises:
            ServiceUnavailable: Every place is taken.
        """
        if not self._places.acquire(blocking=False):
            raise ServiceUnavailable(
                "too many predictions are waiting: try again shortly", retry_after_seconds=RETRY_AFTER_SECONDS
            )
        try:
            yield Place(self._condition)
        finally:
            self._places.release()

    @contextmanager
    def turn(self, place: Place | None = None) -> Iterator[None]:
        """Wait for a turn to run; without a place, for what the server does for itself.

        Raises:
            CallerLeft: The caller went away while this waited.
        """
        self._wait(place or Place(self._condition))
        try:
            yield
        finally:
            with self._condition:
                self._free_turns += 1
                self._condition.notify_all()

    def _wait(self, place: Place) -> None:
        with self._condition:
            self._waiting.append(place)
            try:
                self._condition.wait_for(lambda: place.is_left or (self._free_turns > 0 and self._waiting[0] is place))
            finally:
                self._waiting.remove(place)
                self._condition.notify_all()  # the next one may be first now
            if place.is_left:
                raise CallerLeft("the caller went away before its prediction began")
            self._free_turns -= 1

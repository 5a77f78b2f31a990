"""The server's watch over the queue: models of dead workers go back into it, and lost doorbells ring again."""

import logging
import threading
import time

from sqlalchemy.exc import SQLAlchemyError

from app.training import lifecycle

logger = logging.getLogger(__name__)


class Sweeper:
    """A thread that tends the queue while the server runs. Several servers may each have one."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        patient_until = 0.0
        while not self._stopping.wait(lifecycle.SWEEP_SECONDS):
            if time.monotonic() < patient_until:
                continue
            try:
                lifecycle.tend_queue()
            except SQLAlchemyError as error:
                logger.warning("the queue cannot be tended while the database is away: %s", error)
                # While the database was away nobody could renew a lease: let the living do it first.
                patient_until = time.monotonic() + lifecycle.LEASE_SECONDS

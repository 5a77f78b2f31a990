"""What a server does again and again beside its answers."""

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

logger = logging.getLogger(__name__)


class Background:
    """A thread that does its work every few seconds while the server runs. Several servers may each have one."""

    def __init__(
        self, name: str, work: Callable[[], object], *, every_seconds: float, patience_seconds: float = 0
    ) -> None:
        """Args:
        patience_seconds: How long to wait after the database was away, beside the usual time.
        """
        self._name = name
        self._work = work
        self._every_seconds = every_seconds
        self._patience_seconds = patience_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        patient_until = 0.0
        while not self._stopping.wait(self._every_seconds):
            if time.monotonic() < patient_until:
                continue
            try:
                self._work()
            except SQLAlchemyError as error:
                logger.warning("%s waits while the database is away: %s", self._name, error)
                patient_until = time.monotonic() + self._patience_seconds

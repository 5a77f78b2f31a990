"""The thread that keeps a worker and its leases alive, and tends the queue while the worker idles."""

import logging
import threading
import time
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from app.db.engine import session_scope
from app.training import lifecycle
from worker.reporter import DatabaseReporter

logger = logging.getLogger(__name__)

TICK_SECONDS = 1.0


class Renewable(Protocol):
    """What has a lease to be renewed."""

    def renew(self) -> None: ...


class Heartbeat:
    """Beats while the process lives, whatever its main thread computes."""

    def __init__(
        self,
        worker_id: str,
        *,
        hostname: str,
        device: str,
        memory_bytes: int | None = None,
        gpu_count: int = 0,
    ) -> None:
        self._worker_id = worker_id
        self._hostname = hostname
        self._device = device
        self._memory_bytes = memory_bytes
        self._gpu_count = gpu_count
        self._reporter: DatabaseReporter | None = None
        self._batch: Renewable | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Make the worker known at once, then keep beating.

        Raises:
            SQLAlchemyError: The database cannot be used.
        """
        self._beat()
        self._thread.start()

    def stop(self) -> None:
        """End the thread and take the worker off the list."""
        self._ended.set()
        self._thread.join()
        with session_scope() as session:
            lifecycle.sign_off(session, self._worker_id)

    def follow(self, reporter: DatabaseReporter | None) -> None:
        """Renew this reporter's lease with every beat; None while idle."""
        self._reporter = reporter

    def follow_batch(self, batch: Renewable | None) -> None:
        """Renew this batch's lease with every beat, too; None while no batch is predicted."""
        self._batch = batch

    @property
    def is_following(self) -> bool:
        """Whether a model trains here now."""
        return self._reporter is not None

    def _run(self) -> None:
        beat_at = time.monotonic()
        is_away = False
        while not self._ended.wait(TICK_SECONDS):
            try:
                if time.monotonic() - beat_at >= lifecycle.HEARTBEAT_SECONDS:
                    self._beat()
                    beat_at = time.monotonic()
                if self._reporter is None:
                    lifecycle.tend_queue()
                is_away = False
            except SQLAlchemyError as error:
                if not is_away:
                    logger.warning("no heartbeat until the database is back: %s", error)
                is_away = True

    def _beat(self) -> None:
        with session_scope() as session:
            lifecycle.beat(
                session,
                self._worker_id,
                hostname=self._hostname,
                device=self._device,
                memory_bytes=self._memory_bytes,
                gpu_count=self._gpu_count,
            )
        for held in (self._reporter, self._batch):
            if held is not None:
                held.renew()

"""A worker for a command that waits for a training: anybody's that is alive, else one of its own."""

import subprocess
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from app.cli.worker import require_torch, worker_command
from app.db.clock import read_database_time
from app.db.engine import session_scope
from app.errors import AppError
from app.training.lifecycle import MAX_DEATHS, list_live_workers

STOP_SECONDS = 15.0
HEALTHY_SECONDS = 60.0  # after this long its next death counts as the first one; one that cannot run dies sooner


class WorkerDied(AppError):
    pass


class OwnWorker:
    """Ends with the block that it is made for."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._starts = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(STOP_SECONDS)

    def ensure(self) -> None:
        """Start one where none is alive: at first, and after it died, which a full machine does to a training.

        Raises:
            WorkerNotInstalled: It cannot run here.
            WorkerDied: It did again and again, each time soon.
        """
        if self._process is not None and self._process.poll() is None:
            return
        with session_scope(read_only=True) as session:
            if list_live_workers(session, read_database_time(session)):
                return
        require_torch()
        now = self._clock()
        if now - self._started_at > HEALTHY_SECONDS:
            self._starts = 0
        if self._starts == MAX_DEATHS:
            raise WorkerDied(f"the worker ended {MAX_DEATHS} times: maskwright worker says why")
        self._starts += 1
        self._started_at = now
        self._process = subprocess.Popen(worker_command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

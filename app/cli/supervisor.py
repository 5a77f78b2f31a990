"""Keeps child processes running: one that dies is started again, and none outlives its parent."""

import ctypes
import logging
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

POLL_SECONDS = 0.2
FIRST_DELAY_SECONDS = 0.5
MAX_DELAY_SECONDS = 30.0  # a child that cannot start should not eat a core trying
HEALTHY_SECONDS = 20.0  # after this long its next death counts as the first one
STOP_SECONDS = 15.0  # then it is killed; a worker needs some to save its training
_PR_SET_PDEATHSIG = 1  # linux/prctl.h

logger = logging.getLogger(__name__)


@dataclass
class Child:
    """A program that should run, and how it has been doing."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    delay: float = FIRST_DELAY_SECONDS
    start_at: float = field(default=0.0)


class Supervisor:
    """Runs children until it is told to stop by SIGTERM or SIGINT.

    Args:
        children: Programs, started in this order.
        may_start: Asked before the second and later ones are first started.
    """

    def __init__(self, children: Sequence[Child], *, may_start: Callable[[], bool]) -> None:
        self._children = children
        self._may_start = may_start
        self._stopping = False

    def run(self) -> None:
        """Keep the children running; returns when all have ended after a signal."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._start(self._children[0])
        others_wait = True
        while not self._stopping:
            if others_wait and self._may_start():
                others_wait = False
            for child in self._children[: 1 if others_wait else None]:
                self._look_after(child)
            time.sleep(POLL_SECONDS)
        self._end_all()

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None and child.process.poll() is not None:
            if now - child.started_at > HEALTHY_SECONDS:
                child.delay = FIRST_DELAY_SECONDS
            logger.warning(
                "%s ended with status %s; it starts again in %.1f s", child.name, child.process.returncode, child.delay
            )
            child.process, child.start_at = None, now + child.delay
            child.delay = min(2 * child.delay, MAX_DELAY_SECONDS)
        if child.process is None and now >= child.start_at:
            self._start(child)

    def _start(self, child: Child) -> None:
        child.started_at = time.monotonic()
        child.process = subprocess.Popen(child.command, preexec_fn=_die_with_parent)

    def _end_all(self) -> None:
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(deadline - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _die_with_parent() -> None:
    """Have the kernel end this child when its parent is killed; signals of a terminal reach the parent alone."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)

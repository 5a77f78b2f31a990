"""Keeps child processes running: one that dies is started again, and none outlives its parent."""

import ctypes
import logging
import os
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
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LIBC = ctypes.CDLL(None)  # loaded before any fork

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
    """Runs children until it is told to stop by a signal.

    Args:
        children: Programs, started in this order.
        may_start: Asked before the second and later ones are first started; the first that dies before is not started
            again, since it cannot run at all.
    """

    def __init__(self, children: Sequence[Child], *, may_start: Callable[[], bool]) -> None:
        self._children = children
        self._may_start = may_start
        self._stopping = False

    def run(self) -> int:
        """Keep the children running until a signal; gives the exit status, the first child's own if it cannot run."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)
        first = self._children[0]
        self._start(first)
        others_wait = True
        while not self._stopping:
            if others_wait:
                status = first.process.poll() if first.process else None
                if status is not None:
                    return abs(status) or 1
                others_wait = not self._may_start()
            for child in self._children[: 1 if others_wait else None]:
                self._look_after(child)
            time.sleep(POLL_SECONDS)
        self._end_all()
        return 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
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
        # In a session of its own: Ctrl-C on a terminal reaches the supervisor alone, which ends all in order.
        child.process = subprocess.Popen(
            child.command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_die_with(os.getpid())
        )

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


def _die_with(parent_id: int) -> Callable[[], None]:
    """Have the kernel end a child when its parent dies, however it dies."""

    def arrange() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent_id:  # it died before the call
            os._exit(1)

    return arrange

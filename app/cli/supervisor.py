"""Keeps child processes running: one that dies is started again, and none outlives its parent.

Children are forked, so what this process has imported is not imported again. It has no threads, which forking loses.
"""

import ctypes
import logging
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
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
    """What should run, and how it has been doing.

    Args:
        run: What the process does. It ends when this returns, or this turns it into another program.
    """

    name: str
    run: Callable[[], None]
    process: BaseProcess | None = None
    started_at: float = 0.0
    delay: float = FIRST_DELAY_SECONDS
    start_at: float = 0.0


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
                if first.process is not None and first.process.exitcode is not None:
                    return abs(first.process.exitcode) or 1
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
        if child.process is not None and child.process.exitcode is not None:
            if now - child.started_at > HEALTHY_SECONDS:
                child.delay = FIRST_DELAY_SECONDS
            logger.warning(
                "%s ended with status %s; it starts again in %.1f s", child.name, child.process.exitcode, child.delay
            )
            child.process, child.start_at = None, now + child.delay
            child.delay = min(2 * child.delay, MAX_DELAY_SECONDS)
        if child.process is None and now >= child.start_at:
            self._start(child)

    def _start(self, child: Child) -> None:
        child.started_at = time.monotonic()
        child.process = get_context("fork").Process(target=_live, args=(child, os.getpid()))
        child.process.start()

    def _end_all(self) -> None:
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            process.join(max(deadline - time.monotonic(), 0))
            if process.exitcode is None:
                process.kill()
                process.join()


def _live(child: Child, parent_id: int) -> None:
    """Be a child: in a session of its own, since Ctrl-C is for the supervisor alone, which ends all in order."""
    os.setsid()
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)  # the kernel ends it when its parent dies, however it dies
    if os.getppid() != parent_id:  # it died before the call
        return
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    child.run()

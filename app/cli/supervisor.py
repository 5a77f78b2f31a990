"""Keeps a few child processes running, as `maskwright up` does: one that dies is started again."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType

POLL_SECONDS = 0.1
FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS = 0.5, 30.0  # between a death and the next start; it doubles
HEALTHY_AFTER_SECONDS = 20.0  # who lived this long begins with the first delay again
STOP_SECONDS = 12.0  # a worker gives its model back within 10
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


class Supervised:
    """A command that is kept running."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._start_again_at = 0.0
        self._delay_s = FIRST_DELAY_SECONDS

    def tend(self) -> int | None:
        """Start the process if it does not run and its delay is over; gives the exit status of one that just died."""
        if self._process is None:
            if time.monotonic() >= self._start_again_at:
                self._start()
            return None
        status = self._process.poll()
        if status is None:
            return None
        now = time.monotonic()
        lived_s = now - self._started_at
        self._delay_s = (
            FIRST_DELAY_SECONDS if lived_s > HEALTHY_AFTER_SECONDS else min(self._delay_s * 2, LONGEST_DELAY_SECONDS)
        )
        self._start_again_at = now + self._delay_s
        self._process = None
        return status

    def terminate(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def wait(self, deadline: float) -> None:
        """Wait for the end of a terminated process, and force it at the deadline."""
        if self._process is None:
            return
        try:
            self._process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> None:
        # A session of its own: Ctrl-C on the terminal reaches the supervisor alone, which ends its children in order.
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_die_with_parent(os.getpid())
        )
        self._started_at = time.monotonic()


class Supervisor:
    """Starts one process, others once it is ready, and keeps them running until SIGTERM, SIGINT or SIGHUP."""

    def __init__(self, first: Supervised, others: Sequence[Supervised], *, is_ready: Callable[[], bool]) -> None:
        self._first = first
        self._others = others
        self._is_ready = is_ready
        self._stopping = False

    def run(self) -> int:
        """Run until a signal ends it; gives the exit status: the first's own if it dies before it was ready."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)
        running = [self._first]
        try:
            while not self._stopping:
                for child in running:
                    status = child.tend()
                    if status is None:
                        continue
                    if child is self._first and len(running) == 1:
                        return status if status > 0 else 1
                    _say(f"The {child.name} ended with status {status} and is started again.")
                if len(running) == 1 and self._is_ready():
                    running += self._others
                time.sleep(POLL_SECONDS)
            return 0
        finally:
            self._end(running)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _end(self, running: Sequence[Supervised]) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        for child in reversed(running):
            child.terminate()
        for child in running:
            child.wait(deadline)


def _die_with_parent(parent_id: int) -> Callable[[], None]:
    """Let the kernel end the child when its parent dies, however it dies."""

    def arrange() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent_id:  # it died before the call
            os._exit(1)

    return arrange


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()

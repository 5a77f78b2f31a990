"""Slows down whoever tries passwords: counted in memory, by address and e-mail, and by address alone."""

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable

from app.errors import TooManyRequests

WINDOW_SECONDS = 15 * 60
FAILURES_PER_ACCOUNT = 10  # from one address; a person who mistypes needs a handful
FAILURES_PER_ADDRESS = 100  # over all accounts: an office behind one address stays below
MAX_KEYS = 10_000


class SignInLimit:
    """Remembers recent failures. One server process keeps its own count."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[Hashable, deque[float]] = {}
        self._lock = threading.Lock()

    def check(self, address: str, email: str) -> None:
        """Refuse another attempt when there were too many.

        Raises:
            TooManyRequests: Says in how many seconds one more is allowed.
        """
        now = self._clock()
        with self._lock:
            waits = [self._wait(key, now, allowed) for key, allowed in _keys(address, email)]
        if (wait := max(waits)) > 0:
            seconds = int(wait) + 1
            raise TooManyRequests(
                f"too many wrong passwords: try again in {seconds} seconds", retry_after_seconds=seconds
            )

    def failed(self, address: str, email: str) -> None:
        now = self._clock()
        with self._lock:
            for key, _allowed in _keys(address, email):
                self._failures.setdefault(key, deque()).append(now)
            if len(self._failures) > MAX_KEYS:
                self._forget_old(now)

    def succeeded(self, address: str, email: str) -> None:
        with self._lock:
            self._failures.pop((address, email), None)

    def _wait(self, key: Hashable, now: float, allowed: int) -> float:
        recent = self._failures.get(key, deque())
        while recent and now - recent[0] >= WINDOW_SECONDS:
            recent.popleft()
        return WINDOW_SECONDS - (now - recent[0]) if len(recent) >= allowed else 0.0

    def _forget_old(self, now: float) -> None:
        """Drop what is past its window, then the oldest: a flood of made-up e-mails may not fill the memory."""
        fresh = {key: times for key, times in self._failures.items() if now - times[-1] < WINDOW_SECONDS}
        newest = sorted(fresh, key=lambda key: fresh[key][-1])[-MAX_KEYS // 2 :]
        self._failures = {key: fresh[key] for key in newest}


def _keys(address: str, email: str) -> tuple[tuple[Hashable, int], tuple[Hashable, int]]:
    return ((address, email), FAILURES_PER_ACCOUNT), (address, FAILURES_PER_ADDRESS)

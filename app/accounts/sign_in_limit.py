"""Slows down guessing of passwords: a few failures from one address for one account, then a wait."""

import threading
from collections import OrderedDict
from collections.abc import Callable

from app.errors import TooManyRequests

MAX_FAILURES = 8
WINDOW_SECONDS = 300.0
MAX_REMEMBERED = 10_000  # of address and account together; the oldest are forgotten first


class SignInLimit:
    """Remembers failures in this process's memory; restarting the server forgives them."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: OrderedDict[tuple[str, str], list[float]] = OrderedDict()

    def check(self, address: str, email: str) -> None:
        """Refuse a try that comes too soon.

        Raises:
            TooManyRequests: There were too many failures; says when to try again.
        """
        with self._lock:
            recent = self._recent(address, email)
        if len(recent) >= MAX_FAILURES:
            wait = int(recent[0] + WINDOW_SECONDS - self._clock()) + 1
            raise TooManyRequests(f"too many failed tries to sign in: wait {wait} s", retry_after_seconds=wait)

    def failed(self, address: str, email: str) -> None:
        with self._lock:
            self._failures[address, email] = [*self._recent(address, email), self._clock()]
            self._failures.move_to_end((address, email))
            while len(self._failures) > MAX_REMEMBERED:
                self._failures.popitem(last=False)

    def succeeded(self, address: str, email: str) -> None:
        with self._lock:
            self._failures.pop((address, email), None)

    def _recent(self, address: str, email: str) -> list[float]:
        begin = self._clock() - WINDOW_SECONDS
        return [at for at in self._failures.get((address, email), []) if at > begin]

"""How many predictions a token may ask for: off by default, a setting where one caller must not take all the time."""

import math
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from app.errors import TooManyRequests

MINUTE_SECONDS = 60


@dataclass(slots=True)
class _Allowance:
    left: float
    at: float


class RateLimit:
    """Each caller's allowance fills up steadily, to a minute's worth. One server process keeps its own count."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._allowances: dict[Hashable, _Allowance] = {}

    def take(self, caller: Hashable, *, per_minute: int) -> None:
        """Count one prediction; a `per_minute` of 0 allows any number.

        Raises:
            TooManyRequests: Says in how many seconds the next one is allowed.
        """
        if per_minute == 0:
            return
        with self._lock:
            now = self._clock()
            allowance = self._allowances.setdefault(caller, _Allowance(per_minute, now))
            filled = allowance.left + (now - allowance.at) * per_minute / MINUTE_SECONDS
            allowance.left, allowance.at = min(per_minute, filled), now
            if allowance.left >= 1:
                allowance.left -= 1
                return
            wait_s = math.ceil((1 - allowance.left) * MINUTE_SECONDS / per_minute)
        raise TooManyRequests(
            f"this token may predict {per_minute} times a minute: try again in {wait_s} seconds",
            retry_after_seconds=wait_s,
        )

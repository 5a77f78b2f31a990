"""How many threads a training computes on, found by trying while it runs.

On idle cores all of them are best. Where something else wants the cores too, threads that wait for each other at every
layer wait for whichever was put aside: two trainings with two threads each on two cores took 1.8-2.5 s a step, with one
thread each 0.6 s (one alone: 0.37 s with two threads, 0.57 s with one).
"""

import statistics
from collections import deque

STEPS_COMPARED = 3
CLEARLY_FASTER = 0.9  # of the time now; nearer than that is noise
FIRST_WAIT_SECONDS = 0.0  # the first comparison comes at once: on a busy machine every step on all cores is lost time
MIN_WAIT_SECONDS = 15.0
MAX_WAIT_SECONDS = 120.0  # so that trying in vain costs little


class ThreadTuner:
    """Compares the time of a step on half or twice the threads now and then, and stays where it is clearly shorter."""

    def __init__(self, cores: int) -> None:
        self._cores = cores
        self._settled = cores
        self._tried: int | None = None
        self._goes_down = True
        self._wait_s = FIRST_WAIT_SECONDS
        self._since_trial_s = 0.0
        self._settled_s: deque[float] = deque(maxlen=STEPS_COMPARED)
        self._tried_s: list[float] = []

    @property
    def count(self) -> int:
        """Threads for the next step."""
        return self._settled if self._tried is None else self._tried

    def took(self, seconds: float) -> None:
        """Take in how long a step on `count` threads took."""
        if self._tried is None:
            self._settled_s.append(seconds)
            self._since_trial_s += seconds
            if len(self._settled_s) == STEPS_COMPARED and self._since_trial_s >= self._wait_s:
                self._begin_trial()
            return
        self._tried_s.append(seconds)
        if len(self._tried_s) == STEPS_COMPARED:
            self._end_trial()

    def _begin_trial(self) -> None:
        candidate = max(1, self._settled // 2) if self._goes_down else min(self._cores, self._settled * 2)
        if candidate == self._settled:
            self._goes_down = not self._goes_down
            candidate = max(1, self._settled // 2) if self._goes_down else min(self._cores, self._settled * 2)
        self._tried = candidate if candidate != self._settled else None

    def _end_trial(self) -> None:
        # The median passes over the first step on other threads, which sets up anew, and over a hiccup.
        if statistics.median(self._tried_s) < CLEARLY_FASTER * statistics.median(self._settled_s):
            self._settled = self.count
            self._settled_s.clear()
            self._wait_s = MIN_WAIT_SECONDS
        else:
            self._goes_down = not self._goes_down
            self._wait_s = min(MAX_WAIT_SECONDS, max(MIN_WAIT_SECONDS, 2 * self._wait_s))
        self._tried = None
        self._tried_s = []
        self._since_trial_s = 0.0

"""How long a training has gone on, over all its attempts, and what it spent that time on."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Activity(StrEnum):
    STEPS = "training steps"
    EVALUATIONS = "evaluations"
    CHECKPOINTS = "checkpoints"
    REPORTS = "reports"


@dataclass(slots=True)
class Lap:
    seconds: float = 0.0  # when it is over


class Stopwatch:
    """Goes on from the elapsed seconds of a checkpoint; what is lost by going back to an earlier state stays spent."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._started_at = 0.0
        self._spent_s = dict.fromkeys(Activity, 0.0)

    def start(self) -> None:
        self._started_at = self._clock()

    @property
    def elapsed_s(self) -> float:
        return self._clock() - self._started_at

    @contextmanager
    def spending_on(self, activity: Activity) -> Iterator[Lap]:
        began_at = self._clock()
        lap = Lap()
        try:
            yield lap
        finally:
            lap.seconds = self._clock() - began_at
            self._spent_s[activity] += lap.seconds

    def in_words(self) -> str:
        """Which share of the time went where; what is left of it went into nothing that is counted."""
        elapsed_s = self.elapsed_s
        shares = [f"{activity} {_percent(spent_s, elapsed_s)}" for activity, spent_s in self._spent_s.items()]
        return f"Of {elapsed_s:.0f} s, {', '.join(shares)}."

    def state_dict(self) -> dict[str, Any]:
        spent_s = {activity.value: spent_s for activity, spent_s in self._spent_s.items()}
        return {"elapsed_s": self.elapsed_s, "spent_s": spent_s}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Start from where another attempt was."""
        self._started_at = self._clock() - state["elapsed_s"]
        spent_s = state.get("spent_s", {})  # checkpoints of before it was counted lack it
        self._spent_s = {activity: spent_s.get(activity.value, 0.0) for activity in Activity}


def _percent(part_s: float, whole_s: float) -> str:
    return f"{100 * part_s / whole_s if whole_s else 0:.0f} %"

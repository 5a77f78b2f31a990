"""Which evaluation is best, and when a training has gone too long without a better one."""

from collections.abc import Mapping
from typing import Any


class EarlyStopping:
    """Follows the validation mAP. The earlier of two equal evaluations is the better one.

    Where no mAP is defined, since no validation image has a label, each evaluation counts as the best so far: the
    newest weights are then the best guess, and only the time ends the training.
    """

    def __init__(self, stop_s: float) -> None:
        self._stop_s = stop_s
        self._best_mean_ap: float | None = None
        self._best_elapsed_s = 0.0

    def update(self, mean_ap: float | None, elapsed_s: float) -> bool:
        """Take an evaluation in and say whether it is the best so far."""
        is_best = mean_ap is None or self._best_mean_ap is None or mean_ap > self._best_mean_ap
        if is_best:
            self._best_mean_ap = mean_ap
            self._best_elapsed_s = elapsed_s
        return is_best

    def judge_anew(self) -> None:
        """Let the next evaluation be the best: it is of other images, and a mAP can only be compared with its like."""
        self._best_mean_ap = None

    def should_stop(self, elapsed_s: float) -> bool:
        return elapsed_s - self._best_elapsed_s >= self._stop_s

    def state_dict(self) -> dict[str, Any]:
        return {"best_mean_ap": self._best_mean_ap, "best_elapsed_s": self._best_elapsed_s}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self._best_mean_ap = state["best_mean_ap"]
        self._best_elapsed_s = state["best_elapsed_s"]

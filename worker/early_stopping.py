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
        self._evaluated_elapsed_s = 0.0

    def is_better(self, mean_ap: float | None) -> bool:
        """Whether it is the best so far."""
        return mean_ap is None or self._best_mean_ap is None or mean_ap > self._best_mean_ap

    def take(self, mean_ap: float | None, elapsed_s: float, *, is_best: bool) -> None:
        """Count an evaluation, which is the best only where it is kept."""
        self._evaluated_elapsed_s = elapsed_s
        if is_best:
            self._best_mean_ap = mean_ap
            self._best_elapsed_s = elapsed_s

    def judge_anew(self) -> None:
        """Let the next evaluation be the best: it is of other images, and a mAP can only be compared with its like."""
        self._best_mean_ap = None

    @property
    def should_stop(self) -> bool:
        """Whether the newest evaluation tells so: what was learned since then may be better."""
        return self._evaluated_elapsed_s - self._best_elapsed_s >= self._stop_s

    def state_dict(self) -> dict[str, Any]:
        return {
            "best_mean_ap": self._best_mean_ap,
            "best_elapsed_s": self._best_elapsed_s,
            "evaluated_elapsed_s": self._evaluated_elapsed_s,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self._best_mean_ap = state["best_mean_ap"]
        self._best_elapsed_s = state["best_elapsed_s"]
        self._evaluated_elapsed_s = state.get("evaluated_elapsed_s", 0.0)  # checkpoints of before it was kept lack it

"""How far a training is: what a checkpoint keeps beside the weights."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from worker.report import CurvePoint
from worker.schedule import Moment


@dataclass(slots=True)
class Progress:
    step: int = 0  # also the place of the stream of samples: batches are numbered by steps
    rate_factor: float = 1.0  # of the planned learning rate
    recoveries: int = 0
    evaluation_s: float | None = None
    evaluations: int = 0
    best: CurvePoint | None = None
    last: CurvePoint | None = None  # of the evaluations
    history: list[tuple[float, float]] = field(default_factory=list)  # each step's fraction and learning rate
    losses: list[float] = field(default_factory=list)  # since the last evaluation; checkpoints are made just after it

    def take(self, point: CurvePoint) -> None:
        """Count an evaluation."""
        self.evaluations += 1
        self.last = point
        self.best = point if point.is_best else self.best
        self.losses = []

    @property
    def unevaluated_steps(self) -> int:
        return self.step - (self.last.step if self.last else 0)

    def moment(self, elapsed_s: float) -> Moment:
        return Moment(
            step=self.step,
            elapsed_s=elapsed_s,
            evaluated_step=self.last.step if self.last else 0,
            evaluated_elapsed_s=self.last.elapsed_s if self.last else 0.0,
            evaluation_s=self.evaluation_s,
            evaluations=self.evaluations,
        )

    def state_dict(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "rate_factor": self.rate_factor,
            "recoveries": self.recoveries,
            "evaluation_s": self.evaluation_s,
            "evaluations": self.evaluations,
            "best": self.best.to_dict() if self.best else None,
            "evaluated": self.last.to_dict() if self.last else None,
            "history": torch.tensor(self.history, dtype=torch.float64).reshape(-1, 2),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.step = state["step"]
        self.rate_factor = state["rate_factor"]
        self.recoveries = state["recoveries"]
        self.evaluation_s = state["evaluation_s"]
        self.evaluations = state.get("evaluations", 2)  # checkpoints of before it was counted lack it
        self.best = CurvePoint.from_dict(state["best"]) if state["best"] else None
        self.last = CurvePoint.from_dict(state["evaluated"]) if state["evaluated"] else None
        self.history = [(fraction, rate) for fraction, rate in state["history"].tolist()]
        self.losses = []

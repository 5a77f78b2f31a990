"""A running average of the weights: it evaluates better than the weights of any one step."""

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn


class WeightAverage:
    """The exponential moving average of a model's weights and BatchNorm statistics, as a model of its own."""

    def __init__(self, model: nn.Module, *, decay: float) -> None:
        self.model = copy.deepcopy(model).eval().requires_grad_(requires_grad=False)
        self._decay = decay
        self._steps = 0

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Take in the weights after a step. The first steps weigh more, or the random start would linger."""
        self._steps += 1
        decay = min(self._decay, self._steps / (self._steps + 10))
        averaged = self.model.state_dict()
        pairs = [(averaged[name], value) for name, value in model.state_dict().items()]
        floats = [(mean, value) for mean, value in pairs if mean.is_floating_point()]
        torch._foreach_lerp_([mean for mean, _ in floats], [value for _, value in floats], 1 - decay)
        for mean, value in pairs:
            if not mean.is_floating_point():  # BatchNorm's count of batches
                mean.copy_(value)

    def state_dict(self) -> dict[str, Any]:
        return {"model": self.model.state_dict(), "steps": self._steps}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self._steps = state["steps"]

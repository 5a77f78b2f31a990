"""A model while it learns: its weights, their average, the optimizer, and one step of it."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.image_list import ImageList

from worker import forward
from worker.ema import WeightAverage
from worker.forward import Losses, Target
from worker.recipe import Recipe
from worker.team import Team


class Learner:
    """Takes one step at a time. `average.model` is the model to evaluate and keep."""

    def __init__(
        self,
        model: MaskRCNN,
        recipe: Recipe,
        *,
        freeze_batch_norm: bool,
        device: torch.device,
        autocast_dtype: torch.dtype | None,
        team: Team,
    ) -> None:
        """With freeze_batch_norm the statistics that came with pretrained weights stay: small batches spoil them."""
        self.model = model.to(device, memory_format=torch.channels_last).train()
        self._device = device
        self._autocast_dtype = autocast_dtype
        self._max_gradient_norm = recipe.max_gradient_norm
        self._team = team
        if freeze_batch_norm:
            _freeze_batch_norm(self.model)
        self._trainable = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self._optimizer = torch.optim.AdamW(
            self._trainable, lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True
        )
        self.average = WeightAverage(self.model, decay=recipe.average_decay)
        self._losses_of = team.join(_BatchLosses(self.model, recipe.max_masks))

    def step(
        self, samples: Sequence[tuple[torch.Tensor, Target]], learning_rate: float, *, seeds: Sequence[int]
    ) -> float | None:
        """Learn from a batch; of a team, from everybody's.

        Args:
            seeds: One for each sample, for what is drawn from it.
        Returns:
            The loss; None where loss or gradient are not finite: the weights are as before, but BatchNorm's statistics
            may be spoilt. All of a team get the same.
        """
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate
        batch = forward.batch_images(self.model, [pixels for pixels, _ in samples], self._device)
        targets = [
            {name: value.to(self._device, non_blocking=True) for name, value in target.items()} for _, target in samples
        ]
        enabled = self._autocast_dtype is not None
        with torch.autocast(self._device.type, dtype=self._autocast_dtype, enabled=enabled):
            loss = self._team.joint_loss(self._losses_of(batch, targets, seeds))
        self._optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        norm = nn.utils.clip_grad_norm_(self._trainable, self._max_gradient_norm)
        value = self._team.mean(float(loss.detach()))
        if not (math.isfinite(value) and math.isfinite(float(norm))):
            return None
        self._optimizer.step()
        self.average.update(self.model)
        return value

    def state_dict(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self._optimizer.state_dict(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self._optimizer.load_state_dict(state["optimizer"])


class _BatchLosses(nn.Module):
    """The losses of a batch as a forward pass, which is what a team watches to share the gradients."""

    def __init__(self, model: MaskRCNN, max_masks: int | None) -> None:
        super().__init__()
        self._model = model
        self._max_masks = max_masks

    def forward(self, batch: ImageList, targets: Sequence[Target], seeds: Sequence[int]) -> Losses:
        features = self._model.backbone(batch.tensors)
        return forward.losses_on_features(self._model, batch, features, targets, max_masks=self._max_masks, seeds=seeds)


def _freeze_batch_norm(model: MaskRCNN) -> None:
    """Hold BatchNorm as it is, and with it the first layers, whose edges and colours fit every picture."""
    body = model.backbone.body
    for parameter in itertools.chain(body.conv1.parameters(), body.layer1.parameters()):
        parameter.requires_grad = False
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
            for parameter in module.parameters():
                parameter.requires_grad = False

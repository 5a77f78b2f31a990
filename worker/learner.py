"""A model while it learns: its weights, their average, the optimizer, and one step of it."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torchvision.models.detection import MaskRCNN

from worker import forward
from worker.ema import WeightAverage
from worker.evaluate import total
from worker.forward import Target
from worker.recipe import Recipe


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
    ) -> None:
        """With freeze_batch_norm the statistics that came with pretrained weights stay: small batches spoil them."""
        self.model = model.to(device, memory_format=torch.channels_last).train()
        self._device = device
        self._autocast_dtype = autocast_dtype
        self._max_gradient_norm = recipe.max_gradient_norm
        self._max_masks = recipe.max_masks
        if freeze_batch_norm:
            _freeze_batch_norm(self.model)
        self._trainable = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self._optimizer = torch.optim.AdamW(self._trainable, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
        self.average = WeightAverage(self.model, decay=recipe.average_decay)

    def step(self, samples: Sequence[tuple[torch.Tensor, Target]], learning_rate: float) -> float | None:
        """Learn from a batch.

        Returns:
            The loss; None where loss or gradient are not finite: the weights are as before, but BatchNorm's statistics
            may be spoilt.
        """
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate
        batch = forward.batch_images(self.model, [pixels for pixels, _ in samples], self._device)
        targets = [
            {name: value.to(self._device, non_blocking=True) for name, value in target.items()} for _, target in samples
        ]
        enabled = self._autocast_dtype is not None
        with torch.autocast(self._device.type, dtype=self._autocast_dtype, enabled=enabled):
            features = self.model.backbone(batch.tensors)
            losses = forward.losses_on_features(self.model, batch, features, targets, max_masks=self._max_masks)
            loss = total(losses)
        self._optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        norm = nn.utils.clip_grad_norm_(self._trainable, self._max_gradient_norm)
        value = float(loss.detach())
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

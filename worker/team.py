"""The processes of one training: one alone, or one for each GPU, which take every step together.

The first of them leads: it decides, evaluates, reports and saves, and tells the others each thing to do as an order.
The others only do what they are told, so a stop, a recovery and the end come to all at the same step.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from worker.forward import Losses
from worker.setup import Setup


@dataclass(frozen=True, slots=True)
class Begin:
    setup: Setup


@dataclass(frozen=True, slots=True)
class Load:
    path: Path


@dataclass(frozen=True, slots=True)
class Step:
    number: int
    learning_rate: float
    shrink: float  # what the sides of the images are multiplied by


@dataclass(frozen=True, slots=True)
class End:
    pass


Order = Begin | Load | Step | End


class Team(Protocol):
    rank: int
    size: int

    def tell(self, order: Order) -> None:
        """Have the others do what the leader is about to do. Of the others, it does nothing."""

    def hear(self) -> Order:
        """Wait for the leader's next order."""

    def join(self, module: nn.Module) -> nn.Module:
        """Have the gradients of a module averaged over the team."""

    def joint_loss(self, losses: Losses) -> Tensor:
        """The loss whose gradient, averaged over the team, is that of one batch of everybody's images."""

    def mean(self, value: float) -> float: ...


class Alone:
    """A team of one."""

    rank = 0
    size = 1

    def tell(self, order: Order) -> None:
        pass

    def hear(self) -> Order:
        return End()

    def join(self, module: nn.Module) -> nn.Module:
        return module

    def joint_loss(self, losses: Losses) -> Tensor:
        return losses.total

    def mean(self, value: float) -> float:
        return value


class ProcessGroup:
    """The team of torch's default process group, once that is set up. Orders and numbers go through CPU tensors."""

    def __init__(self) -> None:
        self.rank = distributed.get_rank()
        self.size = distributed.get_world_size()

    def tell(self, order: Order) -> None:
        if self.rank == 0:
            distributed.broadcast_object_list([order], src=0, device=torch.device("cpu"))

    def hear(self) -> Order:
        heard: list[Any] = [None]
        distributed.broadcast_object_list(heard, src=0, device=torch.device("cpu"))
        order: Order = heard[0]
        return order

    def join(self, module: nn.Module) -> nn.Module:
        return DistributedDataParallel(module)

    def joint_loss(self, losses: Losses) -> Tensor:
        """Weight each part by this process's share of its samples: the parts are means, and shares differ."""
        own = torch.tensor(list(losses.counts.values()), dtype=torch.float64)
        joint = own.clone()
        distributed.all_reduce(joint)
        weights = (self.size * own / joint.clamp(min=1)).tolist()
        parts = [value * weight for value, weight in zip(losses.values.values(), weights, strict=True)]
        return torch.stack(parts).sum()

    def mean(self, value: float) -> float:
        shared = torch.tensor(value, dtype=torch.float64)
        distributed.all_reduce(shared)
        return float(shared) / self.size

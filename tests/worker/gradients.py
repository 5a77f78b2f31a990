"""The gradient of one step, alone or as a process of torchrun: `-m tests.worker.gradients FOLDER` writes it there."""

import sys
from pathlib import Path

import torch
from torch import Tensor, distributed

from app.db.enums import Split
from tests.worker import synthetic
from worker import rank as ranks
from worker.dataset import TrainingData
from worker.rank import Rank
from worker.recipe import Recipe
from worker.setup import Setup
from worker.team import ProcessGroup, Team
from worker.weights import InitialWeights

CPU = torch.device("cpu")
JOINT_BATCH = 2
FILE = "gradients.pt"


def take_step(team: Team, work_dir: Path, *, number: int) -> tuple[float, dict[str, Tensor]]:
    """The loss and the gradients of a step with BatchNorm frozen, whatever number of processes share its batch."""
    setup = Setup(
        synthetic.config(),
        Recipe(batch_size=JOINT_BATCH // team.size, learning_rate=1e-3, max_masks=8),
        InitialWeights(None, "random weights", freeze_batch_norm=True),
        pretrained=True,
        autocast_dtype=None,
        work_dir=work_dir,
    )
    one = Rank(setup, data(), device=CPU, team=team)
    loss = one.step(number, 1e-3)
    if loss is None:
        raise ArithmeticError("the loss is not finite")
    one.end()
    parameters = one.learner.model.named_parameters()
    return loss, {name: parameter.grad for name, parameter in parameters if parameter.grad is not None}


def data() -> TrainingData:
    """Images with two objects and with none, so that the processes learn from different numbers of masks."""
    images = synthetic.shapes(training=2).training
    return TrainingData((*images, *(synthetic.background(9 + index, Split.TRAINING) for index in range(2))))


def main() -> None:
    work_dir = Path(sys.argv[1])
    torch.set_num_threads(1)
    distributed.init_process_group("gloo")
    team = ProcessGroup()
    if team.rank == 0:
        torch.save(take_step(team, work_dir, number=0), work_dir / FILE)
    else:
        ranks.follow(data(), device=CPU, team=team)
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()

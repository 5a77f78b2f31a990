import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.worker import gradients
from worker.forward import Losses
from worker.team import Alone

SECONDS = 240


def test_alone__is_a_team_whose_loss_is_its_own() -> None:
    losses = Losses({"a": torch.tensor(2.0), "b": torch.tensor(3.0)}, counts={"a": 1, "b": 0})

    assert Alone().joint_loss(losses).item() == 5.0
    assert Alone().mean(4.0) == 4.0


@pytest.mark.slow
def test_process_group__two_processes_have_the_gradient_of_one_with_the_joint_batch(tmp_path: Path) -> None:
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    subprocess.run(
        [*torchrun, "-m", "tests.worker.gradients", str(tmp_path)],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        check=True,
        timeout=SECONDS,
    )
    loss, together = torch.load(tmp_path / gradients.FILE, weights_only=True)

    alone_loss, alone = gradients.take_step(Alone(), tmp_path, number=0)

    assert loss == pytest.approx(alone_loss, rel=1e-5)
    assert together.keys() == alone.keys()
    for name, gradient in alone.items():
        # Sums in another order move a few activations across the ReLU's edge; a wrong weight would be off by a tenth.
        assert float((together[name] - gradient).norm()) <= 1e-3 * float(gradient.norm()), name
    assert all(float(gradient.norm()) > 0 for gradient in alone.values())

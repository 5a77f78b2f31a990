import copy

import pytest
import torch
from torch import nn

from app.db.enums import ModelSize
from tests.worker import synthetic
from worker.learner import Learner
from worker.model import build_model
from worker.prepared_images import PreparedImages
from worker.recipe import Recipe
from worker.samples import SampleStream
from worker.team import Alone
from worker.transforms import Augmentation

CPU = torch.device("cpu")


def learner(*, freeze_batch_norm: bool = False, autocast_dtype: torch.dtype | None = None) -> Learner:
    torch.manual_seed(0)
    model = build_model(ModelSize.SMALL, class_count=2, image_size=64)
    return Learner(
        model,
        Recipe(batch_size=2, learning_rate=1e-3),
        freeze_batch_norm=freeze_batch_norm,
        device=CPU,
        autocast_dtype=autocast_dtype,
        team=Alone(),
    )


def stream(*, threads: int = 0) -> SampleStream:
    images = PreparedImages(synthetic.shapes().training, synthetic.CLASS_NAMES, image_size=64, memory_bytes=10**9)
    return SampleStream(images, Augmentation(), seed=4, batch_size=2, threads=threads)


@pytest.mark.parametrize("autocast_dtype", [None, torch.bfloat16])
def test_step__learns_and_averages(autocast_dtype: torch.dtype | None) -> None:
    one = learner(autocast_dtype=autocast_dtype)
    before = copy.deepcopy(one.model.state_dict())
    name = "roi_heads.mask_head.0.0.weight"

    loss = one.step(stream().batch(0), 1e-3, seeds=(0, 1))

    assert loss is not None
    assert 1 < loss < 20
    after, average = one.model.state_dict()[name], one.average.model.state_dict()[name]
    assert not torch.equal(after, before[name])
    # The first step counts 10 in 11.
    assert torch.allclose(average, before[name] + (after - before[name]) * 10 / 11, atol=1e-7)
    assert not one.average.model.training


def test_step__holds_frozen_batch_norm() -> None:
    one = learner(freeze_batch_norm=True)
    before = copy.deepcopy(one.model.state_dict())

    one.step(stream().batch(0), 1e-3, seeds=(0, 1))

    after = one.model.state_dict()
    norms = [name for name, module in one.model.named_modules() if isinstance(module, nn.BatchNorm2d)]
    assert len(norms) == 20
    for name in norms:
        for part in ("weight", "bias", "running_mean", "running_var"):
            assert torch.equal(after[f"{name}.{part}"], before[f"{name}.{part}"])
    assert torch.equal(after["backbone.body.conv1.weight"], before["backbone.body.conv1.weight"])
    assert not torch.equal(after["backbone.body.layer2.0.conv1.weight"], before["backbone.body.layer2.0.conv1.weight"])


def test_build_model__heads_answer_in_float32_whatever_the_precision() -> None:
    model = build_model(ModelSize.SMALL, class_count=2, image_size=64)

    with torch.autocast("cpu", dtype=torch.bfloat16):
        features = model.backbone(torch.rand((1, 3, 64, 64)))
        objectness, deltas = model.rpn.head(list(features.values()))

    assert features["0"].dtype == torch.bfloat16
    assert {answer.dtype for answer in (*objectness, *deltas)} == {torch.float32}

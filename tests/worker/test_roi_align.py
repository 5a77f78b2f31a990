import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torchvision.ops import MultiScaleRoIAlign

from worker.roi_align import RoIAlignPyramid

IMAGE_SIDE = 64
LEVELS = ("0", "1", "2")

coordinates = st.floats(-8, IMAGE_SIDE + 8, width=32)
boxes = st.tuples(coordinates, coordinates, coordinates, coordinates).map(
    lambda c: (min(c[0], c[2]), min(c[1], c[3]), max(c[0], c[2]), max(c[1], c[3]))
)


def features() -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(0)
    sides = {"0": 16, "1": 8, "2": 4}
    return {
        name: torch.randn((2, 3, side, side), generator=generator, dtype=torch.float32).requires_grad_()
        for name, side in sides.items()
    }


@settings(deadline=None, max_examples=60)
@given(first=st.lists(boxes, max_size=4), second=st.lists(boxes, min_size=1, max_size=4))
def test_roi_align_pyramid__pools_and_trains_as_torchvision_does(
    first: list[tuple[float, ...]], second: list[tuple[float, ...]]
) -> None:
    per_image = [torch.tensor(image, dtype=torch.float32).reshape(-1, 4) for image in (first, second)]
    pooled, gradients = [], []
    for pyramid in (RoIAlignPyramid, MultiScaleRoIAlign):
        levels = features()
        pool = pyramid(featmap_names=list(LEVELS), output_size=5, sampling_ratio=2, canonical_scale=32)
        answer = pool(levels, per_image, [(IMAGE_SIDE, IMAGE_SIDE)] * 2)
        weights = torch.linspace(-1, 1, answer.numel()).view(answer.shape)
        (answer * weights).sum().backward()
        pooled.append(answer.detach())
        # A level that no box falls on has no gradient in the one and zeros in the other.
        gradients.append([torch.zeros_like(x) if x.grad is None else x.grad for x in levels.values()])
    assert torch.equal(*pooled)
    for ours, theirs in zip(*gradients, strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)


def test_roi_align_pyramid__takes_reduced_precision_features_and_pools_in_float32() -> None:
    levels = {name: level.detach().bfloat16().requires_grad_() for name, level in features().items()}
    pool = RoIAlignPyramid(featmap_names=list(LEVELS), output_size=2, sampling_ratio=2)

    answer = pool(levels, [torch.tensor([[4.0, 4.0, 40.0, 40.0]])] * 2, [(IMAGE_SIDE, IMAGE_SIDE)] * 2)
    answer.sum().backward()

    assert answer.dtype == torch.float32
    # Each pooled number is a mean, so the gradient of their sum adds up to their count.
    total = sum(float(level.grad.float().sum()) for level in levels.values() if level.grad is not None)
    assert total == pytest.approx(answer.numel(), rel=1e-2)


def test_roi_align_pyramid__a_flat_first_image_does_no_harm() -> None:
    levels = features()
    pools = [RoIAlignPyramid(featmap_names=list(LEVELS), output_size=2, sampling_ratio=2) for _ in range(2)]
    flat = {name: level.detach()[:, :, : 32 // 2 ** (int(name) + 2)] for name, level in levels.items()}

    pools[0](flat, [torch.tensor([[4.0, 4.0, 40.0, 5.0]])] * 2, [(5, IMAGE_SIDE)] * 2)

    boxes_of_images = [torch.tensor([[4.0, 4.0, 40.0, 40.0]])] * 2
    answers = [pool(levels, boxes_of_images, [(IMAGE_SIDE, IMAGE_SIDE)] * 2) for pool in pools]
    assert torch.equal(*answers)

"""RoIAlign whose gradient is one sparse matrix product on the CPU.

RoIAlign is linear in the features: each bin is a weighted sum of pixels. Its gradient is therefore that matrix of
weights, transposed, times the gradient of the bins. torchvision scatters it number by number on one core instead, which
took a third of a training step at 256 pixels. Its forward pass is quick and stays, and so do export and CUDA kernels.
"""

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torchvision.ops import MultiScaleRoIAlign, roi_align
from torchvision.ops.poolers import initLevelMapper

STRIDES = (4, 8, 16, 32)  # of a ResNet's four stages


class RoIAlignPyramid(MultiScaleRoIAlign):  # type: ignore[misc]  # torchvision has no types
    """torchvision's pooling from a feature pyramid, quicker to train on a CPU; the answers are the same.

    Each level's stride is set beforehand. torchvision infers it from the first image it sees, by the height of the
    padded features and of the image before padding, and stays wrong for good when that image is flat.
    """

    def __init__(self, featmap_names: list[str], **arguments: Any) -> None:
        super().__init__(featmap_names, **arguments)
        strides = STRIDES[: len(featmap_names)]
        self.scales = [1 / stride for stride in strides]
        finest, coarsest = int(math.log2(strides[0])), int(math.log2(strides[-1]))
        self.map_levels = initLevelMapper(finest, coarsest, self.canonical_scale, self.canonical_level)

    def forward(self, x: dict[str, Tensor], boxes: list[Tensor], image_shapes: list[tuple[int, int]]) -> Tensor:
        levels = [x[name] for name in self.featmap_names]
        trains_on_cpu = torch.is_grad_enabled() and levels[0].requires_grad and levels[0].device.type == "cpu"
        if trains_on_cpu and torch.backends.mkl.is_available():  # type: ignore[no-untyped-call]  # sparse products are MKL's
            return self._pool_by_level([level.float() for level in levels], boxes, _RoIAlign.apply)
        if torch.onnx.is_in_onnx_export():
            # torchvision scatters the bins, number by number: a tenth of a detector's time in OpenVINO.
            return self._pool_by_level(levels, boxes, roi_align)
        pooled: Tensor = super().forward(x, boxes, image_shapes)
        return pooled

    def _pool_by_level(self, levels: Sequence[Tensor], boxes: list[Tensor], align: Callable[..., Tensor]) -> Tensor:
        rois = _rois(boxes)
        level_of = self.map_levels(boxes)
        chosen = [torch.where(level_of == level)[0] for level in range(len(levels))]
        parts = [
            align(features, rois[index], self.output_size, scale, self.sampling_ratio)
            for features, index, scale in zip(levels, chosen, self.scales, strict=True)
        ]
        # Each level's boxes stand together now; back to the order of the boxes.
        return torch.cat(parts)[torch.argsort(torch.cat(chosen))]


class _RoIAlign(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, features: Tensor, rois: Tensor, output_size: tuple[int, int], scale: float, sampling_ratio: int
    ) -> Tensor:
        ctx.save_for_backward(rois)
        ctx.geometry = (features.shape, scale, sampling_ratio)
        pooled: Tensor = roi_align(features, rois, output_size, scale, sampling_ratio)
        return pooled

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        (rois,) = ctx.saved_tensors
        shape, scale, sampling_ratio = ctx.geometry
        return _spread(gradient, rois, shape, scale, sampling_ratio), None, None, None, None


def _spread(gradient: Tensor, rois: Tensor, shape: Sequence[int], scale: float, sampling_ratio: int) -> Tensor:
    """The gradient of the features, (N, C, H, W), from that of the pooled boxes, (R, C, P, P)."""
    count, channels, height, width = shape
    bin_rows, bin_columns = gradient.shape[2:]
    image = rois[:, 0].long()
    x0, y0, x1, y1 = (rois[:, 1:] * scale).unbind(1)
    rows, row_weights = _samples(y0, y1, bin_rows, height, sampling_ratio)  # (R, Py, T)
    columns, column_weights = _samples(x0, x1, bin_columns, width, sampling_ratio)  # (R, Px, T)
    # Every pair of a row and a column that count in a bin, (R, Py, Px, T, T).
    pixels = (image[:, None, None] * height + rows)[:, :, None, :, None] * width + columns[:, None, :, None, :]
    weights = row_weights[:, :, None, :, None] * column_weights[:, None, :, None, :]
    terms = rows.shape[2] * columns.shape[2]
    order = torch.argsort(pixels.flatten(), stable=True)  # stable, or sums would differ from run to run
    starts = torch.bincount(pixels.flatten(), minlength=count * height * width).cumsum(0)
    by_bin = gradient.permute(0, 2, 3, 1).reshape(-1, channels)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
        matrix = torch.sparse_csr_tensor(
            torch.cat([starts.new_zeros(1), starts]),
            order.div(terms, rounding_mode="floor"),
            weights.flatten()[order],
            (count * height * width, len(by_bin)),
            check_invariants=False,
        )
        spread = matrix @ by_bin
    return spread.view(count, height, width, channels).permute(0, 3, 1, 2)


def _samples(start: Tensor, stop: Tensor, bins: int, size: int, sampling_ratio: int) -> tuple[Tensor, Tensor]:
    """The pixels along one axis that count in each bin, and how much: each (R, bins, 2 * sampling_ratio).

    Source: torchvision/csrc/ops/cpu/roi_align_common.h (a box is at least one pixel long; a sample more than a pixel
    outside counts nothing, a nearer one as the outer pixel).
    """
    bin_length = (stop - start).clamp(min=1.0) / bins
    samples = (torch.arange(bins * sampling_ratio) + 0.5) / sampling_ratio
    position = start[:, None] + samples * bin_length[:, None]
    share = ((position >= -1.0) & (position <= size)).float() / sampling_ratio
    position = position.clamp(0, size - 1)
    lower = position.floor().long().clamp(max=max(size - 2, 0))
    upper_share = position - lower
    pixels = torch.stack([lower, (lower + 1).clamp(max=size - 1)], dim=-1)
    weights = torch.stack([(1 - upper_share) * share, upper_share * share], dim=-1)
    terms = 2 * sampling_ratio
    return pixels.view(len(start), bins, terms), weights.view(len(start), bins, terms)


def _rois(boxes: Sequence[Tensor]) -> Tensor:
    image = torch.cat([torch.full_like(box[:, :1], index) for index, box in enumerate(boxes)])
    return torch.cat([image, torch.cat(list(boxes))], dim=1)

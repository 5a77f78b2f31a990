"""Which anchors, boxes and masks of an image a step learns from: drawn by the image's own seed.

So the draws do not depend on what else is in the batch, on which process has the image, nor on what drew before.
"""

import contextlib
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor
from torchvision.models.detection import MaskRCNN

STREAM = 100  # of the random numbers of a seed; worker.samples has the ones from 0


def seed_of_draws(seed: int, place: int) -> int:
    """The seed of what is drawn from the sample at a place of the stream."""
    drawn = np.random.SeedSequence((seed, STREAM, place)).generate_state(1, np.uint64)
    return int(drawn[0])


class Draws:
    """Draws for the images of one batch; as a context, the two samplers of a network draw through it."""

    def __init__(self, seeds: Sequence[int], device: torch.device) -> None:
        self._generators = [torch.Generator(device).manual_seed(seed) for seed in seeds]

    def permutation(self, image: int, length: int) -> Tensor:
        """The numbers below `length` in an order drawn for an image of the batch."""
        generator = self._generators[image]
        return torch.randperm(length, generator=generator, device=generator.device)

    @contextlib.contextmanager
    def of(self, model: MaskRCNN) -> Iterator[tuple["BalancedSampler", "BalancedSampler"]]:
        """Have the RPN draw and give losses, without touching the mode of any layer in it.

        Gives the samplers of the RPN and of the boxes, which count what they drew.
        """
        rpn, roi = model.rpn, model.roi_heads
        before = rpn.training, rpn.fg_bg_sampler, roi.fg_bg_sampler
        of_anchors, of_boxes = (
            BalancedSampler(usual.batch_size_per_image, usual.positive_fraction, self)
            for usual in (rpn.fg_bg_sampler, roi.fg_bg_sampler)
        )
        rpn.training, rpn.fg_bg_sampler, roi.fg_bg_sampler = True, of_anchors, of_boxes
        try:
            yield of_anchors, of_boxes
        finally:
            rpn.training, rpn.fg_bg_sampler, roi.fg_bg_sampler = before


class BalancedSampler:
    """torchvision's BalancedPositiveNegativeSampler, but for where its random numbers come from."""

    def __init__(self, per_image: int, positive_fraction: float, draws: Draws) -> None:
        self.batch_size_per_image = per_image
        self.positive_fraction = positive_fraction
        self.count = 0  # drawn so far
        self._draws = draws

    def __call__(self, matched: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """Draw from each image's candidates: from 1 they lie on an object, 0 on none, below 0 they are not drawn.

        Returns:
            The drawn ones on objects and those on none, as masks over the candidates of each image.
        """
        positives, negatives = [], []
        for image, own in enumerate(matched):
            positive, negative = torch.where(own >= 1)[0], torch.where(own == 0)[0]
            wanted = min(len(positive), int(self.batch_size_per_image * self.positive_fraction))
            others = min(len(negative), self.batch_size_per_image - wanted)
            self.count += wanted + others
            positives.append(_as_mask(own, positive[self._draws.permutation(image, len(positive))[:wanted]]))
            negatives.append(_as_mask(own, negative[self._draws.permutation(image, len(negative))[:others]]))
        return positives, negatives


def _as_mask(candidates: Tensor, drawn: Tensor) -> Tensor:
    mask = torch.zeros_like(candidates, dtype=torch.uint8)
    mask[drawn] = 1
    return mask

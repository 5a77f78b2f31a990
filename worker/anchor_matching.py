"""Which true box an anchor of the region proposal network stands for, without every overlap in memory at once.

An image at 800 pixels has 160,000 anchors. With 1,500 objects, torchvision's table of their overlaps and what it makes
on the way would be 6 GB.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torchvision.models.detection.rpn import RegionProposalNetwork
from torchvision.ops import box_iou

MAX_PAIRS = 2**22  # overlaps at a time: 16 MiB, and about ten times that on the way


class Boxes(NamedTuple):
    """What torchvision's matcher gets a table of overlaps for."""

    truth_xyxy: Tensor
    anchors_xyxy: Tensor


@dataclass(frozen=True, slots=True)
class PieceMatcher:
    """torchvision's Matcher with allow_low_quality_matches, a piece of the anchors at a time.

    Source: torchvision/models/detection/_utils.py
    """

    low_threshold: float
    high_threshold: float
    BELOW_LOW_THRESHOLD: int = -1
    BETWEEN_THRESHOLDS: int = -2

    def __call__(self, boxes: Boxes) -> Tensor:
        """The true box of each anchor, BETWEEN_THRESHOLDS where that is open, BELOW_LOW_THRESHOLD where it has none."""
        pieces = torch.split(boxes.anchors_xyxy, max(1, MAX_PAIRS // len(boxes.truth_xyxy)))
        overlaps = [box_iou(boxes.truth_xyxy, pieces[0])]
        found = [_best(overlaps[0])]
        for piece in pieces[1:]:
            found.append(_best(box_iou(boxes.truth_xyxy, piece)))
        best = torch.cat([values for values, _, _ in found])
        matched = torch.cat([truth for _, truth, _ in found])
        highest = torch.stack([of_truth for _, _, of_truth in found]).amax(dim=0)
        # An object that no anchor overlaps much is given the ones that overlap it most, all at a tie.
        is_nearest = [(overlaps[0] == highest[:, None]).any(dim=0)]
        for piece in pieces[1:]:
            is_nearest.append((box_iou(boxes.truth_xyxy, piece) == highest[:, None]).any(dim=0))
        is_open = (best >= self.low_threshold) & (best < self.high_threshold)
        kept = torch.cat(is_nearest)
        matched = torch.where(is_open & ~kept, self.BETWEEN_THRESHOLDS, matched)
        return torch.where((best < self.low_threshold) & ~kept, self.BELOW_LOW_THRESHOLD, matched)


def match_in_pieces(rpn: RegionProposalNetwork) -> None:
    """Have a region proposal network match its anchors so; the answers are the same."""
    usual = rpn.proposal_matcher
    rpn.box_similarity = Boxes
    rpn.proposal_matcher = PieceMatcher(usual.low_threshold, usual.high_threshold)


def _best(overlaps: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Each anchor's highest overlap and with which true box, and each true box's highest."""
    values, truth = overlaps.max(dim=0)
    return values, truth, overlaps.amax(dim=1)

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torchvision.models.detection._utils import Matcher
from torchvision.ops import box_iou

from worker import anchor_matching
from worker.anchor_matching import Boxes, PieceMatcher

starts = st.integers(0, 12)
sides = st.integers(1, 8)
boxes = st.tuples(starts, starts, sides, sides).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))


def tensor(listed: list[tuple[int, ...]]) -> Tensor:
    return torch.tensor(listed, dtype=torch.float32)


@pytest.mark.parametrize("max_pairs", [anchor_matching.MAX_PAIRS, 6])
@settings(deadline=None, max_examples=150)
@given(truth=st.lists(boxes, min_size=1, max_size=4), anchors=st.lists(boxes, min_size=1, max_size=12))
def test_piece_matcher__matches_as_torchvision_does(
    max_pairs: int, truth: list[tuple[int, ...]], anchors: list[tuple[int, ...]]
) -> None:
    # An anchor that holds everything, so that each object overlaps one.
    pair = Boxes(tensor(truth), tensor([*anchors, (0, 0, 20, 20)]))
    usual = anchor_matching.MAX_PAIRS
    anchor_matching.MAX_PAIRS = max_pairs
    try:
        ours = PieceMatcher(0.3, 0.7)(pair)
    finally:
        anchor_matching.MAX_PAIRS = usual

    theirs = Matcher(0.7, 0.3, allow_low_quality_matches=True)(box_iou(*pair))

    assert torch.equal(ours, theirs)

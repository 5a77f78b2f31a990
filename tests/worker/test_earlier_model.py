from pathlib import Path

import pytest
import torch
from torchvision.models.detection import MaskRCNN

from app.db.enums import ModelSize
from tests.worker import synthetic
from worker.checkpoint import save_checkpoint
from worker.earlier_model import find_earlier_weights, load_earlier_model
from worker.model import build_model


@pytest.fixture
def earlier() -> MaskRCNN:
    torch.manual_seed(1)
    return build_model(ModelSize.SMALL, class_count=2, image_size=64)


@pytest.fixture
def checkpoint(earlier: MaskRCNN, tmp_path: Path) -> Path:
    """Of a model that knows a disc and a square."""
    path = tmp_path / "best.pt"
    content = {
        "config": synthetic.config().to_dict(),
        "initialised_from": "random weights",
        "freeze_batch_norm": False,
        "model": earlier.state_dict(),
    }
    save_checkpoint(path, content)
    return path


def test_load_earlier_model__a_class_keeps_what_was_learned_about_it(earlier: MaskRCNN, checkpoint: Path) -> None:
    torch.manual_seed(2)
    new = build_model(ModelSize.SMALL, class_count=3, image_size=96)
    fresh = {name: value.clone() for name, value in new.state_dict().items()}

    found = load_earlier_model(new, ("cross", "square", "disc"), checkpoint)

    before, after = earlier.state_dict(), new.state_dict()
    for name, rows in {
        "roi_heads.box_predictor.cls_score.weight": 1,
        "roi_heads.box_predictor.bbox_pred.bias": 4,
        "roi_heads.mask_predictor.mask_fcn_logits.weight": 1,
    }.items():
        background, disc, square = before[name].split(rows)
        _, cross, _, _ = fresh[name].split(rows)
        assert torch.equal(after[name], torch.cat([background, cross, square, disc])), name
    assert torch.equal(after["backbone.body.conv1.weight"], before["backbone.body.conv1.weight"])
    assert torch.equal(after["roi_heads.mask_head.0.0.weight"], before["roi_heads.mask_head.0.0.weight"])
    assert found.not_loaded == tuple(
        f"roi_heads.{layer}.{part} of cross"
        for layer in ("box_predictor.cls_score", "box_predictor.bbox_pred", "mask_predictor.mask_fcn_logits")
        for part in ("weight", "bias")
    )


def test_load_earlier_model__a_class_that_is_gone_is_forgotten(earlier: MaskRCNN, checkpoint: Path) -> None:
    new = build_model(ModelSize.SMALL, class_count=1, image_size=64)

    found = load_earlier_model(new, ("square",), checkpoint)

    name = "roi_heads.box_predictor.cls_score.bias"
    assert torch.equal(new.state_dict()[name], earlier.state_dict()[name][[0, 2]])
    assert found.not_loaded == ()


@pytest.mark.parametrize(
    ("kept", "is_frozen"),
    [
        ({"freeze_batch_norm": False}, False),
        ({"freeze_batch_norm": True}, True),
        ({"initialised_from": "COCO weights"}, True),  # of before freeze_batch_norm was kept
        ({}, False),
    ],
)
def test_find_earlier_weights__holds_batch_norm_as_before(
    kept: dict[str, object], is_frozen: bool, tmp_path: Path
) -> None:
    path = tmp_path / "best.pt"
    save_checkpoint(path, {"initialised_from": "random weights", **kept})

    found = find_earlier_weights(path, "model fruit (best)")

    assert (found.path, found.description) == (path, "model fruit (best)")
    assert (found.is_checkpoint, found.freeze_batch_norm) == (True, is_frozen)
